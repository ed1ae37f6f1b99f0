"""A copied database writes nothing until it starts an epoch; a restored ledger can never be taken for the one it came from."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, NotAllowed, Refusal
from medithread.kernel.ledger import place
from medithread.kernel.ledger.checkpoint import make_checkpoint
from medithread.kernel.ledger.epoch import start_epoch
from medithread.kernel.ledger.genesis import origin
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.verify import verify
from medithread.kernel.ledger.voice import said
from tests.company import Company


def copied() -> None:
    """As if this database had been copied from another place."""
    with door_open():
        Head.objects.update(home="another place")


def test_a_copy_refuses_to_write_until_it_starts_an_epoch(company: Company) -> None:
    verbs.create(company.rea, Idea, title="Before")
    make_checkpoint()
    before = origin()
    copied()
    with pytest.raises(LedgerBroken, match=r"ledger\.copy"):
        verbs.create(company.rea, Idea, title="In the copy")
    assert not Idea.objects.filter(title="In the copy").exists()
    assert [finding.path for finding in verify().findings] == ["home"]
    start_epoch(company.ike, "Training copy")
    verbs.create(company.rea, Idea, title="In the copy")
    make_checkpoint()
    report = verify()
    assert report.ok
    assert origin().startswith(f"{before}/2-")
    assert report.origin == origin()
    assert [remark for remark in report.remarks if "epoch 2" in remark]
    entry = next(said("epoch"))
    assert (entry["previous"], entry["checkpoint"]["size"]) == (before, entry["seq"] - 1)


def test_who_may_start_an_epoch(company: Company) -> None:
    with pytest.raises(NotAllowed, match=r"epoch\.role"):
        start_epoch(company.rea, "I want to")
    with pytest.raises(Refusal, match=r"epoch\.reason"):
        start_epoch(company.quinn, " ")
    assert not list(said("epoch"))


def test_signatures_of_an_earlier_epoch_stay_good(company: Company) -> None:
    from .story import tell

    tell(company)
    copied()
    start_epoch(company.quinn, "Restored")
    assert verify().ok


def test_the_place_of_a_file_changes_with_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cursor:
        path = ""

        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *_error: object) -> None:
            return

        def execute(self, _sql: str) -> None:
            return

        def fetchall(self) -> list[Any]:
            return [(0, "main", self.path)]

    class Connection:
        vendor = "sqlite"

        def cursor(self) -> Cursor:
            return Cursor()

    monkeypatch.setattr(place, "connection", Connection())
    assert place.find_home() == "memory"
    for name in ("one.sqlite3", "two.sqlite3"):
        sqlite3.connect(tmp_path / name).close()
    Cursor.path = str(tmp_path / "one.sqlite3")
    here = place.find_home()
    assert place.find_home() == here
    Cursor.path = str(tmp_path / "two.sqlite3")
    assert place.find_home() != here
    Cursor.path = str(tmp_path / "one.sqlite3")
    shutil.copy(tmp_path / "one.sqlite3", tmp_path / "three.sqlite3")
    (tmp_path / "one.sqlite3").unlink()
    (tmp_path / "three.sqlite3").rename(tmp_path / "one.sqlite3")
    assert place.find_home() != here
