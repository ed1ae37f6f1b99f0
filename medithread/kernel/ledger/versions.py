"""The version table: what it must hold, by the entries. Compared on replay; rebuilt by `rebuild_versions`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from medithread.kernel.base.guard import door_open
from medithread.kernel.base.sql import insert_many

from .append import OPENED, VERSION_COLUMNS
from .chain import Read, entries, sqlite_time
from .report import Report
from .stream import as_instant, as_text, lookup, rows

HANDLING_AT = len('{"handling":"')
# Which handling field a column repeats; uids and times are stored otherwise on SQLite.
UIDS = frozenset({"owner", "site"})
TIMES = frozenset({"effective_from", "effective_to"})


class Opened(NamedTuple):
    """A version as the entries say it: who, from which place on, with which digests. In the order of the columns."""

    uid: str
    of: str
    kind: str
    schema: int
    seq: int
    content: str | None
    handling: str | None

class Acts:
    """Gathers entries into acts; within one act the last entry on a subject stands."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, int]] = {}
        self._act: str = ""
        self._open: dict[str, Opened] = {}

    def take(self, reads: list[Read]) -> Iterator[Opened]:
        """Versions of the acts that are complete with these entries, in the order of their places."""
        for read in reads:
            header = read.header
            if header["act"] != self._act:
                yield from self.rest()
                self._act = header["act"]
            content, handling = header.get("content"), header.get("handling")
            if content or handling:
                kind, schema = self._kinds.get(header["kind"]) or self._kind(header["kind"])
                self._open.pop(read.subject, None)
                self._open[read.subject] = Opened(read.subject, read.of, kind, header.get("shape") or schema, read.seq, content, handling)

    def _kind(self, text: str) -> tuple[str, int]:
        code, _at, schema = text.partition("@")
        self._kinds[text] = (code, int(schema) if schema.isdigit() else 0)
        return self._kinds[text]

    def rest(self) -> Iterator[Opened]:
        """The versions of the act under way."""
        yield from self._open.values()
        self._open = {}


def columns_postgres(handling: str | None) -> tuple[Any, ...]:
    """The derived columns for a handling value, as the database holds them. Empty without one."""
    if not handling:
        return NONE
    found = orjson.loads(handling).get
    return tuple(found(name) for name in VERSION_COLUMNS)


def columns_sqlite(handling: str | None) -> tuple[Any, ...]:
    """The same on SQLite: uids without hyphens, times as text without zone."""
    if not handling:
        return NONE
    found = orjson.loads(handling).get
    owner, site, start, end = found("owner"), found("site"), found("effective_from"), found("effective_to")
    return (
        found("number"), found("label"), found("state"), owner and owner.replace("-", ""), site and site.replace("-", ""), found("due"),
        start and sqlite_time(start), end and sqlite_time(end),
    )


def columns_of(handling: str | None) -> tuple[Any, ...]:
    """The derived columns for a handling value, on the database in use."""
    return columns_sqlite(handling) if connection.vendor == "sqlite" else columns_postgres(handling)


NONE = (None,) * len(VERSION_COLUMNS)


def _sql() -> str:
    named = ", ".join((as_text("v.uid"), as_text("v.of"), "v.kind", "v.schema", "v.seq_from", "v.content", "v.handling"))
    columns = ", ".join(_read(name) for name in VERSION_COLUMNS)
    return (
        f"SELECT {named}, {columns}, x.body FROM ledger_version v LEFT JOIN ledger_manifest m ON m.digest = v.handling "  # noqa: S608
        f"LEFT JOIN ledger_value x ON x.commitment = substr(m.body, {HANDLING_AT + 1}, 64) ORDER BY v.id"
    )


def _read(name: str) -> str:
    if name in TIMES:
        return as_instant(f"v.{name}")
    return as_text(f"v.{name}") if name in UIDS or name == "due" else f"v.{name}"


