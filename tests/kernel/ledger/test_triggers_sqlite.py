"""The guards that only SQLite has: a trigger that is there by name and does nothing."""

from medithread.kernel.ledger import triggers

from .test_triggers import run


def test_missing_finds_a_changed_trigger_on_sqlite(db: None) -> None:
    run("DROP TRIGGER guard_ledger_entry_update")
    run("CREATE TRIGGER guard_ledger_entry_update BEFORE UPDATE ON ledger_entry WHEN false BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END")
    assert triggers.missing() == ["guard_ledger_entry_update"]
    triggers.install()
    assert triggers.missing() == []
