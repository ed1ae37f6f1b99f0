"""One value is changed anywhere in the database: verification finds it every time and names the place."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.ledger.verify import Report, check_chain, verify
from medithread.kernel.verbs.dispose import dispose
from tests.company import Company

from .emptied import drop_guards
from .story import SEED, Story, tell
from .tamper import TABLES, Cell, cells, change, delete
from .test_disposal import kept_until, request

pytestmark = pytest.mark.slow

SEEDS = (1, 7, 11, 13, 42, 1971, 2003, 13485, 14971, 62304)
UNDELETED = ("ledger.Head", "ledger.Checkpoint")  # the first is tried by hand; that a checkpoint is missing proves nothing


@pytest.fixture
def story(company: Company, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Story:
    settings.CHECKPOINT_KEY = SEED
    monkeypatch.setattr(sys.modules["medithread.kernel.verbs.dispose"], "ITEMS", "clauses")
    found = tell(company)
    kept_until(company, found.second)
    dispose(company.quinn, request(company, [f"{found.second.uid}/purpose"]))
    assert verify().ok
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            drop_guards(cursor)
        yield
        transaction.set_rollback(True)


def found_at(report: Report, names: tuple[str, ...]) -> bool:
    """Is there a finding that names the place? The missing guards are left aside."""
    findings = [finding for finding in report.findings if finding.code != "trigger.missing"]
    return any(finding.table == names[-1] or any(name in str(finding) for name in names if len(name) > 6) for finding in findings)


def attempt(cell: Cell, seed: int) -> None:
    with undone():
        names = change(cell, random.Random(seed))
        if names is not None:
            report = verify()
            assert found_at(report, names), (cell, seed, names, [str(finding) for finding in report.findings if finding.code != "trigger.missing"])


def test_a_change_of_any_column_is_found(story: Story) -> None:
    for place, cell in enumerate(cells()):
        attempt(cell, SEEDS[place % len(SEEDS)])


def test_random_changes_are_found(story: Story) -> None:
    @settings(max_examples=25, deadline=None, database=None)
    @given(st.sampled_from(cells()), st.integers(0, 2**32))
    def one(cell: Cell, seed: int) -> None:
        attempt(cell, seed)

    one()


def test_fixed_seeds(story: Story) -> None:
    every = cells()
    for seed in SEEDS:
        dice = random.Random(seed)
        for _turn in range(2):
            attempt(dice.choice(every), dice.getrandbits(32))


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_a_deleted_row_of_any_table_is_found(story: Story, seed: int) -> None:
    for label in TABLES:
        if label in UNDELETED:
            continue
        with undone():
            names = delete(label, random.Random(seed))
            if names is not None:
                report = verify()
                assert found_at(report, names), (label, seed, [str(finding) for finding in report.findings if finding.code != "trigger.missing"])


def test_the_last_entries_cut_off_with_a_head_to_fit(story: Story) -> None:
    with undone(), connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM ledger_entry")
        last = cursor.fetchone()[0] - 3
        cursor.execute("DELETE FROM ledger_entry WHERE seq > %s", [last])
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = (SELECT hash FROM ledger_entry WHERE seq = %s)", [last, last])
        assert check_chain().ok
        assert {"version.extra", "disposal.unknown"} & set(verify().codes)


def test_the_end_rewritten_down_to_a_checkpoint(story: Story) -> None:
    """Somebody cuts the end off and puts everything else right; the checkpoint that she cannot sign anew gives her away."""
    from medithread.kernel.ledger.checkpoint import make_checkpoint

    make_checkpoint()
    with undone(), connection.cursor() as cursor:
        cursor.execute("SELECT MAX(size) FROM ledger_checkpoint")
        last = cursor.fetchone()[0] - 1
        cursor.execute("DELETE FROM ledger_entry WHERE seq > %s", [last])
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = (SELECT hash FROM ledger_entry WHERE seq = %s)", [last, last])
        assert [finding for finding in verify().findings if finding.code == "checkpoint.cut"]


def test_the_chain_check_alone_finds_and_names_changes_of_entries(story: Story) -> None:
    for column, place in (("body", "body"), ("hash", "body")):
        with undone():
            names = change(Cell("ledger.Entry", column), random.Random(5))
            assert names is not None
            (finding,) = check_chain().findings
            assert (finding.table, finding.path, str(finding.seq)) == ("ledger_entry", place, names[0])
    with undone(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE seq = 9")
        assert "Entry 9 is missing." in {finding.text for finding in check_chain().findings}


def stored(settings: Any) -> Path:
    root = Path(settings.STORAGES["files"]["OPTIONS"]["location"])
    return next(path for path in root.rglob("*") if path.is_file() and len(path.name) == 64)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"), "file.altered"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "file.altered"),
        (lambda path: path.write_bytes(b""), "file.altered"),
        (lambda path: path.unlink(), "file.missing"),
    ],
)
def test_bytes_of_a_file(story: Story, settings: Any, what: Callable[[Path], Any], code: str) -> None:
    path = stored(settings)
    what(path)
    assert [(finding.code, finding.path) for finding in verify().findings] == [(code, path.name)]


def test_garbage_where_the_driver_expects_a_value(story: Story) -> None:
    """SQLite takes text in any column, and a row that cannot be read is named; PostgreSQL refuses all but texts."""
    texts = [("documents_document", "body", "{"), ("records_record", "absent", "[1]"), ("documents_document", "audience", "{{")]
    loose = [("records_record", "created_at", "yesterday"), ("records_record", "uid", "me"), ("documents_document", "review_months", "many"), ("ideas_action", "task", b"\xff")]
    for table, column, value in texts + (loose if connection.vendor == "sqlite" else []):
        with undone(), connection.cursor() as cursor:
            key = "id" if table == "records_record" else "record_ptr_id"
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = (SELECT MAX({key}) FROM {table})", [value])
            report = verify()
            assert {finding.code for finding in report.findings} & {"row.unreadable", "row.field", "row.missing"}, (table, column)
            assert not report.ok
