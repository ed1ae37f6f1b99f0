"""The guards on the ledger's tables, on the database in use: nothing is changed, replaced, emptied or rebuilt away unseen."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.ledger import triggers
from medithread.kernel.ledger.models import Entry, Value
from medithread.kernel.ledger.verify import verify
from tests.company import Company

from .emptied import drop_guards
from .story import tell

FULL = (*triggers.APPEND_ONLY, "ledger_value", "signing_signature")
CHANGED = {
    "ledger_entry": "verb = 'x'", "ledger_manifest": "body = 'x'", "ledger_disposal": "seq = 9", "ledger_checkpoint": "note = 'x'", "ledger_journal": "what = 'x'",
    "ledger_journal_seal": "count = 9", "ledger_value": "body = 'x'", "signing_signature": "meaning = 'x'",
}
REPLACED = "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")


def refused(sql: str, *values: Any) -> None:
    """The statement is refused and nothing of it stays."""
    with pytest.raises(DatabaseError, match=r"append-only|blanked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def filled(company: Company) -> None:
    """Something in every table, a disposal included."""
    tell(company)
    mark = Value.objects.values_list("commitment", flat=True).first()
    run(f"INSERT INTO ledger_disposal (commitment, seq) VALUES ('{'0' * 64}', 1)")
    assert mark


def test_update_and_delete_are_refused_everywhere(company: Company) -> None:
    filled(company)
    assert set(CHANGED) == set(FULL)
    for table, change in CHANGED.items():
        refused(f"UPDATE {table} SET {change}")
        refused(f"DELETE FROM {table}")


def test_upserts_and_replacements_are_refused(company: Company) -> None:
    filled(company)
    for table, key in triggers.KEYS.items():
        column = CHANGED[table].split(" = ")[0]
        upsert = f"INSERT INTO {table} SELECT * FROM {table} WHERE true LIMIT 1 ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}"
        if connection.vendor == "sqlite":
            refused(REPLACED.format(table=table))
            refused(upsert)
            refused(f"UPDATE OR REPLACE {table} SET {CHANGED[table]}")
        elif table not in ("ledger_value", "signing_signature"):
            refused(upsert)


def test_a_value_is_blanked_only_under_a_disposal_that_names_it(company: Company) -> None:
    verbs.create(company.rea, Idea, title="Shadow board")
    mark = Value.objects.values_list("commitment", flat=True).first()
    refused("UPDATE ledger_value SET salt = NULL, body = NULL WHERE commitment = %s", mark)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_disposal (commitment, seq) VALUES (%s, 1)", [mark])
    refused("UPDATE ledger_value SET body = 'other' WHERE commitment = %s", mark)
    refused("UPDATE ledger_value SET body = NULL WHERE commitment = %s", mark)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_value SET salt = NULL, body = NULL WHERE commitment = %s", [mark])
    assert Value.objects.get(commitment=mark).body is None


def test_missing_finds_what_was_dropped_and_install_puts_it_back(company: Company) -> None:
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        drop_guards(cursor)
    assert triggers.missing() == sorted(triggers.wanted())
    found = {finding.key for finding in verify().findings if finding.code == "trigger.missing"}
    assert found == set(triggers.wanted())
    triggers.install()
    assert triggers.missing() == []
    refused("DELETE FROM ledger_entry")


class Wider(migrations.Migration):
    """What an unwary migration would do to a table of the ledger."""

    operations = [migrations.AlterField("entry", "verb", models.CharField(max_length=90))]


def test_a_rebuilt_table_loses_no_row_and_its_lost_guards_are_seen(company: Company) -> None:
    from django.db.migrations.loader import MigrationLoader

    tell(company)
    before = list(Entry.objects.order_by("seq").values_list())
    state: ProjectState = MigrationLoader(connection).project_state()
    if connection.vendor == "sqlite":
        _rebuild_by_hand()
    else:
        with connection.schema_editor() as editor:
            Wider("wider", "ledger").apply(state, editor)
    assert list(Entry.objects.order_by("seq").values_list()) == before
    if connection.vendor == "sqlite":
        assert [name for name in triggers.missing() if "ledger_entry" in name] == triggers.missing() != []
        assert "trigger.missing" in verify().codes
        triggers.install()
    assert triggers.missing() == []
    refused("DELETE FROM ledger_entry")
    assert verify().ok


def _rebuild_by_hand() -> None:
    """What Django's schema editor does on SQLite, where it may not run inside a transaction: new table, copy, drop, rename."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_entry'")
        made = cursor.fetchone()[0].replace('"ledger_entry"', '"new__ledger_entry"').replace("varchar(24)", "varchar(90)")
        cursor.execute(made)
        cursor.execute("INSERT INTO new__ledger_entry SELECT * FROM ledger_entry")
        cursor.execute("DROP TABLE ledger_entry")
        cursor.execute("ALTER TABLE new__ledger_entry RENAME TO ledger_entry")
