"""The steps of a record's life for one person: the path, what she may do now, and what not, with the sentence why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Entry, Version
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.lifecycle import State
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.edit import editor_of
from medithread.kernel.verbs.move import Offer

from .addresses import of_record
from .refused import way_out

OTHERS = ("who.", "sign.")


@dataclass(frozen=True)
class PathStep:
    """One step of the path: `sort` is done, now, ahead or off."""

    name: Words
    sort: str
    at: datetime | None = None


@dataclass(frozen=True)
class Act:
    """A button: a move, editing, revising, a child record."""

    name: str
    label: Words
    address: str
    dialog: bool = False
    go: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Hindrance:
    """A move that is not possible now: what stands against it, with the ways out. `by_others`: it is somebody else's."""

    name: str
    label: Words
    nos: list[tuple[No, str]]
    by_others: bool


def path_of(kind: Kind[Any], record: Record, at: datetime) -> list[PathStep]:
    """The states in their order, with the present one marked; what time alone brings stands behind its stored state."""
    present = kind.lifecycle.condition(record, at)
    states = _path_states(kind, present)
    times = _entered(record, at)
    if not present.path:
        done = [state for state in states if state.code in times]
        return [*(PathStep(s.name, "done", times.get(s.code)) for s in done), PathStep(present.name, "now", record.state_since)]
    place = states.index(present)
    return [PathStep(s.name, "done" if n < place else "now" if n == place else "ahead", times.get(s.code) if n <= place else None) for n, s in enumerate(states)]


def _path_states(kind: Kind[Any], present: State) -> list[State]:
    found: list[State] = []
    for state in kind.lifecycle.states:
        if state.path:
            found.append(state)
        derived = [d.state for d in reversed(kind.lifecycle.derived) if d.stored == state.code]
        found.extend(s for s in derived if s.tone == "good" or s == present)
    return found


def _entered(record: Record, at: datetime) -> dict[str, datetime]:
    """State → when it was entered first, as the ledger has it."""
    first = dict(Version.objects.filter(uid=record.uid).values_list("state").annotate(first=Min("seq_from")).values_list("state", "first"))
    instants = dict(Entry.objects.filter(seq__in=first.values()).values_list("seq", "at"))
    found = {state: instants[seq] for state, seq in first.items() if state and seq in instants}
    for code, value in (("effective", record.effective_from), ("superseded", record.effective_to)):
        if value is not None and value <= at:
            found[code] = value
    return found


def acts_of(kind: Kind[Any], record: Record, offered: Iterable[Offer]) -> list[Act]:
    """The moves this person may make now; the first one forward is the main act."""
    found: list[Act] = []
    for offer in offered:
        if not offer.allowed:
            continue
        page = "sign" if offer.signs else "move"
        go = not offer.move.back and not offer.move.protective and offer.move.to != record.state and not any(act.go for act in found)
        danger = kind.lifecycle.state(offer.move.to).final and (offer.move.back or offer.move.protective)
        label = f"{offer.move.label or offer.move.name}…"
        found.append(Act(offer.move.name, label, of_record(record, page, offer.move.name), dialog=True, go=go, danger=danger))
    return sorted(found, key=lambda act: not act.go)


def hindrances(record: Record, offered: Iterable[Offer]) -> list[Hindrance]:
    """The moves this person cannot make now, forward ones first."""
    found = []
    for offer in offered:
        if not offer.allowed:
            others = any(no.code.startswith(OTHERS) for no in offer.nos) or (offer.signs and not offer.mine)
            nos = [(no, way_out(no, record)) for no in offer.nos]
            found.append((offer.move.back, Hindrance(offer.move.name, offer.move.label or offer.move.name, nos, others)))
    return [hindrance for _back, hindrance in sorted(found, key=lambda pair: pair[0])]


def more_acts(actor: Actor, kind: Kind[Any], record: Record, at: datetime, *, latest: bool) -> list[Act]:
    """Editing, revising, and adding child records, where they are possible."""
    found = []
    if may_edit(actor, kind, record, at):
        found.append(Act("edit", _("Edit"), of_record(record, "edit")))
    if latest and kind.shape == "controlled" and record.effective_from is not None and kind.create_by(actor, record, at) is None:
        found.append(Act("revise", _("Revise…"), of_record(record, "revise"), dialog=True))
    return found


def child_acts(actor: Actor, kind: Kind[Any], record: Record, at: datetime) -> list[Act]:
    """New records that belong to this one."""
    found = []
    for child in kinds():
        if child.child_of is kind.model and not kind.lifecycle.state(record.state).final and child.create_by(actor, record, at) is None:
            label = _("Add: %(kind)s") % {"kind": str(child.model._meta.verbose_name)}
            found.append(Act(f"new-{child.code}", label, f"{reverse('new', args=[child])}?parent={record.number}"))
    return found


def may_edit(actor: Actor, kind: Kind[Any], record: Record, at: datetime) -> bool:
    """Is there anything on this record that this person may change now? Handling may change until the end of its life, and how it is kept also then."""
    return editor_of(kind)(actor, record, at) is None


