"""Forms without script: made from the declaration; nothing typed is lost; errors stand beside their field."""

import json
from typing import Any

from django.test import Client

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.records.models import WorkingCopy
from medithread.system.documents.models import Document
from tests.company import Company

from .conftest import Browser
from .reading import main_form, read, send


def test_a_record_is_begun(company: Company, browser: Browser) -> None:
    client = browser(company.rea)
    page = client.get("/idea/new")
    form = main_form(page)
    assert dict(form.fields)["owner"] == str(company.rea.uid)
    answer = send(client, page, form, title="Shadow board", source="work", description="Tools are\r\nsearched for.", benefit__absent="unknown", benefit__reason="nobody counted")
    idea = Idea.objects.get()
    assert answer["Location"] == f"/r/{idea.number}"
    assert (idea.title, idea.source, idea.description, idea.benefit, idea.owner) == ("Shadow board", "work", "Tools are\nsearched for.", None, company.rea)
    assert idea.absent["benefit"]["reason"] == "nobody counted"
    again = send(client, page, form, title="Shadow board")
    assert again["Location"] == f"/r/{idea.number}", "the same form sent twice makes one record"
    assert Idea.objects.count() == 1


def test_what_is_wrong_stands_beside_its_field(company: Company, browser: Browser) -> None:
    client = browser(company.ada)
    page = client.get("/document/new")
    answer = send(client, page, main_form(page), title="", type="XXX", review_months="often", planned_from="soon", purpose__absent="unknown")
    assert answer.status_code == 422
    text = read(answer).text
    assert "This must be a whole number." in text
    html = answer.content.decode()
    assert '<a href="#id_review_months">' in html
    assert 'value="often"' in html
    assert 'aria-invalid="true"' in html
    answer = send(client, page, main_form(page), title="", review_months="24")
    assert '<a href="#id_title">A title is needed.</a>' in answer.content.decode()
    answer = send(client, page, main_form(page), title="X", purpose__absent="unknown", applies_to="kept words")
    assert "Say why “Purpose” is not known." in read(answer).text
    assert "kept words" in answer.content.decode()


def test_numbers_can_be_given_by_hand(company: Company, browser: Browser, draft: Any) -> None:
    client = browser(company.ada)
    page = client.get("/document/new")
    assert send(client, page, main_form(page), title="One", number="QP-01").status_code == 302
    page = client.get("/document/new")
    answer = send(client, page, main_form(page), title="Two", number="qp-01")
    assert answer.status_code == 422
    assert "The number qp-01 is already in use." in read(answer).text


def test_formatted_text_without_script_is_markdown(company: Company, browser: Browser) -> None:
    client = browser(company.ada)
    page = client.get("/document/new")
    send(client, page, main_form(page), title="Procedure", type="SOP", body="# Purpose\r\n\r\nSay **who** does what.")
    made = Document.objects.get()
    kinds = [block["type"] for block in json.loads(made.body)["content"]]
    assert kinds == ["heading", "paragraph"]
    page = client.get(f"/r/{made.number}/edit")
    assert dict(main_form(page).fields)["body"] == "# Purpose\n\nSay **who** does what.\n"
    assert 'data-doc-for="id_body">{"content":' in page.content.decode().replace('{"type": "doc", ', "{")
    answer = send(client, page, main_form(page), title="Procedure 2")
    made.refresh_from_db()
    assert answer.status_code == 302
    assert json.loads(made.body)["content"][1]["content"][1]["marks"] == [{"type": "bold"}]


def test_the_editor_s_document_wins(company: Company, browser: Browser, draft: Any) -> None:
    client = browser(company.otto)
    page = client.get(f"/r/{draft.number}/edit")
    doc = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "From the editor"}]}]}
    send(client, page, main_form(page), body="from the textarea", body_json=json.dumps(doc))
    draft.refresh_from_db()
    assert "From the editor" in draft.body
    answer = send(client, page, main_form(client.get(f"/r/{draft.number}/edit")), body_json="{not json")
    assert answer.status_code == 422
    answer = send(client, page, main_form(client.get(f"/r/{draft.number}/edit")), body_json='{"type":"doc","content":[{"type":"script"}]}')
    assert answer.status_code == 422


def test_times_are_meant_in_the_zone_of_the_site(company: Company, browser: Browser, draft: Any) -> None:
    client = browser(company.otto)
    page = client.get(f"/r/{draft.number}/edit")
    assert "Europe/Paris" in page.content.decode()
    send(client, page, main_form(page), planned_from="2030-07-01T08:00")
    draft.refresh_from_db()
    assert draft.planned_from.isoformat() == "2030-07-01T06:00:00+00:00"
    assert dict(main_form(client.get(f"/r/{draft.number}/edit")).fields)["planned_from"] == "2030-07-01T08:00"


