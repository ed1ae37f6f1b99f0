"""The room's own pages: reader, changes, files, copies, print, reviews."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.files.store import read
from medithread.kernel.ledger.models import Journal
from medithread.kernel.signing.models import Served
from medithread.kernel.work.worker import drain
from medithread.system.documents.bring import bring
from medithread.system.documents.models import Document
from tests.company import Company
from tests.proves import proves
from tests.system.documents.archive import pdf, word
from tests.system.documents.conftest import As
from tests.system.documents.making import FIRST, NEXT, approved, doc, in_review, link, para, written

TEXT = doc(
    {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Purpose"}]}, para("Say who does what. See ", link("WI-0099"), "."),
    {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Steps"}]}, "First step.",
)  # fmt: skip


def text_of(answer: Any) -> str:
    return answer.content.decode()


@proves("DOC-14")
def test_the_reader_shows_the_text_with_its_outline_and_notes_what_was_served(company: Company, as_: As) -> None:
    document = approved(company, body=TEXT)
    answer = as_(company.rea).get(f"/r/{document.number}/read")
    page = text_of(answer)
    assert answer.status_code == 200
    assert '<h2 id="t-purpose"><span class="sec-no">1</span>Purpose</h2>' in page
    assert 'href="#t-steps"' in page
    assert "WI-0099" in page
    assert "data-watermark" not in page
    served = Served.objects.get(person=company.rea, record=document, shown="whole")
    assert served.digest == document.digest
    fragment = read(served.rendition).decode()
    assert fragment in page
    assert "First step." in fragment


@proves("DOC-14")
@pytest.mark.parametrize(("state", "words"), [("draft", "DRAFT"), ("in_review", "IN REVIEW"), ("planned", "NOT YET IN FORCE"), ("obsolete", "OBSOLETE"), ("old", "SUPERSEDED")])
def test_what_is_not_in_force_says_so_across_the_page(company: Company, as_: As, state: str, words: str) -> None:
    if state == "draft":
        document = written(company)
    elif state == "in_review":
        document = in_review(company)
    else:
        document = approved(company, planned_from=now() + timedelta(days=3) if state == "planned" else None)
    if state == "obsolete":
        verbs.move(company.dora, document, "withdraw", reason="Gone")
    if state == "old":
        approved(company, verbs.revise(company.ada, document, **NEXT))
    page = text_of(as_(company.otto).get(f"/r/{document.number}/{document.edition}/read"))
    assert f'data-watermark="{words}"' in page


@proves("DOC-14")
def test_an_inspector_reads_what_is_in_force_and_no_draft(company: Company, as_: As) -> None:
    first = approved(company)
    second = verbs.revise(company.ada, first, **NEXT)
    client = as_(company.ina)
    assert client.get(f"/r/{first.number}/read").status_code == 200
    assert client.get(f"/r/{first.number}/{second.edition}/read").status_code == 404
    assert client.get(f"/r/{first.number}/{second.edition}/copy.docx").status_code == 404


@proves("DOC-15")
def test_changes_between_two_versions_are_shown_and_noted(company: Company, as_: As) -> None:
    first = approved(company, body=TEXT)
    second = verbs.revise(company.ada, first, **NEXT, purpose="New purpose", body=doc(*TEXT["content"][:3], "First step, done twice."))
    client = as_(company.otto)
    page = text_of(client.get(f"/r/{first.number}/2/changes"))
    assert "<ins" in page
    assert "done twice" in page
    assert "New purpose" in page
    served = Served.objects.get(person=company.otto, record=second)
    assert (served.shown, served.digest) == ("changes since v1", second.digest)
    assert "done twice" in read(served.rendition).decode()
    assert client.get(f"/r/{first.number}/2/changes?from=2&to=2").status_code == 422
    assert client.get(f"/r/{first.number}/1/changes").status_code == 422


@proves("DOC-15")
def test_a_revision_may_be_signed_after_its_changes_were_shown(company: Company, as_: As) -> None:
    from medithread.kernel.base.refusal import Refusal
    from medithread.kernel.identity.actor import Actor

    first = approved(company)
    second = verbs.revise(company.ada, first, **NEXT, body=doc("Other words"))
    verbs.move(company.ada, second, "submit")
    client = as_(company.quinn)
    actor = Actor(person=company.quinn, session=client.cookies["sessionid"].value)
    with pytest.raises(Refusal, match=r"sign.not-seen"):
        verbs.ask_signature(actor, second, "approve")
    client.get(f"/r/{first.number}/2/changes")
    assert verbs.ask_signature(actor, second, "approve").slots == "quality"


def test_tables_are_compared_cell_by_cell(company: Company, as_: As) -> None:
    def grid(text: str) -> dict[str, Any]:
        cell = {"type": "tableCell", "content": [para(text)]}
        return {"type": "table", "content": [{"type": "tableRow", "content": [cell, {"type": "tableCell", "content": [para("same")]}]}]}

    first = approved(company, body=doc(grid("old cell")))
    verbs.revise(company.ada, first, **NEXT, body=doc(grid("new cell")))
    page = text_of(as_(company.otto).get(f"/r/{first.number}/2/changes"))
    assert "redline-cell-changed" in page
    assert "visually-hidden" not in page


@proves("DOC-13")
def test_opening_a_file_is_noted_as_what_was_shown(company: Company, as_: As) -> None:
    document, _taken = bring(company.ada, io.BytesIO(pdf()), name="Cleaning.pdf", owner=company.ada.uid, **FIRST)
    client = as_(company.quinn)
    page = text_of(client.get(f"/r/{document.number}/read"))
    assert "Open the file" in page
    answer = client.get(f"/r/{document.number}/original")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content) == pdf()
    assert {s.shown for s in Served.objects.filter(person=company.quinn)} == {"whole", "file opened"}
    assert client.get(f"/r/{document.number}/copy.docx")["Location"].endswith("/original")


def test_files_are_found_by_their_words(company: Company, as_: As) -> None:
    from medithread.kernel.records.listing import Ask, matching

    document, _taken = bring(company.ada, io.BytesIO(pdf("Peristaltic pump head")), name="Cleaning.pdf", **FIRST)
    from medithread.kernel.identity.actor import Actor

    assert [d.pk for d in matching(document.declared, Actor(person=company.rea), Ask(words="peristaltic"))] == [document.pk]


@proves("DOC-16")
def test_copies_in_word_and_markdown(company: Company, as_: As) -> None:
    document = approved(company, body=TEXT)
    client = as_(company.rea)
    copy = client.get(f"/r/{document.number}/copy.docx")
    assert copy["Content-Disposition"] == f'attachment; filename="{document.number}-v1.docx"'
    again, _taken = bring(company.ada, io.BytesIO(copy.content), name="again.docx", type="SOP")
    assert again.body == document.body
    markdown = text_of(client.get(f"/r/{document.number}/copy.md"))
    assert markdown.startswith(f'---\nnumber: "{document.number}"\n')
    again, _taken = bring(company.ada, io.BytesIO(markdown.encode()), name="again.md", type="SOP")
    assert again.body == document.body


@proves("DOC-17")
def test_the_rendition_is_made_once_and_prints_carry_a_layer(company: Company, as_: As) -> None:
    document = approved(company, body=TEXT)
    drain()
    rendition = document.attachments.get(role="rendition")
    stored = read(rendition.file_id)
    answer = as_(company.rea).get(f"/r/{document.number}/print")
    assert answer.content.startswith(stored)
    assert answer.content != stored
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Rea Kern" in words
    assert "First step." in words
    assert Journal.objects.filter(what="print", person=company.rea.uid, subject=document.uid).exists()
    drain()
    as_(company.quinn).get(f"/r/{document.number}/print")
    assert document.attachments.filter(role="rendition").count() == 1
    assert rendition.added_by is None


@proves("DOC-17")
def test_a_pdf_document_is_printed_behind_a_cover(company: Company, as_: As) -> None:
    document, _taken = bring(company.ada, io.BytesIO(pdf("Cleaning of the filling line")), name="Cleaning.pdf", owner=company.ada.uid, **FIRST)
    answer = as_(company.rea).get(f"/r/{document.number}/print")
    words = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert len(words) >= 2
    assert "Cleaning of the filling line" in words[-1]
    assert document.number in words[0]


def test_other_kinds_print_as_ever(company: Company, as_: As) -> None:
    from medithread.improvement.ideas.models import Idea

    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.", source="work")
    assert as_(company.rea).get(f"/r/{idea.number}/print")["Content-Type"] == "application/pdf"


@proves("DOC-12")
def test_a_file_is_brought_by_the_page(company: Company, as_: As) -> None:
    client = as_(company.ada)
    assert client.get("/document/bring").status_code == 200
    answer = client.post("/document/bring", {"file": SimpleUploadedFile("Cleaning.docx", word("Text")), "type": "WI", "number": "AA-17"})
    assert answer["Location"] == "/r/AA-17/1/read"
    refused = client.post("/document/bring", {"file": SimpleUploadedFile("x.docx", b"nothing of the sort"), "type": "WI"})
    assert refused.status_code == 422
    assert "The name says" in text_of(refused)
    assert client.post("/document/bring", {}).status_code == 422
    document = Document.objects.get(number="AA-17")
    assert client.post(f"/r/AA-17/{document.edition}/bring", {"file": SimpleUploadedFile("new.pdf", pdf())}).status_code == 302
    assert as_(company.rea).get(f"/r/AA-17/{document.edition}/bring").status_code == 403


def overdue(company: Company) -> list[Document]:
    """Three documents whose review was due yesterday."""
    made = [approved(company, title=f"Procedure {n}") for n in range(3)]
    with verbs.unit(company.otto) as act:
        for document in made:
            act.touch("backdate", document, review_due=now().date() - timedelta(days=1))
    return list(Document.objects.order_by("number"))


@proves("DOC-9")
def test_reviews_are_confirmed_in_bulk_once_they_were_opened(company: Company, as_: As) -> None:
    documents = overdue(company)
    client = as_(company.otto)
    client.get(f"/r/{documents[0].number}/read")
    client.get(f"/r/{documents[1].number}/read")
    page = text_of(client.get("/document/reviews"))
    assert page.count('name="number"') == 2
    refused = client.post("/document/reviews", {"number": [d.number for d in documents]})
    assert refused.status_code == 403
    assert not Document.objects.exclude(confirmed_at=None).exists()
    assert client.post("/document/reviews", {"number": [d.number for d in documents[:2]]}).status_code == 302
    assert Document.objects.exclude(confirmed_at=None).count() == 2


@proves("DOC-18")
def test_reviews_that_fell_due_at_once_are_spread(company: Company, as_: As) -> None:
    start = now()
    overdue(company)
    client = as_(company.dora)
    assert client.get("/document/reviews/spread").status_code == 200
    days = {"first": (start + timedelta(days=10)).date().isoformat(), "last": (start + timedelta(days=20)).date().isoformat()}
    assert client.post("/document/reviews/spread", days).status_code == 422
    assert client.post("/document/reviews/spread", {**days, "last": "2001-01-01", "reason": "x"}).status_code == 422
    assert client.post("/document/reviews/spread", {**days, "reason": "All were adopted on one day"}).status_code == 302
    dues = sorted(Document.objects.values_list("review_due", flat=True))
    assert [(due - start.date()).days for due in dues] == [10, 15, 20]


def test_the_record_page_leads_to_the_reader(company: Company, as_: As) -> None:
    document = written(company, body=TEXT)
    page = text_of(as_(company.ada).get(f"/r/{document.number}"))
    assert f"/r/{document.number}/1/read" in page
    assert "The text names numbers that do not exist" in page
