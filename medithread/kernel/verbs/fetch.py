"""Getting a record for writing: by lock, as its own kind, and only when this actor may see it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection

from medithread.kernel.base.refusal import NotFound
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import visible

from .unit import Act

M = TypeVar("M", bound=Record)


def locked(act: Act, record: M) -> M:
    """The present row of a record, locked until the unit ends. Raises NotFound when the actor may not see it.

    On PostgreSQL the spine is locked with the row of the kind: of a table that is not locked, a waiter would read what was there
    before. The lock leaves keys alone, because foreign keys are checked at commit, while the ledger's lock is held.
    """
    rows = kind_of(record).model.objects.select_related("series", "parent", "owner", "site")
    if act.cause == "":
        rows = rows.filter(visible(act.actor, act.at))
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self", "record_ptr"), no_key=True)
    found: M | None = rows.filter(pk=record.pk).first()
    if found is None:
        raise NotFound()
    return found


def lock_all(act: Act, records: Iterable[Record]) -> list[Any]:
    """Several records, locked in the order of their ids so that two units never wait for each other."""
    return [locked(act, record) for record in sorted(records, key=lambda r: r.pk)]
