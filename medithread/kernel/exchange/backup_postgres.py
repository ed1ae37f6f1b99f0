"""Backup of a PostgreSQL database: every table by COPY, compressed, from one snapshot; no program beside the driver is needed."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Refusal

from .backup import FILES, HEAD, Backup, hash_of, migrations, note_head, opened

SHAPES = "tables.json"
MADE_BY_MIGRATE = frozenset({"django_migrations", "django_content_type", "auth_permission", "django_session"})
COLUMNS = (
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relkind = 'r' AND n.nspname = current_schema() AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum"
)


def take(folder: Path, made: Backup) -> list[str]:
    """Copy every table; answers the hashes of the files that the snapshot names."""
    with _snapshot() as cursor:
        made.migrations = migrations()
        cursor.execute(HEAD)
        note_head(made, cursor.fetchone())
        shapes = _shapes(cursor)
        for table, columns in shapes.items():
            path = folder / "tables" / f"{table}.copy.gz"
            sql = f"COPY {_quoted(table)} ({', '.join(map(_quoted, columns))}) TO STDOUT"
            with opened(path) as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as stream, cursor.copy(sql) as copy:
                for block in copy:
                    stream.write(block)
            made.parts[f"tables/{path.name}"] = hash_of(path)
        cursor.execute(FILES)
        files = [row[0] for row in cursor.fetchall()]
    (folder / SHAPES).write_text(json.dumps(shapes))
    made.parts[SHAPES] = hash_of(folder / SHAPES)
    return files


def give_back(folder: Path, made: Backup) -> None:
    """Make the tables as they were then, and fill them."""
    _migrate_to(made)
    shapes: dict[str, list[str]] = json.loads((folder / SHAPES).read_text())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, columns in shapes.items():
            sql = f"COPY {_quoted(table)} ({', '.join(map(_quoted, columns))}) FROM STDIN"
            with gzip.open(folder / "tables" / f"{table}.copy.gz", "rb") as stream, cursor.copy(sql) as copy:
                while block := stream.read(1024 * 1024):
                    copy.write(block)
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)


@contextmanager
def _snapshot() -> Iterator[Any]:
    """Everything read inside is of one instant."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor


def _shapes(cursor: Any) -> dict[str, list[str]]:
    """Table → its columns, of everything that `migrate` does not fill by itself."""
    cursor.execute(COLUMNS)
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        if table not in MADE_BY_MIGRATE:
            found.setdefault(table, []).append(column)
    return found


def _migrate_to(made: Backup) -> None:
    """Run exactly the migrations that the backup had. Raises Refusal when this database is ahead of it, or this program behind it."""
    wanted = [(app, name) for app, name in made.migrations]
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known, applied = set(executor.loader.graph.nodes), set(executor.loader.applied_migrations)
    if not set(wanted) <= known or not applied <= set(wanted):
        raise Refusal(
            No("restore.version", _("The backup was made by version %(made)s of the program.") % {"made": made.program}, fix=_("Use an empty database, and this version or a later one."))
        )
    leaves = [key for key in wanted if not any(child in wanted for child in _children(executor, key))]
    executor.migrate(leaves)
    _after_migrate()


def _children(executor: Any, key: tuple[str, str]) -> list[Any]:
    return [child.key for child in executor.loader.graph.node_map[key].children if child.key[0] == key[0]]


def _after_migrate() -> None:
    """What the migrate command does after its migrations: guards of the ledger, content types."""
    from django.core.management.sql import emit_post_migrate_signal

    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
