"""A real record, written by the verbs and read back as templates, so that many more like it can be written with valid hashes.

Nothing here knows what an entry, a manifest or a handling looks like: whatever belongs to the one record (its identifiers,
number, instants, words) is replaced by a name, and everything else is kept as the verbs wrote it.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from medithread.kernel.base import clock
from medithread.kernel.ledger.models import Entry, Head
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Counter, Record

TITLE, BODY, DUE = "Qxtitleqx", "Qxbodyqx", date(2077, 3, 7)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Line:
    """One row of one table: column names, and per column a constant (not text), or a text template."""

    table: str
    columns: tuple[str, ...]
    cells: tuple[Any, ...]


@dataclass
class Story:
    """Everything that one record left in the database, as templates over the names of `fill.Instance`."""

    prefix: str
    counter: str
    instants: int = 0
    acts: int = 0
    values: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    entry_lines: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class Reader:
    """Reads back what a telling left behind."""

    def __init__(self, record: Record, start: int, counter: str) -> None:
        self.record, self.start = record, start
        self.story = Story(re.sub(r"\d+$", "", record.number), counter)
        self.names: dict[str, str] = {}
        self.entries = list(Entry.objects.filter(seq__gt=start).order_by("seq").values_list("body", "hash", "act"))
        self.headers = [json.loads(bytes(body)) for body, _hash, _act in self.entries]

    def read(self) -> Story:
        self._own_names()
        self._instants()
        self._contents()
        self._entries()
        self._live()
        return self.story

    def _name(self, name: str, value: Any) -> None:
        """Let a name stand for a value in every form it is written in."""
        if isinstance(value, UUID):
            self.names[str(value)] = name
            self.names[value.hex] = name + "_hex"
        elif isinstance(value, datetime):
            self.names[clock.text(value)] = name
            self.names[stored_instant(value)] = name + "_db"
        else:
            self.names[str(value)] = name

    def _own_names(self) -> None:
        self._name("uid", self.record.uid)
        self._name("series_uid", self.record.series.uid)
        self._name("number", self.record.number)
        self._name("title", TITLE)
        self._name("body", BODY)
        self._name("due", DUE.isoformat())
        self._name("owner", self.record.owner_id)
        acts = list(dict.fromkeys(act for _body, _hash, act in self.entries))
        self.story.acts = len(acts)
        for place, act in enumerate(acts):
            self._name(f"act{place}", act)

    def _instants(self) -> None:
        """All instants in entries and values; rows hold no others."""
        texts = [bytes(body).decode() for body, _hash, _act in self.entries] + [body for _mark, body in self._stored_values()]
        found = sorted({clock.parse(text) for whole in texts for text in INSTANT.findall(whole)})
        self.story.instants = len(found)
        for place, at in enumerate(found):
            self._name(f"at{place}", at)

    def _stored_manifests(self) -> list[tuple[str, str]]:
        digests = dict.fromkeys(header[name] for header in self.headers for name in ("content", "handling", "note") if name in header)
        return [(digest, one("SELECT body FROM ledger_manifest WHERE digest = %s", digest)[0]) for digest in digests]

    def _stored_values(self) -> list[tuple[str, str]]:
        marks = dict.fromkeys(mark for _digest, body in self._stored_manifests() for mark in json.loads(body).values())
        return [(mark, one("SELECT body FROM ledger_value WHERE commitment = %s", mark)[0]) for mark in marks]

    def _contents(self) -> None:
        for place, (mark, body) in enumerate(self._stored_values()):
            self.story.values.append(self.template(body))
            self._name(f"value{place}", mark)
        for place, (digest, body) in enumerate(self._stored_manifests()):
            self.story.manifests.append(self.template(body))
            self._name(f"manifest{place}", digest)

    def _entries(self) -> None:
        before = one("SELECT hash FROM ledger_entry WHERE seq = %s", self.start)[0]
        self._name("link0", before)
        for place, (body, mark, _act) in enumerate(self.entries):
            self._name(f"link{place + 1}", mark)
            seq = self.start + place + 1
            text = self.template(bytes(body).decode())
            self.story.entries.append(text.replace(f'"seq":{seq},', f'"seq":%(seq{place})s,'))
            line = self._line("ledger_entry", "seq", seq, seq=f"%(seq{place})s", body=f"%(entry{place})s")
            self.story.entry_lines.append(line)

    def _live(self) -> None:
        pk, child = self.record.pk, kind_of(self.record).model._meta.db_table
        owned: dict[str, Any] = {"id": "%(id)s", "series_id": "%(series_id)s", "record_ptr_id": "%(id)s", "record_id": "%(id)s"}
        self.story.lines.append(self._line("records_series", "id", self.record.series_id, id="%(series_id)s"))
        self.story.lines.append(self._line("records_record", "id", pk, **owned))
        self.story.lines.append(self._line(child, "record_ptr_id", pk, **owned))
        self.story.lines.append(self._search_line(pk))
        sql = "SELECT id, seq_from, seq_to FROM ledger_version WHERE seq_from > %s ORDER BY seq_from"
        for place, (key, first, last) in enumerate(every(sql, self.start)):
            ends = None if last is None else f"%(seq{last - self.start - 1})s"
            changed: dict[str, Any] = {"id": f"%(version{place})s", "seq_from": f"%(seq{first - self.start - 1})s", "seq_to": ends}
            self.story.lines.append(self._line("ledger_version", "id", key, **changed))

    def _search_line(self, pk: int) -> Line:
        if connection.vendor == "postgresql":
            return self._line("search_word", "record_id", pk, columns=("record_id", "number", "title", "body"), record_id="%(id)s")
        return self._line("search_word", "rowid", pk, columns=("rowid", "number", "title", "body"), rowid="%(id)s")

    def _line(self, table: str, key: str, value: Any, *, columns: Iterable[str] = (), **instead: Any) -> Line:
        names, row = named_row(table, key, value, columns)
        cells = tuple(instead[name] if name in instead else self._cell(cell) for name, cell in zip(names, row, strict=True))
        return Line(table, tuple(names), cells)

    def _cell(self, value: Any) -> Any:
        """A template where the cell holds something of this record; otherwise the value itself."""
        if isinstance(value, UUID | date | datetime):
            value = stored_instant(value) if isinstance(value, datetime) else str(value)
        return self.template(value) if isinstance(value, str) else value

    def template(self, text: str) -> str:
        """The text with every name in its place, for the % operator."""
        pattern = "|".join(re.escape(key) for key in sorted(self.names, key=len, reverse=True))
        return re.sub(pattern, lambda found: f"%({self.names[found.group()]})s", text.replace("%", "%%"))


def learn(tell: Callable[[], Record]) -> Story:
    """Let a story be told by the verbs, once, and answer its templates. Title, words and due date must be TITLE, BODY and DUE."""
    start, counters = Head.objects.get().seq, dict(Counter.objects.values_list("name", "last"))
    record = tell()
    moved = [name for name, last in Counter.objects.values_list("name", "last") if counters.get(name) != last]
    return Reader(record, start, moved[0]).read()


def stored_instant(at: datetime) -> str:
    """An instant as the database gives and takes it as text."""
    if connection.vendor == "postgresql":
        return at.astimezone(UTC).isoformat(sep=" ", timespec="microseconds")
    return str(connection.ops.adapt_datetimefield_value(at))


def named_row(table: str, key: str, value: Any, columns: Iterable[str] = ()) -> tuple[list[str], tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns) or '*'} FROM {table} WHERE {key} = %s", [value])
        row = cursor.fetchone()
        return [column[0] for column in cursor.description], row


def one(sql: str, *params: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def every(sql: str, *params: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

