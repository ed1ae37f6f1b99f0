"""A scratch database on disk, so that memory stays flat however big the export is."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

TABLES = """
CREATE TABLE named (digest TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID;
CREATE TABLE manifest (digest TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID;
CREATE TABLE value (mark TEXT PRIMARY KEY, body TEXT, state TEXT) WITHOUT ROWID;
CREATE TABLE disposal (mark TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID;
CREATE TABLE content (subject TEXT, digest TEXT, PRIMARY KEY (subject, digest)) WITHOUT ROWID;
CREATE TABLE current (subject TEXT PRIMARY KEY, seq INTEGER, kind TEXT, written INTEGER, shape INTEGER, content TEXT, handling TEXT, seen INTEGER DEFAULT 0) WITHOUT ROWID;
CREATE TABLE seal (first INTEGER PRIMARY KEY, last INTEGER, count INTEGER, root TEXT, seq INTEGER);
CREATE TABLE passkey (person TEXT, credential TEXT, public_key TEXT, rp_id TEXT);
"""
BATCH = 2_000


class Store:
    """The database, gone with the check."""

    def __enter__(self) -> "Store":
        self._folder = tempfile.TemporaryDirectory(prefix="verifier-")
        self._db = sqlite3.connect(Path(self._folder.name) / "scratch.sqlite3", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -40000;" + TABLES)
        self._db.execute("BEGIN")
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._db.close()
        self._folder.cleanup()

    def put(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Many rows by one statement."""
        self._db.executemany(sql, rows)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        yield from self._db.execute(sql, values)

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return found
