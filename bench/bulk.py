"""The quickest way of many rows into a table: executemany on SQLite, COPY on PostgreSQL, with indexes and guards made again afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from medithread.kernel.ledger import triggers
from medithread.kernel.work.periodic import take_statistics

from .story import Line, every

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
Names = Mapping[str, Any]
SEARCH = (
    "INSERT INTO search_word (record_id, number, title, body, tsv) SELECT record_id, number, title, body, "
    "setweight(to_tsvector('simple', {number}), 'A') || setweight(to_tsvector('english', {title}), 'B') || setweight(to_tsvector('english', {body}), 'D') "
    "FROM filling"
).format(**{name: rf"regexp_replace({name}, '-(?=\d)', ' ', 'g')" for name in ("number", "title", "body")})


class Sheet:
    """Collects rows of one shape for one table. `add` takes the names that the shape's templates speak of."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.rows: list[Any] = []
        self.add: Callable[[Names], None] = self._copied() if connection.vendor == "postgresql" else self._executed()

    def _executed(self) -> Callable[[Names], None]:
        """Cells that are one name are looked up, so that numbers stay numbers; others are constants or texts to fill in."""
        cells = [_plan(cell) for cell in self.line.cells]

        def add(names: Names) -> None:
            self.rows.append([cell if how == "const" else names[cell] if how == "name" else cell % names for how, cell in cells])

        return add

    def _copied(self) -> Callable[[Names], None]:
        template = "\t".join(_copy_text(cell) for cell in self.line.cells) + "\n"

        def add(names: Names) -> None:
            self.rows.append(template % names)

        return add

    def write(self) -> None:
        """Send the rows and forget them."""
        if not self.rows:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self._copy(cursor)
            else:
                marks = ", ".join("?" * len(self.line.columns))
                sql = f"INSERT INTO {self.line.table} ({', '.join(quoted(self.line.columns))}) VALUES ({marks})"
                connection.connection.executemany(sql, self.rows)
        self.rows = []

    def _copy(self, cursor: Any) -> None:
        table = self.line.table
        if table == "search_word":
            cursor.execute("CREATE TEMPORARY TABLE filling (record_id bigint, number text, title text, body text) ON COMMIT DROP")
            table = "filling"
        with cursor.copy(f"COPY {table} ({', '.join(quoted(self.line.columns))}) FROM STDIN") as copy:
            copy.write("".join(self.rows))
        if table == "filling":
            cursor.execute(SEARCH)
            cursor.execute("DROP TABLE filling")


def quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _plan(cell: Any) -> tuple[str, Any]:
    if not isinstance(cell, str):
        return "const", cell
    if "%(" not in cell:
        return "const", cell % {}
    name = cell[2:-2]
    return ("name", name) if cell == f"%({name})s" and "%" not in name else ("text", cell)


def _copy_text(cell: Any) -> str:
    if cell is None:
        return "\\N"
    if isinstance(cell, bool):
        return "t" if cell else "f"
    if isinstance(cell, bytes | memoryview):
        return "\\\\x" + bytes(cell).hex()
    return str(cell).translate(ESCAPES)


@contextmanager
def loading() -> Iterator[None]:
    """One transaction without the indexes, foreign keys and guards that would be asked for every row; all are there again at its end."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            yield from _without_indexes()
            _set_sequences(cursor)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA cache_size = -400000")
    with transaction.atomic():
        _drop_guards()
        yield from _without_indexes()
        triggers.install()
    take_statistics()  # as every night does
    connection.close()


def _drop_guards() -> None:
    with connection.cursor() as cursor:
        for name in triggers.present():
            cursor.execute(f"DROP TRIGGER {name}")


def _without_indexes() -> Iterator[None]:
    """Drop the plain indexes of the big tables, and make them again."""
    tables = "('records_record', 'records_series', 'ledger_entry', 'ledger_version', 'documents_document', 'ideas_idea', 'search_word')"
    if connection.vendor == "postgresql":
        found = every(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN {tables} "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)"
        )
    else:
        found = every(f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {tables}")
    with connection.cursor() as cursor:
        for name, _sql in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, sql in found:
            cursor.execute(sql)


def _set_sequences(cursor: Any) -> None:
    for table in ("records_series", "records_record", "ledger_version"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