def test_rows_are_added_changed_and_removed_without_script(company: Company, browser: Browser, draft: Any) -> None:
    client = browser(company.otto)
    page = client.get(f"/r/{draft.number}/edit")
    values = main_form(page).values(**{"part-reviewers-0-person": str(company.ada.uid), "part-reviewers-1-role": "QA", "purpose": "kept"})
    more = client.post(f"/r/{draft.number}/edit", {**values, "add": "reviewers"})
    assert more.status_code == 200
    form = main_form(more)
    assert dict(form.fields)["part-reviewers-n"] == "4"
    assert dict(form.fields)["purpose"] == "kept"
    send(client, more, form)
    draft.refresh_from_db()
    assert [(row.person, row.role) for row in draft.reviewers.all()] == [(company.ada, None), (None, "QA")]
    page = client.get(f"/r/{draft.number}/edit")
    send(client, page, main_form(page), **{"part-reviewers-0-remove": "yes", "part-reviewers-1-round": "2"})
    assert [(row.role, row.round) for row in draft.reviewers.all()] == [("QA", 2)]


def test_an_absence_is_taken_back(company: Company, browser: Browser, draft: Any) -> None:
    verbs.edit(company.otto, draft, lock=draft.lock, absent={"process": {"code": "unknown", "reason": "drawn"}})
    client = browser(company.otto)
    page = client.get(f"/r/{draft.number}/edit")
    assert dict(main_form(page).fields)["process__absent"] == "unknown"
    send(client, page, main_form(page), process__absent="", process="Purchasing")
    draft.refresh_from_db()
    assert (draft.process, draft.absent) == ("Purchasing", {})
    send(client, page := client.get(f"/r/{draft.number}/edit"), main_form(page), process="")
    draft.refresh_from_db()
    assert draft.process is None


def test_a_reason_is_asked_when_stored_values_are_overwritten(company: Company, browser: Browser, idea: Any) -> None:
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    client = browser(company.rea)
    page = client.get(f"/r/{idea.number}/edit")
    answer = send(client, page, main_form(page), description="Other words")
    assert answer.status_code == 422
    assert '<a href="#id_reason">Stored values are overwritten: say why.</a>' in answer.content.decode()
    answer = send(client, answer, main_form(answer), reason="New facts")
    assert answer.status_code == 302
    idea.refresh_from_db()
    assert idea.description == "Other words"


def test_where_the_content_is_fixed_only_handling_is_offered(company: Company, browser: Browser, in_force: Any) -> None:
    client = browser(company.otto)
    page = client.get(f"/r/{in_force.number}/1/edit")
    names = {name for name, _value in main_form(page).fields}
    assert "owner" in names
    assert "purpose" not in names
    send(client, page, main_form(page), deputy=str(company.ada.uid), reason="Holidays")
    in_force.refresh_from_db()
    assert in_force.deputy == company.ada


def test_a_stale_copy_shows_both_versions_and_saves_on_the_new_lock(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.rea)
    page = client.get(f"/r/{idea.number}/edit")
    verbs.edit(company.quinn, idea, lock=idea.lock, description="Quinn's words", benefit="Time")
    answer = send(client, page, main_form(page), description="Rea's words", title="Shadow boards")
    assert answer.status_code == 409
    text = read(answer).text
    assert "Quinn Maar saved while you had the form open" in text
    assert "One field differs in both" in text
    assert "Only you changed it: Shadow board boards" in text
    assert "Only the other person changed it: not yet looked at Time" in text
    saved = send(client, answer, main_form(answer))
    assert saved.status_code == 302
    idea.refresh_from_db()
    assert (idea.title, idea.description, idea.benefit) == ("Shadow boards", "Rea's words", "Time")


def test_keeping_theirs_or_going_on_with_mine(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.rea)
    page = client.get(f"/r/{idea.number}/edit")
    verbs.edit(company.quinn, idea, lock=idea.lock, description="Quinn's words")
    stale = send(client, page, main_form(page), description="Rea's words", benefit="Much")
    on = send(client, stale, main_form(stale), again="yes")
    assert on.status_code == 200
    assert dict(main_form(on).fields)["description"] == "Rea's words"
    assert dict(main_form(on).fields)["title"] == "Shadow board"
    send(client, stale, main_form(stale), take__description="theirs")
    idea.refresh_from_db()
    assert (idea.description, idea.benefit) == ("Quinn's words", "Much")


