"""Search over all kinds: one question, hits with the words marked, nothing that the person may not see."""

import html
from dataclasses import dataclass
from typing import Any

from django.db import connection

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import FormerNumber, Record
from medithread.kernel.records.visible import visible
from medithread.kernel.records.words import fts5, ids_of_words, terms, tsquery

LIMIT = 30
OPEN, CLOSE = "\x02", "\x03"
# A frequent word has more hits than can be weighed in time: the latest so many by title and by text are weighed.
CANDIDATES = 300
ASKED = "WITH asked AS (SELECT to_tsquery('english', %s) || to_tsquery('simple', %s) AS q)"
RANKED_POSTGRES = f"""
{ASKED}, heads AS (SELECT record_id FROM search_word, asked WHERE head @@ q ORDER BY record_id DESC LIMIT %s),
texts AS (SELECT record_id FROM search_word, asked WHERE tsv @@ q ORDER BY record_id DESC LIMIT %s)
SELECT record_id FROM search_word, asked WHERE record_id IN (SELECT record_id FROM heads UNION SELECT record_id FROM texts)
ORDER BY ts_rank_cd(tsv, q) DESC, record_id LIMIT %s
"""  # noqa: S608
TEXTS_POSTGRES = f"""
{ASKED} SELECT record_id, ts_headline('english', coalesce(title, ''), q, %s), ts_headline('english', left(coalesce(body, ''), 20000), q, %s)
FROM search_word, asked WHERE record_id = ANY(%s)
"""  # noqa: S608


@dataclass(frozen=True)
class Hit:
    """A record that was found, with its title and a stretch of text in which the words are marked (safe HTML)."""

    record: Record
    title: str
    snippet: str

    def form(self) -> dict[str, Any]:
        """As plain data for the API."""
        record = self.record
        return {
            "uid": str(record.uid), "kind": record.kind, "number": record.number, "label": record.label, "title": record.title,
            "state": kind_of(record).lifecycle.condition(record, now()).code, "title_html": self.title, "snippet_html": self.snippet,
            "url": f"/api/v1/{record.kind}/{record.uid}",
        }


def find(actor: Actor, words: str, *, limit: int = LIMIT, kind: str = "") -> list[Hit]:
    """The best hits first; an exact number, also a former one, before all."""
    if not terms(words):
        return []
    seen = Record.objects.filter(visible(actor))
    if kind:
        seen = seen.filter(kind=kind)
    exact = list(seen.filter(number__iexact=words.strip()).select_related("owner").order_by("-edition")[:3])
    exact += list(seen.filter(series__in=FormerNumber.objects.filter(number__iexact=words.strip()).values("series")).order_by("-edition")[:3])
    rows = _rows(seen, words, limit)
    texts = _texts(words, [row.pk for row in rows])
    first = [Hit(row, html.escape(row.title or ""), "") for row in exact]
    rest = [Hit(row, *map(_marked, texts.get(row.pk, (row.title or "", "")))) for row in rows if row.pk not in {other.pk for other in exact}]
    return (first + rest)[:limit]


def _rows(seen: Any, words: str, limit: int) -> list[Record]:
    """The best hits among what this person may see, what is superseded or ended after the rest; when most of the best are hidden from her, her latest instead."""
    ranked = _ranked(words, limit * 8)
    by_key = {row.pk: row for row in seen.filter(pk__in=ranked).select_related("owner")}
    found = [by_key[pk] for pk in ranked if pk in by_key][:limit]
    if len(found) < limit and len(ranked) == limit * 8:
        missing = limit - len(found)
        found += seen.filter(ids_of_words(words)).exclude(pk__in=ranked).select_related("owner").order_by("-changed_at", "-id")[:missing]
    at = now()
    return sorted(found, key=lambda row: kind_of(row).lifecycle.condition(row, at).tone == "quiet")


def _marked(text: str) -> str:
    return html.escape(text or "").replace(OPEN, "<mark>").replace(CLOSE, "</mark>")


def _ranked(words: str, limit: int) -> list[int]:
    """Keys of the best hits, the best first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = tsquery(words)
            cursor.execute(RANKED_POSTGRES, [query, query, CANDIDATES, CANDIDATES, limit])
        else:
            cursor.execute("SELECT rowid FROM search_word WHERE search_word MATCH %s ORDER BY bm25(search_word, 10.0, 5.0, 1.0) LIMIT %s", [fts5(words), limit])
        return [row[0] for row in cursor.fetchall()]


def _texts(words: str, keys: list[int]) -> dict[int, tuple[str, str]]:
    """Title and a stretch of text with the words marked, only for the hits that are shown: marking is the slow part."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = tsquery(words)
            cursor.execute(TEXTS_POSTGRES, [query, query, f"StartSel={OPEN}, StopSel={CLOSE}, HighlightAll=true", f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=24, MinWords=12", keys])
        else:
            places = ", ".join(["%s"] * len(keys))
            cursor.execute(
                "SELECT rowid, highlight(search_word, 1, %s, %s), snippet(search_word, 2, %s, %s, ' … ', 24) "  # noqa: S608
                f"FROM search_word WHERE search_word MATCH %s AND +rowid IN ({places})",  # + : one pass over the hits, not one for each key
                [OPEN, CLOSE, OPEN, CLOSE, fts5(words), *keys],
            )
        return {key: (title, snippet) for key, title, snippet in cursor.fetchall()}
