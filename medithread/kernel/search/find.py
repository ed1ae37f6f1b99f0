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
from medithread.kernel.records.words import fts5, terms, tsquery

LIMIT = 30
OPEN, CLOSE = "\x02", "\x03"


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
    ranked = _ranked(words, limit * 8)
    rows = {row.pk: row for row in seen.filter(pk__in=[pk for pk, _t, _s in ranked]).select_related("owner")}
    first = [Hit(row, html.escape(row.title or ""), "") for row in exact]
    rest = [Hit(rows[pk], _marked(title), _marked(snippet)) for pk, title, snippet in ranked if pk in rows and pk not in {r.pk for r in exact}]
    return (first + rest)[:limit]


def _marked(text: str) -> str:
    return html.escape(text or "").replace(OPEN, "<mark>").replace(CLOSE, "</mark>")


def _ranked(words: str, limit: int) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _postgres(cursor, tsquery(words), limit)
        cursor.execute(
            "SELECT rowid, highlight(search_word, 1, %s, %s), snippet(search_word, 2, %s, %s, ' … ', 24) "
            "FROM search_word WHERE search_word MATCH %s ORDER BY bm25(search_word, 10.0, 5.0, 1.0) LIMIT %s",
            [OPEN, CLOSE, OPEN, CLOSE, fts5(words), limit],
        )
        return list(cursor.fetchall())


def _postgres(cursor: Any, query: str, limit: int) -> list[tuple[int, str, str]]:
    """Rank first, mark words only in the rows that are kept: headlines are the slow part."""
    cursor.execute(
        "WITH asked AS (SELECT to_tsquery('english', %s) || to_tsquery('simple', %s) AS q), best AS ("
        "SELECT record_id, title, body, ts_rank_cd(tsv, q) AS rank FROM search_word, asked WHERE tsv @@ q ORDER BY rank DESC, record_id LIMIT %s) "
        "SELECT record_id, ts_headline('english', coalesce(title, ''), q, %s), "
        "ts_headline('english', left(coalesce(body, ''), 20000), q, %s) FROM best, asked ORDER BY rank DESC, record_id",
        [query, query, limit, f"StartSel={OPEN}, StopSel={CLOSE}, HighlightAll=true", f"StartSel={OPEN}, StopSel={CLOSE}, MaxWords=24, MinWords=12"],
    )
    return list(cursor.fetchall())
