"""The five, from the empty live database on: founded, invited, verified. They sign with their passwords.

Every step is noted, so that the walks can show that no step of any kind was left out.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import mail
from django.test import TestCase

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.signing import prove
from medithread.kernel.signing.models import Signature
from medithread.kernel.verbs import people, people_accounts, people_roles
from medithread.system.organisation import acts
from medithread.system.organisation.models import Founding, IdentityCheck
from tests.company import see

PHRASE = "four quiet red tractors"
HATS = {
    "ana": ("Ana Berg", ("TM", "MR", "RA")),
    "ben": ("Ben Falk", ("QA", "DOC", "AUD", "TRN")),
    "cleo": ("Cleo Ruiz", ("ENG", "AUT", "OWN")),
    "dan": ("Dan Holm", ("MFG", "PUR", "REL", "QC", "SQ", "MET")),
    "eva": ("Eva Lind", ("IT", "CMP", "VIG", "CLI", "PRRC")),
}
Watcher = Callable[[Any, str, Actor], None]


def today(days: int = 0) -> Any:
    return now().date() + timedelta(days=days)


class Firm:
    """The five by their first names, what they did, and who watches before each step."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}
        self.steps: set[tuple[str, str]] = set()
        self.ends: set[tuple[str, str]] = set()
        self.watchers: list[Watcher] = []

    def __getattr__(self, name: str) -> Actor:
        if name not in HATS or name not in self.actors:
            raise AttributeError(name)
        return self.actors[name].fresh()

    # --- acts --------------------------------------------------------------------------------------------------------
    def create(self, who: Actor, model: Any, **values: Any) -> Any:
        record = verbs.create(who, model, **values)
        self.ends.add((record.kind, record.state))
        return record

    def move(self, who: Actor, record: Any, name: str, **asks: Any) -> Any:
        """One step without a signature."""
        record = kind_of(record).model.objects.get(pk=record.pk)
        self._watch(record, name, who)
        record = verbs.move(who, record, name, lock=record.lock, **asks)
        return self._noted(record, name)

    def sign(self, who: Actor, record: Any, name: str, **asks: Any) -> Any:
        """One signature: served, stated, proved by name and password, given."""
        record = kind_of(record).model.objects.get(pk=record.pk)
        see(who, record)
        self._watch(record, name, who)
        intent = verbs.ask_signature(who, record, name)
        assert who.person is not None
        prove.by_password(intent, PHRASE, who.person.account.username)
        return self._noted(verbs.sign(who, record, intent.nonce, **asks), name)

    def _watch(self, record: Any, name: str, who: Actor) -> None:
        for watcher in self.watchers:
            watcher(record, name, who)

    def _noted(self, record: Any, name: str) -> Any:
        self.steps.add((record.kind, name))
        self.ends.add((record.kind, record.state))
        return record

    def signatures(self) -> int:
        return int(Signature.objects.count())

    # --- coming to life ------------------------------------------------------------------------------------------------
    def install(self) -> None:
        """A live ledger and the first account."""
        birth("live")
        account, path = people_accounts.first_account(name=HATS["ana"][0], email="ana@aria.example", username="ana")
        people_accounts.redeem(path.split("/")[2], PHRASE)
        self.actors["ana"] = Actor(person=account.person, session="anas")

    def begin(self, name: str, username: str) -> Founding:
        """Ana opens the founding act with a second person, who gets a link."""
        values = {
            "company": "Aria Medical", "second_verified_how": "passport, in person", "second_verified_on": today(), "first_roles": list(HATS["ana"][1]),
            "second_roles": list(HATS["ben"][1]), "letter": False, "in_scope_from": today(),
        }  # fmt: skip
        second = {"name": name, "email": f"{username}@aria.example", "username": username, "function": "Head of quality"}
        with TestCase.captureOnCommitCallbacks(execute=True):
            founding = acts.begin_founding(self.ana, second=second, **values)
        self.ends.add(("founding", founding.state))
        self.redeem(f"{username}@aria.example")
        return founding

    def redeem(self, address: str) -> None:
        """Choose a password by the link that came by mail."""
        letter = next(letter for letter in reversed(mail.outbox) if letter.to == [address])
        secret = re.search(r"/invitation/([\w-]+)/", str(letter.body))
        assert secret
        people_accounts.redeem(secret[1], PHRASE)

    def found(self) -> Founding:
        """Both sign; each has verified and appointed the other."""
        founding = self.begin(HATS["ben"][0], "ben")
        self.actors["ben"] = Actor(person=founding.second, session="bens")
        founding = verbs.edit(self.ben, founding, lock=founding.lock, first_verified_how="passport, in person", first_verified_on=today())
        for name in ("ana", "ben"):
            founding = Founding.objects.get(pk=founding.pk)
            self._watch(founding, "found", self.actors[name].fresh())
            acts.serve(self.actors[name].fresh(), founding)
            founding = acts.sign_founding(self.actors[name].fresh(), founding, username=name, password=PHRASE)
        return self._noted(founding, "found")  # type: ignore[no-any-return]

    def hire(self, name: str) -> None:
        """One more person: added, invited, roles given, identity verified, statement accepted."""
        full, roles = HATS[name]
        person = people.add_person(self.ana, name=full, email=f"{name}@aria.example")
        with TestCase.captureOnCommitCallbacks(execute=True):
            people_accounts.open_account(self.ana, person, username=name)
        self.redeem(f"{name}@aria.example")
        for role in roles:
            people_roles.grant(self.ben, person, role)
        self.actors[name] = Actor(person=person, session=f"{name}s")
        self.verify(person)
        self._noted(acts.accept(self.actors[name].fresh(), username=name, password=PHRASE), "accept")

    def verify(self, person: Person) -> Record:
        check = self.create(
            self.ben, IdentityCheck, title=f"Identity of {person.name}", person=person.uid, occasion="first", looked_at="passport", checked_on=today(), place="Lyon, in person"
        )
        return self.sign(self.ben, check, "verify")  # type: ignore[no-any-return]


def founded() -> Firm:
    """All five, ready to work."""
    firm = Firm()
    firm.install()
    firm.found()
    for name in ("cleo", "dan", "eva"):
        firm.hire(name)
    return firm
