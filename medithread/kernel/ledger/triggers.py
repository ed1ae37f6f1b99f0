"""Triggers that keep the ledger append-only on both databases; installed after migrate, compared at start and by `verify`.

Two tables let something be taken away, and only what a disposal entry names: a value may be blanked, and of a signature the words
of its statement and its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

APPEND_ONLY = ("ledger_entry", "ledger_manifest", "ledger_disposal", "ledger_checkpoint", "ledger_journal", "ledger_journal_seal")
KEYS = {
    "ledger_entry": "seq",
    "ledger_manifest": "digest",
    "ledger_disposal": "commitment",
    "ledger_checkpoint": "size",
    "ledger_journal": "id",
    "ledger_journal_seal": "first",
    "ledger_value": "commitment",
    "signing_signature": "uid",
}
SIGNATURE = "signing_signature"
WORDS = ("statement", "reason")
GONE = "Disposed"
VALUE_SAYS = "a value can only be blanked by a signed disposal"
SIGNATURE_SAYS = "of a signature only disposed words can be blanked"
# pg_trigger.tgtype: bits for ROW, BEFORE, DELETE, UPDATE, TRUNCATE.
ROW, BEFORE, DELETE, UPDATE, TRUNCATE = 1, 2, 8, 16, 32


# --- SQLite ----------------------------------------------------------------------------------------------------------
def _sqlite() -> dict[str, str]:
    """BEFORE UPDATE and DELETE, and BEFORE INSERT of a key that exists (INSERT OR REPLACE skips the others)."""
    found: dict[str, str] = {}
    for table, key in KEYS.items():
        found.update([_stop(table, "delete", "BEFORE DELETE")])
        condition = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608
        found.update([_stop(table, "replace", "BEFORE INSERT", condition)])
    for table in APPEND_ONLY:
        found.update([_stop(table, "update", "BEFORE UPDATE")])
    blank = "NEW.commitment = OLD.commitment AND NEW.salt IS NULL AND NEW.body IS NULL AND EXISTS (SELECT 1 FROM ledger_disposal WHERE commitment = OLD.commitment)"
    found.update([_stop("ledger_value", "update", "BEFORE UPDATE", f"WHEN NOT ({blank})", VALUE_SAYS)])
    found.update([_stop(SIGNATURE, "update", "BEFORE UPDATE", f"WHEN NOT ({_signature_blank()})", SIGNATURE_SAYS)])
    return found


def _stop(table: str, name: str, event: str, when: str = "", says: str = "") -> tuple[str, str]:
    name = f"guard_{table}_{name}"
    return name, f"CREATE TRIGGER {name} {event} ON {table} {when + ' ' if when else ''}BEGIN SELECT RAISE(ABORT, '{says or f'{table} is append-only'}'); END"


def _signature_blank() -> str:
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, SIGNATURE)] if SIGNATURE in _tables() else []
    same = [f"NEW.{name} IS OLD.{name}" for name in columns if name not in WORDS]
    marks = "SELECT 1 FROM ledger_version v JOIN ledger_manifest m ON m.digest = v.content JOIN ledger_disposal d ON d.commitment = json_extract(m.body, '$.{}') WHERE v.uid = OLD.uid"
    words = [
        f"(NEW.statement IS OLD.statement OR (NEW.statement = '{GONE}' AND EXISTS ({marks.format('statement')})))",
        f"(NEW.reason IS OLD.reason OR (NEW.reason IS NULL AND EXISTS ({marks.format('reason')})))",
    ]
    return " AND ".join([*same, *words])


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
FUNCTIONS = {
    "medithread_append_only": "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END",
    "medithread_blank_only": f"""BEGIN
IF NEW.commitment <> OLD.commitment OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL
OR NOT EXISTS (SELECT 1 FROM ledger_disposal WHERE commitment = OLD.commitment) THEN
RAISE EXCEPTION '{VALUE_SAYS}'; END IF;
RETURN NEW; END""",  # noqa: S608
    "medithread_words_only": f"""DECLARE words boolean; why boolean; BEGIN
