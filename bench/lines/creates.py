"""What an audited create costs: beside a bare Django save of the same shape, and beside django-simple-history."""

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import MS, in_turns
from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.uid import uuid7
from medithread.kernel.records.models import Series

TEXT = "The clamp of the reservoir can be opened with gloves only after the second try, at line 2 and at line 3."
BENEFIT = "Less to look for, and nothing is forgotten."


@line("create")
def create(context: Context) -> Iterable[Figure]:
    """One idea through its verb: checked, numbered, committed to, chained, indexed for search."""
    from bench.shapes.models import WatchedIdea, WatchedNote

    person = context.people.rea
    series = audited(person).series
    rows = _rows_of(lambda: audited(person))
    watched = _rows_of(lambda: _watched(WatchedIdea, WatchedNote, 0, series, person))
    notes = max(0, round((rows - watched) / 2))
    rounds = context.size(400)
    ours, bare, same = in_turns(
        rounds, lambda: audited(person), lambda: plain(series, person), lambda: _watched(WatchedIdea, WatchedNote, notes, series, person),
        warm=20,
    )
    (history,) = in_turns(rounds, lambda: _watched(WatchedIdea, WatchedNote, 0, series, person), warm=20)
    took, cpu = ours.median * MS, sorted(ours.cpu)[len(ours.cpu) // 2] * MS
    yield compared("create", took, "ms", bare.median * MS, "bare save", cpu=cpu, rows=rows)
    yield compared("create, beside history", took, "ms", history.median * MS, f"simple-history ({watched} rows)", cpu=cpu)
    yield compared("create, rows alike", took, "ms", same.median * MS, f"simple-history ({watched + 2 * notes} rows, ours {rows})", cpu=cpu)


def audited(person: Any) -> Idea:
    """One idea through the verb."""
    return verbs.create(person, Idea, title="Clamp with gloves", description=TEXT, benefit=BENEFIT, source="work", due=date(2027, 3, 1))


_counter = itertools.count(1)


def _values(series: Series, person: Any) -> dict[str, Any]:
    at = timezone.now()
    return {
        "uid": uuid7(), "series": series, "kind": "idea", "number": f"X-{next(_counter):06d}", "title": "Clamp with gloves", "state": "new", "state_since": at,
        "created_at": at, "changed_at": at, "created_by": person.uid, "owner": person, "due": date(2027, 3, 1), "source": "work", "description": TEXT,
        "benefit": BENEFIT, "absent": {}, "digest": "0" * 64,
    }


def plain(series: Series, person: Any) -> None:
    """The same facts, saved by Django alone."""
    from bench.shapes.models import PlainIdea

    with transaction.atomic():
        PlainIdea(**_values(series, person)).save(force_insert=True)


def _watched(model: Any, note: Any, notes: int, series: Series, person: Any) -> None:
    with transaction.atomic():
        model(**_values(series, person)).save(force_insert=True)
        for _place in range(notes):
            note(digest="0" * 64, body=TEXT).save(force_insert=True)


def _rows_of(call: Any) -> int:
    """How many rows a call inserts and updates."""
    call()
    before = _count()
    updated = 0

    def watch(execute: Any, sql: str, params: Any, many: bool, about: Any) -> Any:
        nonlocal updated
        updated += sql.startswith("UPDATE") or "DO UPDATE" in sql
        return execute(sql, params, many, about)

    with connection.execute_wrapper(watch):
        call()
    return _count() - before + updated


def _count() -> int:
    tables = [*(model._meta.db_table for model in apps.get_models()), "search_word"]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in dict.fromkeys(tables)))
        return sum(row[0] for row in cursor.fetchall())
