"""Personal data of one person are erased under a signed request; chain, signatures and export still verify and say so."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from medithread.kernel import verbs
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.exchange.bundle import write_bundle
from medithread.kernel.files.store import hash_of
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.ledger.models import Disposal, Entry, Value
from medithread.kernel.ledger.verify import verify
from medithread.kernel.signing.models import Signature
from medithread.kernel.verbs import dispose as _dispose  # noqa: F401
from medithread.kernel.verbs.dispose import dispose, personal_items
from medithread.system.documents.models import Document
from tests.company import Company, signed
from verifier import check

from .story import BODY, FIRST, Story, tell

OLD = "2020-01-01"


@pytest.fixture
def story(company: Company, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Until there is a room for disposal requests, a document stands in for one: its clauses are the items."""
    import sys

    monkeypatch.setattr(sys.modules["medithread.kernel.verbs.dispose"], "ITEMS", "clauses")
    return tell(company)


def request(company: Company, items: list[str], *, approve: bool = True) -> Document:
    """A request that names the items, approved by quality and its owner."""
    made = verbs.create(company.ada, Document, title="Disposal request", body=BODY, owner=company.otto.uid, clauses=items, **FIRST)
    if approve:
        verbs.move(company.otto, made, "submit", lock=None)
        for person in (company.quinn, company.otto):
            signed(person, made, "approve")
    return made


def kept_until(company: Company, record: Any, date: str | None = OLD) -> None:
    """Set the retention of a record, also of one that is closed."""
    with verbs.unit(company.quinn) as act:
        act.touch("retention", record, retain_until=datetime.fromisoformat(date).date() if date else None)


def gone(company: Company, person: Person) -> None:
    """The person left long ago."""
    with verbs.unit(company.quinn) as act:
        person.left_on = (datetime.now(UTC) - timedelta(days=400)).date()
        act.put("edit", person)


