"""Signature plans: which slots are filled, which are open, and which this person may fill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import NO_QUALITY_RIGHT
from medithread.kernel.records.lifecycle import Move, Plan, Slot
from medithread.kernel.records.models import Record

from .meanings import STAYS_ON_ITS_TEXT
from .models import Signature

# What founders and new signers say of people before anybody has a role (R11).
ABOUT_PEOPLE = frozenset({"identity_verified", "acknowledged", "appointed"})


@dataclass(frozen=True)
class Filled:
    """A slot with the signature that fills it; `earlier_text` when it stands on a former content of this edition."""

    slot: Slot
    signature: Signature
    earlier_text: bool


@dataclass(frozen=True)
class PlanState:
    """Where a plan stands."""

    filled: tuple[Filled, ...]
    open: tuple[Slot, ...]

    @property
    def complete(self) -> bool:
        return not self.open

    @property
    def turn(self) -> tuple[Slot, ...]:
        """Open slots whose turn it is: those of the lowest open round."""
        first = min((slot.order for slot in self.open), default=0)
        return tuple(slot for slot in self.open if slot.order == first)


def counts(record: Record, signature: Signature) -> bool:
    """Does a signature still count for the present content?"""
    if signature.meaning in STAYS_ON_ITS_TEXT:
        return True
    return signature.digest == record.digest and signature.at >= record.state_since


def state_of(record: Record, move: Move[Any], signatures: Sequence[Signature] | None = None) -> PlanState:
    """Match the signatures of this edition with the plan of a move."""
    plan: Plan = move.plan_for(record)
    if signatures is None:
        signatures = list(record.signatures.filter(move=move.name).order_by("at")) if plan else []
    filled, open_slots = [], []
    for slot in plan:
        fitting = [s for s in signatures if s.move == move.name and slot.name in s.slots.split(",") and counts(record, s)]
        if fitting:
            filled.append(Filled(slot, fitting[-1], fitting[-1].digest != record.digest))
        else:
            open_slots.append(slot)
    return PlanState(tuple(filled), tuple(open_slots))


def fillable(actor: Actor, record: Record, state: PlanState, at: datetime) -> tuple[tuple[Slot, ...], tuple[No, ...]]:
    """The slots of one meaning that this person may fill with one signature now, or why none."""
    nos: list[No] = []
    mine: list[Slot] = []
    for slot in state.turn:
        no = slot.by(actor, record, at) or _distinct(actor, slot, state) or _no_quality_right(actor, slot)
        if no is not None:
            nos.append(no)
        elif not mine or slot.meaning == mine[0].meaning:
            mine.append(slot)
    if not mine and not nos:
        nos.append(No("sign.nothing-open", _("No signature is asked for here.")))
    return tuple(mine), () if mine else tuple(nos)


def _no_quality_right(actor: Actor, slot: Slot) -> No | None:
    """Who only administers the machine or only inspects signs no quality decision, not even as the owner (hard, 11.10(g))."""
    if slot.meaning in ABOUT_PEOPLE or {hold.role for hold in actor.holds()} - {role.value for role in NO_QUALITY_RIGHT}:
        return None
    return No("sign.no-quality-right", _("This takes a role in the quality system; administering the machine is none."), fix=_("Ask a person who holds one."))


def _distinct(actor: Actor, slot: Slot, state: PlanState) -> No | None:
    for filled in state.filled:
        if filled.slot.name in slot.distinct_from and filled.signature.person_id == actor.uid:
            return No("sign.same-person", _("You have already signed this as “%(slot)s”; a second person is needed.") % {"slot": filled.slot.label or filled.slot.meaning})
    return None
