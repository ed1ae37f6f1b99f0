"""Triggers that keep the ledger append-only on both databases; installed after migrate, compared at start and by `verify`."""

from django.db import connection

APPEND_ONLY = ("ledger_entry", "ledger_manifest", "ledger_disposal", "ledger_checkpoint", "ledger_journal", "ledger_journal_seal", "signing_signature")
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


def _sqlite() -> dict[str, str]:
    """SQLite: BEFORE UPDATE and DELETE, and BEFORE INSERT of a key that exists (INSERT OR REPLACE skips the others)."""
    found = {}
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            name = f"guard_{table}_{event.lower()}"
            found[name] = f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table, key in KEYS.items():
        name = f"guard_{table}_replace"
        found[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "  # noqa: S608
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    found["guard_ledger_value_delete"] = (
        "CREATE TRIGGER guard_ledger_value_delete BEFORE DELETE ON ledger_value BEGIN SELECT RAISE(ABORT, 'ledger_value is append-only'); END"
    )
    found["guard_ledger_value_update"] = (
        "CREATE TRIGGER guard_ledger_value_update BEFORE UPDATE ON ledger_value "
        "WHEN NEW.commitment <> OLD.commitment OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL "
        "OR NOT EXISTS (SELECT 1 FROM ledger_disposal WHERE commitment = OLD.commitment) "
        "BEGIN SELECT RAISE(ABORT, 'a value can only be blanked by a signed disposal'); END"
    )
    return found


PG_FUNCTIONS = {
    "medithread_append_only": """CREATE OR REPLACE FUNCTION medithread_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    "medithread_blank_only": """CREATE OR REPLACE FUNCTION medithread_blank_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF NEW.commitment <> OLD.commitment OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL
OR NOT EXISTS (SELECT 1 FROM ledger_disposal WHERE commitment = OLD.commitment) THEN
RAISE EXCEPTION 'a value can only be blanked by a signed disposal'; END IF;
RETURN NEW; END $$""",
}


def _postgres() -> dict[str, str]:
    """PostgreSQL: row triggers for UPDATE and DELETE, statement triggers for TRUNCATE."""
    found = {}
    for table in (*APPEND_ONLY, "ledger_value"):
        events = "DELETE" if table == "ledger_value" else "UPDATE OR DELETE"
        found[f"guard_{table}"] = (
            f"CREATE TRIGGER guard_{table} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION medithread_append_only()"
        )
        found[f"guard_{table}_truncate"] = (
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION medithread_append_only()"
        )
    found["guard_ledger_value_update"] = (
        "CREATE TRIGGER guard_ledger_value_update BEFORE UPDATE ON ledger_value FOR EACH ROW EXECUTE FUNCTION medithread_blank_only()"
    )
    return found


def wanted() -> dict[str, str]:
    """Name → statement of every trigger that must be there on this database."""
    return _sqlite() if connection.vendor == "sqlite" else _postgres()


def present() -> dict[str, str]:
    """Name → definition of our triggers as the database has them (only enabled ones)."""
    if connection.vendor == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard!_%' ESCAPE '!'"
    else:
        query = (
            "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgname LIKE 'guard\\_%%' AND n.nspname = current_schema()"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def missing() -> list[str]:
    """Names of triggers that are not there, switched off, or (SQLite) changed."""
    there = present()
    if connection.vendor == "sqlite":
        return sorted(name for name, sql in wanted().items() if there.get(name) != sql)
    return sorted(set(wanted()) - set(there))


def install() -> None:
    """Create what is missing. Runs after every migrate."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for body in PG_FUNCTIONS.values():
                cursor.execute(body)
        tables = set(connection.introspection.table_names(cursor))
        for name in missing():
            statement = wanted()[name]
            if any(f" ON {table} " in statement and table in tables for table in KEYS):
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(statement)
