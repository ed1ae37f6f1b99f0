"""Search over all kinds among 20,000 documents, beside the bare full-text query."""

from collections.abc import Iterable

from django.db import connection

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import MS, Times, in_turns, percentile
from medithread.kernel.records.words import fts5, tsquery
from medithread.kernel.search.find import find

LIMIT, ROUNDS = 100.0, 6


@line("search")
def search(context: Context) -> Iterable[Figure]:
    """Frequent words, rare ones, several, an unfinished one, a number: the hits as shown, with the words marked."""
    context.documents(20_000)
    words = context.words
    asked = (
        words.rank(15), words.rank(60), words.rank(300), words.rank(2_000), f"{words.rank(20)} {words.rank(33)}", f"{words.rank(100)} {words.rank(700)}",
        words.rank(150)[:4], "SOP-0042", f"{words.rank(16)} {words.rank(17)} {words.rank(18)}",
    )
    ours, base = Times(), Times()
    slowest = ("", 0.0)
    for each in asked:
        found, bare = in_turns(ROUNDS, lambda each=each: find(context.reader, each), lambda each=each: _bare(each))  # type: ignore[misc]
        ours.wall += found.wall
        ours.cpu += found.cpu
        base.wall += bare.wall
        slowest = max(slowest, (each, found.median * MS), key=lambda pair: pair[1])
    yield compared(
        "search in 20,000 documents", ours.p95 * MS, "ms", base.p95 * MS, "bare full-text query", LIMIT, cpu=percentile(ours.cpu, 95) * MS, slowest=slowest
    )


def _bare(words: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT record_id FROM search_word, to_tsquery('english', %s) q WHERE tsv @@ q ORDER BY ts_rank_cd(tsv, q) DESC LIMIT 30"
            cursor.execute(sql, [tsquery(words)])
        else:
            cursor.execute("SELECT rowid FROM search_word WHERE search_word MATCH %s ORDER BY rank LIMIT 30", [fts5(words)])
        cursor.fetchall()
