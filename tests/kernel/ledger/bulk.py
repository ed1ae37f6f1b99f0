"""Many records at once, for tests and measurements: rows and entries as the verbs would have written them, without their queries."""

from datetime import timedelta
from typing import Any

from django.db import connection, models

from medithread.improvement.ideas.models import Idea
from medithread.kernel.base.clock import now
from medithread.kernel.base.sql import insert_many
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record, Series
from medithread.kernel.verbs.content import record_content
from medithread.kernel.verbs.unit import Act, unit

WORDS = "The shadow board hangs beside the press so that every tool is seen to be missing before the shift ends"


def fill(owner: Person, count: int, *, entries: int = 1, step: int = 1_000) -> None:
    """`count` ideas with `entries` entries each (the first creates, the others edit), `step` ideas per unit."""
    for start in range(0, count, step):
        with unit(Actor(person=owner)) as act:
            some = [_idea(act, owner, start + place) for place in range(min(step, count - start))]
            _insert(Series, [idea.series for idea in some])
            _insert(Record, some)
            _insert(Idea, some)
            _log(act, some, entries)
            _update(some)


def _idea(act: Act, owner: Person, place: int) -> Idea:
    series = Series(pk=_next(Series, place), uid=uuid7(), kind="idea", number=f"BULK-{_next(Series, place):07d}")
    key = _next(Record, place)
    return Idea(
        id=key, record_ptr_id=key, uid=uuid7(), series=series, kind="idea", number=series.number, title=f"Idea {place}", state="new", state_since=act.at, owner=owner,
        created_at=act.at, created_by=owner.uid, changed_at=act.at, source="work", description=f"{WORDS}, {place}.", benefit=f"Minutes a day: {place % 60}",
        due=(now() + timedelta(days=place % 400)).date(), absent={},
    )


def _next(model: type[models.Model], place: int) -> int:
    return 1_000_000 + place + (0 if model is Series else 10_000_000)


def _log(act: Act, some: list[Idea], entries: int) -> None:
    kind = kind_of(Idea)
    for idea in some:
        act.writer.born(idea.uid)
    for turn in range(entries):
        for idea in some:
            if turn:
                idea.benefit = f"{idea.benefit} {turn}"
                idea.lock += 1
            idea.digest = act.writer.weigh_content(idea.uid, record_content(kind, idea, new=True))
            act.log("edit" if turn else "create", idea)


def _update(some: list[Idea]) -> None:
    """Digest, lock and last text, which became known with the entries."""
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE records_record SET digest = %s, lock = %s WHERE id = %s", [(i.digest, i.lock, i.pk) for i in some])
        cursor.executemany("UPDATE ideas_idea SET benefit = %s WHERE record_ptr_id = %s", [(i.benefit, i.pk) for i in some])


def _insert(model: type[models.Model], some: list[Any]) -> None:
    fields = [field for field in model._meta.local_concrete_fields if field.column]
    rows = [tuple(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields) for row in some]
    insert_many(model._meta.db_table, [field.column for field in fields], rows)
