"""Adoption: a folder, a table and evidence come in as what they are, under one protocol that quality signs once (R1–R3)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotAllowed, NotFound, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import FormerNumber
from medithread.kernel.records.visible import seen_by
from medithread.kernel.signing.models import Signature
from medithread.kernel.work.worker import drain
from medithread.system.documents.adoption.desk import mark
from medithread.system.documents.adoption.folders import adopt_folder, count_and_write
from medithread.system.documents.adoption.models import Adoption
from medithread.system.documents.adoption.problems import find_problems
from medithread.system.documents.adoption.rules import draw, sample_size_of
from medithread.system.documents.adoption.stage import take_folder
from medithread.system.documents.adoption.write import write
from medithread.system.documents.models import Document
from tests.company import Company, see, signed
from tests.proves import proves
from tests.system.documents.archive import FILES, ROWS, table, zipped


def staged(company: Company, files: dict[str, bytes] | None = None, listing: bytes | None = None, **more: Any) -> Adoption:
    values = {"title": "The paper archive", "source": "Paper archive, Lyon", "types": ["QP=SOP", "AA=WI"], "listed": 2, **more}
    adoption, _findings = adopt_folder(company.quinn, zipped(files), listing if listing is not None else table(), **values)
    return adoption


def counted(company: Company, **more: Any) -> Adoption:
    return count_and_write(company.quinn, staged(company, **more))


def checked(company: Company, adoption: Adoption) -> Adoption:
    adoption = mark(company.quinn, adoption, {str(row.uid): (True, "") for row in adoption.versions.filter(drawn=True)})
    return verbs.move(company.quinn, adoption, "sample")


def adopted(company: Company) -> Adoption:
    return signed(company.quinn, checked(company, counted(company)), "adopt")


def words(adoption: Adoption) -> list[str]:
    found = find_problems(adoption)
    return sorted(no.code for nos in (found.whole, *found.problems.values()) for no in nos)


@proves("DOC-20")
def test_the_whole_way(company: Company) -> None:
    adoption = staged(company)
    assert (adoption.number[:4], words(adoption)) == ("MIG-", [])
    adoption = checked(company, count_and_write(company.quinn, adoption))
    assert signed(company.quinn, adoption, "adopt").state == "adopted"
    old, new, wi = Document.objects.order_by("number", "edition").filter(number__startswith="QP")[:2][0], Document.objects.get(number="QP-4.2.4-01", edition=2), Document.objects.get(number="AA-17")
    life = kind_of(Document).lifecycle
    assert [life.condition(document, now()).code for document in (old, new, wi)] == ["superseded", "effective", "effective"]
    assert [(d.label, d.type, d.adopted) for d in (old, new, wi)] == [("1", "SOP", True), ("2", "SOP", True), ("Rev C", "WI", True)]
    assert old.effective_to == new.effective_from == datetime(2022, 5, 31, 22, tzinfo=UTC)  # midnight in Lyon
    assert (new.review_due, new.owner, new.approved_on) == (date(2024, 6, 1), company.otto, date(2022, 5, 2))
    assert wi.absent["review_months"]["code"] == "not_applicable"
    assert [(a.name, a.function, a.on) for a in new.historic_approvals.all()] == [("Ines Old", "Head of quality", date(2022, 5, 2)), ("Karl Then", "Managing director", None)]
    assert {a.role: a.name for a in new.attachments.all()} == {"original": "QP-4.2.4-01 Control of documents v2.docx", "evidence": "approval sheet.pdf"}
    assert "Say who does what" in (new.body or "")
    assert (wi.body, wi.is_file) == (None, True)
    assert FormerNumber.objects.get(number="VA-01").series == new.series


@proves("DOC-21")
def test_one_signature_and_none_on_the_documents(company: Company) -> None:
    adoption = adopted(company)
    assert [(s.record.number, s.meaning) for s in Signature.objects.all()] == [(adoption.number, "adopted_as_true_copy")]
    entry = Entry.objects.filter(verb="take up").first()
    assert f"adoption.adopt:{adoption.uid}" in bytes(entry.body).decode()


@proves("DOC-22")
def test_pending_versions_are_seen_by_quality_alone_and_in_force_nowhere(company: Company) -> None:
    adoption = counted(company)
    pending = Document.objects.filter(protocol=adoption.number)
    assert {(d.state, d.effective_from, d.owner_id) for d in pending} == {("staged", None, None)}
    for person in (company.otto, company.rea, company.ina, company.dora):
        assert not seen_by(Actor(person=person), Document).exists()
    with pytest.raises(NotFound):
        verbs.comment(company.otto, pending[0], "What is this?")
    with pytest.raises(Refusal, match=r"edit.state"):
        verbs.edit(company.quinn, pending[0], lock=pending[0].lock, title="Sneaky")
    with pytest.raises(Refusal, match=r"revise.open"):
        verbs.revise(company.quinn, pending[0])


@proves("DOC-23")
@pytest.mark.parametrize(("change", "code"), [
    ({"r2": {"Number": "QP 17"}}, "adopt.number"),
    ({"r2": {"Number": "ΑΑ-17"}}, "adopt.number"),  # Greek letters that look like AA
    ({"r2": {"Number": "AA‑17"}}, "adopt.number"),  # a hyphen that does not break
    ({"r1": {"Number": "qp-4.2.4-01"}}, "adopt.spelling"),
    ({"r1": {"Version": "1"}}, "adopt.twice"),
    ({"r2": {"File": "AA-18.pdf"}}, "adopt.file"),
    ({"r2": {"Evidence": "nowhere.pdf"}}, "adopt.file"),
    ({"r2": {"Effective from": "31.02.2023"}}, "adopt.cell"),
    ({"r2": {"Effective from": "01.03.2199"}}, "adopt.future"),
    ({"r2": {"Effective from": ""}}, "adopt.missing"),
    ({"r0": {"Effective to": "2018-01-01"}}, "adopt.backwards"),
    ({"r0": {"Effective to": "2023-01-01"}}, "adopt.overlap"),
    ({"r0": {"State": "in force", "Owner": "Otto Brand", "Next review": "none"}}, "adopt.two-in-force"),
    ({"r2": {"Effective to": "2024-01-01"}}, "adopt.end"),
    ({"r2": {"State": "superseded"}}, "adopt.end"),
    ({"r2": {"State": "perhaps"}}, "adopt.cell"),
    ({"r2": {"Owner": "Nobody Known"}}, "adopt.cell"),
    ({"r2": {"Owner": ""}}, "adopt.missing"),
    ({"r2": {"Approved by": ""}}, "adopt.missing"),
    ({"r2": {"Approved by": "Karl Then"}}, "adopt.function"),
    ({"r2": {"Next review": ""}}, "adopt.missing"),
    ({"r2": {"Type": "Memo"}}, "adopt.cell"),
    ({"r2": {"Title": "x" * 400}}, "adopt.cell"),
])  # fmt: skip
def test_each_problem_names_its_row(company: Company, change: dict[str, dict[str, str]], code: str) -> None:
    adoption = staged(company, listing=table(**change))
    found = find_problems(adoption)
    place = int(next(iter(change))[1:])
    row = adoption.versions.all()[place]
    assert code in {no.code for no in found.problems.get(row.uid, ())}, found.problems
    with pytest.raises(Refusal, match=r"adopt.problems"):
        verbs.move(company.quinn, adoption, "count")


@proves("DOC-24")
def test_counts_are_reconciled(company: Company) -> None:
    assert words(staged(company, listed=3)) == ["adopt.counts"]
    assert words(staged(company, listed=None)) == ["adopt.listed"]
    more = {**FILES, "memo.txt": b"Not controlled"}
    assert words(staged(company, files=more)) == ["adopt.unused"]
    assert words(staged(company, files=more, unused_reason="A memo")) == []


def test_a_refused_file_is_listed_with_its_reason(company: Company) -> None:
    adoption = staged(company, files={**FILES, "AA-17 Cleaning.pdf": b"MZ\x90\x00" + b"\x00" * 200})
    assert words(adoption) == ["adopt.file"]
    assert "program" in adoption.files.get(path="AA-17 Cleaning.pdf").trouble
    assert adoption.files.count() == 4


def test_a_number_that_is_in_use_is_refused(company: Company) -> None:
    verbs.create(company.ada, Document, title="Written here", number="AA-17", type="WI")
    assert words(staged(company)) == ["adopt.taken"]
    changed = table(r1={"Former numbers": "aa-17"}, r2={"Number": "AA-18"})
    assert words(staged(company, listing=changed)) == ["adopt.taken"]


@proves("DOC-25")
def test_adopting_twice_adopts_once(company: Company) -> None:
    adopted(company)
    again = staged(company)
    assert words(again) == ["adopt.taken"] * 4
    assert Document.objects.count() == 3


@proves("DOC-25")
def test_killed_in_the_middle_of_writing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from medithread.system.documents.adoption import write as writing

    adoption = verbs.move(company.quinn, staged(company), "count")
    monkeypatch.setattr(writing, "UNIT", 1)
    real, calls = writing._write_unit, []

    def dies(*args: Any) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(*args)

    monkeypatch.setattr(writing, "_write_unit", dies)
    with pytest.raises(RuntimeError):
        write(company.quinn, adoption)
    assert Document.objects.count() == 1
    with pytest.raises(Refusal, match=r"adopt.not-written"):
        verbs.move(company.quinn, adoption, "sample")
    assert write(company.quinn, adoption) == 2
    assert write(company.quinn, adoption) == 0
    assert Document.objects.count() == 3
    assert signed(company.quinn, checked(company, adoption), "adopt").state == "adopted"


@proves("DOC-26")
def test_the_sample_is_drawn_by_the_ledger_and_can_be_drawn_again(company: Company) -> None:
    adoption = counted(company)
    assert Entry.objects.filter(hash=adoption.sample_seed).exists()
    uids = [row.uid for row in adoption.versions.all()]
    assert set(draw(adoption.sample_seed, uids, adoption.sample_size)) == {row.uid for row in adoption.versions.filter(drawn=True)}
    assert [sample_size_of(n) for n in (1, 2, 3, 9, 214, 2000)] == [1, 2, 2, 4, 15, 45]


@proves("DOC-26")
def test_no_signature_before_the_sample_is_checked(company: Company) -> None:
    adoption = counted(company)
    with pytest.raises(Refusal, match=r"adopt.sample"):
        verbs.move(company.quinn, adoption, "sample")
    row = adoption.versions.filter(drawn=True).first()
    with pytest.raises(Refusal, match=r"adopt.remark"):
        mark(company.quinn, adoption, {str(row.uid): (False, "")})
    undrawn = adoption.versions.exclude(drawn=True).first()
    if undrawn is not None:
        with pytest.raises(Refusal, match=r"adopt.not-drawn"):
            mark(company.quinn, adoption, {str(undrawn.uid): (True, "")})
    mark(company.quinn, adoption, {str(row.uid): (False, "Page 3 is missing")})
    with pytest.raises(Refusal, match=r"adopt.not-same"):
        verbs.move(company.quinn, adoption, "sample")


def test_the_table_is_fixed_once_it_is_counted(company: Company) -> None:
    from medithread.system.documents.adoption.desk import change

    adoption = counted(company)
    row = adoption.versions.first()
    with pytest.raises(Refusal, match=r"adopt.state"):
        change(company.quinn, adoption, parts={"versions": [{"uid": str(row.uid), "label": "9"}]})
    with pytest.raises(Refusal, match=r"edit.state"):
        verbs.edit(company.quinn, adoption, lock=adoption.lock, parts={"versions": [{"uid": str(row.uid), "label": "9"}]})
    with pytest.raises(Refusal, match=r"edit.state"):
        verbs.edit(company.quinn, adoption, lock=adoption.lock, sample_seed="0" * 64)


@proves("DOC-27")
def test_opened_again_what_was_written_is_given_up_and_the_numbers_are_free(company: Company) -> None:
    adoption = counted(company)
    with pytest.raises(Refusal, match=r"move.reason"):
        verbs.move(company.quinn, adoption, "reopen")
    adoption = verbs.move(company.quinn, adoption, "reopen", reason="A title is wrong")
    assert set(Document.objects.values_list("state", flat=True)) == {"void"}
    assert words(adoption) == []
    adoption = take_folder(company.quinn, adoption, None, table(r2={"Title": "Cleaning"}), table_name="t.csv")
    done = signed(company.quinn, checked(company, count_and_write(company.quinn, adoption)), "adopt")
    assert done.state == "adopted"
    assert Document.objects.get(number="AA-17", state="approved").title == "Cleaning"


@proves("DOC-27")
def test_refused_nothing_is_adopted(company: Company) -> None:
    adoption = counted(company)
    with pytest.raises(NotAllowed):
        verbs.move(company.dora, adoption, "refuse", reason="x")
    verbs.move(company.quinn, adoption, "refuse", reason="The archive is not complete.")
    assert {(d.state, d.effective_from) for d in Document.objects.all()} == {("void", None)}
    assert words(staged(company)) == []


def test_written_by_a_job_and_settled_by_the_librarian(company: Company) -> None:
    adoption = verbs.move(company.quinn, staged(company), "count")
    drain()
    adoption.refresh_from_db()
    signed(company.quinn, checked(company, adoption), "adopt")
    new = Document.objects.get(number="QP-4.2.4-01", edition=2)
    drain()
    assert [link.target.number for link in new.links_out.all()] == ["AA-17"]
    assert new.attachments.get(role="rendition").file.media_type == "application/pdf"


def test_only_keepers_prepare_and_only_quality_signs(company: Company) -> None:
    with pytest.raises(NotAllowed):
        adopt_folder(company.ada, zipped(), table(), title="x", source="y")
    adoption = staged(company)
    with pytest.raises(NotAllowed):
        verbs.move(company.rea, adoption, "count")
    adoption = checked(company, count_and_write(company.dora, adoption))
    see(company.dora, adoption)
    with pytest.raises(NotAllowed, match=r"who.role"):
        verbs.ask_signature(company.dora, adoption, "adopt")


def test_without_a_table_rows_are_suggested(company: Company) -> None:
    adoption, found = adopt_folder(company.quinn, zipped(), None, title="x", source="y", types=["QP=SOP", "AA=WI"])
    rows = {row.file: (row.number, row.title, row.label, row.type) for row in adoption.versions.all()}
    assert rows["QP-4.2.4-01 Control of documents v2.docx"] == ("QP-4.2.4-01", "Control of documents", "v2", "SOP")
    assert rows["AA-17 Cleaning.pdf"] == ("AA-17", "Cleaning", None, "WI")
    assert "evidence/approval sheet.pdf" not in rows
    assert found.count > 0


def test_the_table_without_file_names_finds_the_files_by_their_numbers(company: Company) -> None:
    rows = [{**row, "File": "", "Version": {"1": "v1", "2": "v2"}.get(row["Version"], row["Version"])} for row in ROWS]
    adoption = staged(company, listing=table(rows))
    assert [row.file for row in adoption.versions.all()] == [row["File"] for row in ROWS]


def test_a_revision_of_an_adopted_version_is_written_here(company: Company) -> None:
    """What was true of the adopted version alone does not go into review with the next one."""
    adopted(company)
    base = Document.objects.get(number="QP-4.2.4-01", state="approved", effective_to=None)
    fresh = verbs.revise(company.ada, base, change_reason="Clearer", change_class="editorial", audience=["MFG"], review_months=24)
    assert (fresh.edition, fresh.label, fresh.adopted) == (3, "3.1", False)
    verbs.move(company.ada, fresh, "submit")
    assert (fresh.source, fresh.protocol, fresh.approved_on) == (None, None, None)
    assert not fresh.historic_approvals.exists()
    assert not fresh.attachments.filter(removed=False).exists()
    base.refresh_from_db()
    assert base.historic_approvals.count() == 2
    assert base.attachments.filter(removed=False).count() == 2
    signed(company.quinn, fresh, "approve")
    assert signed(company.otto, fresh, "approve").label == "3"
    base.refresh_from_db()
    assert base.effective_to == fresh.effective_from
