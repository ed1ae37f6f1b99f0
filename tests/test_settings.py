"""Settings: each documented, unknown ones refused with a hint, secrets from files, demo kept apart from real installations."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medithread import env

ROOT = Path(__file__).parent.parent
KEY = "k" * 60


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda s: s.name)
def test_every_setting_is_documented(setting: env.Setting) -> None:
    assert f"`{setting.name}`" in (ROOT / "docs" / "settings.md").read_text()
    assert setting.meaning in (ROOT / "docs" / "settings.md").read_text()


def test_an_unknown_name_is_refused_with_a_hint() -> None:
    with pytest.raises(env.BadSetting, match=r"Did you mean MEDITHREAD_ORIGIN\?"):
        env.load({"MEDITHREAD_ORIGINN": "x"})


def test_a_secret_comes_from_a_file_but_not_from_both(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    assert env.load({"MEDITHREAD_SECRET_KEY_FILE": str(tmp_path / "key")})["MEDITHREAD_SECRET_KEY"] == KEY
    with pytest.raises(env.BadSetting, match="keep one"):
        env.load({"MEDITHREAD_SECRET_KEY_FILE": str(tmp_path / "key"), "MEDITHREAD_SECRET_KEY": KEY})
    with pytest.raises(env.BadSetting, match="No such file"):
        env.load({"MEDITHREAD_SECRET_KEY_FILE": str(tmp_path / "nothing")})
    with pytest.raises(env.BadSetting, match="not a setting"):
        env.load({"MEDITHREAD_ORIGIN_FILE": "x"})


@pytest.mark.parametrize(("value", "words"), [("maybe", "yes or no"), ("", "yes or no")])
def test_yes_and_no(value: str, words: str) -> None:
    with pytest.raises(env.BadSetting, match=words):
        env.yes({"MEDITHREAD_DEMO": value}, "MEDITHREAD_DEMO")


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e3", "99999999"])
def test_numbers_within_limits(value: str) -> None:
    with pytest.raises(env.BadSetting, match="whole number from 1 to 100"):
        env.number({"N": value}, "N", 1, 100)


def test_databases() -> None:
    base = env.load({})
    assert env.database({**base, "DATABASE_URL": "sqlite:////srv/a.sqlite3"})["NAME"] == "/srv/a.sqlite3"
    found = env.database({**base, "DATABASE_URL": "postgresql://u%40x:p%3Aw@h:5433/n?sslmode=require"})
    assert [found[k] for k in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")] == ["u@x", "p:w", "h", "5433", "n", {"sslmode": "require"}]
    with pytest.raises(env.BadSetting, match="mysql"):
        env.database({**base, "DATABASE_URL": "mysql://x"})


def start(**names: str) -> "subprocess.CompletedProcess[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MEDITHREAD_", "DATABASE_URL", "DJANGO_"))}
    return subprocess.run([sys.executable, "-c", "import medithread.settings"], env={**clean, **names}, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({}, "at least 50 characters"),
        ({"MEDITHREAD_DEMO": "yes", "MEDITHREAD_SECRET_KEY": KEY}, "without a secret key"),
        ({"MEDITHREAD_DEMO": "yes", "MEDITHREAD_ORIGIN": "https://quality.example"}, "local address"),
        ({"MEDITHREAD_DEMO": "yes", "MEDITHREAD_PORT": "1"}, "not a setting"),
        ({"MEDITHREAD_DEMO": "yes", "MEDITHREAD_UPLOAD_MB": "lots"}, "whole number"),
    ],
)
def test_a_wrong_environment_stops_the_start_with_a_sentence(names: dict[str, str], words: str) -> None:
    ended = start(**names)
    assert ended.returncode != 0
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_good_environments_start() -> None:
    assert start(MEDITHREAD_DEMO="yes").returncode == 0
    assert start(MEDITHREAD_SECRET_KEY=KEY, MEDITHREAD_ORIGIN="https://quality.example").returncode == 0


def test_every_command_is_documented() -> None:
    from medithread.cli import parser

    words = (ROOT / "docs" / "commands.md").read_text()
    actions = next(a for a in parser()._actions if a.dest == "command")
    for name in actions.choices or ():
        assert f"`medithread {name}`" in words, name


def test_every_command_has_its_function() -> None:
    from medithread import commands
    from medithread.cli import parser

    actions = next(a for a in parser()._actions if a.dest == "command")
    missing = [name for name in actions.choices or () if not callable(getattr(commands, name.replace("import", "import_"), None))]
    assert missing == []
