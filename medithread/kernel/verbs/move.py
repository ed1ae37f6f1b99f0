"""move: one step of the lifecycle, when the table, the rules, the gates and the signatures allow it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.refusal import No, Nos, NotAllowed, Refusal, Stale
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import Kind, gates_for, kind_of, reactions_for, required_missing
from medithread.kernel.records.lifecycle import By, Move, Slot
from medithread.kernel.records.models import Record
from medithread.kernel.signing.plans import PlanState, fillable, state_of

from .fetch import locked
from .fields import apply, clean_values
from .unit import Act, as_actor, unit

M = TypeVar("M", bound=Record)


def move(who: Actor | Person, record: M, name: str, *, lock: int | None = None, reason: str = "", **asks: Any) -> M:
    """Make a move that takes no signature (or whose signatures are complete). Raises NotAllowed, Refusal, Stale."""
    kind = kind_of(record)
    with unit(who, f"{name} {record.number}", record.uid) as act:
        fresh: M = locked(act, record)
        if lock is not None and lock != fresh.lock:
            raise Stale(fresh, dict(asks))
        step = find_move(kind, fresh, name, act)
        touched = take_asks(act, kind, fresh, step, asks)
        refuse(act, kind, fresh, step)
        if step.plan_for(fresh):
            raise Refusal(No("move.signatures", _("This step takes a signature."), fix=_("Use the signing dialog.")))
        perform(act, kind, fresh, step, reason=reason, touched=touched)
    record.__dict__.update(fresh.__dict__)
    return record


def find_move(kind: Kind[M], record: M, name: str, act: Act) -> Move[M]:
    """The move of that name, from the state the record is in."""
    step = kind.lifecycle.move(name)
    if step is None:
        raise Refusal(No("move.unknown", _("There is no step of this name.")))
    if record.state not in step.starts:
        state = kind.lifecycle.condition(record, act.at).name
        raise Refusal(No("move.state", _("From the state “%(state)s” this step does not exist.") % {"state": state}, fix=_("Look at the steps offered on the page.")))
    return step


def take_asks(act: Act, kind: Kind[M], record: M, step: Move[M], asks: dict[str, Any]) -> set[str]:
    """Set what the person filled in with the move; answers the names that changed."""
    stray = set(asks) - set(step.asks)
    if stray:
        raise Refusal(No("move.asks", _("This step does not take “%(name)s”.") % {"name": sorted(stray)[0][:60]}))
    return apply(kind, record, clean_values(kind, asks, also=step.asks), {}, by=act.actor)


def refuse(act: Act, kind: Kind[M], record: M, step: Move[M], *, asked: bool = True) -> None:
    """Raise what stands against a move: the person first, then the rules, all at once. `asked`: its fields were filled in."""
    no = step.by(act.actor, record, act.at) if step.by else None
    if no is not None:
        raise NotAllowed(no)
    nos = Nos()
    nos.extend(against(kind, record, step, asked=asked))
    nos.raise_any()


def against(kind: Kind[M], record: M, step: Move[M], *, asked: bool = True) -> Iterable[No]:
    """Rules, gates of upper rooms and required fields that say no to a move."""
    yield from (no for no in required_missing(kind, record, step.name) if asked or no.field not in step.asks)
    for rule in (*step.needs, *gates_for(kind, step.name)):
        no = rule(record)
        if no is not None:
            yield no


def perform(act: Act, kind: Kind[M], record: M, step: Move[M], *, reason: str = "", touched: Collection[str] = ()) -> None:
    """Write the step, its consequences and reactions; the checks were made before."""
    if step.reason and not reason.strip():
        raise Refusal(No("move.reason", _("Say why."), field="reason", fix=_("One sentence is enough.")))
    before, record.state, record.state_since = record.state, step.to, act.at
    if kind.label_draft:
        record.label = kind.label_draft(record)
    outer, act.cause = act.cause, act.cause or f"{kind.code}.{step.name}:{record.uid}"
    for consequence in step.consequences:
        consequence(act, record)
    act.save(kind, record, content=bool(set(touched) & set(kind.content_fields)))
    act.cause = outer
    note: dict[str, Json] = {"reason": reason.strip()[:2000]} if reason.strip() else {}
    act.log("move", record, note=note, move=step.name, **{"from": before, "to": step.to})
    act.cause = outer or f"{kind.code}.{step.name}:{record.uid}"
    for reaction in reactions_for(kind, step.name):
        reaction(act, record)
    act.cause = outer


@dataclass(frozen=True)
class Offer:
    """A move as a page shows it to one person: allowed, to be signed by her, or what stands against it."""

    move: Move[Any]
    nos: tuple[No, ...]
    state: PlanState | None
    mine: tuple[Slot, ...]

    @property
    def allowed(self) -> bool:
        return not self.nos

    @property
    def signs(self) -> bool:
        return self.state is not None


def offers(who: Actor | Person, record: Record) -> list[Offer]:
    """Every move from the present state, with the sentence why not where it is not allowed."""
    from medithread.kernel.base.clock import now

    actor, kind, at = as_actor(who), kind_of(record), now()
    found = []
    for step in kind.lifecycle.moves:
        if record.state not in step.starts:
            continue
        found.append(_offer(actor, kind, record, step, at))
    return found


def _offer(actor: Actor, kind: Kind[Any], record: Record, step: Move[Any], at: Any) -> Offer:
    no = step.by(actor, record, at) if step.by else None
    nos = [no] if no else []
    nos.extend(against(kind, record, step, asked=False))
    state = state_of(record, step) if step.signatures and step.plan_for(record) else None
    mine: tuple[Slot, ...] = ()
    if state is not None and not state.complete:
        mine, why = fillable(actor, record, state, at)
        nos.extend(why)
    return Offer(step, tuple(nos), state, mine)


def may(who: By, actor: Actor, record: Record | None, at: Any) -> bool:
    """A predicate as yes or no."""
    return who(actor, record, at) is None
