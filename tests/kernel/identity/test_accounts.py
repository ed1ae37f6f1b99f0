"""Accounts, links, passwords (11.10(d), 11.100(a), 11.200(a)(2), 11.300(a))."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.models import Account, Grant, Invitation, Person, SignIn, Token
from medithread.kernel.ledger.models import Entry, Value
from medithread.kernel.verbs import people, people_accounts, people_attempts, people_sessions, people_tokens
from medithread.system.documents.models import Document
from tests.company import PASSWORD, Company, signed
from tests.proves import proves

PHRASE = "four quiet red tractors"


@pytest.fixture
def nia(company: Company) -> Person:
    return people.add_person(company.ike, name="Nia Roth", email="nia@aria.example")


def secret_of(message: Any) -> str:
    found = re.search(r"/invitation/([\w-]+)/", message.body)
    assert found
    return found[1]


def opened(company: Company, person: Person, capture: Any, username: str = "nia") -> tuple[Account, str]:
    """An account with the secret from the mail, as only its person has it."""
    with capture(execute=True):
        account = people_accounts.open_account(company.ike, person, username=username)
    return account, secret_of(mail.outbox[-1])


@proves("ID-3")
def test_t_200a2_1_the_link_goes_to_the_person_and_the_administrator_knows_no_secret(company: Company, nia: Person, django_capture_on_commit_callbacks: Any) -> None:
    account, secret = opened(company, nia, django_capture_on_commit_callbacks)
    assert mail.outbox[-1].to == ["nia@aria.example"]
    kept = [*Value.objects.values_list("body", flat=True), *Invitation.objects.values_list("digest", flat=True)]
    assert not any(secret in str(value) for value in kept)
    with pytest.raises(Refusal, match=r"sign-in\.wrong"):
        people_attempts.checked("nia", "")
    people_accounts.redeem(secret, PHRASE)
    assert people_attempts.checked("Nia", PHRASE) == account
    with pytest.raises(Refusal, match=r"invite\.gone"):
        people_accounts.redeem(secret, PHRASE + " again")
    with django_capture_on_commit_callbacks(execute=True):
        people_accounts.send_link(company.ike, account, "reset")
    assert mail.outbox[-1].to == ["nia@aria.example"]
    assert people_attempts.checked("nia", PHRASE) == account, "until she opens the link nothing changes"
    assert Entry.objects.filter(subject=account.uid, verb="invite").count() == 2


def test_a_reset_ends_open_sign_ins_and_tells_the_owner(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    account = Account.objects.get(username="ada")
    sign_in = people_sessions.open_sign_in(account, method="password")
    with django_capture_on_commit_callbacks(execute=True):
        people_accounts.forgot("ADA")
    people_accounts.redeem(secret_of(mail.outbox[-1]), PHRASE)
    assert people_sessions.alive(str(sign_in.uid))[0] is None
    assert mail.outbox[-1].to == [company.ada.email]
    with pytest.raises(Refusal):
        people_attempts.checked("ada", PASSWORD)


def test_a_link_ends_and_a_new_one_replaces_it(company: Company, nia: Person, django_capture_on_commit_callbacks: Any) -> None:
    account, first = opened(company, nia, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        people_accounts.send_link(company.ike, account, "invite")
    second = secret_of(mail.outbox[-1])
    with pytest.raises(Refusal, match=r"invite\.gone"):
        people_accounts.invitation(first)
    with clock.simulated(timezone.now() + timedelta(hours=73)), pytest.raises(Refusal, match=r"invite\.gone"):
        people_accounts.invitation(second)
    assert people_accounts.invitation(second).account == account


def test_forgot_tells_nothing_and_is_limited(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        people_accounts.forgot("nobody")
        for _time in range(6):
            people_accounts.forgot("ada")
    assert len(mail.outbox) == 3


def test_somebody_else_sends_no_links(company: Company) -> None:
    with pytest.raises(NotAllowed):
        people_accounts.send_link(company.rea, Account.objects.get(username="ada"))


def test_without_an_address_there_is_no_link(company: Company) -> None:
    person = people.add_person(company.ike, name="Op Erator")
    with pytest.raises(Refusal, match=r"invite\.no-email"):
        people_accounts.open_account(company.ike, person, username="op")
    assert not Account.objects.filter(username="op").exists()


@pytest.mark.parametrize("password", ["short", "password1234", "nia12345nia12345nia"[:11]])
def test_weak_passwords_are_refused(company: Company, nia: Person, password: str, django_capture_on_commit_callbacks: Any) -> None:
    _account, secret = opened(company, nia, django_capture_on_commit_callbacks)
    with pytest.raises(Refusal, match=r"password\.weak"):
        people_accounts.redeem(secret, password)
    people_accounts.redeem(secret, PHRASE)


@proves("ID-2")
def test_t_100a_1_a_name_is_never_used_again(company: Company, nia: Person) -> None:
    people_accounts.deactivate(company.ike, Account.objects.get(username="ada"), reason="left")
    with pytest.raises(Refusal, match=r"account\.taken"):
        people_accounts.open_account(company.ike, nia, username="ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(username="otto").update(username="ada")


@proves("ID-2")
@pytest.mark.parametrize("name", ["QUINN", "Quinn ", "ＱＵＩＮＮ", "qu\u0131nn", "quіnn", "ﬁona", "", "a b", "-x", "nia!"])
def test_t_300a_1_look_alikes_are_refused(company: Company, nia: Person, name: str) -> None:
    with pytest.raises(Refusal, match=r"account\.(taken|name)"):
        people_accounts.open_account(company.ike, nia, username=name)


def test_t_300a_1_the_database_itself_refuses_the_same_name_in_capitals(company: Company, nia: Person) -> None:
    from medithread.kernel.base.uid import uuid7

    with pytest.raises(IntegrityError), transaction.atomic():
        Account(uid=uuid7(), person=nia, username="ＱＵＩＮＮ").save()


def test_a_race_for_a_name_is_refused_in_words(company: Company, nia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_accounts, "fit_name", lambda raw: raw)
    with pytest.raises(Refusal, match=r"account\.taken"):
        people_accounts.open_account(company.ike, nia, username="quinn")


def test_one_person_one_account(company: Company) -> None:
    with pytest.raises(Refusal, match=r"account\.second"):
        people_accounts.open_account(company.ike, company.ada, username="ada2")


def test_who_has_left_gets_no_account(company: Company, nia: Person) -> None:
    gone = people.leave(company.ike, nia, on=timezone.now().date() - timedelta(days=1), reason="changed her mind")
    with pytest.raises(Refusal, match=r"account\.left"):
        people_accounts.open_account(company.ike, gone, username="nia")


@proves("ID-4")
def test_t_10d_2_deactivation_kills_sessions_and_tokens_and_keeps_the_name(company: Company) -> None:
    document = verbs.create(company.otto, Document, title="Ours", type="SOP", change_reason="new", change_class="retrain", audience=["MFG"], review_months=12, body=BODY)
    verbs.move(company.otto, document, "submit", lock=document.lock)
    signed(company.quinn, document, "approve")
    account = Account.objects.get(username="quinn")
    sign_in = people_sessions.open_sign_in(account, method="password")
    token, _secret = people_tokens.make_token(company.quinn, label="script", scopes=("read",), days=30)
    people_accounts.deactivate(company.ike, account, reason="lost laptop")
    assert people_sessions.alive(str(sign_in.uid))[0] is None
    assert Token.objects.get(pk=token.pk).revoked_at is not None
    with pytest.raises(Refusal):
        people_attempts.checked("quinn", PASSWORD)
    with pytest.raises(Refusal, match=r"invite\.closed"):
        people_accounts.send_link(company.ike, account)
    assert document.signatures.get().person.name == "Quinn Maar"
    assert '"name":"Quinn Maar"' in document.signatures.get().statement


BODY = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Do it."}]}]}


def test_reactivation_is_by_another_and_starts_with_a_link(company: Company, django_capture_on_commit_callbacks: Any) -> None:
    account = people_accounts.deactivate(company.ike, Account.objects.get(username="ada"), reason="long leave")
    with django_capture_on_commit_callbacks(execute=True):
        people_accounts.reactivate(company.ike, account, reason="back")
    with pytest.raises(Refusal):
        people_attempts.checked("ada", PASSWORD)
    people_accounts.redeem(secret_of(mail.outbox[-1]), PHRASE)
    assert people_attempts.checked("ada", PHRASE).person == company.ada
    with pytest.raises(NotAllowed, match=r"account\.self"):
        people_accounts.reactivate(company.ike, Account.objects.get(username="ike"), reason="me")


@proves("ID-5")
def test_t_10b_2_an_account_ends_by_itself(company: Company) -> None:
    account = people_accounts.limit(company.quinn, Account.objects.get(username="ina"), valid_until=timezone.now() + timedelta(days=3), reason="inspection")
    assert people_attempts.checked("ina", PASSWORD) == account
    with clock.simulated(timezone.now() + timedelta(days=3, minutes=1)), pytest.raises(Refusal, match=r"sign-in\.wrong"):
        people_attempts.checked("ina", PASSWORD)


def test_changing_ones_password(company: Company) -> None:
    account = Account.objects.get(username="ada")
    here, there = (people_sessions.open_sign_in(account, method="password") for _one in range(2))
    with pytest.raises(Refusal, match=r"password\.wrong"):
        people_accounts.change_password(company.ada, "not it", PHRASE)
    with pytest.raises(Refusal, match=r"password\.weak"):
        people_accounts.change_password(company.ada, PASSWORD, "short")
    people_accounts.change_password(company.ada, PASSWORD, PHRASE, keep=here)
    assert people_attempts.checked("ada", PHRASE)
    assert SignIn.objects.get(pk=here.pk).ended_at is None
    assert SignIn.objects.get(pk=there.pk).ended_by == "password"


def test_the_first_account(db: None) -> None:
    from medithread.kernel.ledger.genesis import birth

    birth("live")
    account, path = people_accounts.first_account(name="Ann Berg", email="ann@aria.example", username="ann")
    assert [g.role for g in Grant.objects.filter(person=account.person)] == ["IT"]
    people_accounts.redeem(path.split("/")[2], PHRASE)
    assert people_attempts.checked("ann", PHRASE) == account
    with pytest.raises(Refusal, match=r"account\.first"):
        people_accounts.first_account(name="Bo", email="bo@aria.example")


def test_unlocking_is_by_another_administrator(company: Company) -> None:
    account = Account.objects.get(username="ada")
    for _attempt in range(people_attempts.TRIES):
        with pytest.raises(Refusal):
            people_attempts.checked("ada", "wrong")
    Account.objects.filter(pk=account.pk).update(signing_locked_until=timezone.now() + timedelta(minutes=9))
    with pytest.raises(NotAllowed):
        people_accounts.unlock(company.rea, account, reason="x")
    with pytest.raises(NotAllowed, match=r"account\.self"):
        people_accounts.unlock(company.ike, Account.objects.get(username="ike"), reason="x")
    people_accounts.unlock(company.ike, account, reason="she mistyped")
    assert people_attempts.checked("ada", PASSWORD).signing_locked_until is None


def test_of_two_uses_of_a_link_at_once_one_wins(company: Company, nia: Person, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    account, secret = opened(company, nia, django_capture_on_commit_callbacks)
    found = people_accounts.invitation(secret)
    people_accounts.redeem(secret, PHRASE)
    monkeypatch.setattr(people_accounts, "invitation", lambda _secret: found)
    with pytest.raises(Refusal, match=r"invite\.gone"):
        people_accounts.redeem(secret, PHRASE + " of the second")
    assert people_attempts.checked("nia", PHRASE) == account


def test_a_refused_first_account_leaves_its_program(db: None) -> None:
    from medithread.kernel.ledger.genesis import birth

    birth("live")
    for email in ("no address", "ann@aria.example"):
        if email == "no address":
            with pytest.raises(Refusal, match=r"field\.invalid"):
                people_accounts.first_account(name="Ann Berg", email=email, username="ann")
        else:
            assert people_accounts.first_account(name="Ann Berg", email=email)[0].username == email


def test_who_has_no_account_confirms_nothing(company: Company, nia: Person) -> None:
    from medithread.kernel.verbs import people_factors

    with pytest.raises(Refusal, match=r"account\.none"):
        people_attempts.confirm_password(nia, PHRASE)
    with pytest.raises(Refusal, match=r"account\.none"):
        people_factors.new_codes(nia)


def test_a_confirmation_against_a_lock_is_refused_without_lengthening_it(company: Company) -> None:
    for _attempt in range(people_attempts.TRIES):
        with pytest.raises(Refusal, match=r"password\.wrong"):
            people_attempts.confirm_password(company.ada, "wrong")
    until = people_attempts.locked_until(Account.objects.get(username="ada"))
    with pytest.raises(Refusal, match=r"password\.wrong"):
        people_attempts.confirm_password(company.ada, PASSWORD)
    assert people_attempts.locked_until(Account.objects.get(username="ada")) == until


def test_a_sign_in_of_an_account_that_was_closed_by_its_date_ends(company: Company) -> None:
    found = people_sessions.open_sign_in(Account.objects.get(username="ada"), method="password")
    Account.objects.filter(username="ada").update(valid_until=timezone.now() - timedelta(minutes=1))
    assert people_sessions.alive(str(found.uid))[0] is None
    assert SignIn.objects.get(pk=found.pk).ended_by == "closed"
