"""sign: put a proved statement on a record; when the plan is complete the move is made in the same unit."""

import json
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import LedgerBroken, No, NotAllowed, Refusal, Refused, Stale
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.append import TOLERANCE
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.signing.models import Intent, Signature, SigningSession
from medithread.kernel.signing.plans import fillable, state_of
from medithread.kernel.signing.statement import behalf_of, may_sign, prepare

from .fetch import locked
from .move import find_move, perform, refuse, take_asks
from .unit import Act, as_actor, unit

M = TypeVar("M", bound=Record)


def ask_signature(who: Actor | Person, record: Record, name: str, *, zone: str = "UTC") -> Intent:
    """Open the signing of a move: everything is checked as if it were signed now, and the statement is made.

    Raises NotAllowed, Refusal; the attempt is journalled.
    """
    actor = as_actor(who)
    try:
        return _statement(actor, record, name, zone)
    except Refused as refusal:
        journal("refused", person=actor.uid, subject=record.uid, detail=f"sign {name} {record.number}: {','.join(refusal.codes)}", address=actor.address)
        raise


def _statement(actor: Actor, record: Record, name: str, zone: str) -> Intent:
    kind, at = kind_of(record), now()
    act = Act(actor=actor, at=at)
    step = find_move(kind, record, name, act)
    refuse(act, kind, record, step, asked=False)
    mine, nos = fillable(actor, record, state_of(record, step), at)
    if nos:
        raise NotAllowed(*nos)
    return prepare(actor, record, step, mine, zone=zone)


def sign(who: Actor | Person, record: M, nonce: str, *, reason: str = "", **asks: Any) -> M:
    """Sign with a proved intent. The statement must still be about what is there. Raises NotAllowed, Refusal, Stale."""
    kind = kind_of(record)
    with unit(who, f"sign {record.number}", record.uid) as act:
        fresh: M = locked(act, record)
        intent = _use(act, fresh, nonce)
        step = find_move(kind, fresh, intent.move, act)
        touched = take_asks(act, kind, fresh, step, asks)
        refuse(act, kind, fresh, step)
        state = state_of(fresh, step)
        mine, nos = fillable(act.actor, fresh, state, act.at)
        if ",".join(slot.name for slot in mine) != intent.slots:
            raise NotAllowed(*(nos or (No("sign.turn", _("Meanwhile the signatures asked for have changed."), fix=_("Open the dialog again.")),)))
        statement = json.loads(intent.statement)
        signature = Signature(
            record=fresh, person=act.actor.person, behalf_of=behalf_of(act.actor, fresh, mine), move=step.name, slots=intent.slots,
            meaning=mine[0].meaning, digest=statement["digest"], statement=intent.statement, method=intent.method,
            evidence=intent.evidence, reason=reason.strip()[:2000] or None, at=act.at,
        )
        act.put("create", signature, signed=statement["digest"], meaning=signature.meaning)
        if state_of(fresh, step).complete:
            perform(act, kind, fresh, step, reason=reason, touched=touched)
        else:
            act.save(kind, fresh, content=False)
            act.log("signed", fresh, meaning=signature.meaning, signature=str(signature.uid))
    record.__dict__.update(fresh.__dict__)
    return record


def _use(act: Act, record: Record, nonce: str) -> Intent:
    """Take the intent: it must be proved, alive, unused, of this person, on this record with this content."""
    _clock_is_sound(act.at)
    intent: Intent | None = Intent.objects.filter(nonce=nonce, person__uid=act.actor.uid, record=record).first()
    if intent is None or intent.method == "" or intent.used_at is not None or intent.session != act.actor.session:
        raise Refusal(No("sign.proof", _("This signature was not confirmed."), fix=_("Open the dialog again and confirm with your password or key.")))
    if act.at >= intent.expires_at:
        raise Refusal(No("sign.expired", _("The dialog was open too long."), fix=_("Open it again; nothing is lost.")))
    if json.loads(intent.statement)["digest"] != (record.digest or ""):
        raise Stale(record, code="sign.changed")
    no = may_sign(act.actor)
    if no is not None:
        raise NotAllowed(no)
    Intent.objects.filter(nonce=nonce).update(used_at=act.at)
    assert act.actor.person is not None
    SigningSession.objects.update_or_create(session=act.actor.session, defaults={"person": act.actor.person, "last_at": act.at})
    return intent


def _clock_is_sound(at: datetime) -> None:
    """A clock that went back beyond the tolerance stops signing (kernel.md §3)."""
    last = Head.objects.values_list("at", flat=True).first()
    if last is not None and last - at > TOLERANCE:
        raise LedgerBroken(No("ledger.clock", _("The clock of this machine is behind the last entry."), fix=_("Set the clock right; signing waits for it.")))
