"""The command line on a new live installation: every command answers in words and with the right exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


class Shell:
    """Runs `medithread …` in an environment of its own."""

    def __init__(self, folder: Path) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MEDITHREAD_", "DATABASE_URL", "DJANGO_"))}
        self.environment = {**clean, "MEDITHREAD_SECRET_KEY": "k" * 60, "MEDITHREAD_ORIGIN": "https://quality.example", "MEDITHREAD_DATA": str(folder)}

    def __call__(self, *words: str, code: int = 0, **more: str) -> str:
        ended = subprocess.run([sys.executable, "-m", "medithread", *words], env={**self.environment, **more}, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout + ended.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "data").mkdir()
    return Shell(tmp_path / "data")


def test_a_new_installation(shell: Shell, tmp_path: Path) -> None:
    said = shell("createadmin", "--name", "Ada Lund", "--email", "ada@quality.example")
    assert "https://quality.example/" in said
    assert "accounts already" in shell("createadmin", "--name", "Ada Lund", "--email", "ada@quality.example", code=1)
    table = tmp_path / "ideas.csv"
    table.write_text("Title,Due\nOne,2027-01-05\nTwo,soon\n")
    assert "row 3" in shell("import", "idea", str(table), "--by", "ada@quality.example", "--dry-run", code=1)
    assert "no such account or kind" in shell("import", "nothing", str(table), "--by", "x", code=1)
    assert "idea@1" in shell("reactions")
    shell("worker", "--once")
    assert "unsigned" in shell("checkpoint").lower()
    shell("verify")
    bundle = tmp_path / "all.zip"
    shell("export", str(bundle))
    checked = subprocess.run([sys.executable, "-m", "verifier", str(bundle)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    other = tmp_path / "other"
    other.mkdir()
    shell("restore", str(bundle), "--reason", "moved to a new machine", MEDITHREAD_DATA=str(other))
    shell("verify", MEDITHREAD_DATA=str(other))
    shell("backup", str(tmp_path / "backup"))


def test_demo_is_refused_beside_a_secret(shell: Shell) -> None:
    assert "without a secret key" in shell("demo", code=1, MEDITHREAD_DEMO="yes")
