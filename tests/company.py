"""A small company for tests: named people with roles, ready to sign. Used by every wing's tests."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from medithread.kernel.base.guard import door_open
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Grant, Person, SigningRight, Site
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.records.models import Record
from medithread.kernel.signing import prove
from medithread.kernel.signing.models import Served
from medithread.kernel.signing.statement import STATEMENT_VERSION
from medithread.kernel.verbs import ask_signature, sign
from medithread.kernel.verbs.unit import unit

PEOPLE = {
    "quinn": ("Quinn Maar", (Role.QA,)),
    "mara": ("Mara Voss", (Role.MR, Role.QA)),
    "otto": ("Otto Brand", (Role.OWN, Role.AUT)),
    "ada": ("Ada Lund", (Role.AUT, Role.ENG)),
    "rea": ("Rea Kern", (Role.MFG,)),
    "tim": ("Tim Oser", (Role.TM,)),
    "ike": ("Ike Thorn", (Role.IT,)),
    "ina": ("Ina Spect", (Role.INSP,)),
    "dora": ("Dora Copp", (Role.DOC,)),
}
PASSWORD = "a long enough phrase"


@dataclass
class Company:
    """The people by their first names; sites lyon and gren."""

    people: dict[str, Person]
    lyon: Site
    gren: Site

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def found(purpose: str = "demo") -> Company:
    """Birth of the ledger, sites, people, roles, signing rights, accounts."""
    birth(purpose)
    with door_open():
        agent = Agent(name="founder", version="1")
    now = timezone.now()
    with unit(Actor(agent=agent)) as act:
        act.put("create", agent)
        lyon, gren = Site(code="LYO", name="Lyon"), Site(code="GRE", name="Grenoble")
        act.put("create", lyon)
        act.put("create", gren)
        people = {first: _person(act, name, roles, now) for first, (name, roles) in PEOPLE.items()}
    return Company(people, lyon, gren)


def _person(act: Any, name: str, roles: tuple[Role, ...], now: Any) -> Person:
    first = name.split()[0].lower()
    person = Person(name=name, email=f"{first}@aria.example", function=roles[0].value)
    act.put("create", person)
    for role in roles:
        act.put("create", Grant(person=person, role=role.value, valid_from=now))
    act.put("create", SigningRight(person=person, verified_at=now, verified_how="passport", statement_version=STATEMENT_VERSION, accepted_at=now))
    account = Account(uid=uuid7(), person=person, username=first)
    account.set_password(PASSWORD)
    act.put("create", account)
    return person


def see(person: Person | Actor, record: Record, shown: str = "whole") -> None:
    """As if the page of this content had been served to this person."""
    actor = person if isinstance(person, Actor) else Actor(person=person)
    with door_open():
        Served.objects.create(
            person=actor.person, record=record, digest=record.digest or "", rendition="0" * 64, shown=shown, session=actor.session, at=timezone.now()
        )


def signed(person: Person, record: Any, move: str, **asks: Any) -> Any:
    """See, prove and sign in one go."""
    see(person, record)
    return sign(person, record, prove.simulated(ask_signature(person, record, move)).nonce, **asks)
