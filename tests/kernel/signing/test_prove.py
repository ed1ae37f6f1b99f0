"""Proofs: which components are asked, what is kept of them, what locks signing (11.200, 11.300(d))."""

import json
from datetime import timedelta

import pyotp
import pytest
from django.core import mail
from django.utils import timezone

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Person
from medithread.kernel.ledger.models import Head, Journal
from medithread.kernel.signing import prove
from medithread.kernel.signing.models import Intent
from medithread.kernel.verbs import people_factors
from tests.company import PASSWORD, Company, see
from tests.proves import proves


def done_idea(company: Company) -> Idea:
    """An idea that waits for the signature that closes it."""
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.", source="work")
    verbs.move(company.quinn, idea, "accept", lock=idea.lock)
    action = verbs.create(company.rea, Action, parent=idea, title="Buy it", due="2027-01-01")
    verbs.move(company.rea, action, "finish", lock=action.lock, evidence="It hangs there.")
    verbs.move(company.rea, idea, "finish", lock=idea.lock)
    verbs.edit(company.rea, idea, lock=idea.lock, outcome="better", result="Nobody searches.")
    return idea


def asked(person: Person, idea: Idea, session: str = "s1") -> Intent:
    """An open statement of this person in this session."""
    actor = Actor(person=person, session=session)
    see(actor, idea)
    return verbs.ask_signature(actor, idea, "close")


def put(intent: Intent, idea: Idea, person: Person) -> Idea:
    return verbs.sign(Actor(person=person, session=intent.session), idea, intent.nonce)


@proves("ID-14")
def test_t_200a1_1_the_first_signing_asks_both_components(company: Company) -> None:
    idea = done_idea(company)
    intent = asked(company.quinn, idea)
    with pytest.raises(Refusal, match=r"sign\.both"):
        prove.by_password(intent, PASSWORD)
    with pytest.raises(Refusal, match=r"sign\.wrong"):
        prove.by_password(intent, "not this one", "quinn")
    with pytest.raises(Refusal, match=r"sign\.proof"):
        put(intent, idea, company.quinn)
    idea.refresh_from_db()
    assert idea.state == "done"
    assert Journal.objects.filter(what="sign.failed", person=company.quinn.uid, subject=idea.uid).count() == 1
    put(prove.by_password(intent, PASSWORD, "QUINN"), idea, company.quinn)
    assert idea.state == "closed"
    evidence = json.loads(idea.signatures.get().evidence)
    assert evidence == {"account": str(Account.objects.get(username="quinn").uid), "components": ["name", "password"]}


def test_t_200a1_1_another_persons_name_is_no_component(company: Company) -> None:
    intent = asked(company.quinn, done_idea(company))
    with pytest.raises(Refusal, match=r"sign\.wrong"):
        prove.by_password(intent, PASSWORD, "mara")


@proves("ID-14")
def test_t_200a1_2_later_signings_ask_one_component_until_a_quarter_of_an_hour_has_passed(company: Company) -> None:
    first, second = done_idea(company), done_idea(company)
    start = timezone.now()
    with clock.simulated(start):
        put(prove.by_password(asked(company.quinn, first), PASSWORD, "quinn"), first, company.quinn)
    with clock.simulated(start + timedelta(minutes=5)):
        assert not prove.asks_name(company.quinn, "s1")
        put(prove.by_password(asked(company.quinn, second), PASSWORD), second, company.quinn)
        assert json.loads(second.signatures.get().evidence)["components"] == ["password"]
        assert prove.asks_name(company.quinn, "after sign-out or lock: another session")
    with clock.simulated(start + timedelta(minutes=21)):
        assert prove.asks_name(company.quinn, "s1")


