"""What the ledger says of itself: keys, seals, schemas, starts, epochs. Entries without a unit of work, each in its own transaction."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from medithread.kernel.base.canon import Json
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.uid import uuid7
from medithread.kernel.records.kinds import wiring_digest

from .append import Draft, Writer
from .models import Entry

KIND = "ledger"


def ledger_uid() -> UUID:
    """The subject of everything that the ledger says of itself: that of its first entry."""
    return Entry.objects.values_list("subject", flat=True).get(seq=1)


def say(
    verb: str,
    header: Mapping[str, Json],
    *,
    actor: UUID | None = None,
    note: Mapping[str, Json] | None = None,
    later: Callable[[int], None] | None = None,
) -> int:
    """Append one entry and answer its place. `later` runs with it, in the same transaction."""
    with transaction.atomic(), door_open():
        uid = ledger_uid()
        writer = Writer()
        writer.add(Draft(verb=verb, kind=KIND, schema=1, subject=uid, of=uid, note=note or {}, header=header, versioned=False, later=later))
        return writer.finish(act=uuid7(), actor=actor, stamp={"wiring": wiring_digest()})[0]


def said(*verbs: str) -> Iterator[dict[str, Any]]:
    """The headers of what the ledger said of itself, oldest first. Seals are many; ask for them by number instead."""
    bodies = Entry.objects.filter(subject=ledger_uid(), verb__in=verbs).order_by("seq").values_list("body", flat=True)
    for body in bodies.iterator():
        yield json.loads(bytes(body))
