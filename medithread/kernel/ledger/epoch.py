"""Epochs: a restored or copied ledger goes on under a new origin, so that two continuations can never be taken for each other."""

import os
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.refusal import LedgerBroken, No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role

from .keys import key_name
from .models import Checkpoint, Head
from .place import home
from .voice import say


def start_epoch(who: Actor | Person, reason: str) -> str:
    """Let this database write from here on, in this place. Answers the new origin.

    The entry holds the reason, the former origin and the last checkpoint. Raises NotAllowed for people without the role of
    administrator, quality or management representative, Refusal without a reason, LedgerBroken before birth.
    """
    actor = who if isinstance(who, Actor) else Actor(person=who)
    if actor.agent is None and not actor.fresh().has(Role.IT, Role.QA, Role.MR):
        raise NotAllowed(No("epoch.role", _("Starting an epoch takes an administrator or quality.")))
    return begin(reason, actor.uid)


def begin(reason: str, actor: UUID | None = None) -> str:
    """The same where nobody could be asked for a role: a restore into an empty database, the command line."""
    if not reason.strip():
        raise Refusal(No("epoch.reason", _("Say why this ledger goes on in another place."), field="reason"))
    head = Head.objects.first()
    if head is None:
        raise LedgerBroken(No("ledger.unborn", _("This database has no ledger yet.")))
    last = Checkpoint.objects.order_by("-size").first()
    origin = f"{key_name()}/{head.epoch + 1}-{os.urandom(4).hex()}"

    def settle(_seq: int) -> None:
        Head.objects.filter(id=1).update(origin=origin, epoch=head.epoch + 1, home=home())

    checkpoint: dict[str, Json] = {"size": last.size, "root": last.note.split("\n")[2]} if last else {"size": 0, "root": ""}
    say("epoch", {"origin": origin, "previous": head.origin, "checkpoint": checkpoint}, actor=actor, note={"reason": reason.strip()[:2000]}, later=settle)
    return origin
