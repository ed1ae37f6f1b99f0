"""The page of a record: what it is, its state, what may be done and what not, why; thread, signatures, files, comments."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from medithread.improvement.ideas.models import Action
from medithread.kernel import verbs
from medithread.kernel.base.guard import door_open
from medithread.kernel.files.store import read as stored
from medithread.kernel.ledger.models import Journal
from medithread.kernel.records.models import Link
from medithread.kernel.signing.models import Served
from medithread.system.documents.models import Document
from tests.company import Company, signed

from .conftest import Browser
from .reading import form_at, read, send


def test_the_first_lines_say_what_it_is(company: Company, browser: Browser, idea: Any) -> None:
    page = read(browser(company.quinn).get(f"/r/{idea.number}"))
    assert page.text.index("Shadow board") < page.text.index("Owner Rea Kern") < page.text.index("3 days late")
    assert "New" in page.text
    assert f"/r/{idea.number}/move/accept" in page.links


def test_three_empties_are_told_apart(company: Company, browser: Browser, draft: Any) -> None:
    verbs.edit(company.otto, draft, lock=draft.lock, purpose="One", absent={"process": {"code": "unknown", "reason": "it is being drawn"}, "language": {"code": "not_applicable"}})
    page = browser(company.otto).get(f"/r/{draft.number}").content.decode()
    assert "<dt>Purpose</dt><dd>One</dd>" in page
    assert '<span class="absent"><b>Unknown</b>, because it is being drawn</span>' in page
    assert '<span class="absent"><b>Not applicable</b></span>' in page
    assert re.search(r'<dt>Not yet looked at</dt><dd><span class="unseen">Scope · [^<]*</span>', page)


def test_the_path_marks_the_present_state(company: Company, browser: Browser, in_force: Any) -> None:
    page = browser(company.rea).get(f"/r/{in_force.number}").content.decode()
    path = page[page.index('<ol class="path"') : page.index("</ol>", page.index('<ol class="path"'))]
    assert path.count('class="done"') == 3
    assert '<li class="now" aria-current="step"><span>In force' in path
    assert "Superseded" not in path


def test_what_is_not_allowed_says_why_and_the_way_out(company: Company, browser: Browser, idea: Any) -> None:
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    page = browser(company.rea).get(f"/r/{idea.number}").content.decode()
    assert 'aria-disabled="true" aria-describedby="waits-finish"' in page
    assert "Nothing has been planned yet. Add at least one action with an owner and a date." in read(browser(company.rea).get(f"/r/{idea.number}")).text
    other = read(browser(company.ada).get(f"/r/{idea.number}"))
    assert "1 step is for somebody else" in other.text
    assert f"/r/{idea.number}/edit" not in other.links


def test_children_stand_on_their_parent(company: Company, browser: Browser, idea: Any) -> None:
    verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2020-01-01")
    client = browser(company.rea)
    page = read(client.get(f"/r/{idea.number}"))
    assert "1, of which 1 open" in page.text
    assert f"/r/{idea.number}-A1" in page.links
    assert f"/action/new?parent={idea.number}" in page.links
    child = read(client.get(f"/r/{idea.number}-A1"))
    assert f"/r/{idea.number}" in child.links


def test_signatures_say_that_they_hold(company: Company, browser: Browser, in_force: Any) -> None:
    page = read(browser(company.rea).get(f"/r/{in_force.number}"))
    assert page.text.count("what was signed is still what is here") == 2
    assert re.search(r"Quinn Maar Quality approver 20\d\d-\d\d-\d\d \d\d:\d\d UTC · simulated in a demo company", page.text)


def test_an_edit_behind_our_back_breaks_the_seal(company: Company, browser: Browser, in_force: Any) -> None:
    with door_open():
        Document.objects.filter(pk=in_force.pk).update(purpose="Something else")
    page = read(browser(company.rea).get(f"/r/{in_force.number}"))
    assert "what was signed is still what is here" not in page.text
    assert page.text.count("the record here is not what the ledger holds: verify the ledger") == 2


def test_a_review_on_an_earlier_text_is_shown_with_the_difference(company: Company, browser: Browser, draft: Any) -> None:
    verbs.edit(company.otto, draft, lock=draft.lock, purpose="Before", parts={"reviewers": [{"person": company.ada.uid}]})
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    signed(company.ada, draft, "approve")
    verbs.move(company.otto, draft, "return", lock=draft.lock, reason="Say more")
    verbs.edit(company.otto, draft, lock=draft.lock, purpose="After")
    client = browser(company.otto)
    page = read(client.get(f"/r/{draft.number}"))
    assert "on an earlier text: see what changed" in page.text
    link = next(link for link in page.links if "/compare?from=" in link)
    compared = client.get(link).content.decode()
    assert "<del>Before</del> <ins>After</ins>" in compared


def test_the_whole_content_is_noted_as_served(company: Company, browser: Browser, draft: Any) -> None:
    client = browser(company.quinn)
    for _twice in range(2):
        page = client.get(f"/r/{draft.number}")
    served = Served.objects.get(person=company.quinn, record=draft.pk)
    assert (served.digest, served.shown, served.session) == (draft.digest, "whole", client.session.session_key)
    html = stored(served.rendition).decode()
    assert "Say who does what." in html
    assert html in page.content.decode()
    browser(company.mara).get(f"/r/{draft.number}")
    assert Served.objects.get(person=company.mara, record=draft.pk).rendition == served.rendition, "the same bytes for everybody"


def test_editions_are_told_apart(company: Company, browser: Browser, in_force: Any) -> None:
    second = verbs.revise(company.ada, in_force, blank=("change_reason",), change_reason="Clearer")
    client = browser(company.otto)
    assert "In force" in read(client.get(f"/r/{in_force.number}")).text
    page = read(client.get(f"/r/{in_force.number}/2"))
    assert "This version is not the one in force" in page.text
    assert f"/r/{in_force.number}/1" in page.links
    assert second.label in page.text
    assert client.get(f"/r/{in_force.number}/3").status_code == 404


def test_numbers_with_a_slash_and_numbers_typed_otherwise(company: Company, browser: Browser) -> None:
    made = verbs.create(company.ada, Document, title="Form", number="QP-4.2/01")
    client = browser(company.ada)
    assert "/r/QP-4.2~01/1" in read(client.get("/document/?view=all")).links
    assert client.get("/r/QP-4.2~01").status_code == 200
    assert client.get("/r/QP-4.2/01")["Location"] == "/r/QP-4.2~01"
    assert client.get(f"/r/{made.number.lower().replace('/', '~')}")["Location"] == "/r/QP-4.2~01"


def test_the_thread_goes_both_ways_and_hides_what_one_may_not_see(company: Company, browser: Browser, idea: Any, in_force: Any) -> None:
    verbs.link(company.quinn, idea, in_force, "relates", note="says who decides")
    client = browser(company.quinn)
    page = read(client.get(f"/r/{idea.number}/thread"))
    assert "relates to 1" in page.text
    assert "says who decides" in page.text
    assert "related from" in read(client.get(f"/r/{in_force.number}")).text
    data = b"".join(client.get(f"/r/{idea.number}/thread?form=json")).decode()
    assert in_force.number in data
    verbs.edit(company.quinn, idea, lock=idea.lock, confidentiality="confidential")
    hidden = read(browser(company.ada).get(f"/r/{in_force.number}/1/thread"))
    assert idea.number not in hidden.text
    assert "Nothing is linked yet" in hidden.text


def test_linking_and_unlinking_without_script(company: Company, browser: Browser, idea: Any, in_force: Any) -> None:
    client = browser(company.quinn)
    form = form_at(client.get(f"/r/{idea.number}/link"), "/link")
    answer = client.post(form.action, form.values(target="SOP-9999", meaning="relates"))
    assert answer.status_code == 422
    assert "There is no such record, or you may not see it." in read(answer).text
    assert client.post(form.action, form.values(target=in_force.number.lower(), meaning="relates")).status_code == 302
    made = Link.objects.get(source=idea.pk)
    address = f"/r/{idea.number}/link/{made.uid}/remove"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "wrong one"}).status_code == 302
    assert client.get(address).status_code == 404


def test_comments(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.ada)
    answer = send(client, page := client.get(f"/r/{idea.number}"), form_at(page, "/comment"), text="Which line <b>first</b>?")
    assert answer["Location"] == f"/r/{idea.number}#comments"
    page = client.get(f"/r/{idea.number}")
    assert "Which line &lt;b&gt;first&lt;/b&gt;?" in page.content.decode()
    send(client, page, form_at(page, "/resolve"))
    assert "dealt with" in read(client.get(f"/r/{idea.number}")).text
    assert client.post(f"/r/{idea.number}/comment", {"text": " "}).status_code == 422


def test_files_come_and_go(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.rea)
    address = f"/r/{idea.number}/attach"
    assert client.post(address).status_code == 422
    lies = client.post(address, {"files": [SimpleUploadedFile("photo.png", b"MZ\x90\x00 not a picture")]})
    assert lies.status_code == 422
    assert "photo.png" in read(lies).text
    answer = client.post(address, {"files": [SimpleUploadedFile("tööls.txt", b"Spanner\n"), SimpleUploadedFile("more.csv", b"a,b\n1,2\n")], "note": "list"})
    assert answer["Location"] == f"/r/{idea.number}#files"
    file = idea.attachments.get(name="tööls.txt")
    answer = client.get(f"/files/{file.uid}")
    assert b"".join(answer) == b"Spanner\n"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    client.post(f"/r/{idea.number}/file/{file.uid}/remove", {"reason": "wrong list"})
    assert "tööls.txt" not in read(client.get(f"/r/{idea.number}")).text


def test_a_confidential_record_is_hidden_and_its_reading_noted(company: Company, browser: Browser, idea: Any) -> None:
    verbs.edit(company.quinn, idea, lock=idea.lock, confidentiality="personal")
    outsider = browser(company.ada)
    for page in ("", "/history", "/thread", "/print", "/edit", "/move/accept", "/sign/close", "/link", "/attach", "/compare"):
        assert outsider.get(f"/r/{idea.number}{page}").status_code == 404, page
    assert Journal.objects.filter(what="refused", person=company.ada.uid, subject=idea.uid).count() == 10
    browser(company.mara).get(f"/r/{idea.number}")
    assert Journal.objects.filter(what="read", person=company.mara.uid, subject=idea.uid).exists()
    assert idea.number not in read(outsider.get(f"/search?q={idea.number}")).text.replace(f"value {idea.number}", "").partition("Nothing was found")[2]


def test_an_inspector_reads_what_is_in_force(company: Company, browser: Browser, in_force: Any, idea: Any) -> None:
    client = browser(company.ina)
    page = read(client.get(f"/r/{in_force.number}"))
    assert "what was signed is still what is here" in page.text
    assert not [link for link in page.links if link.endswith(("/edit", "/revise", "/attach", "/link")) or "/move/" in link or "/sign/" in link]
    assert client.get(f"/r/{idea.number}").status_code == 404
    assert client.get("/idea/new").status_code == 403
    assert client.post(f"/r/{in_force.number}/comment", {"text": "Hm"}).status_code == 403


def test_queries_stay_as_they_are(company: Company, browser: Browser, in_force: Any, django_assert_max_num_queries: Any) -> None:
    client = browser(company.quinn)
    for _warm in range(2):
        client.get(f"/r/{in_force.number}")
    with django_assert_max_num_queries(28) as few:
        client.get(f"/r/{in_force.number}")
    for _more in range(3):
        verbs.comment(company.quinn, in_force, "Hm")
    with django_assert_max_num_queries(28) as more:
        client.get(f"/r/{in_force.number}")
    assert len(more) == len(few)


@pytest.mark.parametrize("name", ["ada", "rea", "ina", "ike", "tim", "dora"])
def test_every_page_opens_for_everybody_who_may_see_it(company: Company, browser: Browser, in_force: Any, name: str) -> None:
    client = browser(company.people[name])
    for page in ("", "/thread", "/history"):
        assert client.get(f"/r/{in_force.number}{page}").status_code == 200, page
    assert client.get("/").status_code == 200