class Compare:
    """Walks the version table beside the entries."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._acts = Acts()
        self._derive = columns_sqlite if connection.vendor == "sqlite" else columns_postgres
        self._rows = rows(_sql())
        self._next: tuple[Any, ...] | None = next(self._rows, None)

    def take(self, reads: list[Read]) -> None:
        for wanted in self._acts.take(reads):
            self._one(wanted)

    def finish(self) -> None:
        for wanted in self._acts.rest():
            self._one(wanted)
        while self._next is not None:
            self._extra()
        self._closed()

    def _one(self, wanted: Opened) -> None:
        while self._next is not None and self._next[4] < wanted.seq:
            self._extra()
        there = self._next
        if there is None or there[4] != wanted.seq:
            self.report.find("version.missing", f"The version that entry {wanted.seq} opened is not there.", "ledger_version", wanted.uid, seq=wanted.seq)
            return
        if there[:7] != wanted:
            self._differs(("uid", "of", "kind", "schema", "seq_from", "content", "handling"), there[:7], wanted, wanted)
        elif there[7:15] != (columns := self._columns(there[15], wanted)):
            self._differs(VERSION_COLUMNS, there[7:15], columns, wanted)
        self._next = next(self._rows, None)

    def _columns(self, handling: str | None, wanted: Opened) -> tuple[Any, ...]:
        try:
            return self._derive(handling)
        except (ValueError, AttributeError, TypeError, IndexError):
            self.report.find("version.handling", "The handling of this version cannot be read.", "ledger_value", wanted.uid, "handling", wanted.seq)
            return ()

    def _extra(self) -> None:
        row = self._next
        if row is not None:
            self.report.find("version.extra", "No entry opened this version.", "ledger_version", row[0], seq=row[4])
        self._next = next(self._rows, None)

    def _differs(self, names: tuple[str, ...], there: tuple[Any, ...], wanted: tuple[Any, ...], opened: Opened) -> None:
        for name, stored, said in zip(names, there, wanted, strict=False):
            if stored != said:
                text = f"The column {name} says {stored}, the ledger says {said}."
                self.report.find("version.column", text, "ledger_version", opened.uid, name, opened.seq)

    def _closed(self) -> None:
        """Each version ends where the next one of its subject begins."""
        follows = "LEAD(seq_from) OVER (PARTITION BY uid ORDER BY seq_from)"
        sql = f"SELECT {as_text('uid')}, seq_from, seq_to, follows FROM (SELECT uid, seq_from, seq_to, {follows} AS follows FROM ledger_version) t"  # noqa: S608
        other = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        for uid, start, end, wanted in rows(f"{sql} WHERE seq_to {other} follows"):
            text = f"The version ends at {end or 'no entry'}, the ledger says {wanted or 'no entry'}."
            self.report.find("version.column", text, "ledger_version", uid, "seq_to", start)


def rebuild_versions() -> int:
    """Empty the version table and fill it again from the entries; answers the number of rows. Takes the write lock for as long."""
    report, acts = Report(), Acts()
    with transaction.atomic(), door_open():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_head SET seq = seq WHERE id = 1")  # takes its lock
            cursor.execute("DELETE FROM ledger_version")
        for reads in entries(report):
            _insert(list(acts.take(reads)))
        _insert(list(acts.rest()))
        with connection.cursor() as cursor:
            cursor.execute(CLOSE)
            cursor.execute("SELECT COUNT(*) FROM ledger_version")
            return int(cursor.fetchone()[0])


CLOSE = (
    "UPDATE ledger_version SET seq_to = t.follows FROM "
    "(SELECT id, LEAD(seq_from) OVER (PARTITION BY uid ORDER BY seq_from) AS follows FROM ledger_version) t WHERE t.id = ledger_version.id"
)


def _insert(opened: list[Opened]) -> None:
    """Versions go in as closed at place 0, so that the index of current ones holds, and are closed rightly at the end."""
    digests = {v.handling for v in opened if v.handling}
    marks = {digest: body[HANDLING_AT : HANDLING_AT + 64] for digest, body in lookup("ledger_manifest", "digest", "digest, body", digests)}
    bodies = dict(lookup("ledger_value", "commitment", "commitment, body", set(marks.values())))
    found = [(*v, *columns_of(bodies.get(marks.get(v.handling or "", ""))), 0) for v in opened]
    insert_many("ledger_version", (*OPENED, "seq_to"), found)
