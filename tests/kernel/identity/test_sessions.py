"""Sign-ins: factors, locks, limits of time (11.10(d), 11.300(d))."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.core import mail
from django.utils import timezone

from medithread.kernel.base import clock
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, SignIn, Throttle
from medithread.kernel.ledger.models import Journal
from medithread.kernel.signing.passkey import registration
from medithread.kernel.verbs import people_attempts, people_factors, people_roles, people_sessions
from tests.company import PASSWORD, Company
from tests.kernel.signing.authenticator import Authenticator
from tests.proves import proves


@proves("ID-6")
def test_the_answer_is_the_same_whatever_is_wrong(company: Company) -> None:
    Account.objects.filter(username="otto").update(is_active=False)
    words = set()
    for name, password in (("quinn", "wrong"), ("nobody", "wrong"), ("otto", PASSWORD)):
        with pytest.raises(Refusal) as refusal:
            people_sessions.by_password(name, password)
        words.add(str(refusal.value))
    assert len(words) == 1


@proves("ID-6")
def test_t_300d_1_five_failures_lock_the_name_and_are_told(company: Company) -> None:
    for _attempt in range(people_attempts.TRIES):
        with pytest.raises(Refusal):
            people_sessions.by_password("quinn", "wrong", "10.0.0.9")
    with pytest.raises(Refusal, match=r"sign-in\.wrong"):
        people_sessions.by_password("quinn", PASSWORD, "10.0.0.1")
    assert {message.to[0] for message in mail.outbox} == {company.quinn.email, company.ike.email}
    assert "10.0.0.9" in mail.outbox[0].body
    assert Journal.objects.filter(what="sign-in.failed", person=company.quinn.uid, address="10.0.0.9").count() == people_attempts.TRIES
    assert people_attempts.locked_until(Account.objects.get(username="quinn")) is not None
    with clock.simulated(timezone.now() + people_attempts.LOCKED + timedelta(seconds=1)):
        assert people_sessions.by_password("quinn", PASSWORD) == (Account.objects.get(username="quinn"), False)
    assert Journal.objects.get(what="sign-in.turned-away").detail.startswith("1 ")


def test_unknown_names_lock_too_but_nobody_is_told(company: Company) -> None:
    for _attempt in range(people_attempts.TRIES + 1):
        with pytest.raises(Refusal, match=r"sign-in\.wrong"):
            people_sessions.by_password("nobody", "wrong")
    assert Throttle.objects.get(key=people_attempts.name_key("nobody")).locked_until is not None
    assert mail.outbox == []


@proves("ID-6")
def test_an_address_that_tries_many_names_is_shut_out(company: Company) -> None:
    for number in range(people_attempts.FROM_ADDRESS):
        with pytest.raises(Refusal, match=r"sign-in\.wrong"):
            people_sessions.by_password(f"name{number}", "wrong", "10.0.0.9")
    with pytest.raises(Refusal, match=r"sign-in\.address"):
        people_sessions.by_password("quinn", PASSWORD, "10.0.0.9")
    assert people_sessions.by_password("quinn", PASSWORD, "10.0.0.1")


def test_failures_far_apart_do_not_lock(company: Company) -> None:
    start = timezone.now()
    for hour in range(people_attempts.TRIES + 2):
        with clock.simulated(start + timedelta(hours=hour)), pytest.raises(Refusal):
            people_sessions.by_password("quinn", "wrong")
    assert people_sessions.by_password("quinn", PASSWORD)


def with_app(company: Company, first: str) -> tuple[Account, pyotp.TOTP]:
    seed = pyotp.random_base32()
    with clock.simulated(timezone.now() - timedelta(minutes=5)):
        account = people_factors.add_totp(getattr(company, first), seed, pyotp.TOTP(seed).at(clock.now()))
    return account, pyotp.TOTP(seed)


def test_a_second_factor_is_asked_for_and_taken_once(company: Company) -> None:
    account, app = with_app(company, "ada")
    assert people_sessions.by_password("ada", PASSWORD) == (account, True)
    code = app.at(clock.now())
    people_sessions.by_code(account, code)
    with pytest.raises(Refusal, match=r"sign-in\.code"):
        people_sessions.by_code(Account.objects.get(pk=account.pk), code)


def test_wrong_codes_lock_like_wrong_passwords(company: Company) -> None:
    account, app = with_app(company, "ada")
    for _attempt in range(people_attempts.TRIES):
        with pytest.raises(Refusal, match=r"sign-in\.code"):
            people_sessions.by_code(account, "12345")
    with pytest.raises(Refusal, match=r"sign-in\.code"):
        people_sessions.by_code(account, app.at(clock.now()))
    with pytest.raises(Refusal, match=r"sign-in\.wrong"):
        people_sessions.by_password("ada", PASSWORD)


@proves("ID-11")
def test_recovery_codes_stand_in_once_each(company: Company) -> None:
    account, _app = with_app(company, "ada")
    old = people_factors.new_codes(company.ada)
    codes = people_factors.new_codes(company.ada)
    assert len(set(codes)) == people_factors.CODES
    with pytest.raises(Refusal):
        people_sessions.by_code(account, old[0])
    people_sessions.by_code(account, codes[0].upper().replace("-", " "))
    with pytest.raises(Refusal):
        people_sessions.by_code(account, codes[0])
    assert "9 are left" in mail.outbox[-1].body


@proves("ID-7")
def test_t_10d_5_a_role_that_demands_a_second_factor(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    people_roles.set_policy(company.quinn, "AUT", second_factor=True, idle_minutes=15, reason="remote work")
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refusal, match=r"sign-in\.factor"):
        people_sessions.by_password("ada", PASSWORD)
    assert mail.outbox[-1].to == [company.ada.email]
    key = Authenticator()
    options, state = registration(company.otto, "otto")
    people_factors.add_passkey(company.otto, state, key.register(options), label="Key")
    with pytest.raises(Refusal, match="passkey"):
        people_sessions.by_password("otto", PASSWORD)
    with_app(company, "ada")
    assert people_sessions.by_password("ada", PASSWORD)[1] is True
    assert people_sessions.by_password("rea", PASSWORD)[1] is False


@proves("ID-7")
def test_t_10d_5_a_role_that_shortens_the_idle_time(company: Company) -> None:
    people_roles.set_policy(company.quinn, "AUT", second_factor=False, idle_minutes=15, reason="open office")
    start = timezone.now()
    ada = people_sessions.open_sign_in(Account.objects.get(username="ada"), method="password")
    rea = people_sessions.open_sign_in(Account.objects.get(username="rea"), method="password")
    with clock.simulated(start + timedelta(minutes=14)):
        assert people_sessions.alive(str(ada.uid))[0] == ada
    with clock.simulated(start + timedelta(minutes=14 + 16)):
        assert people_sessions.alive(str(ada.uid)) == (None, ada)
        assert SignIn.objects.get(pk=ada.pk).ended_by == "idle"
        assert people_sessions.alive(str(rea.uid))[0] == rea
    with clock.simulated(start + timedelta(minutes=62)):
        assert people_sessions.alive(str(rea.uid))[0] is None


def test_policies_are_checked(company: Company) -> None:
    with pytest.raises(NotAllowed):
        people_roles.set_policy(company.ike, "AUT", second_factor=True, idle_minutes=None, reason="x")
    with pytest.raises(Refusal, match=r"grant\.role"):
        people_roles.set_policy(company.quinn, "BOSS", second_factor=True, idle_minutes=None, reason="x")
    with pytest.raises(Refusal, match=r"policy\.idle"):
        people_roles.set_policy(company.quinn, "AUT", second_factor=True, idle_minutes=0, reason="x")
    people_roles.set_policy(company.quinn, "AUT", second_factor=True, idle_minutes=None, reason="x")
    people_roles.set_policy(company.quinn, "AUT", second_factor=False, idle_minutes=None, reason="y")


@proves("ID-8")
def test_a_session_ends_even_when_it_is_used(company: Company, settings: Any) -> None:
    start, minute = timezone.now(), 0
    found = people_sessions.open_sign_in(Account.objects.get(username="ada"), method="password")
    while minute < settings.SESSION_COOKIE_AGE // 60 - 20:
        minute += 20
        with clock.simulated(start + timedelta(minutes=minute)):
            assert people_sessions.alive(str(found.uid))[0] == found
    with clock.simulated(start + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)):
        assert people_sessions.alive(str(found.uid)) == (None, found)
    assert SignIn.objects.get(pk=found.pk).ended_by == "age"


def test_signing_out_everywhere_else(company: Company) -> None:
    account = Account.objects.get(username="ada")
    here, there = (people_sessions.open_sign_in(account, method="password") for _one in range(2))
    assert {found.pk for found in people_sessions.open_ones(account)} == {here.pk, there.pk}
    assert people_sessions.end_others(account, here) == 1
    assert people_sessions.open_ones(account) == [here]
    people_sessions.end(here, "out")
    people_sessions.end(here, "out")
    assert Journal.objects.filter(what="sign-out", detail="out").count() == 1
    assert people_sessions.alive(str(there.uid)) == (None, SignIn.objects.get(pk=there.pk))
    assert people_sessions.alive("00000000-0000-0000-0000-000000000000") == (None, None)


def test_an_administrator_ends_the_sign_ins_of_somebody(company: Company) -> None:
    account = Account.objects.get(username="ada")
    found = people_sessions.open_sign_in(account, method="password")
    with pytest.raises(NotAllowed):
        people_sessions.end_for(Actor(person=company.rea), account, "x")
    people_sessions.end_for(Actor(person=company.ike), account, "strange address")
    assert SignIn.objects.get(pk=found.pk).ended_by == "administrator"


def test_a_closed_account_opens_no_session(company: Company) -> None:
    account = Account.objects.get(username="ada")
    account.is_active = False
    with pytest.raises(Refusal):
        people_sessions.open_sign_in(account, method="password")


def test_sign_ins_are_in_the_access_journal(company: Company) -> None:
    people_sessions.open_sign_in(Account.objects.get(username="ada"), method="password", address="10.0.0.9")
    row = Journal.objects.get(what="sign-in")
    assert (row.person, row.detail, row.address) == (company.ada.uid, "password", "10.0.0.9")
