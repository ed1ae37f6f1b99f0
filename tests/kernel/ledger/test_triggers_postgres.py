"""The guards that only PostgreSQL has: TRUNCATE, replication roles, disabled triggers, changed functions."""

import pytest

from medithread.kernel.ledger import triggers
from tests.company import Company

from .test_triggers import FULL, filled, refused, run


def test_truncate_is_refused(company: Company) -> None:
    filled(company)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in FULL:
        refused(f"TRUNCATE {table} CASCADE")


def test_a_session_that_plays_replica_changes_nothing(company: Company) -> None:
    filled(company)
    run("SET LOCAL session_replication_role = replica")
    refused("UPDATE ledger_entry SET verb = 'x'")
    run("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER guard_ledger_entry",
        "ALTER TABLE ledger_entry ENABLE TRIGGER guard_ledger_entry",
        "DROP TRIGGER guard_ledger_entry ON ledger_entry; CREATE TRIGGER guard_ledger_entry BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION medithread_append_only(); "
        "ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER guard_ledger_entry",
        "DROP TRIGGER guard_ledger_entry ON ledger_entry; CREATE TRIGGER guard_ledger_entry BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW WHEN (false) "
        "EXECUTE FUNCTION medithread_append_only(); ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER guard_ledger_entry",
    ],
)
def test_missing_finds_a_disabled_or_changed_trigger_on_postgres(db: None, sql: str) -> None:
    run(sql)
    assert triggers.missing() == ["guard_ledger_entry"]
    triggers.install()
    assert triggers.missing() == []


def test_missing_finds_a_function_that_lets_through(db: None) -> None:
    run("CREATE OR REPLACE FUNCTION medithread_append_only() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$")
    assert len(triggers.missing()) > 10
    triggers.install()
    assert triggers.missing() == []
