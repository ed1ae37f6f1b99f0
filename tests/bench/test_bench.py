"""The bench works: every line answers figures, and verification accepts what it filled in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.registry import load

ROOT = Path(__file__).parents[2]
SMALL = ("create", "statements", "export", "search", "list-200k", "chain", "replay")


@pytest.mark.slow
def test_lines_are_measured_and_what_they_fill_in_verifies(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEDITHREAD_")}
    environment |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'bench.sqlite3'}", "MEDITHREAD_DEMO": "yes", "MEDITHREAD_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "bench.run", "sqlite", "0.002", str(out), *SMALL]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = [json.loads(line) for line in out.read_text().splitlines()]
    assert {"full export", "chain check", "full replay"} <= {name for figure in figures for name in ("full export", "chain check", "full replay") if name in figure["name"]}
    assert all(figure["figure"] >= 0 for figure in figures)


def test_every_declared_line_is_measured() -> None:
    from bench.registry import LINES

    assert set(load()) == set(LINES)
