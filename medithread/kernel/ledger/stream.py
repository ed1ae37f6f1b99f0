"""Reading big tables: one snapshot, row streams, look-ups by many keys. Memory stays flat whatever the size of the ledger."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection, transaction

from medithread.kernel.base.canon import canonical

T = TypeVar("T")
SIZE = 500


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one instant, and no writer is held up. Inside a transaction it is that transaction."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:  # atomic() would take SQLite's write lock at once
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def chunks(sql: str, params: Sequence[Any] = (), size: int = SIZE) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a query as the driver gives them, in lists of at most `size`."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params or None)
        while found := cursor.fetchmany(size):
            yield found


def rows(sql: str, params: Sequence[Any] = (), size: int = SIZE) -> Iterator[tuple[Any, ...]]:
    """The same, row by row."""
    return chain.from_iterable(chunks(sql, params, size))


def batches(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    source = iter(items)
    while found := list(islice(source, size)):
        yield found


def lookup(table: str, key: str, columns: str, keys: Collection[str], where: str = "", sort: str = "text") -> Iterator[tuple[Any, ...]]:
    """Rows whose key is among `keys`, in one query whatever their number. `sort` is the column's type: text, uuid or bigint."""
    if not keys:
        return
    more = f" AND {where}" if where else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT {columns} FROM {table} WHERE {key} = ANY(%s::{sort}[]){more}", [list(keys)])  # noqa: S608
        else:
            sql = f"SELECT {columns} FROM {table} WHERE {key} IN (SELECT value FROM json_each(%s)){more}"  # noqa: S608
            cursor.execute(sql, [canonical([key.replace("-", "") for key in keys] if sort == "uuid" else list(keys)).decode()])
        yield from cursor.fetchall()


def absent(table: str, key: str, keys: Collection[str]) -> list[str]:
    """Which of `keys` (texts) are not in the table. The search itself runs in the database."""
    if not keys:
        return []
    keys = sorted(keys)  # neighbours in the index
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT k FROM unnest(%s::text[]) k WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {key} = k)", [list(keys)])  # noqa: S608
        else:
            wanted = '["' + '","'.join(keys) + '"]'
            cursor.execute(f"SELECT j.value FROM json_each(%s) j WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {key} = j.value)", [wanted])  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def as_text(column: str) -> str:
    """SQL for a column as the plain text that SQLite keeps, or PostgreSQL's cast; no driver conversion can stumble over it."""
    return f"{column}::text" if connection.vendor == "postgresql" else f"{column} || ''"


def as_instant(column: str) -> str:
    """SQL for a time column: the ledger's written form on PostgreSQL, the stored text on SQLite (see `instant_text`)."""
    if connection.vendor == "sqlite":
        return as_text(column)
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def instant_text(stored: str | None) -> str | None:
    """What `as_instant` read, in the ledger's written form."""
    if stored is None or connection.vendor == "postgresql":
        return stored
    return f"{stored[:10]}T{stored[11:]}{'.000000' if len(stored) == 19 else ''}Z"
