"""The few statements that are worth writing by hand, the same on SQLite and PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection


def to_db(value: Any) -> Any:
    """A value as the database driver wants it in raw SQL."""
    if isinstance(value, UUID):
        return value if connection.vendor == "postgresql" else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def uuid_of(value: Any) -> UUID | None:
    """A UUID column as read by raw SQL."""
    return value if value is None or isinstance(value, UUID) else UUID(value)


def insert_many(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """One INSERT of many rows (split at the databases' limits of variables)."""
    if not rows:
        return
    step = max(1, 30_000 // len(columns))
    one = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for at in range(0, len(rows), step):
            some = rows[at : at + step]
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(some))}"  # noqa: S608
            cursor.execute(sql, [item for row in some for item in row])