def everything() -> bytes:
    """All that the database holds, as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [bytes(value) if isinstance(value, memoryview) else value if isinstance(value, bytes) else str(value).encode() for row in cursor.fetchall() for value in row]
    return b"\n".join(found)


def test_a_person_is_erased_and_everything_still_verifies(story: Story, tmp_path: Path) -> None:
    company, rea = story.company, story.company.rea
    items = [f"{rea.uid}/*"]
    gone(company, rea)
    count = dispose(company.quinn, request(company, items))
    assert count >= 5
    rea.refresh_from_db()
    assert (rea.name, rea.email, rea.function) == ("Erased person", None, None)
    assert Account.objects.get(person=rea).username == f"erased-{Account.objects.get(person=rea).uid}"
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    assert report.counts["disposed"] == count
    assert [remark for remark in report.remarks if f"disposed of {count} values under SOP-0002" in remark]
    write_bundle(tmp_path / "all.zip")
    checked = check(tmp_path / "all.zip")
    assert [str(finding) for finding in checked.findings] == []
    assert checked.counts["values disposed"] == count
    assert [remark for remark in checked.remarks if "disposed of" in remark]
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        assert b"rea@aria.example" not in b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"rea@aria.example" not in everything()


def test_the_printed_name_in_a_signed_statement_stays_until_the_statement_itself_is_disposed_of(story: Story, tmp_path: Path) -> None:
    company, rea = story.company, story.company.rea
    signature = Signature.objects.get(person=rea)
    assert "Rea Kern" in signature.statement
    gone(company, rea)
    dispose(company.quinn, request(company, personal_items(rea)))
    assert "Rea Kern" in Signature.objects.get(pk=signature.pk).statement
    kept_until(company, story.document)
    dispose(company.quinn, request(company, [f"{signature.uid}/statement"]))
    assert Signature.objects.get(pk=signature.pk).statement == "Disposed"
    with door_open():
        from medithread.kernel.signing.models import Intent

        Intent.objects.filter(person=rea).delete()
    assert b"Rea Kern" not in everything()
    assert verify().ok
    write_bundle(tmp_path / "all.zip")
    assert check(tmp_path / "all.zip").ok


def test_a_passkey_signature_holds_without_its_statement(story: Story, tmp_path: Path) -> None:
    company = story.company
    signature = Signature.objects.get(method="passkey")
    kept_until(company, story.idea)
    dispose(company.quinn, request(company, [f"{signature.uid}/statement", f"{signature.uid}/reason"]))
    signature.refresh_from_db()
    assert (signature.statement, signature.reason) == ("Disposed", None)
    assert verify().ok
    write_bundle(tmp_path / "all.zip")
    report = check(tmp_path / "all.zip")
    assert report.ok
    assert report.counts["signatures by passkey"] == 1


def test_fields_rows_reasons_and_comments_of_a_closed_record(story: Story) -> None:
    company, idea = story.company, story.idea
    kept_until(company, idea)
    kept_until(company, story.document)
    reviewer = story.document.reviewers.get()  # type: ignore[attr-defined]
    remark = idea.comments.get()
    items = [f"{idea.uid}/description", f"{idea.uid}/note", f"{remark.uid}/text", f"{story.document.uid}/parts/reviewers/{reviewer.uid}"]
    before = type(idea).objects.get(pk=idea.pk)
    count = dispose(company.quinn, request(company, items))
    idea.refresh_from_db()
    assert (idea.description, idea.digest, idea.lock) == (None, before.digest, before.lock + 1)
    assert idea.absent["description"]["code"] == "withheld"
    remark.refresh_from_db()
    assert remark.text == "Disposed"
    reviewer.refresh_from_db()
    assert reviewer.person_id is None
    for words in (b"Tools are searched for", b"Well seen by the night shift", b"cheap"):
        assert words not in everything()
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    assert Disposal.objects.count() == count == report.counts["disposed"]


def test_a_file_goes_with_its_bytes(story: Story, tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    company = story.company
    kept_until(company, story.document)
    kept_until(company, story.second)
    made = story.document.attachments.get()
    items = [f"{made.file.uid}/bytes", f"{made.uid}/name"]
    with django_capture_on_commit_callbacks(execute=True):
        dispose(company.quinn, request(company, items))
    made.refresh_from_db()
    assert (made.name, hash_of(made.file_id), made.file.text) == ("Disposed", None, None)
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    write_bundle(tmp_path / "all.zip")
    checked = check(tmp_path / "all.zip")
    assert checked.ok
    assert checked.counts["files disposed of"] == 1


def test_what_is_disposed_of_can_be_edited_again(story: Story) -> None:
    company = story.company
    kept_until(company, story.second)
    dispose(company.quinn, request(company, [f"{story.second.uid}/purpose"]))
    story.second.refresh_from_db()
    verbs.edit(company.otto, story.second, lock=story.second.lock, purpose="Written anew", title="Another title")
    assert story.second.absent.get("purpose") is None
    assert verify().ok


def test_something_put_back_by_hand_is_found(story: Story) -> None:
    company, rea = story.company, story.company.rea
    gone(company, rea)
    kept_until(company, story.idea)
    dispose(company.quinn, request(company, [f"{rea.uid}/*", f"{story.idea.uid}/description"]))
    for sql in (
        f"UPDATE identity_person SET name = 'Rea Kern' WHERE id = {rea.pk}",
        f"UPDATE identity_person SET email = 'rea@aria.example' WHERE id = {rea.pk}",
        f"UPDATE ideas_idea SET description = 'x' WHERE record_ptr_id = {story.idea.pk}",
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)
            assert [finding.code for finding in verify().findings] == ["row.disposed"], sql
            transaction.set_rollback(True)


# --- refusals ----------------------------------------------------------------------------------------------------------
def refused(story: Story, items: list[str], *codes: str, **options: Any) -> None:
    made = request(story.company, items, **options)
    values, entries = Value.objects.filter(body=None).count(), Entry.objects.count()
    with pytest.raises(Refusal) as found:
        dispose(story.company.quinn, made)
    assert found.value.codes == codes
    assert (Value.objects.filter(body=None).count(), Entry.objects.count()) == (values, entries)


def test_retention_and_hold_stand_against_it(story: Story) -> None:
    items = [f"{story.idea.uid}/description"]
    refused(story, items, "dispose.no-date")
    kept_until(story.company, story.idea, "2999-01-01")
    refused(story, items, "dispose.retention")
    kept_until(story.company, story.idea)
    with verbs.unit(story.company.quinn) as act:
        act.touch("hold", story.idea, hold=True)
    refused(story, items, "dispose.hold")
    refused(story, [f"{story.idea.comments.get().uid}/text"], "dispose.hold")


def test_a_person_who_works_here_is_not_erased(story: Story) -> None:
    refused(story, [f"{story.company.rea.uid}/name"], "dispose.person")
    refused(story, [f"{Account.objects.get(person=story.company.rea).uid}/username"], "dispose.person")


def test_only_what_was_approved_as_it_stands(story: Story) -> None:
    company, rea = story.company, story.company.rea
    gone(company, rea)
    refused(story, [f"{rea.uid}/name"], "dispose.not-approved", approve=False)
    made = request(company, [f"{rea.uid}/name"])
    with pytest.raises(Refusal, match=r"dispose\.items"):
        dispose(company.quinn, made, [f"{rea.uid}/email"])
    with pytest.raises(NotAllowed, match=r"who\.role"):
        dispose(company.ada, made)
    assert dispose(company.quinn, made, [f"{rea.uid}/name"]) == 1
    with pytest.raises(Refusal, match=r"dispose\.nothing"):
        dispose(company.quinn, made)


@pytest.mark.parametrize("path", ["state", "handling", "links/relates/x", "number", "digest"])
def test_paths_that_cannot_go(story: Story, path: str) -> None:
    kept_until(story.company, story.idea)
    refused(story, [f"{story.idea.uid}/{path}"], "dispose.path")


def test_things_that_cannot_go(story: Story) -> None:
    kept_until(story.company, story.document)
    signature = Signature.objects.filter(record=story.document).first()
    assert signature is not None
    refused(story, [f"{signature.uid}/evidence"], "dispose.path")
    refused(story, [f"{story.document.attachments.get().uid}/role"], "dispose.path")
    refused(story, ["nothing/name"], "dispose.unknown")


def test_a_signature_keeps_its_words_without_a_disposal(story: Story) -> None:
    signature = Signature.objects.first()
    assert signature is not None
    for change in ("statement = 'Disposed'", "reason = NULL, meaning = 'x'", "statement = 'other'", "evidence = '{}'"):
        with pytest.raises(DatabaseError, match=r"disposed words"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE signing_signature SET {change} WHERE id = {signature.pk}")
