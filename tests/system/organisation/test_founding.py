"""The founding act (R11; T-PR11-1): two people, once, for ever."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, NotFound, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Grant, Person, SigningRight
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.ledger.models import Entry
from medithread.kernel.signing.statement import may_sign
from medithread.kernel.verbs import people, people_accounts
from medithread.system.documents.models import Document
from medithread.system.organisation import acts
from medithread.system.organisation.models import Founding
from medithread.system.organisation.rules import founders_differ
from tests.proves import proves

PHRASE = "four quiet red tractors"
SECOND = {"name": "Bo Falk", "email": "bo@aria.example", "username": "bo", "function": "Head of quality"}


def values(**more: Any) -> dict[str, Any]:
    today = timezone.now().date().isoformat()
    found = {
        "company": "Aria Medical", "second_verified_how": "passport, in person", "second_verified_on": today, "first_roles": ["TM", "IT"],
        "second_roles": ["QA", "MR"], "letter": True, "in_scope_from": today,
    }  # fmt: skip
    return {**found, **more}


@pytest.fixture
def ann(db: None) -> Actor:
    birth("live")
    account, path = people_accounts.first_account(name="Ann Berg", email="ann@aria.example", username="ann")
    people_accounts.redeem(path.split("/")[2], PHRASE)
    return Actor(person=account.person, session="anns")


@pytest.fixture
def both(ann: Actor, django_capture_on_commit_callbacks: Any) -> tuple[Actor, Actor, Founding]:
    with django_capture_on_commit_callbacks(execute=True):
        founding = acts.begin_founding(ann, second=SECOND, **values())
    secret = re.search(r"/invitation/([\w-]+)/", str(mail.outbox[-1].body))
    assert secret
    assert mail.outbox[-1].to == ["bo@aria.example"]
    people_accounts.redeem(secret[1], PHRASE)
    return ann, Actor(person=Person.objects.get(name="Bo Falk"), session="bos"), founding


def answered(bo: Actor, founding: Founding) -> Founding:
    return verbs.edit(bo, founding, lock=founding.lock, first_verified_how="passport, in person", first_verified_on=timezone.now().date())


def sign(who: Actor, founding: Founding) -> Founding:
    acts.serve(who, founding)
    return acts.sign_founding(who, founding, username=who.person.name.split()[0].lower(), password=PHRASE)  # type: ignore[union-attr]


@proves("ORG-1")
def test_t_pr11_1_two_people_found_the_company(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    for who in (ann, bo):
        assert "sign.identity" in str(may_sign(who))
        with pytest.raises((NotAllowed, Refusal)):
            verbs.create(who, Document, title="Too early", type="SOP")
    founding = answered(bo, founding)
    sign(ann, founding)
    assert founding.state == "open"
    founding = sign(bo, Founding.objects.get(pk=founding.pk))
    assert founding.state == "complete"
    assert sorted((s.meaning, s.person.name) for s in founding.signatures.all()) == [
        (meaning, name) for meaning in ("acknowledged", "appointed", "identity_verified") for name in ("Ann Berg", "Bo Falk")
    ]
    for who, other, roles in ((ann, bo, {"IT", "TM"}), (bo, ann, {"QA", "MR"})):
        assert may_sign(who.fresh()) is None
        assert {hold.role for hold in who.fresh().holds()} == roles
        assert SigningRight.objects.get(person=who.person).verified_by == other.person
    assert Grant.objects.get(person=bo.person, role="QA").granted_by == ann.person
    assert Entry.objects.filter(subject=founding.uid, verb="move").exists()
    assert acts.letter_is_missing()
    acts.note_letter(bo.fresh(), founding, timezone.now().date())
    assert not acts.letter_is_missing()


@proves("ORG-3")
def test_it_cannot_be_repeated(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    with pytest.raises(NotAllowed, match=r"founding\.open"):
        acts.begin_founding(ann, second={**SECOND, "username": "cy", "email": "cy@aria.example"}, **values())
    founding = answered(bo, founding)
    sign(ann, founding)
    sign(bo, Founding.objects.get(pk=founding.pk))
    with pytest.raises(NotAllowed, match=r"founding\.done"):
        acts.begin_founding(ann.fresh(), second={**SECOND, "username": "cy", "email": "cy@aria.example"}, **values())


@proves("ORG-2")
def test_a_single_person_cannot_complete_it(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    with pytest.raises(Refusal, match="required"):
        sign(ann, founding)
    assert not SigningRight.objects.exists(), "what came into being with the signing went with its refusal"
    founding = answered(bo, founding)
    founding = sign(ann, founding)
    with pytest.raises(NotAllowed):
        sign(ann, founding)
    assert founding.state == "open"
    assert not Grant.objects.filter(role="QA").exists()
    assert founders_differ(Founding(first=ann.person, second=ann.person)) is not None


@proves("ORG-2")
def test_a_wrong_password_leaves_nothing(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    founding = answered(bo, founding)
    acts.serve(ann, founding)
    with pytest.raises(Refusal, match=r"sign\.wrong"):
        acts.sign_founding(ann, founding, username="ann", password="not it")
    with pytest.raises(Refusal, match=r"sign\.both"):
        acts.sign_founding(ann, founding, username="", password=PHRASE)
    assert not SigningRight.objects.exists()
    assert founding.signatures.count() == 0
    with pytest.raises(Refusal, match=r"sign\.session"):
        acts.sign_founding(Actor(person=ann.person), founding, username="ann", password=PHRASE)


def test_what_was_not_shown_is_not_signed(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    founding = answered(bo, founding)
    with pytest.raises(Refusal, match=r"sign\.not-seen"):
        acts.sign_founding(ann, founding, username="ann", password=PHRASE)
    assert not SigningRight.objects.exists()


def test_a_change_after_signing_asks_for_the_signatures_again(both: tuple[Actor, Actor, Founding]) -> None:
    ann, bo, founding = both
    founding = sign(ann, answered(bo, founding))
    founding = verbs.edit(bo, founding, lock=founding.lock, first_roles=["TM", "RA", "IT"])
    founding = sign(bo, founding)
    assert founding.state == "open"
    founding = sign(ann, founding)
    assert founding.state == "complete"
    assert Actor(person=ann.person).has(Role.RA)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"first_roles": ["IT"]}, "founding.roles"), ({"second_roles": ["QA", "INSP"]}, "founding.roles-unknown"), ({"second_roles": ["QA", "BOSS"]}, "founding.roles-unknown"),
        ({"second_verified_on": (timezone.now() + timedelta(days=3)).date().isoformat()}, "founding.future"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_said(both: tuple[Actor, Actor, Founding], change: dict[str, Any], code: str) -> None:
    ann, bo, founding = both
    founding = answered(bo, founding)
    founding = verbs.edit(ann, founding, lock=founding.lock, **change)
    with pytest.raises(Refusal) as refusal:
        sign(ann, founding)
    assert code in refusal.value.codes


def test_strangers_see_and_change_nothing(both: tuple[Actor, Actor, Founding]) -> None:
    _ann, _bo, founding = both
    stranger = Actor(person=people.add_person(Person.objects.get(name="Ann Berg"), name="Cy Vale"), session="cys")
    with pytest.raises((NotAllowed, NotFound)):
        verbs.edit(stranger, founding, lock=founding.lock, company="Mine")


def test_a_founding_that_came_to_nothing_is_voided_and_begun_again(both: tuple[Actor, Actor, Founding]) -> None:
    ann, _bo, founding = both
    verbs.move(ann, founding, "void", reason="Bo does not join after all")
    again = acts.begin_founding(ann, second={**SECOND, "username": "cy", "email": "cy@aria.example", "name": "Cy Vale"}, **values())
    assert again.state == "open"


def test_a_company_that_works_already_is_not_founded(company: Any) -> None:
    with pytest.raises(NotAllowed, match=r"founding\.done"):
        acts.begin_founding(Actor(person=company.ike, session="x"), second=SECOND, **values())
    assert not acts.letter_is_missing()