@proves("ID-18")
def test_t_300d_1_five_wrong_attempts_lock_signing_and_are_told(company: Company) -> None:
    idea = done_idea(company)
    intent = asked(company.quinn, idea)
    for _attempt in range(prove.TRIES):
        with pytest.raises(Refusal, match=r"sign\.wrong"):
            prove.by_password(intent, "wrong", "quinn")
    with pytest.raises(Refusal, match=r"sign\.locked"):
        prove.by_password(intent, PASSWORD, "quinn")
    told = {message.to[0] for message in mail.outbox}
    assert told == {company.quinn.email, company.ike.email}
    assert Journal.objects.filter(what="sign.locked", person=company.quinn.uid).count() == 1
    with clock.simulated(timezone.now() + prove.LOCKED):
        prove.by_password(intent, PASSWORD, "quinn")


def test_failures_far_apart_do_not_lock(company: Company) -> None:
    intent = asked(company.quinn, done_idea(company))
    start = timezone.now()
    for hour in range(8):
        with clock.simulated(start + timedelta(hours=hour)), pytest.raises(Refusal, match=r"sign\.wrong"):
            prove.by_password(intent, "wrong", "quinn")
    assert Account.objects.get(username="quinn").signing_locked_until is None
    assert mail.outbox == []


def test_a_success_clears_the_count(company: Company) -> None:
    intent = asked(company.quinn, done_idea(company))
    for _attempt in range(prove.TRIES - 1):
        with pytest.raises(Refusal):
            prove.by_password(intent, "wrong", "quinn")
    prove.by_password(intent, PASSWORD, "quinn")
    assert Account.objects.get(username="quinn").signing_failures == 0


@proves("ID-15")
def test_a_code_is_taken_once(company: Company) -> None:
    idea = done_idea(company)
    seed = pyotp.random_base32()
    start = timezone.now()
    with clock.simulated(start):
        people_factors.add_totp(company.quinn, seed, pyotp.TOTP(seed).at(start))
    with clock.simulated(start + timedelta(minutes=2)):
        code = pyotp.TOTP(seed).at(start + timedelta(minutes=2))
        intent = asked(company.quinn, idea)
        with pytest.raises(Refusal, match=r"sign\.wrong"):
            prove.by_totp(intent, "wrong", code)
        with pytest.raises(Refusal, match=r"sign\.wrong"):
            prove.by_totp(intent, PASSWORD, "000000" if code != "000000" else "111111")
        put(prove.by_totp(intent, PASSWORD, code), idea, company.quinn)
        assert (idea.signatures.get().method, idea.state) == ("totp", "closed")
        with pytest.raises(Refusal, match=r"sign\.wrong"):
            prove.by_totp(asked(company.quinn, done_idea(company)), PASSWORD, code)


def test_who_has_no_usable_account_proves_nothing(company: Company) -> None:
    intent = asked(company.quinn, done_idea(company))
    Account.objects.filter(username="quinn").update(is_active=False)
    with pytest.raises(Refusal, match=r"sign\.no-account"):
        prove.by_password(intent, PASSWORD, "quinn")
    with pytest.raises(Refusal, match=r"sign\.no-account"):
        prove.by_passkey(intent, {})


def test_simulated_proofs_are_for_demos(company: Company) -> None:
    intent = asked(company.quinn, done_idea(company))
    with door_open():
        Head.objects.update(purpose="live")
    with pytest.raises(LedgerBroken, match=r"sign\.simulated"):
        prove.simulated(intent)


def test_t_200a2_2_nobody_signs_in_anothers_session_or_name(company: Company) -> None:
    """There is no impersonation: a statement belongs to one person and one session, and agents never sign."""
    idea = done_idea(company)
    intent = prove.by_password(asked(company.quinn, idea), PASSWORD, "quinn")
    for other in (Actor(person=company.ike, session="s1"), Actor(person=company.quinn, session="another"), Actor(person=company.mara, session="s1")):
        with pytest.raises((Refusal, NotAllowed)):
            verbs.sign(other, idea, intent.nonce)
    with pytest.raises((Refusal, NotAllowed)):
        verbs.ask_signature(Actor(agent=Agent(name="helper", version="1")), idea, "close")
    idea.refresh_from_db()
    assert idea.state == "done"
