"""The words of a record, kept for search in the same transaction as the record."""

import json
import re
from typing import Any

from django.db import connection

from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.models import Record
from medithread.kernel.text.reading import plain_text


def words_of(kind: Kind[Any], record: Record) -> str:
    """Everything that a person may search this record by, the number aside."""
    found = []
    for name in kind.search:
        value = getattr(record, name, None)
        if value:
            found.append(_plain(value))
    return "\n".join(found)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    text = str(value)
    return plain_text(json.loads(text)) if text.startswith('{"content"') else text


def _unsigned(text: str) -> str:
    """PostgreSQL would read the 0042 of SOP-0042 as a negative number."""
    return re.sub(r"-(?=\d)", " ", text)


def index(kind: Kind[Any], record: Record, *, new: bool = False) -> None:
    """Put or renew a record in the index."""
    body = words_of(kind, record)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO search_word (record_id, number, title, body, tsv) VALUES (%s, %s, %s, %s, "
                "setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('english', %s), 'B') || setweight(to_tsvector('english', %s), 'D')) "
                "ON CONFLICT (record_id) DO UPDATE SET number = excluded.number, title = excluded.title, body = excluded.body, tsv = excluded.tsv",
                [record.pk, record.number, record.title, body, *map(_unsigned, (record.number, record.title or "", body))],
            )
        else:
            if not new:
                cursor.execute("DELETE FROM search_word WHERE rowid = %s", [record.pk])
            cursor.execute("INSERT INTO search_word (rowid, number, title, body) VALUES (%s, %s, %s, %s)", [record.pk, record.number, record.title, body])
