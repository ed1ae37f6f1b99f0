"""My work, the search box, files and pictures, prints."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Journal
from medithread.kernel.pages.printing import report_of
from medithread.kernel.pages.waiting import count, work_of
from medithread.system.documents.models import Document
from tests.company import Company

from .conftest import BODY, FIRST, Browser
from .reading import read

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def test_my_work_says_why_each_thing_is_here(company: Company, browser: Browser, draft: Any, idea: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    verbs.create(company.rea, Action, parent=idea, title="Buy board", due=now().date() + timedelta(days=3))
    rea = read(browser(company.rea).get("/")).text
    assert f"{idea.number} Shadow board You own it 3 days late" in rea
    assert "Buy board You own it" in rea
    assert "Your signature “Approved” is asked: Quality" in read(browser(company.quinn).get("/")).text
    verbs.move(company.quinn, draft, "return", lock=draft.lock, reason="Say more")
    otto = read(browser(company.otto).get("/")).text
    assert "It came back to you" in otto
    assert "Nothing waits for you" in read(browser(company.ike).get("/")).text


def test_a_review_that_is_due(company: Company, browser: Browser, in_force: Any) -> None:
    from medithread.kernel.base.guard import door_open

    with door_open():
        Document.objects.filter(pk=in_force.pk).update(review_due=now().date() + timedelta(days=10))
    assert "Periodic review: confirm it unchanged, or revise it" in read(browser(company.otto).get("/")).text
    assert 'tag warn">review in 10 days' in browser(company.otto).get("/document/").content.decode()


def test_counts_count_each_record_once(company: Company, idea: Any) -> None:
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    verbs.create(company.rea, Action, parent=idea, title="Buy board", due=now().date() - timedelta(days=3))
    figures = count(work_of(Actor(person=company.rea)))
    assert (figures.late, figures.total, figures.of) == (2, 2, {"idea": (2, True)})


def test_waiting_costs_the_same_for_many(company: Company, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        verbs.create(company.rea, Idea, title=f"Idea {n}", due=now().date())
    with django_assert_max_num_queries(25):
        assert len(work_of(Actor(person=company.rea)).due) == 30


def test_search_finds_marks_and_narrows(company: Company, browser: Browser, draft: Any, idea: Any) -> None:
    client = browser(company.quinn)
    page = client.get("/search?q=tools")
    assert "<mark>Tools</mark> are searched for." in page.content.decode()
    assert "1 found in what you may see" in read(page).text
    assert f"/r/{draft.number}/1" in read(client.get(f"/search?q={draft.number}")).links
    assert "Nothing was found" in read(client.get("/search?q=tools&kind=document")).text
    for words in ("", "' OR 1=1 --", '"', "NEAR(", "%", "<script>alert(1)</script>", "x" * 5000, "AND OR NOT"):
        answer = client.get("/search", {"q": words})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_search_leaks_nothing(company: Company, browser: Browser, idea: Any) -> None:
    verbs.edit(company.quinn, idea, lock=idea.lock, confidentiality="confidential")
    client = browser(company.ada)
    for address in ("/search?q=tools", "/search/suggest?q=tools", "/search/records?q=shadow", f"/search?q={idea.number}"):
        assert "Shadow board" not in client.get(address).content.decode(), address


def test_the_search_box_suggests_records_pages_and_acts(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.quinn)
    page = client.get("/search/suggest?q=idea").content.decode()
    assert f'<a role="option" href="/r/{idea.number}">' not in client.get("/search/suggest?q=nothing").content.decode()
    assert "New improvement idea" in page
    assert '<a role="option" href="/idea/">' in page
    assert client.get("/search/records?q=shadow").json() == [{"number": idea.number, "title": "Shadow board", "edition": ""}]


def test_pictures_are_looked_into_and_shown_to_those_who_may(company: Company, browser: Browser) -> None:
    client = browser(company.ada)
    answer = client.post("/pictures/upload", {"file": SimpleUploadedFile("dot.png", PNG)})
    assert answer.status_code == 200, answer.content
    sha256 = answer.json()["file"]
    assert client.get(answer.json()["url"])["Content-Type"] == "image/png"
    assert browser(company.otto).get(answer.json()["url"]).status_code == 404, "a picture of an unsaved form is hers alone"
    doc = {"type": "doc", "content": [*BODY["content"], {"type": "image", "attrs": {"file": sha256, "alt": "A dot"}}]}
    made = verbs.create(company.ada, Document, title="With a picture", body=doc, owner=company.otto.uid, **FIRST)
    address = f"/r/{made.number}/1/image/{sha256}"
    assert f'src="{address}"' in browser(company.otto).get(f"/r/{made.number}").content.decode()
    assert browser(company.otto).get(address)["Content-Type"] == "image/png"
    assert browser(company.otto).get(f"/r/{made.number}/1/image/{'0' * 64}").status_code == 404
    for name, data in (("dot.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("a.txt", b"text"), ("dot.png", b"MZ")):
        refused = client.post("/pictures/upload", {"file": SimpleUploadedFile(name, data)})
        assert refused.status_code == 422
        assert refused.json()["error"]
    assert browser(company.ina).post("/pictures/upload", {"file": SimpleUploadedFile("dot.png", PNG)}).status_code == 422


def test_files_obey_the_record(company: Company, browser: Browser, idea: Any) -> None:
    file = verbs.store_file(company.rea, io.BytesIO(b"secret"), media_type="text/html")
    made = verbs.attach(company.rea, idea, file, name="a\"b\r\nc.html")
    answer = browser(company.ada).get(f"/files/{made.uid}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer) == b"secret"
    verbs.edit(company.quinn, idea, lock=idea.lock, confidentiality="confidential")
    assert browser(company.ada).get(f"/files/{made.uid}").status_code == 404
    b"".join(browser(company.mara).get(f"/files/{made.uid}"))
    assert Journal.objects.filter(what="read.file", person=company.mara.uid).exists()


def test_the_report_of_any_record(company: Company, in_force: Any, idea: Any) -> None:
    verbs.link(company.quinn, idea, in_force, "relates")
    actor = Actor(person=company.quinn)
    report = report_of(actor, in_force)
    assert (report.number, report.edition, str(report.state), report.watermark, report.demo) == (in_force.number, "v1", "In force", None, True)
    assert [(line.printed_name, line.still_valid) for line in report.signatures] == [("Quinn Maar", True), ("Otto Brand", True)]
    assert report.body == BODY
    assert "Ada Lund" in {line.who for line in report.history}
    other = report_of(actor, idea)
    assert [(line.meaning, line.number) for line in other.links] == [("relates to", in_force.number)]
    json.dumps([str(section.title) for section in other.sections])


def test_a_print_is_a_logged_act(company: Company, browser: Browser, idea: Any) -> None:
    answer = browser(company.quinn).get(f"/r/{idea.number}/print")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert Journal.objects.filter(what="print", person=company.quinn.uid, subject=idea.uid).exists()


@pytest.mark.parametrize("kind", ["document", "idea"])
def test_prints_of_both_shapes(company: Company, browser: Browser, in_force: Any, idea: Any, kind: str) -> None:
    record = in_force if kind == "document" else idea
    assert browser(company.rea).get(f"/r/{record.number}/print").content.startswith(b"%PDF")
