"""Backup while people write; restore elsewhere; everything acknowledged before it began is there, and verification passes."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .conftest import POSTGRES
from .house import House, wait_until

pytestmark = pytest.mark.slow


def made(out: Path) -> int:
    return sum('"made"' in line for line in out.read_text().splitlines()) if out.exists() else 0


def test_backup_under_load_and_restore_elsewhere(house: House, new_house: Callable[[str], House], tmp_path: Path) -> None:
    writers = [house.start("write", seed=seed) for seed in (1, 2)]
    wait_until(lambda: all(made(writer.out) >= 15 for writer in writers))
    before = tmp_path / "acknowledged.out"
    before.write_text("".join(line + "\n" for writer in writers for line in writer.out.read_text().rpartition("\n")[0].splitlines()))
    known = [made(writer.out) for writer in writers]
    done = house.command("backup", str(tmp_path / "copy"))
    assert done.returncode == 0, done.stdout + done.stderr
    wait_until(lambda: all(made(writer.out) > count for writer, count in zip(writers, known, strict=True)))
    for writer in writers:
        writer.kill()
    about = json.loads((tmp_path / "copy" / "backup.json").read_text())
    assert house.do("entry", seq=about["size"])["hash"] == about["head"]

    other = new_house("elsewhere")
    back = other.command("restore", str(tmp_path / "copy"), "--reason", "Exercise of the yearly restore")
    assert back.returncode == 0, back.stdout + back.stderr
    assert "Verified" in back.stdout
    assert other.do("entry", seq=about["size"])["hash"] == about["head"]
    found = other.do("check", outs=[str(before)])
    assert found["problems"] == []
    assert found["acknowledged"] >= 30
    state = other.do("verify")
    assert (state["findings"], state["epoch"]) == ([], 2)
    assert state["origin"] != about["origin"]
    other.do("write", seed=9, times=3)
    assert other.do("verify")["findings"] == []
    twice = other.command("restore", str(tmp_path / "copy"), "--reason", "Again")
    assert (twice.returncode, "already" in twice.stdout + twice.stderr, "Traceback" in twice.stderr) == (1, True, False)


def test_an_altered_or_unfinished_backup_is_refused(house: House, new_house: Callable[[str], House], tmp_path: Path) -> None:
    house.do("write", seed=3, times=4)
    folder = tmp_path / "copy"
    house.do("back_up", folder=str(folder))
    with pytest.raises(AssertionError, match=r"backup\.folder"):
        house.do("back_up", folder=str(folder))
    other = new_house("elsewhere")

    def refused(**words: str) -> list[str]:
        return other.do("bring_back", folder=str(folder), **words)["refused"]

    about = json.loads((folder / "backup.json").read_text())
    for name in sorted(about["parts"])[:: max(1, len(about["parts"]) // 6)]:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if whole else b"x")
        assert refused() == ["backup.altered"], name
        (folder / name).write_bytes(whole)
    (folder / "backup.json").rename(folder / "backup.json.partial")
    assert refused() == ["backup.none"]
    (folder / "backup.json.partial").rename(folder / "backup.json")
    assert refused(reason=" ") == ["epoch.reason"]
    assert other.do("bring_back", folder=str(folder)) == {"findings": []}
    assert refused() == ["restore.born"]


def test_sessions_do_not_travel_but_passwords_do(house: House, new_house: Callable[[str], House], tmp_path: Path) -> None:
    house.do("sign_in")
    assert house.do("secrets")["sessions"] == 1
    house.do("back_up", folder=str(tmp_path / "copy"))
    other = new_house("elsewhere")
    assert other.do("bring_back", folder=str(tmp_path / "copy")) == {"findings": []}
    found = other.do("secrets")
    assert found["sessions"] == 0
    assert found["password"]


def test_a_copied_database_cannot_write_until_it_starts_an_epoch(house: House, tmp_path: Path) -> None:
    if POSTGRES:
        name = urlsplit(house.url).path[1:]
        assert house.server is not None
        house.close()
        house.server.sql(f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}"')
        other = House(tmp_path / "other", house.server.url(f"{name}_copy"))
    else:
        house.do("back_up", folder=str(tmp_path / "copy"))
        other = House(tmp_path / "other")
        (tmp_path / "other" / "medithread.sqlite3").write_bytes((tmp_path / "copy" / "database.sqlite3").read_bytes())
    try:
        with pytest.raises(AssertionError, match=r"ledger\.copy"):
            other.do("write", seed=1, times=1)
        begun = other.command("epoch", "--reason", "A staging copy")
        assert begun.returncode == 0, begun.stderr
        other.do("write", seed=1, times=1)
        assert other.do("verify")["findings"] == []
    finally:
        other.close()
