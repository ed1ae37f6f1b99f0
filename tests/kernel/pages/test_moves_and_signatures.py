"""Moves and signatures without script: written, sent to review, signed twice, in force; and everything that is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.identity.models import Account
from medithread.kernel.signing.models import Intent, Served, Signature, SigningSession
from medithread.system.documents.models import Document
from tests.company import PASSWORD, Company

from .conftest import Browser
from .reading import form_at, main_form, read, send


def sign_it(client: Client, number: str, name: str, **typed: str) -> Any:
    """Open the record, then the dialog, and sign with name and password."""
    client.get(f"/r/{number}/1")
    page = client.get(f"/r/{number}/1/sign/{name}")
    return send(client, page, main_form(page), **{"password": PASSWORD, **typed})


def test_from_nothing_to_in_force_without_script(company: Company, browser: Browser) -> None:
    ada, otto, quinn = browser(company.ada), browser(company.otto), browser(company.quinn)
    page = ada.get("/document/new")
    answer = send(
        ada, page, main_form(page), title="Control of documents", type="SOP", change_reason="First version", change_class="retrain", audience="MFG, QC",
        review_months="24", body="# Rules\n\nWork only by what is in force.", owner=str(company.otto.uid),
    )  # fmt: skip
    made = Document.objects.get()
    assert answer["Location"] == f"/r/{made.number}/1"
    page = otto.get(f"/r/{made.number}/1/edit")
    send(otto, page, main_form(page), purpose="That everybody finds the right one.")
    page = otto.get(f"/r/{made.number}/1/move/submit")
    assert "The reviewers are asked to sign." in read(page).text
    assert send(otto, page, main_form(page))["Location"] == f"/r/{made.number}/1"
    assert made.number in read(quinn.get("/")).text
    assert sign_it(quinn, made.number, "approve", username="quinn")["Location"] == f"/r/{made.number}/1"
    assert "1 more signature is asked" in read(otto.get(f"/r/{made.number}")).text or "asked of: Owner" in read(otto.get(f"/r/{made.number}")).text
    assert sign_it(otto, made.number, "approve", username="OTTO").status_code == 302
    text = read(browser(company.rea).get(f"/r/{made.number}")).text
    assert "In force" in text
    assert text.count("what was signed is still what is here") == 2
    assert [s.method for s in Signature.objects.order_by("at")] == ["password", "password"]


def test_the_dialog_shows_what_is_signed_and_what_follows(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    draft.refresh_from_db()
    client = browser(company.quinn)
    client.get(f"/r/{draft.number}")
    page = client.get(f"/r/{draft.number}/1/sign/approve")
    text = read(page).text
    for words in (draft.number, draft.label, draft.digest[:4], "I have read this version and approve it.", "Quinn Maar, Quality", "One more signature is asked after yours."):
        assert words in text, words
    assert "data-dialog-part" in page.content.decode()
    intent = Intent.objects.get()
    assert dict(main_form(page).fields)["nonce"] == intent.nonce
    assert Served.objects.get(person=company.quinn).rendition in intent.statement


def test_unseen_is_not_signed(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.quinn)
    answer = client.get(f"/r/{draft.number}/1/sign/approve")
    assert answer.status_code == 422
    page = read(answer)
    assert "You have not been shown this version yet." in page.text
    assert f"/r/{draft.number}/1" in page.links, "the way out leads to the record"


def test_a_wrong_password_is_told_beside_the_field_and_nothing_is_lost(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.quinn)
    answer = sign_it(client, draft.number, "approve", username="quinn", password="wrong")
    assert answer.status_code == 422
    assert '<a href="#id_password">The name or the password is not right.</a>' in answer.content.decode()
    assert "wrong" not in dict(main_form(answer).fields).values()
    assert send(client, answer, main_form(answer), username="quinn", password=PASSWORD).status_code == 302


def test_the_name_is_asked_first_and_after_a_pause(company: Company, browser: Browser, draft: Any) -> None:
    second = verbs.create(company.ada, Document, title="Second", body=draft.body, owner=company.otto.uid, type="SOP", change_reason="First", change_class="read", audience=["QA"], review_months=12)
    for document in (draft, second):
        verbs.move(company.otto, document, "submit", lock=document.lock)
    client = browser(company.quinn)
    assert sign_it(client, draft.number, "approve").status_code == 422, "no name given"
    assert sign_it(client, draft.number, "approve", username="quinn").status_code == 302
    client.get(f"/r/{second.number}/1")
    page = client.get(f"/r/{second.number}/1/sign/approve")
    assert "username" not in dict(main_form(page).fields)
    with door_open():
        SigningSession.objects.update(last_at=now() - timedelta(minutes=16))
    assert "username" in dict(main_form(client.get(f"/r/{second.number}/1/sign/approve")).fields)


def test_a_dialog_that_was_open_too_long(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.quinn)
    client.get(f"/r/{draft.number}")
    page = client.get(f"/r/{draft.number}/1/sign/approve")
    with door_open():
        Intent.objects.update(expires_at=now())
    answer = send(client, page, main_form(page), username="quinn", password=PASSWORD)
    assert answer.status_code == 422
    assert "The dialog was open too long." in read(answer).text
    assert send(client, answer, main_form(answer), username="quinn", password=PASSWORD).status_code == 302


def test_another_person_s_dialog_cannot_be_used(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    quinn, mara = browser(company.quinn), browser(company.mara)
    for client in (quinn, mara):
        client.get(f"/r/{draft.number}")
    nonce = dict(main_form(quinn.get(f"/r/{draft.number}/1/sign/approve")).fields)["nonce"]
    page = mara.get(f"/r/{draft.number}/1/sign/approve")
    answer = send(mara, page, main_form(page), nonce=nonce, username="mara", password=PASSWORD)
    assert answer.status_code == 422
    assert not Signature.objects.exists()


def test_the_text_changed_while_the_dialog_was_open(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.quinn)
    client.get(f"/r/{draft.number}")
    page = client.get(f"/r/{draft.number}/1/sign/approve")
    verbs.move(company.otto, draft, "recall", lock=draft.lock, reason="A thought")
    verbs.edit(company.otto, draft, lock=draft.lock, purpose="Something else")
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    answer = send(client, page, main_form(page), username="quinn", password=PASSWORD)
    assert answer.status_code in (409, 422)
    assert not Signature.objects.exists()
    assert "id=\"main\"" in answer.content.decode()


def test_who_may_not_sign_is_told_why(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.rea)
    client.get(f"/r/{draft.number}")
    answer = client.get(f"/r/{draft.number}/1/sign/approve")
    assert answer.status_code == 403
    assert "This takes the role" in read(answer).text


def test_a_move_asks_its_fields_and_its_reason(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.quinn)
    page = client.get(f"/r/{idea.number}/move/accept")
    assert "The owner plans actions." in read(page).text
    send(client, page, main_form(page), decision="Do it this year")
    idea.refresh_from_db()
    assert (idea.state, idea.decision) == ("accepted", "Do it this year")
    other = verbs.create(company.rea, type(idea), title="Another", description="x")
    page = client.get(f"/r/{other.number}/move/decline")
    answer = send(client, page, main_form(page), reason=" ")
    assert answer.status_code == 422
    assert '<a href="#id_reason">Say why.</a>' in answer.content.decode()
    assert send(client, answer, main_form(answer), reason="Too dear").status_code == 302
    assert "Too dear" in read(client.get(f"/r/{other.number}/history")).text


def test_a_move_on_a_copy_that_is_not_current(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.quinn)
    page = client.get(f"/r/{idea.number}/move/accept")
    verbs.edit(company.rea, idea, lock=idea.lock, description="Other words")
    answer = send(client, page, main_form(page), decision="Do it")
    assert answer.status_code == 409
    assert "Do it" in answer.content.decode()
    assert "Somebody else changed this in the meantime" in read(answer).text


@pytest.mark.parametrize(("address", "status"), [("move/nothing", 404), ("sign/nothing", 404), ("move/reopen", 422), ("sign/close", 422), ("move/close", 422)])
def test_steps_that_do_not_exist_now(company: Company, browser: Browser, idea: Any, address: str, status: int) -> None:
    client = browser(company.quinn)
    answer = client.get(f"/r/{idea.number}/{address}")
    assert answer.status_code == status
    assert client.post(f"/r/{idea.number}/{address}", {}).status_code == status


def test_an_idea_lives_and_is_closed(company: Company, browser: Browser, idea: Any) -> None:
    rea, quinn = browser(company.rea), browser(company.quinn)
    quinn.post(f"/r/{idea.number}/move/accept", {"decision": "Do it"})
    page = rea.get(f"/action/new?parent={idea.number}")
    send(rea, page, main_form(page), title="Buy board", due="2031-01-01")
    page = rea.get(f"/r/{idea.number}-A1/move/finish")
    send(rea, page, main_form(page), evidence="It hangs there.")
    page = rea.get(f"/r/{idea.number}/move/finish")
    send(rea, page, main_form(page))
    page = rea.get(f"/r/{idea.number}/edit")
    send(rea, page, main_form(page), outcome="better", result="Nobody searches.")
    quinn.get(f"/r/{idea.number}")
    page = quinn.get(f"/r/{idea.number}/sign/close")
    assert "I have judged this and close it." in read(page).text
    answer = quinn.post(f"/r/{idea.number}/sign/close", main_form(page).values(username="quinn", password=PASSWORD), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/r/{idea.number}")
    assert "Signed." in read(quinn.get("/")).text, "the message waits for the next page"


def test_ways_to_prove_are_offered_as_they_are_there(company: Company, browser: Browser, draft: Any) -> None:
    import pyotp

    from medithread.kernel.identity.secrets import seal

    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    client = browser(company.quinn)
    client.get(f"/r/{draft.number}")
    page = client.get(f"/r/{draft.number}/1/sign/approve")
    assert 'value="totp"' not in page.content.decode()
    seed = pyotp.random_base32()
    Account.objects.filter(person=company.quinn).update(totp_sealed=seal(seed))
    page = client.get(f"/r/{draft.number}/1/sign/approve")
    wrong = send(client, page, main_form(page), method="totp", password=PASSWORD, code="000000")
    assert wrong.status_code == 422
    answer = send(client, wrong, main_form(wrong), method="totp", password=PASSWORD, code=pyotp.TOTP(seed).now())
    assert answer.status_code == 302
    assert Signature.objects.get().method == "totp"
    assert client.post(f"/r/{draft.number}/1/sign/approve", {"nonce": "x", "method": "rubbish"}).status_code in (403, 422)


def test_the_record_offers_the_dialog(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    page = browser(company.quinn).get(f"/r/{draft.number}").content.decode()
    assert f'<a class="btn go" href="/r/{draft.number}/1/sign/approve" data-dialog>Approve…</a>' in page
    assert form_at(browser(company.quinn).get(f"/r/{draft.number}"), "/comment")


def test_the_author_reads_at_the_top_why_it_came_back(company: Company, browser: Browser, draft: Document) -> None:
    document = verbs.edit(company.ada, draft, lock=draft.lock, parts={"reviewers": [{"person": company.rea.uid, "round": 1}]})
    address, ada = f"/r/{document.number}/1", browser(company.ada)
    verbs.move(company.ada, document, "submit", lock=document.lock)
    assert "sent it back" not in read(ada.get(address)).text
    document.refresh_from_db()
    verbs.move(company.rea, document, "return", lock=document.lock, reason="Say the unit of the limit")
    text = read(ada.get(address)).text
    assert text.index("Rea Kern sent it back") < text.index("Say the unit of the limit") < text.index("Signatures")
    document.refresh_from_db()
    verbs.move(company.ada, document, "submit", lock=document.lock)
    assert "sent it back" not in read(ada.get(address)).text
