"""One person for every role and for every way to be half outside; and an oracle that says what each may see, written without the code under test."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from medithread.kernel.base.clock import now
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Delegation, Grant, Person, SigningRight
from medithread.kernel.identity.roles import Role
from medithread.kernel.signing.statement import STATEMENT_VERSION
from medithread.kernel.verbs.unit import Act, unit
from tests.company import PASSWORD, Company
from tests.kernel.api.conftest import Api

LYON, GREN = "lyon", "gren"
LIMITED = {"INSP", "XT"}
READERS = {"QA", "MR", "TM"}


@dataclass(frozen=True)
class Part:
    """What somebody of the cast is: (role, site) pairs held now, and whether the account can be used."""

    roles: tuple[tuple[str, str | None], ...] = ()
    usable: bool = True

    @property
    def codes(self) -> set[str]:
        return {role for role, _site in self.roles}

    @property
    def limited(self) -> bool:
        return bool(self.roles) and self.codes <= LIMITED

    @property
    def works(self) -> bool:
        return bool(self.codes - LIMITED)


EVERYWHERE = {role.value: Part(((role.value, None),)) for role in Role}
PARTS: dict[str, Part] = {
    **EVERYWHERE,
    "QA at Lyon": Part((("QA", LYON),)),
    "MFG at Lyon": Part((("MFG", LYON),)),
    "QA at Lyon, MFG everywhere": Part((("QA", LYON), ("MFG", None))),
    "QA at Lyon, MFG at Grenoble": Part((("QA", LYON), ("MFG", GREN))),
    "author, for quality": Part((("AUT", None), ("QA", None))),
    "no role": Part(),
    "role ended": Part(),
    "role to come": Part(),
    "left": Part((("QA", None),), usable=False),
    "account over": Part((("QA", None),), usable=False),
    "account closed": Part((("QA", None),), usable=False),
}
# One of each class, where all of them would be too many.
FEW = ("MFG", "QA", "IT", "INSP", "XT", "QA at Lyon", "MFG at Lyon", "no role", "left", "account over")


@dataclass
class Cast:
    """The people by their part."""

    company: Company
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return Actor(person=self.people[name])

    def client(self, name: str) -> Client:
        """A browser of this person, signed in while that is possible."""
        client = Client()
        client.force_login(self.people[name].account)
        return client

    def api(self, name: str, scopes: str = "read write sign") -> Api:
        return Api(self.people[name], scopes)

    def sites(self) -> dict[str, UUID]:
        return {LYON: self.company.lyon.uid, GREN: self.company.gren.uid}


def cast(company: Company) -> Cast:
    """Everybody of `PARTS`, in this company."""
    made = Cast(company)
    with unit(company.mara) as act:
        for name, part in PARTS.items():
            made.people[name] = _person(act, name, part, made.sites())
        _outside(act, made)
    return made


def _person(act: Act, name: str, part: Part, sites: dict[str, UUID]) -> Person:
    person = Person(name=f"Person {name}", email=f"p{len(name)}{abs(hash(name))}@aria.example")
    act.put("create", person)
    if name != "author, for quality":
        for role, site in part.roles:
            act.put("create", Grant(person=person, role=role, site_id=sites[site] if site else None, valid_from=act.at))
    act.put("create", SigningRight(person=person, verified_at=act.at, verified_how="passport", statement_version=STATEMENT_VERSION, accepted_at=act.at))
    account = Account(uid=uuid7(), person=person, username=name.replace(" ", "-").replace(",", ""))
    account.set_password(PASSWORD)
    act.put("create", account)
    return person


def _outside(act: Act, made: Cast) -> None:
    """Those who hold a right of yesterday, of tomorrow, or in another's name; those who are gone."""
    day, people = timedelta(days=1), made.people
    act.put("create", Grant(person=people["role ended"], role="QA", valid_from=act.at - 9 * day, valid_to=act.at - day))
    act.put("create", Grant(person=people["role to come"], role="QA", valid_from=act.at + day))
    act.put("create", Grant(person=people["author, for quality"], role="AUT", valid_from=act.at))
    act.put("create", Delegation(giver=made.company.quinn, taker=people["author, for quality"], role="QA", valid_from=act.at, valid_to=act.at + day, reason="Leave"))
    people["left"].left_on = (now() - day).date()
    act.put("edit", people["left"])
    for name, change in (("account over", {"valid_until": act.at - day}), ("account closed", {"is_active": False})):
        account = people[name].account
        for column, value in change.items():
            setattr(account, column, value)
        act.put("edit", account)


def sees(part: Part, *, site: str | None, confidentiality: str, force: bool = False, given: bool = False, own: bool = False) -> bool:
    """What the concept says (kernel.md §5, R9, SR-10b-2): by place and class; inspectors what is in force, both limited roles what was given."""
    if not part.usable or not part.roles:
        return False
    if part.limited:
        return given or own or ("INSP" in part.codes and force and confidentiality == "open")
    if not _there(part.roles, site):
        return False
    return confidentiality == "open" or own or _there(tuple(pair for pair in part.roles if pair[0] in READERS), site)


def _there(roles: tuple[tuple[str, str | None], ...], site: str | None) -> bool:
    """Some of these roles holds at a site; a record without a site is everybody's who holds one."""
    return any(held is None or site is None or held == site for _role, held in roles)


def everybody(made: Cast) -> dict[str, Any]:
    return {name: made.people[name] for name in PARTS}
