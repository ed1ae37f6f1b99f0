"""The room's own pages: founding, accountability, verifying, proposing, reviewing access."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from medithread.kernel.base.clock import simulated
from medithread.kernel.identity.models import Person, SigningRight
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.verbs import people, people_accounts, people_roles
from medithread.system.organisation import acts
from medithread.system.organisation.models import AccessReview, Founding, IdentityCheck, RoleProposal
from tests.company import PASSWORD, Company
from tests.kernel.identity_pages.test_pages import signed_in, text
from tests.proves import proves

PHRASE = "four quiet red tractors"
TODAY = timezone.now().date().isoformat()
BEGIN = {
    "company": "Aria Medical", "in_scope_from": TODAY, "name": "Bo Falk", "email": "bo@aria.example", "username": "bo", "function": "Head of quality",
    "second_verified_how": "passport", "second_verified_on": TODAY, "second_roles": ["QA", "MR"], "first_roles": ["TM"],
}  # fmt: skip


def entered(name: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": PHRASE}).status_code == 302
    return client


@pytest.fixture
def ann(db: None) -> Client:
    birth("live")
    _account, path = people_accounts.first_account(name="Ann Berg", email="ann@aria.example", username="ann")
    people_accounts.redeem(path.split("/")[2], PHRASE)
    return entered("ann")


@pytest.fixture
def bo(ann: Client, django_capture_on_commit_callbacks: Any) -> Client:
    with django_capture_on_commit_callbacks(execute=True):
        assert ann.post("/founding/", BEGIN)["Location"] == "/founding/"
    found = re.search(r"/invitation/([\w-]+)/", str(mail.outbox[-1].body))
    assert found
    people_accounts.redeem(found[1], PHRASE)
    return entered("bo")


@proves("ORG-1", "ORG-3", "ORG-4")
def test_the_founding_page_from_beginning_to_end(ann: Client, bo: Client) -> None:
    assert "/founding/" in text(ann.get("/"))
    assert "Bo Falk is next" in text(ann.get("/founding/"))
    assert ann.post("/founding/", {"username": "ann", "password": PHRASE}).status_code == 422, "not before the other has answered"
    assert bo.post("/founding/", {"act": "answer", "first_verified_how": ""}).status_code == 422
    answer = {"act": "answer", "first_verified_how": "passport", "first_verified_on": TODAY, "first_roles": ["TM"]}
    assert bo.post("/founding/", answer)["Location"] == "/founding/"
    assert "Give my three signatures" in text(ann.get("/founding/"))
    wrong = bo.post("/founding/", {"username": "bo", "password": "wrong"})
    assert wrong.status_code == 422
    assert "Nothing was signed" in text(wrong)
    bo.get("/founding/")
    bo.post("/founding/", {"username": "bo", "password": PHRASE})
    assert "You have signed" in text(bo.get("/founding/"))
    ann.get("/founding/")
    assert ann.post("/founding/", {"username": "ann", "password": PHRASE})["Location"] == "/founding/"
    founding = Founding.objects.get()
    assert founding.state == "complete"
    assert ann.get("/founding/")["Location"] == f"/r/{founding.number}"
    assert 'href="/founding/"' not in text(ann.get("/"))
    assert ann.post("/founding/letter/", {"sent_on": TODAY})["Location"] == "/founding/letter/"
    assert "Sent on" in text(bo.get("/founding/letter/"))


def test_what_was_filled_in_wrongly_is_said_and_kept(ann: Client) -> None:
    answer = ann.post("/founding/", {**BEGIN, "email": "no address", "second_roles": []})
    assert answer.status_code == 422
    assert 'value="Aria Medical"' in text(answer)
    answer = ann.post("/founding/", {**BEGIN, "username": "ANN"})
    assert "never used again" in text(answer)
    assert not Founding.objects.exists()
    assert not Person.objects.filter(name="Bo Falk").exists()


def test_before_the_founding_a_guest_sees_nothing_else(ann: Client, bo: Client) -> None:
    assert bo.get("/people/").status_code == 403
    assert bo.get("/idea/new").status_code == 403
    people.add_person(Person.objects.get(name="Ann Berg"), name="Cy Vale", email="cy@aria.example")
    third = people_accounts.open_account(Person.objects.get(name="Ann Berg"), Person.objects.get(name="Cy Vale"), username="cy")
    third.set_password(PHRASE)
    third.save()
    assert entered("cy").get("/founding/").status_code == 404


def test_the_page_is_gone_where_nobody_needs_it(company: Company) -> None:
    client = signed_in("ike")
    assert client.get("/founding/").status_code == 404
    assert client.get("/founding/letter/").status_code == 404
    assert 'href="/founding/"' not in text(client.get("/"))


def test_t_10j_1_from_verified_to_accepted_on_the_pages(company: Company) -> None:
    nia = people.add_person(company.ike, name="Nia Roth", email="nia@aria.example")
    account = people_accounts.open_account(company.ike, nia, username="nia")
    account.set_password(PASSWORD)
    account.save()
    people_roles.grant(company.quinn, nia, "AUT")
    hers, quinn = signed_in("nia"), signed_in("quinn")
    assert "First your identity is verified" in text(hers.get("/accountability/"))
    assert f"/people/{nia.uid}/verify/" in text(quinn.get(f"/people/{nia.uid}/"))
    assert quinn.get("/people/01a202c8-53b4-7002-a6fc-a9d49bd3d372/verify/").status_code == 404
    there = quinn.post(f"/people/{nia.uid}/verify/", {"looked_at": "passport", "checked_on": TODAY, "place": "in person"})["Location"]
    check = IdentityCheck.objects.get()
    assert (there, check.occasion) == (f"/r/{check.number}", "first")
    quinn.get(there)
    nonce = re.search(r'name="nonce" value="(\w+)"', text(quinn.get(f"{there}/sign/verify")))
    assert nonce
    quinn.post(f"{there}/sign/verify", {"nonce": nonce[1], "method": "password", "username": "quinn", "password": PASSWORD})
    assert SigningRight.objects.get(person=nia).verified_by == company.quinn
    assert hers.post("/accountability/", {"username": "nia", "password": "wrong"}).status_code == 422
    assert hers.post("/accountability/", {"username": "nia", "password": PASSWORD})["Location"] == "/account/"
    assert "You accepted it" in text(hers.get("/accountability/"))
    assert f"/people/{nia.uid}/verify/" not in text(quinn.get(f"/people/{nia.uid}/"))


def test_proposing_a_role(company: Company) -> None:
    client = signed_in("ike")
    assert f'value="{company.ike.uid}" selected' in text(client.get(f"/role-proposals/add/?person={company.ike.uid}"))
    assert client.get("/role-proposals/add/?person=nobody").status_code == 200
    there = client.post("/role-proposals/add/", {"person": str(company.ike.uid), "role": "REL", "because": "stands in"})["Location"]
    assert there == f"/r/{RoleProposal.objects.get().number}"
    assert client.post("/role-proposals/add/", {"person": "", "role": "REL"}).status_code == 422
    assert there in text(signed_in("quinn").get("/")), "the proposal waits for a signature in My work"


def test_reviewing_access(company: Company) -> None:
    client = signed_in("quinn")
    assert "No access review yet" in text(client.get("/access-review/"))
    assert client.post("/access-review/judge/", {}).status_code == 404
    assert client.post("/access-review/begin/")["Location"] == "/access-review/"
    review = AccessReview.objects.get()
    assert "Can we still work?" in text(client.get("/access-review/"))
    values = {f"outcome-{line.uid}": "keep" for line in review.lines.all()}
    assert client.post("/access-review/judge/", {**values, "conclusion": "All as it should be."})["Location"] == "/access-review/"
    assert review.lines.filter(outcome="keep").count() == 9
    assert client.post("/access-review/judge/", {**values, "conclusion": "All as it should be.", "then": "sign"})["Location"] == f"/r/{review.number}"
    line = review.lines.first()
    stale = client.post("/access-review/judge/", {f"outcome-{line.uid}": "end", f"lock-{line.uid}": "1", "conclusion": "x"})
    assert stale.status_code == 422
    assert "Not saved" in text(stale)
    assert '<option value="end" selected>' in text(stale), "what was chosen is still there"
    assert signed_in("rea").post("/access-review/begin/").status_code in (403, 422)


def test_t_10d_3_an_overdue_review_shows(company: Company) -> None:
    with simulated(timezone.now() + acts.INTERVAL * 1.1):
        assert "overdue" in text(signed_in("quinn").get("/access-review/"))


def test_who_may_see_the_links(company: Company) -> None:
    page = text(signed_in("rea").get(f"/people/{company.ada.uid}/"))
    assert "Propose a role" not in page
    assert "/access-review/" not in text(signed_in("rea").get("/"))
