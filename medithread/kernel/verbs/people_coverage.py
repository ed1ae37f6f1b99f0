"""“Can we still work?” (R10): which steps of all lifecycles nobody could make, or one person only.

Every predicate is asked of every person against a blank record that nobody has touched, once owned by somebody else and once by
that person; whoever passes either way, or only has to do something first (open it, take part), could make the step. People count
when their account is usable and they are not away; for signatures, when they may sign. People with the same roles are asked once.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor, Hold
from medithread.kernel.identity.models import Absence, Account, Agent, Delegation, Grant, Person, SigningRight
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.lifecycle import By, Move, Slot
from medithread.kernel.records.models import Record
from medithread.kernel.signing.plans import state_of
from medithread.kernel.signing.statement import STATEMENT_VERSION

MOST = 200


@dataclass(frozen=True)
class Need:
    """One thing that a person must be able to do: make a move, or give one signature of its plan."""

    kind: Kind[Any]
    move: Move[Any]
    slot: Slot | None

    @property
    def words(self) -> str:
        """“Document: approve, signature Quality”"""
        step = f"{self.kind.name}: {self.move.label or self.move.name}"
        return f"{step}, {_('signature')} {self.slot.label or self.slot.meaning}" if self.slot else step

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind.code, self.move.name, self.slot.name if self.slot else ""


@dataclass(frozen=True)
class Finding:
    """A need that nobody (no people) or one person only could meet."""

    need: Need
    people: tuple[Person, ...]

    @property
    def nobody(self) -> bool:
        return not self.people


@dataclass(frozen=True)
class Worker:
    """A person as somebody who could act: with the roles held at the instant, and whether signing is possible."""

    actor: Actor
    signs: bool

    @property
    def mark(self) -> tuple[Any, ...]:
        """Equal for people of whom every predicate on a blank record says the same."""
        return frozenset((h.role, h.site) for h in self.actor.holds()), self.signs


def findings(at: datetime | None = None, *, without: Collection[UUID] = (), dropping: Collection[UUID] = ()) -> list[Finding]:
    """What nobody, or one person only, could do at an instant; `without` leaves people out, `dropping` grants (by uid)."""
    at = at or now()
    crowd = workers(at, without=without, dropping=dropping)
    found = []
    for need in needs_of_all_kinds():
        people = could(need, crowd, at)
        if len(people) <= 1 and not (not people and _is_for_programs(need, at)):
            found.append(Finding(need, people))
    return found


def workers(at: datetime, *, without: Collection[UUID] = (), dropping: Collection[UUID] = ()) -> list[Worker]:
    """Everybody who could act at an instant: usable account, not left, not away."""
    away = set(Absence.objects.filter(first__lte=at.date(), last__gte=at.date()).values_list("person__uid", flat=True))
    signing = Q(verified_at__isnull=False, accepted_at__isnull=False, statement_version=STATEMENT_VERSION)
    signers = set(SigningRight.objects.filter(signing).values_list("person__uid", flat=True))
    holds = _holds(at, set(dropping))
    found = []
    for account in Account.objects.filter(is_active=True).select_related("person").order_by("person__id"):
        person = account.person
        gone = person.left_on is not None and person.left_on < at.date()
        over = account.valid_until is not None and account.valid_until <= at
        if not gone and not over and person.uid not in away and person.uid not in without:
            found.append(Worker(_acting(person, holds.get(person.uid, [])), person.uid in signers))
    return found


def _acting(person: Person, holds: list[Hold]) -> Actor:
    return Actor(person=person, _holds=holds)


def _holds(at: datetime, dropping: set[UUID]) -> dict[UUID, list[Hold]]:
    """Roles by person at an instant, own and delegated, as if the grants in `dropping` were not there."""
    valid = Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))
    own: dict[UUID, list[Hold]] = {}
    for grant in Grant.objects.filter(valid).exclude(uid__in=dropping).select_related("person", "site"):
        own.setdefault(grant.person.uid, []).append(Hold(grant.role, grant.site_id))
    found = {uid: list(holds) for uid, holds in own.items()}
    for given in Delegation.objects.filter(valid_from__lte=at, valid_to__gt=at).select_related("giver", "taker"):
        lent = [Hold(h.role, h.site, given.giver) for h in own.get(given.giver.uid, []) if h.role == given.role]
        found.setdefault(given.taker.uid, []).extend(lent)
    return found


def needs_of_all_kinds() -> Iterator[Need]:
    """Every move that somebody makes by hand, and every signature of its plan."""
    for kind in kinds():
        for move in kind.lifecycle.moves:
            if move.by is not None:
                yield Need(kind, move, None)
            for slot in move.plan_for(blank(kind, move)) if move.signatures else ():
                yield Need(kind, move, slot)


def blank(kind: Kind[Any], move: Move[Any], owner: Person | None = None) -> Record:
    """A record of the kind that nobody has touched, in the state where the move begins. Never saved; its key belongs to no row."""
    record: Record = kind.model(uid=uuid7(), kind=kind.code, state=move.starts[0], absent={}, owner=owner)
    record.pk = -1
    return record


def could(need: Need, crowd: Iterable[Worker], at: datetime) -> tuple[Person, ...]:
    """Everybody who could meet a need."""
    by: By | None = need.slot.by if need.slot else need.move.by
    known: dict[tuple[Any, ...], bool] = {}
    people = []
    for worker in crowd:
        if worker.mark not in known:
            known[worker.mark] = (worker.signs or need.slot is None) and by is not None and _passes(by, need, worker.actor, at)
        if known[worker.mark] and worker.actor.person is not None:
            people.append(worker.actor.person)
    return tuple(people)


def _passes(by: By, need: Need, actor: Actor, at: datetime) -> bool:
    nos = (by(actor, blank(need.kind, need.move), at), by(actor, blank(need.kind, need.move, actor.person), at))
    return any(no is None or _can_be_cured(no) for no in nos)


def _can_be_cured(no: No) -> bool:
    """A refusal that asks the person to do something first (open it, take part), not to be somebody else (`who.…`)."""
    return not no.code.startswith("who.") or no.code == "who.did"


def _is_for_programs(need: Need, at: datetime) -> bool:
    by = need.slot.by if need.slot else need.move.by
    return by is not None and by(Actor(agent=Agent(name="", version="")), blank(need.kind, need.move), at) is None


def breaks(at: datetime, *, without: Collection[UUID] = (), dropping: Collection[UUID] = ()) -> list[Need]:
    """What nobody could do any more without these people or grants, and somebody can do now."""
    before = {finding.need.key for finding in findings(at) if finding.nobody}
    after = [finding.need for finding in findings(at, without=without, dropping=dropping) if finding.nobody]
    return [need for need in after if need.key not in before]


def waiting_only_for(person: Person, at: datetime, *, without: Collection[UUID] = (), dropping: Collection[UUID] = ()) -> list[Record]:
    """Open records with a signature that this person alone can give now and nobody could then. Looks at 200 records of each kind."""
    now_there, then = workers(at), workers(at, without=without, dropping=dropping)
    me = next((w.actor for w in now_there if w.actor.person is not None and w.actor.person.uid == person.uid), None)
    if me is None:
        return []
    found = []
    for kind in kinds():
        for move in (move for move in kind.lifecycle.moves if move.signatures and not move.back):
            for record in kind.model.objects.rows().filter(state__in=move.starts)[:MOST]:
                if any(_only(slot, record, me, then, at) for slot in state_of(record, move).open):
                    found.append(record)
    return found


def _only(slot: Slot, record: Record, me: Actor, then: list[Worker], at: datetime) -> bool:
    """This person fits a slot, and of those left nobody does."""
    return slot.by(me, record, at) is None and not any(w.signs and slot.by(w.actor, record, at) is None for w in then)