def test_rows_of_two_people_meet(company: Company, browser: Browser, draft: Any) -> None:
    verbs.edit(company.otto, draft, lock=draft.lock, parts={"reviewers": [{"role": "QA"}]})
    client = browser(company.otto)
    page = client.get(f"/r/{draft.number}/edit")
    row = draft.reviewers.get()
    verbs.edit(company.dora, draft, lock=draft.lock, parts={"reviewers": [{"uid": str(row.uid), "round": "3"}]})
    stale = send(client, page, main_form(page), **{"part-reviewers-0-role": "DOC"})
    assert stale.status_code == 409
    assert "Reviewers" in read(stale).text
    assert send(client, stale, main_form(stale)).status_code == 302
    row.refresh_from_db()
    assert row.role == "DOC"


def test_what_is_typed_is_kept_and_comes_back(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.rea)
    page = client.get(f"/r/{idea.number}/edit")
    assert client.post(f"/r/{idea.number}/keep", main_form(page).values(description="half a senten")).status_code == 204
    copy = WorkingCopy.objects.get()
    assert "csrfmiddlewaretoken" not in copy.body
    page = client.get(f"/r/{idea.number}/edit")
    assert "Your unsaved draft is shown" in read(page).text
    assert "half a senten" in page.content.decode()
    assert "half a senten" not in browser(company.quinn).get(f"/r/{idea.number}/edit").content.decode(), "the copy is private"
    assert f"/r/{idea.number}/edit" in read(client.get("/")).links
    form = next(form for form in read(page).forms if form.method == "post" and "description" in dict(form.fields))
    send(client, page, form)
    assert not WorkingCopy.objects.exists()


def test_a_kept_copy_can_be_dropped(company: Company, browser: Browser) -> None:
    client = browser(company.rea)
    client.post("/idea/keep", {"title": "Perhaps"})
    assert 'value="Perhaps"' in client.get("/idea/new").content.decode()
    assert client.post("/idea/keep", {"drop": "yes"})["Location"] == "/idea/"
    assert not WorkingCopy.objects.exists()
    assert client.post("/idea/keep", {"title": "x" * 3_000_000}).status_code in (400, 413, 422)


def test_a_form_sent_after_the_session_had_lapsed_comes_back(company: Company) -> None:
    client = Client()
    client.force_login(company.rea.account)
    form = main_form(client.get("/idea/new"))
    client.logout()
    answer = client.post("/idea/new", form.values(title="Typed for an hour"))
    assert answer["Location"].endswith("?next=%2Fidea%2Fnew")
    client.force_login(company.rea.account)
    assert 'value="Typed for an hour"' in client.get("/idea/new").content.decode()


def test_a_child_record_is_begun_on_its_parent(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.rea)
    assert client.get("/action/new").status_code == 422
    page = client.get(f"/action/new?parent={idea.number}")
    answer = send(client, page, main_form(page), title="Buy board", due="")
    assert answer.status_code == 422
    assert "An action needs an owner and a date." in read(answer).text
    answer = send(client, answer, main_form(answer), due="2031-01-01")
    assert answer["Location"] == f"/r/{idea.number}"
    assert Action.objects.get().number == f"{idea.number}-A1"
    assert client.get("/action/new?parent=SOP-9999").status_code == 404


def test_revising_begins_the_next_version(company: Company, browser: Browser, in_force: Any) -> None:
    client = browser(company.ada)
    page = client.get(f"/r/{in_force.number}/1/revise")
    answer = send(client, page, main_form(page), change_reason="Clearer", change_class="editorial")
    assert answer["Location"] == f"/r/{in_force.number}/2/edit"
    second = Document.objects.get(edition=2)
    assert (second.change_reason, second.change_class, second.title, second.planned_from) == ("Clearer", "editorial", in_force.title, None)
    again = client.post(f"/r/{in_force.number}/1/revise", {})
    assert again.status_code == 422
    assert "A version is already in work." in read(again).text


def test_a_dialog_is_told_where_to_go(company: Company, browser: Browser, in_force: Any) -> None:
    client = browser(company.ada)
    answer = client.post(f"/r/{in_force.number}/1/revise", {"change_reason": "Clearer"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/r/{in_force.number}/2/edit")


def test_who_may_not_edit_is_told_so(company: Company, browser: Browser, idea: Any) -> None:
    answer = browser(company.ada).get(f"/r/{idea.number}/edit")
    assert answer.status_code == 403
    assert "This is for the owner or the deputy." in read(answer).text
