"""Finding the edition that an address means, when this person may see it."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.journal import journal
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Confidentiality, FormerNumber, Record
from medithread.kernel.records.visible import visible

LARGEST = 2**31 - 1  # what the column holds


def the_actor(request: HttpRequest) -> Actor:
    """The acting person; the middleware has seen to it that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def typed_text(request: HttpRequest, name: str) -> str:
    """A short text of a form as it can be stored: NUL is left out, which no keyboard types."""
    return (request.POST.get(name) or "").replace("\x00", "")


def find(request: HttpRequest, number: str, edition: int | None = None, *, latest: bool = False) -> Any:
    """The edition asked for; without one what is in force, else the latest that may be seen (`latest`: always that one).

    Raises NotFound, and notes the attempt when the record is there but not for this person.
    """
    actor, at = the_actor(request), now()
    rows = Record.objects.filter(number=number).order_by("-edition")
    if edition is not None:
        rows = rows.filter(edition=min(edition, LARGEST))
    seen = list(rows.filter(visible(actor, at)))
    if not seen:
        refuse_reading(actor, rows.first())
    record = seen[0] if latest else next((row for row in seen if in_force(row, at)), seen[0])
    request.room = room_of(record)  # type: ignore[attr-defined]
    request.record = whole = record.whole  # type: ignore[attr-defined]
    return whole


def in_force(record: Record, at: Any) -> bool:
    """Is this edition in force at an instant?"""
    return record.effective_from is not None and record.effective_from <= at and (record.effective_to is None or at < record.effective_to)


def room_of(record: Record) -> str:
    """The room whose line of the menu is lit: actions stand with their idea."""
    kind = kind_of(record)
    return kind_of(kind.child_of).code if kind.child_of else kind.code


def refuse_reading(actor: Actor, hidden: Record | None) -> None:
    """Raise NotFound, and note the attempt when the record is there but not for this person (T-10d-4)."""
    if hidden is not None:
        journal("refused", person=actor.uid, subject=hidden.uid, detail=f"read {hidden.number}", address=actor.address)
    raise NotFound()


def number_now(actor: Actor, number: str) -> str | None:
    """The present number of a series that was called so before, or that is written with other capitals; of what this actor may see."""
    seen = Record.objects.filter(visible(actor)).values_list("number", flat=True)
    former = FormerNumber.objects.filter(number__iexact=number).values("series")
    found: str | None = seen.filter(series__in=former).first() or seen.filter(number__iexact=number).first()
    return found


def seen_record(actor: Actor, uid: UUID | str) -> Record:
    """The record of a uid. Raises NotFound."""
    found: Record | None = Record.objects.rows().filter(visible(actor)).filter(Q(uid=uid)).first()
    if found is None:
        raise NotFound()
    return found


def note_reading(actor: Actor, record: Record, what: str = "read", detail: str = "") -> None:
    """Write the reading of a confidential record into the access journal, before it is sent (kernel.md §3)."""
    if record.confidentiality != Confidentiality.OPEN:
        journal(what, person=actor.uid, subject=record.uid, detail=detail or record.number, address=actor.address)
