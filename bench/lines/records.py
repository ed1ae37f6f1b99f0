"""The page of one record, among many, beside the bare SQL of its row."""

import random
from collections.abc import Iterable

from django.db import connection

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import MS, in_turns, percentile
from medithread.improvement.ideas.models import Idea
from medithread.kernel.records.models import Record
from medithread.system.documents.models import Document

LIMIT, ROUNDS = 50.0, 60


@line("record")
def record(context: Context) -> Iterable[Figure]:
    """Idea and document pages of records chosen at random, each time another one."""
    context.documents(20_000)
    context.ideas(200_000)
    yield _page(context, Idea, "idea", "/r/{number}")
    yield _page(context, Document, "document of four pages", "/r/{number}/1")


def _page(context: Context, model: type[Record], name: str, address: str) -> Figure:
    chance = random.Random(7)
    keys = list(model.objects.values_list("pk", "number").order_by("pk")[: context.size(20_000)])
    table, client = model._meta.db_table, context.client
    chosen = [chance.choice(keys) for _round in range(2 * ROUNDS + 20)]
    asked = iter(chosen)
    again = iter(chosen)

    def whole() -> None:
        response = client.get(address.format(number=next(asked)[1]))
        assert response.status_code == 200, response.status_code

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM records_record r JOIN {table} c ON c.record_ptr_id = r.id WHERE r.number = %s", [next(again)[1]])
            cursor.fetchall()

    ours, base = in_turns(ROUNDS, whole, bare)
    return compared(f"page of a record: {name}", ours.p95 * MS, "ms", base.p95 * MS, "bare SQL", LIMIT, cpu=percentile(ours.cpu, 95) * MS, median=ours.median * MS)
