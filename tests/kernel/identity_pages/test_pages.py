"""The pages of identity answer, show what they should, and refuse in words beside the field."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from medithread.kernel.base import clock
from medithread.kernel.identity.models import Absence, Account, Delegation, Grant, Passkey, Person, RolePolicy, SignIn, Site, Token
from medithread.kernel.identity.secrets import unseal
from medithread.kernel.ledger.models import Head, Journal
from medithread.kernel.pages.access import is_public
from medithread.kernel.verbs import people_factors
from tests.company import PASSWORD, Company
from tests.proves import proves

PHRASE = "four quiet red tractors"


def signed_in(first: str, client: Client | None = None) -> Client:
    """A browser in which this person has signed in with name and password."""
    client = client or Client()
    answer = client.post(reverse("sign-in"), {"username": first, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def link_in(message: Any) -> str:
    found = re.search(r"(/invitation/[\w-]+/)", message.body)
    assert found
    return found[1]


PUBLIC = {"sign-in", "sign-in-code", "demo-sign-in", "cannot-sign-in", "invitation", "colours", "health"}


def addresses() -> list[tuple[str, str, Any]]:
    """Every address of the pages with example parameters: (name, address, view)."""
    example = {"uid": "01a202c8-53b4-7002-a6fc-a9d49bd3d372", "grant_uid": "01a202c8-53b4-7002-a6fc-a9d49bd3d372", "secret": "x", "what": "lost", "role": "QA", "number": "SOP-0001", "edition": 1, "name": "approve", "sha256": "0" * 64, "rest": "x", "form": "csv"}  # fmt: skip
    found = []
    for pattern in get_resolver().url_patterns:
        for inner in getattr(pattern, "url_patterns", [pattern]):
            if not inner.name or str(pattern.pattern).startswith("api"):
                continue
            values = {name: example.get(name, "document") for name in inner.pattern.converters}
            found.append((inner.name, "/" + str(pattern.pattern) + inner.pattern._route.replace("<path:rest>", "x"), inner.callback))
            found[-1] = (inner.name, _filled(found[-1][1], values), inner.callback)
    return found


def _filled(route: str, values: dict[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), route)


@proves("ID-9")
def test_t_10d_1_nothing_opens_before_sign_in(company: Company, client: Client) -> None:
    assert {name for name, _address, view in addresses() if is_public(view)} == PUBLIC
    for name, address, view in addresses():
        if is_public(view):
            continue
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 405), (name, address, answer.status_code)
            assert answer.status_code == 405 or answer["Location"].startswith("/sign-in/?next="), name
            assert b"Quinn" not in answer.content


def test_sign_in_goes_back_to_the_page_that_was_wanted(company: Company, client: Client) -> None:
    there = client.get("/people/")["Location"]
    assert there == "/sign-in/?next=%2Fpeople%2F"
    assert 'value="/people/"' in text(client.get(there))
    answer = client.post("/sign-in/", {"username": "quinn", "password": PASSWORD, "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert client.get("/sign-in/?next=/roles/")["Location"] == "/roles/"
    for evil in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        assert Client().post("/sign-in/", {"username": "quinn", "password": PASSWORD, "next": evil})["Location"] == "/"


def test_a_failure_says_the_same_for_all_and_keeps_the_name(company: Company, client: Client) -> None:
    answer = client.post("/sign-in/", {"username": "quinn", "password": "wrong"})
    assert answer.status_code == 422
    assert "not right, or the account is locked" in text(answer)
    assert 'value="quinn"' in text(answer)
    assert client.post("/sign-in/", {"username": "", "password": ""}).status_code == 422


def test_the_key_of_the_session_changes_with_sign_in(company: Company, client: Client) -> None:
    client.get("/sign-in/")
    before = client.session.session_key
    signed_in("quinn", client)
    assert client.session.session_key != before


def test_the_second_factor_page(company: Company, client: Client) -> None:
    seed = pyotp.random_base32()
    with clock.simulated(timezone.now() - timedelta(minutes=9)):
        people_factors.add_totp(company.ada, seed, pyotp.TOTP(seed).at(clock.now()))
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/", {"username": "ada", "password": PASSWORD, "next": "/account/"})["Location"] == "/sign-in/code/?next=/account/"
    assert client.get("/account/").status_code == 302, "the first factor alone opens nothing"
    assert client.post("/sign-in/code/?next=/account/", {"code": "000"}).status_code == 422
    answer = client.post("/sign-in/code/?next=/account/", {"code": pyotp.TOTP(seed).now()})
    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert SignIn.objects.get().method == "code"


def test_the_first_factor_is_forgotten_after_five_minutes(company: Company, client: Client) -> None:
    seed = pyotp.random_base32()
    people_factors.add_totp(company.ada, seed, pyotp.TOTP(seed).now())
    client.post("/sign-in/", {"username": "ada", "password": PASSWORD})
    with clock.simulated(timezone.now() + timedelta(minutes=6)):
        assert client.get("/sign-in/code/")["Location"] == "/sign-in/"


@proves("ID-8")
def test_sign_out_and_lock(company: Company) -> None:
    client = signed_in("quinn")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/lock/", {"next": "/roles/"})["Location"] == "/sign-in/?next=/roles/"
    page = text(client.get("/sign-in/?next=/roles/"))
    assert "Your session has ended, quinn" in page
    assert client.get("/roles/").status_code == 302
    signed_in("quinn", client)
    assert client.get("/roles/").status_code == 200
    client.post("/sign-out/")
    assert "has ended" not in text(client.get("/sign-in/"))
    assert list(SignIn.objects.order_by("id").values_list("ended_by", flat=True)) == ["lock", "out"]


@proves("ID-8")
def test_t_10d_5_an_idle_session_asks_again_and_keeps_the_form(company: Company, settings: Any) -> None:
    client, start = signed_in("rea"), timezone.now()
    form = {"title": "Board for tools", "description": "Tools are searched for.", "source": "work"}
    with clock.simulated(start + timedelta(minutes=settings.IDLE_MINUTES + 2)):
        there = client.post("/idea/new", form)["Location"]
        assert there == "/sign-in/?next=%2Fidea%2Fnew"
        signed_in("rea", client)
        assert "Tools are searched for." in text(client.get("/idea/new"))


def test_what_was_typed_is_not_shown_to_another_person(company: Company, settings: Any) -> None:
    client, start = signed_in("rea"), timezone.now()
    with clock.simulated(start + timedelta(minutes=settings.IDLE_MINUTES + 2)):
        client.post("/idea/new", {"title": "Secret thought", "description": "Only mine."})
        signed_in("ada", client)
        assert "Only mine." not in text(client.get("/idea/new"))


def test_t_10d_2_the_next_request_of_a_closed_account_fails(company: Company) -> None:
    hers, his = signed_in("ada"), signed_in("ike")
    assert hers.get("/account/").status_code == 200
    his.post(f"/people/{company.ada.uid}/account/deactivate/", {"reason": "left"})
    assert hers.get("/account/").status_code == 302


def test_the_demo_people_are_one_click_away_in_a_demo_only(company: Company, settings: Any, client: Client) -> None:
    assert "Quinn Maar" in text(client.get("/sign-in/"))
    assert client.post("/sign-in/demo/", {"username": "quinn", "next": "/people/"})["Location"] == "/people/"
    assert SignIn.objects.get().method == "demo"
    assert Client().post("/sign-in/demo/", {"username": "nobody"}).status_code == 422
    settings.DEMO = False
    assert "Quinn Maar" not in text(Client().get("/sign-in/"))
    assert Client().post("/sign-in/demo/", {"username": "quinn"}).status_code == 404
    settings.DEMO = True
    Head.objects.get()
    from medithread.kernel.base.guard import door_open

    with door_open():
        Head.objects.update(purpose="live")
    assert Client().post("/sign-in/demo/", {"username": "quinn"}).status_code == 404


def test_from_adding_a_person_to_her_first_page(company: Company, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    his = signed_in("ike")
    with django_capture_on_commit_callbacks(execute=True):
        answer = his.post("/people/add/", {"name": "Nia Roth", "email": "nia@aria.example", "username": "nia", "manager": str(company.otto.uid)})
    nia = Person.objects.get(name="Nia Roth")
    assert answer["Location"] == f"/people/{nia.uid}/"
    assert "invited" in text(his.get(answer["Location"]))
    link = link_in(mail.outbox[-1])
    assert "nia" in text(client.get(link))
    assert client.post(link, {"password": PHRASE, "again": "other"}).status_code == 422
    assert client.post(link, {"password": "short", "again": "short"}).status_code == 422
    assert client.post(link, {"password": PHRASE, "again": PHRASE})["Location"] == "/sign-in/"
    assert client.get(link).status_code == 422
    assert client.post("/sign-in/", {"username": "nia", "password": PHRASE})["Location"] == "/"
    assert "not verified" in text(client.get("/account/"))


def test_an_account_that_fails_adds_no_person(company: Company) -> None:
    answer = signed_in("ike").post("/people/add/", {"name": "Nia Roth", "email": "nia@aria.example", "username": "QUINN"})
    assert answer.status_code == 422
    assert "never used again" in text(answer)
    assert not Person.objects.filter(name="Nia Roth").exists()


def test_forgotten_and_lost(company: Company, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for name in ("nobody", "ada"):
            answer = client.post("/sign-in/help/", {"username": name}, follow=True)
            assert "a link was sent there" in text(answer)
    assert len(mail.outbox) == 1
    client.post(link_in(mail.outbox[0]), {"password": PHRASE, "again": PHRASE, "lost": "on"})
    assert Account.objects.get(username="ada").must_verify
    assert client.post("/sign-in/", {"username": "ada", "password": PHRASE}).status_code == 302
    assert "suspended" in text(client.get("/account/"))


def test_a_link_for_the_second_factor_asks_the_password_too(company: Company, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    signed_in("quinn").post("/roles/AUT/", {"second_factor": "on", "idle_minutes": "", "reason": "remote"})
    assert RolePolicy.objects.get(role="AUT").second_factor
    with django_capture_on_commit_callbacks(execute=True):
        assert "second factor" in text(client.post("/sign-in/", {"username": "ada", "password": PASSWORD}))
    link = link_in(mail.outbox[-1])
    assert "data:image/svg" in text(client.get(link))
    seed = client.session["new_seed"]
    assert client.post(link, {"code": pyotp.TOTP(seed).now(), "own": "wrong"}).status_code == 422
    assert client.post(link, {"code": pyotp.TOTP(seed).now(), "own": PASSWORD})["Location"] == "/sign-in/"
    assert unseal(Account.objects.get(username="ada").totp_sealed) == seed
    assert client.post("/sign-in/", {"username": "ada", "password": PASSWORD})["Location"].startswith("/sign-in/code/")


def test_my_account(company: Company) -> None:
    client = signed_in("ada")
    page = text(client.get("/account/"))
    for words in ("verified", "this browser", "Design", "Tokens for programs"):
        assert words in page
    seed_page = text(client.get("/account/app/"))
    seed = client.session["new_seed"]
    assert seed[:4] in seed_page
    assert client.post("/account/app/", {"code": "1", "own": PASSWORD}).status_code == 422
    assert client.post("/account/app/", {"code": pyotp.TOTP(seed).now(), "own": PASSWORD})["Location"] == "/account/"
    codes = client.post("/account/codes/", {"own": PASSWORD})
    assert len(re.findall(r"<code class=\"whole\">[a-z2-7-]{19}</code>", text(codes))) == 10
    assert client.post("/account/app/remove/", {"own": PASSWORD})["Location"] == "/account/"
    assert client.post("/account/password/", {"old": PASSWORD, "password": PHRASE, "again": PHRASE})["Location"] == "/account/"
    assert client.get("/account/").status_code == 200, "this browser stays signed in"
    assert client.post("/account/password/", {"old": PASSWORD, "password": PHRASE, "again": PHRASE}).status_code == 422


@proves("ID-24")
def test_tokens_are_shown_once(company: Company) -> None:
    client = signed_in("ada")
    answer = client.post("/account/tokens/add/", {"label": "Night export", "scopes": ["read"], "days": 9, "own": PASSWORD})
    found = re.search(r"mt_[\w-]{43}", text(answer))
    assert found
    token = Token.objects.get()
    assert client.get("/api/v1/", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 200
    assert found[0] not in text(client.get("/account/"))
    client.post(f"/account/tokens/{token.uid}/revoke/")
    assert client.get("/api/v1/", headers={"Authorization": f"Bearer {found[0]}"}).status_code == 401
    assert client.post("/account/tokens/add/", {"label": "x", "scopes": ["read"], "days": 400, "own": PASSWORD}).status_code == 422


def test_sign_ins_elsewhere_are_ended(company: Company) -> None:
    here, there, third = signed_in("ada"), signed_in("ada"), signed_in("ada")
    other = SignIn.objects.order_by("id")[1]
    here.post(f"/account/sign-ins/{other.uid}/end/")
    assert there.get("/account/").status_code == 302
    here.post("/account/sign-ins/end/")
    assert third.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert signed_in("otto").post(f"/account/sign-ins/{SignIn.objects.first().uid}/end/").status_code == 404  # type: ignore[union-attr]


def test_delegation_and_days_away(company: Company) -> None:
    client, today = signed_in("quinn"), timezone.now().date()
    good = {"taker": str(company.dora.uid), "role": "QA", "last": (today + timedelta(days=4)).isoformat(), "reason": "holiday"}
    assert client.post("/account/delegations/add/", {**good, "role": "TM"}).status_code == 422
    assert client.post("/account/delegations/add/", good)["Location"] == "/account/"
    assert "for Quinn Maar" in text(signed_in("dora").get("/account/"))
    client.post(f"/account/delegations/{Delegation.objects.get().uid}/end/")
    assert "for Quinn Maar" not in text(signed_in("dora").get("/account/"))
    assert client.post("/account/away/", {"first": today.isoformat(), "last": (today - timedelta(days=1)).isoformat()}).status_code == 422
    assert client.post("/account/away/", {"first": today.isoformat(), "last": (today + timedelta(days=9)).isoformat()})["Location"] == "/account/"
    assert "away" in text(client.get("/people/"))
    client.post(f"/account/away/{Absence.objects.get().uid}/end/")
    for address in (f"/account/away/{company.ada.uid}/end/", f"/account/delegations/{company.ada.uid}/end/", f"/account/tokens/{company.ada.uid}/revoke/"):
        assert client.post(address).status_code == 404


def test_lost_here_ends_this_session_too(company: Company) -> None:
    client = signed_in("ada")
    assert client.post("/account/lost/", {"reason": "taxi"})["Location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_the_list_of_people(company: Company, django_assert_max_num_queries: Any) -> None:
    client = signed_in("rea")
    page = text(client.get("/people/"))
    assert "Management representative, Quality approver" in page
    assert "Add a person" not in page
    assert "Add a person" in text(signed_in("ike").get("/people/"))
    assert "Quinn" not in text(client.get("/people/?q=zzz"))
    with django_assert_max_num_queries(20):
        client.get("/people/")
    assert signed_in("ina").get("/people/").status_code == 403


def test_one_person(company: Company) -> None:
    client = signed_in("ike")
    for first in ("quinn", "ike"):
        assert client.get(f"/people/{getattr(company, first).uid}/").status_code == 200
    assert client.get("/people/01a202c8-53b4-7002-a6fc-a9d49bd3d372/").status_code == 404
    assert client.get(f"/people/{company.ada.uid}/account/dance/").status_code == 404
    answer = client.post(f"/people/{company.ada.uid}/change/", {"name": "Ada Berg", "email": "ada@aria.example", "function": "AUT", "reason": "married"})
    assert answer.status_code == 302
    assert Person.objects.get(uid=company.ada.uid).name == "Ada Berg"
    assert client.post(f"/people/{company.ada.uid}/account/sign-out/", {"reason": "odd"}).status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/unlock/", {"reason": "typo"}).status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/limit/", {"until": "2030-01-01", "reason": "contract"}).status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/link/").status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/lost/", {"reason": "phoned"}).status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/deactivate/", {"reason": "left"}).status_code == 302
    assert client.post(f"/people/{company.ada.uid}/account/reactivate/", {"reason": "back"}).status_code == 302
    page = text(client.get(f"/people/{company.otto.uid}/leave/"))
    assert "Note the last day" in page
    assert client.post(f"/people/{company.otto.uid}/leave/", {"on": timezone.now().date().isoformat(), "reason": "moves"}).status_code == 302
    assert "Otto" not in text(client.get("/people/?q=Otto")).replace('value="Otto"', "") or Person.objects.get(uid=company.otto.uid).left_on == timezone.now().date()


def test_opening_an_account_later(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in("ike")
    client.post("/people/add/", {"name": "Tra Inee"})
    person = Person.objects.get(name="Tra Inee")
    assert client.post(f"/people/{person.uid}/account/link/").status_code == 422
    assert client.post(f"/people/{person.uid}/account/", {"username": "tra"}).status_code == 422
    client.post(f"/people/{person.uid}/change/", {"name": "Tra Inee", "email": "tra@aria.example"})
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/people/{person.uid}/account/", {"username": "tra", "until": "2031-05-01"}).status_code == 302
    assert mail.outbox[-1].to == ["tra@aria.example"]


def test_giving_and_withdrawing_a_role(company: Company) -> None:
    quinn, ike = signed_in("quinn"), signed_in("ike")
    refused = ike.post(f"/people/{company.ike.uid}/roles/add/", {"role": "REL"})
    assert refused.status_code == 403
    assert "a second authorised person confirms" in text(refused)
    assert f"/role-proposals/add/?person={company.ike.uid}" in text(refused)
    assert quinn.post(f"/people/{company.rea.uid}/roles/add/", {"role": "QC", "reason": "inspects"}).status_code == 302
    made = Grant.objects.get(person=company.rea, role="QC")
    assert quinn.post(f"/people/{company.rea.uid}/roles/{made.uid}/withdraw/", {"reason": "done"}).status_code == 302
    last = Grant.objects.get(person=company.tim, role="TM")
    page = text(quinn.get(f"/people/{company.tim.uid}/roles/{last.uid}/withdraw/"))
    assert "Nobody else could do this" in page
    assert quinn.post(f"/people/{company.tim.uid}/roles/{last.uid}/withdraw/", {"reason": "x"}).status_code == 422
    assert quinn.post(f"/people/{company.tim.uid}/roles/{last.uid}/withdraw/", {"reason": "x", "despite": "on"}).status_code == 302
    assert quinn.get(f"/people/{company.ada.uid}/roles/{last.uid}/withdraw/").status_code == 404


def test_roles_sites_coverage(company: Company) -> None:
    client = signed_in("quinn")
    assert "Mara Voss" in text(client.get("/roles/"))
    assert client.post("/roles/AUT/", {"reason": "x", "idle_minutes": "10"})["Location"] == "/roles/"
    assert 'value="10"' in text(client.get("/roles/AUT/"))
    assert client.get("/roles/BOSS/").status_code == 404
    assert "Lyon" in text(client.get("/sites/"))
    assert client.post("/sites/add/", {"code": "POR", "name": "Porto", "zone": "Europe/Nowhere"}).status_code == 422
    assert client.post("/sites/add/", {"code": "POR", "name": "Porto", "zone": "Europe/Lisbon"}).status_code == 302
    porto = Site.objects.get(code="POR")
    assert client.post(f"/sites/{porto.uid}/", {"name": "Porto Norte", "zone": "Europe/Lisbon", "reason": "moved"}).status_code == 302
    assert client.get("/sites/01a202c8-53b4-7002-a6fc-a9d49bd3d372/").status_code == 404
    page = text(client.get("/can-we-still-work/"))
    assert "Every step can be made by somebody" in page
    assert "Tim Oser" in page
    page = text(client.get(f"/can-we-still-work/?without={company.tim.uid}&on=2026-12-24"))
    assert "Nobody could do this" in page


def test_a_test_clients_session_gets_its_sign_in(company: Company, client: Client) -> None:
    client.force_login(Account.objects.get(username="ada"))
    assert client.get("/account/").status_code == 200
    assert SignIn.objects.get().method == "session"
    Account.objects.filter(username="otto").update(is_active=False)
    other = Client()
    other.force_login(Account.objects.get(username="otto"))
    assert other.get("/account/").status_code == 302


def test_attempts_are_in_the_journal_with_their_address(company: Company, client: Client) -> None:
    client.post("/sign-in/", {"username": "quinn", "password": "wrong"}, REMOTE_ADDR="10.0.0.9")
    assert Journal.objects.get(what="sign-in.failed").address == "10.0.0.9"


@pytest.mark.parametrize("address", ["/account/passkeys/{uid}/remove/", "/account/passkeys/{uid}/test/"])
def test_only_ones_own_keys(company: Company, address: str) -> None:
    from tests.kernel.identity.test_factors import keyed

    key = keyed(company.ada)
    assert signed_in("otto").get(address.format(uid=key.uid)).status_code == 404
    assert signed_in("ada").post(address.format(uid=key.uid), {"reason": "old", "result": "works"}).status_code == 302
    found = Passkey.objects.get(pk=key.pk)
    assert (found.revoked_at or found.tested_at) is not None


def test_mail_goes_through_the_queue_and_is_sent_by_the_worker(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    from medithread.kernel.identity import tell
    from medithread.kernel.identity_pages.apps import Config
    from medithread.kernel.work.worker import drain

    monkeypatch.setattr(tell, "_post", [tell.by_mail])
    Config.create("medithread.kernel.identity_pages").ready()
    tell.alert(company.ada, "Sign-in locked", "Five attempts failed.")
    assert mail.outbox == []
    drain()
    assert {message.to[0] for message in mail.outbox} == {company.ada.email, company.ike.email}


def test_t_300d_1_attempts_are_shown_to_those_who_look_after_accounts(company: Company, client: Client) -> None:
    assert "Nothing failed" in text(signed_in("ike").get("/attempts/"))
    for _attempt in range(6):
        client.post("/sign-in/", {"username": "quinn", "password": "wrong"}, REMOTE_ADDR="10.0.0.9")
    page = text(signed_in("ike").get("/attempts/"))
    assert "sign-in locked" in page
    assert "Quinn Maar" in page
    assert "10.0.0.9" in page
    assert signed_in("rea").get("/attempts/").status_code == 403


def test_signing_in_again_ends_the_sign_in_before(company: Company) -> None:
    client = signed_in("ada")
    signed_in("otto", client)
    assert list(SignIn.objects.order_by("id").values_list("ended_by", flat=True)) == ["replaced", ""]
    assert "otto" in text(client.get("/account/"))
