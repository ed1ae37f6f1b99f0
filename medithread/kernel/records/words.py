"""Finding records by words: the query side of the index, the same interface on FTS5 and tsvector."""

import re

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

MOST_WORDS = 12
FEW = 1_000


def terms(words: str) -> list[str]:
    """The words of a query; numbers such as SOP-0042 stay together."""
    return re.findall(r"[\w][\w\-./]*", words)[:MOST_WORDS]


def fts5(words: str) -> str:
    """A query for FTS5: every word must be there, the last one may be unfinished. Quoted, so that nothing is syntax."""
    found = [term.replace('"', "") for term in terms(words)]
    return " ".join(f'"{term}"' for term in found[:-1]) + (f' "{found[-1]}"*' if found else "")


def tsquery(words: str) -> str:
    """A query for to_tsquery: words joined by &, the last one as a prefix."""
    parts = [part for term in terms(words) for part in re.findall(r"\w+", term)]
    return " & ".join(f"'{part}'" for part in parts[:-1]) + ((" & " if parts[:-1] else "") + f"'{parts[-1]}':*" if parts else "")


def ids_of_words(words: str) -> Q:
    """A filter on records whose number, title or text hold the words."""
    if connection.vendor == "postgresql":
        query = tsquery(words)
        sql = "SELECT record_id FROM search_word WHERE tsv @@ (to_tsquery('english', %s) || to_tsquery('simple', %s))"
        return Q(pk__in=RawSQL(sql, [query, query])) if query else Q(pk__in=())  # noqa: S611
    query = fts5(words)
    if not query:
        return Q(pk__in=())
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM search_word WHERE search_word MATCH %s LIMIT %s", [query, FEW + 1])
        keys = [row[0] for row in cursor.fetchall()]
    if len(keys) <= FEW:
        return Q(pk__in=keys)  # these rows are fetched, and sorted
    # the list is walked in its order and each row looked up (+ keeps the planner from fetching all hits first)
    return Q(RawSQL("+records_record.id IN (SELECT rowid FROM search_word WHERE search_word MATCH %s)", [query], output_field=BooleanField()))
