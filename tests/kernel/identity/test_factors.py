"""Second factors: enrolled, tested, lost (11.300(b), (c), (e)); tokens; what the night does."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.core import mail
from django.utils import timezone

from medithread.kernel.base import clock
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity import tell
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Grant, Passkey, Person, RecoveryCode, SignIn, SigningRight, Throttle, Token
from medithread.kernel.ledger.models import Entry
from medithread.kernel.signing.passkey import registration
from medithread.kernel.signing.statement import may_sign
from medithread.kernel.verbs import people, people_factors, people_nightly, people_rights, people_roles, people_sessions, people_tokens
from medithread.kernel.verbs.unit import unit
from tests.company import PASSWORD, Company
from tests.kernel.signing.authenticator import Authenticator
from tests.proves import proves


def keyed(person: Person, key: Authenticator | None = None) -> Passkey:
    options, state = registration(person, "name")
    return people_factors.add_passkey(person, state, (key or Authenticator()).register(options), label="Stick")


def app(person: Person) -> Account:
    seed = pyotp.random_base32()
    return people_factors.add_totp(person, seed, pyotp.TOTP(seed).at(clock.now()))


def keeper() -> Actor:
    agent = Agent(name="keeper", version="1")
    with unit(Actor(agent=agent)) as act:
        act.put("create", agent)
    return Actor(agent=agent)


def test_an_app_shows_that_it_has_the_seed(company: Company) -> None:
    with pytest.raises(Refusal, match=r"totp\.code"):
        people_factors.add_totp(company.ada, pyotp.random_base32(), "123")
    account = app(company.ada)
    assert account.totp_sealed
    assert people_factors.drop_totp(company.ada).totp_sealed == ""
    assert [message.to for message in mail.outbox] == [[company.ada.email]] * 2
    assert Entry.objects.filter(subject=account.uid).count() == 3


@proves("ID-10")
def test_t_300c_1_a_lost_phone_ends_everything_at_once_and_a_second_person_is_needed(company: Company) -> None:
    account, key = app(company.ada), keyed(company.ada)
    people_factors.new_codes(company.ada)
    token, _secret = people_tokens.make_token(company.ada, label="x", scopes=("read",), days=9)
    sign_in = people_sessions.open_sign_in(account, method="password")
    with pytest.raises(NotAllowed):
        people_factors.lost(company.rea, company.ada, reason="prank")
    mail.outbox.clear()
    people_factors.lost(company.ada, company.ada, reason="left in a taxi")
    assert Passkey.objects.get(pk=key.pk).revoked_at is not None
    assert Token.objects.get(pk=token.pk).revoked_at is not None
    assert people_sessions.alive(str(sign_in.uid))[0] is None
    assert not RecoveryCode.objects.filter(account=account, used_at=None).exists()
    assert people_sessions.by_password("ada", PASSWORD)[1] is False
    assert "sign.identity" in str(may_sign(Actor(person=company.ada)))
    for enrol in (app, keyed):
        with pytest.raises(NotAllowed, match=r"factor\.verify"):
            enrol(company.ada)
    assert {message.to[0] for message in mail.outbox} == {company.ada.email, company.ike.email}
    with unit(company.quinn) as act:
        people_rights.put_verified(act, company.ada, by=company.quinn, how="passport, in person")
    assert may_sign(Actor(person=company.ada)) is None
    assert keyed(company.ada)


def test_an_administrator_reports_it_for_somebody_without_a_right_to_sign(company: Company) -> None:
    with unit(company.ike) as act:
        assert not people_rights.suspend(act, Person.objects.create(name="Nobody"), {"reason": "none to suspend"})
    people_factors.lost(company.ike, company.ada, reason="phoned")
    people_factors.lost(company.ike, company.ada, reason="phoned again")


def test_a_key_is_revoked_by_its_owner_or_an_administrator(company: Company) -> None:
    key = keyed(company.ada)
    with pytest.raises(NotAllowed):
        people_factors.revoke_passkey(company.rea, key, reason="x")
    first = people_factors.revoke_passkey(company.ike, key, reason="old").revoked_at
    assert people_factors.revoke_passkey(company.ada, key, reason="again").revoked_at == first


@proves("ID-13")
def test_t_300e_1_hardware_keys_are_due_for_a_test_after_a_year(company: Company) -> None:
    start = timezone.now()
    key = keyed(company.ada)
    keyed(company.otto, Authenticator(synced=True))
    assert people_factors.keys_to_test() == []
    with clock.simulated(start + timedelta(days=366)):
        assert people_factors.keys_to_test() == [key]
        assert people_nightly.ask_for_key_tests() == 1
        assert mail.outbox[-1].to == [company.ada.email]
        with pytest.raises(NotAllowed):
            people_factors.tested(company.rea, key, result="works")
        people_factors.tested(company.ike, key, result="works, seal whole")
        assert people_factors.keys_to_test() == []
    with clock.simulated(start + timedelta(days=800)):
        assert people_factors.keys_to_test() == [key]


@proves("ID-12")
def test_t_300b_1_ninety_one_days_without_use_suspend_signing(company: Company) -> None:
    start = timezone.now()
    who = keeper()
    people.change_person(company.ike, company.ada, manager=company.otto.uid)
    people_sessions.open_sign_in(Account.objects.get(username="rea"), method="password")
    with clock.simulated(start + timedelta(days=89)):
        people_sessions.open_sign_in(Account.objects.get(username="quinn"), method="password")
        assert people_nightly.suspend_unused(who) == []
    with clock.simulated(start + timedelta(days=91)):
        suspended = {person.name for person in people_nightly.suspend_unused(who)}
        assert {"Ada Lund", "Rea Kern"} <= suspended
        assert "Quinn Maar" not in suspended
        assert "sign.identity" in str(may_sign(Actor(person=company.ada)))
        assert people_nightly.suspend_unused(who) == []
    told = {message.to[0] for message in mail.outbox if "Ada Lund" in message.body}
    assert told == {company.ada.email, company.otto.email}
    right = SigningRight.objects.get(person=company.ada)
    assert Entry.objects.filter(subject=right.uid, actor=who.uid).exists()


def test_the_night_ends_those_whose_last_day_is_over(company: Company) -> None:
    start = timezone.now()
    who = keeper()
    people.leave(company.ike, company.ada, on=start.date() + timedelta(days=2), reason="end of contract")
    assert people_nightly.end_leavers(who) == []
    with clock.simulated(start + timedelta(days=3)):
        assert people_nightly.end_leavers(who) == [company.ada]
        assert people_nightly.end_leavers(who) == []
        assert not Account.objects.get(person=company.ada).is_active
        assert not people_roles.open_grants(company.ada, clock.now()).exists()


def test_tokens_are_shown_once_and_kept_as_hashes(company: Company) -> None:
    token, secret = people_tokens.make_token(company.ada, label=" Night export ", scopes=("sign", "read"), days=30)
    assert (token.label, token.scopes) == ("Night export", "read sign")
    assert secret not in str(token.__dict__)
    with pytest.raises(NotAllowed):
        people_tokens.revoke_token(company.rea, token, reason="x")
    first = people_tokens.revoke_token(company.ada, token, reason="done").revoked_at
    assert people_tokens.revoke_token(company.ike, token, reason="again").revoked_at == first


@pytest.mark.parametrize(
    ("values", "code"),
    [({"label": " "}, "token.label"), ({"scopes": ()}, "token.scopes"), ({"scopes": ("all",)}, "token.scopes"), ({"days": 0}, "token.days"), ({"days": 366}, "token.days")],
)
def test_tokens_have_a_purpose_scopes_and_an_end(company: Company, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        people_tokens.make_token(company.ada, **{"label": "x", "scopes": ("read",), "days": 9, **values})
    assert refusal.value.codes == (code,)


def test_a_token_makes_no_tokens(company: Company) -> None:
    with pytest.raises(Refusal, match=r"token\.person"):
        people_tokens.make_token(Actor(person=company.ada, session="token:1"), label="x", scopes=("read",), days=9)


def test_who_is_told_when_there_is_no_administrator(company: Company) -> None:
    assert tell.security() == [company.ike]
    people_roles.withdraw(company.ike, Grant.objects.get(person=company.ike), reason="outsourced")
    assert tell.security() == [company.quinn, company.mara]
    Account.objects.filter(username__in=["quinn", "mara"]).update(is_active=False)
    people.leave(company.tim, company.quinn, on=timezone.now().date() - timedelta(days=1), reason="x")
    people.leave(company.tim, company.mara, on=timezone.now().date() - timedelta(days=1), reason="x")
    assert tell.security() == []


def test_a_mail_server_that_does_not_answer_stops_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(tell, "send_mail", down)
    tell.tell([company.ada, company.ada], "Subject", "Text")
    sent: list[str] = []
    tell.use(lambda to, subject, text: sent.append(to.name))
    tell.tell([company.ada, company.ada], "Subject", "Text")
    tell.use(tell.by_mail)
    assert sent == ["Ada Lund"]
    tell.by_mail(Person(name="No address"), "Subject", "Text")
    assert mail.outbox == []


def test_the_night_forgets_old_sign_ins_and_counts(company: Company) -> None:
    start = timezone.now()
    ended = people_sessions.open_sign_in(Account.objects.get(username="ada"), method="password")
    people_sessions.end(ended, "out")
    people_sessions.open_sign_in(Account.objects.get(username="otto"), method="password")
    with pytest.raises(Refusal):
        people_sessions.by_password("rea", "wrong")
    people_nightly.forget_old()
    assert (SignIn.objects.count(), Throttle.objects.count()) == (2, 1)
    with clock.simulated(start + timedelta(days=100)):
        people_nightly.forget_old()
    assert (SignIn.objects.count(), Throttle.objects.count()) == (0, 0)