SELECT bool_or(d.commitment = m.body::jsonb ->> 'statement'), bool_or(d.commitment = m.body::jsonb ->> 'reason') INTO words, why
FROM ledger_version v JOIN ledger_manifest m ON m.digest = v.content
JOIN ledger_disposal d ON d.commitment IN (m.body::jsonb ->> 'statement', m.body::jsonb ->> 'reason') WHERE v.uid = OLD.uid;
IF to_jsonb(NEW) - 'statement' - 'reason' <> to_jsonb(OLD) - 'statement' - 'reason'
OR (NEW.statement <> OLD.statement AND NOT (NEW.statement = '{GONE}' AND coalesce(words, false)))
OR (NEW.reason IS DISTINCT FROM OLD.reason AND NOT (NEW.reason IS NULL AND coalesce(why, false))) THEN
RAISE EXCEPTION '{SIGNATURE_SAYS}'; END IF;
RETURN NEW; END""",  # noqa: S608
}


@dataclass(frozen=True)
class Guard:
    """A trigger as PostgreSQL keeps it."""

    table: str
    when: int
    function: str

    def statement(self, name: str) -> str:
        events = [word for bit, word in ((UPDATE, "UPDATE"), (DELETE, "DELETE"), (TRUNCATE, "TRUNCATE")) if self.when & bit]
        each = "ROW" if self.when & ROW else "STATEMENT"
        return f"CREATE TRIGGER {name} BEFORE {' OR '.join(events)} ON {self.table} FOR EACH {each} EXECUTE FUNCTION {self.function}()"


def _postgres() -> dict[str, Guard]:
    """Row triggers for UPDATE and DELETE, statement triggers for TRUNCATE; always on, also for replication roles."""
    found = {}
    for table in KEYS:
        own = {"ledger_value": "medithread_blank_only", SIGNATURE: "medithread_words_only"}.get(table)
        found[f"guard_{table}_truncate"] = Guard(table, BEFORE | TRUNCATE, "medithread_append_only")
        found[f"guard_{table}"] = Guard(table, ROW | BEFORE | DELETE | (0 if own else UPDATE), "medithread_append_only")
        if own:
            found[f"guard_{table}_update"] = Guard(table, ROW | BEFORE | UPDATE, own)
    return found


def _present_postgres() -> dict[str, Guard]:
    """The triggers that are there, always on, without a condition, and whose function is ours to the letter."""
    query = (
        "SELECT t.tgname, c.relname, t.tgtype, p.proname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr = '' AND t.tgname LIKE 'guard\\_%' AND n.nspname = current_schema()"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    return {name: Guard(table, when, function) for name, table, when, function, source in rows if FUNCTIONS.get(function) == source}


# --- both ------------------------------------------------------------------------------------------------------------
def wanted() -> dict[str, str] | dict[str, Guard]:
    """Name → definition of every trigger that must be there on this database."""
    return _sqlite() if connection.vendor == "sqlite" else _postgres()


def present() -> dict[str, str] | dict[str, Guard]:
    """Name → definition of our triggers as the database has them, as far as they are in force."""
    if connection.vendor == "postgresql":
        return _present_postgres()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'")
        return dict(cursor.fetchall())


def missing() -> list[str]:
    """Names of triggers that are not there, switched off or changed."""
    there = present()
    return sorted(name for name, definition in wanted().items() if there.get(name) != definition)


def install() -> None:
    """Create what is missing and put right what was changed. Runs after every migrate."""
    tables = _tables()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in FUNCTIONS.items():
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        for name in missing():
            definition = wanted()[name]
            for statement in _statements(name, definition, tables):
                cursor.execute(statement)


def _statements(name: str, definition: str | Guard, tables: set[str]) -> Iterable[str]:
    """What puts one trigger in place; nothing when its table does not exist yet."""
    if isinstance(definition, str):
        if any(f" ON {table} " in definition and table in tables for table in KEYS) and {"ledger_version", "ledger_manifest", "ledger_disposal"} <= tables:
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield definition
    elif definition.table in tables:
        yield f"DROP TRIGGER IF EXISTS {name} ON {definition.table}"
        yield definition.statement(name)
        yield f"ALTER TABLE {definition.table} ENABLE ALWAYS TRIGGER {name}"


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
