"""List pages of 50 rows out of 200,000 and of 1,000,000: whole pages through Django, beside the bare SQL of the same rows."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import MS, in_turns, percentile
from medithread.improvement.ideas.models import Idea

LIMIT, ROUNDS = 50.0, 40
SELECT = (
    "SELECT r.number, r.title, r.state, r.due, i.source, p.name FROM records_record r JOIN ideas_idea i ON i.record_ptr_id = r.id "
    "LEFT JOIN identity_person p ON p.uid = r.owner_id WHERE r.kind = 'idea'"
)


@dataclass(frozen=True)
class Page:
    """A list page, and by hand the SQL of its rows."""

    name: str
    query: str
    where: str = ""
    params: tuple[Any, ...] = ()
    order: str = "r.number, r.id"

    @property
    def sql(self) -> str:
        return f"{SELECT} {self.where} ORDER BY {self.order} LIMIT 51"


@line("list-200k")
def list_200k(context: Context) -> Iterable[Figure]:
    context.ideas(200_000)
    yield from measured(context, "200k")


@line("list-1m")
def list_1m(context: Context) -> Iterable[Figure]:
    context.ideas(1_000_000, lean=True)
    yield from measured(context, "1M")


def measured(context: Context, size: str) -> Iterator[Figure]:
    """Every page, with its baseline in turns."""
    client = context.client
    for page in pages(context):
        def bare(page: Page = page) -> None:
            with connection.cursor() as cursor:
                cursor.execute(page.sql, page.params)
                cursor.fetchall()

        def whole(page: Page = page) -> None:
            response = client.get(f"/idea/?{page.query}")
            assert response.status_code == 200, response.status_code

        ours, base = in_turns(max(5, int(ROUNDS * min(1.0, context.share * 4))), whole, bare)
        yield compared(
            f"list of {size}, {page.name}", ours.p95 * MS, "ms", base.p95 * MS, "bare SQL", LIMIT, cpu=percentile(ours.cpu, 95) * MS, median=ours.median * MS
        )


def pages(context: Context) -> list[Page]:
    """Default sort, filters, words, other sorts, and a page far down."""
    words, deep = context.words, _deep()
    match = "r.id IN (SELECT record_id FROM search_word WHERE tsv @@ to_tsquery('english', %s))" if connection.vendor == "postgresql" else (
        "r.id IN (SELECT rowid FROM search_word WHERE search_word MATCH %s)"
    )
    return [
        Page("default sort", ""),
        Page("by state", "state=accepted", "AND r.state = 'accepted'"),
        Page("a view of three states", "state=new,accepted,done", "AND r.state IN ('new', 'accepted', 'done')"),
        Page("by a frequent word", f"q={words.rank(21)}", f"AND {match}", (words.rank(21),)),
        Page("by two rare words", f"q={words.rank(900)}+{words.rank(400)}", f"AND {match}", (_both(words.rank(900), words.rank(400)),)),
        Page("by due date", "sort=due", order="r.due, r.id"),
        Page("latest change first", "sort=-changed_at", order="r.changed_at DESC, r.id DESC"),
        Page("a page far down", f"after={deep[0]}", "AND r.number >= %s AND NOT (r.number = %s AND r.id <= %s)", deep[1]),
    ]


def _both(one: str, two: str) -> str:
    return f"{one} & {two}" if connection.vendor == "postgresql" else f"{one} {two}"


def _deep() -> tuple[str, tuple[Any, ...]]:
    """The key of a page after six tenths of the rows."""
    count = Idea.objects.count()
    pk, number = Idea.objects.order_by("number").values_list("pk", "number")[int(count * 0.6)]
    key = base64.urlsafe_b64encode(json.dumps([number, pk]).encode()).decode().rstrip("=")
    return key, (number, number, pk)
