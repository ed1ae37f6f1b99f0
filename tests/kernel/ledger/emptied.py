"""A committed database for tests that need real transactions, threads or an unborn ledger; emptied round the triggers, not flushed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from medithread.kernel.ledger.triggers import KEYS, install

KEPT = ("django_migrations", "django_content_type", "sqlite_sequence")


def empty() -> None:
    """As if it had just been migrated."""
    with connection.cursor() as cursor:
        drop_guards(cursor)
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT and not name.startswith("search_word_")]
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')
            cursor.execute("DELETE FROM sqlite_sequence")
            cursor.execute("PRAGMA foreign_keys = ON")
    install()


def drop_guards(cursor: Any) -> None:
    """Take every trigger of the ledger away, as somebody who goes round the application would."""
    if connection.vendor == "postgresql":
        for table in KEYS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'")
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER {name}")


@pytest.fixture
def emptied(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], None]]:
    """An empty, committed database; the function empties it again."""
    with django_db_blocker.unblock():
        empty()
        try:
            yield empty
        finally:
            empty()
            connection.close()
