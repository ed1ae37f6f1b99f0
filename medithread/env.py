"""Settings come from the environment only. This file names each one; anything else that starts with MEDITHREAD_ stops the start."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .bootstrap import SAFE_SQLITE, sqlite_is_safe


class BadSetting(SystemExit):
    """The environment is wrong; the message says how to put it right."""


@dataclass(frozen=True)
class Setting:
    """One name, what it is when it is not set, and what it is for. `secret` ones may also come from `<NAME>_FILE`."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting("DATABASE_URL", "", "sqlite:///path or postgresql://user:password@host:port/name; empty: SQLite in MEDITHREAD_DATA", secret=True),
    Setting("MEDITHREAD_ALLOW_OLD_SQLITE", "no", "yes starts on an SQLite older than 3.51.3, whose WAL fault can corrupt the file"),
    Setting("MEDITHREAD_CHECKPOINT_KEY", "", "Ed25519 private key (32 bytes, base64) that signs checkpoints; empty: checkpoints say unsigned", secret=True),
    Setting("MEDITHREAD_DATA", "var", "folder of the SQLite database and the stored files"),
    Setting("MEDITHREAD_DEMO", "no", "yes opens the demo company: simple sign-ins, mail to the console; only on local addresses and without a secret key"),
    Setting("MEDITHREAD_FILES", "", "folder of the stored files; empty: files/ in MEDITHREAD_DATA; several nodes need a shared one"),
    Setting("MEDITHREAD_IDLE_MINUTES", "30", "minutes without a request after which a session ends"),
    Setting("MEDITHREAD_MAIL_FROM", "medithread@localhost", "sender of mails"),
    Setting("MEDITHREAD_MAIL_URL", "console:", "smtp://user:password@host:587 (STARTTLS), smtps://…:465, or console:", secret=True),
    Setting("MEDITHREAD_ORIGIN", "http://localhost:8765", "the address people type, such as https://quality.example; passkeys and links are bound to it"),
    Setting("MEDITHREAD_PROXY", "no", "yes trusts X-Forwarded-Proto and X-Forwarded-For of one reverse proxy in front"),
    Setting("MEDITHREAD_REFUSE_SYNCED_KEYS", "no", "yes refuses passkeys that a vendor's cloud may copy (backup-eligible)"),
    Setting("MEDITHREAD_SECRET_KEY", "", "at least 50 random characters; needed for everything but the demo", secret=True),
    Setting("MEDITHREAD_SESSION_HOURS", "10", "hours after which a session ends even when it is used"),
    Setting("MEDITHREAD_UPLOAD_MB", "200", "largest file that is taken, in megabytes; a request may bring five times as much, from strangers 1 MB"),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def load(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Every setting with its value. Raises BadSetting for unknown names, with the nearest known one as a hint."""
    environ = os.environ if environ is None else environ
    known = {*BY_NAME, *(f"{s.name}_FILE" for s in SETTINGS if s.secret)}
    for name in environ:
        if name.startswith("MEDITHREAD_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise BadSetting(f"{name} is not a setting of Medithread.{hint} They are listed in docs/settings.md.")
    return {setting.name: _value(setting, environ) for setting in SETTINGS}


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    file = environ.get(f"{setting.name}_FILE", "") if setting.secret else ""
    if not file:
        return environ.get(setting.name, setting.default).strip()
    if environ.get(setting.name):
        raise BadSetting(f"{setting.name} and {setting.name}_FILE are both set; keep one.")
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{setting.name}_FILE: {error.strerror}: {file}") from error


def yes(values: Mapping[str, str], name: str) -> bool:
    """A yes/no setting."""
    value = values[name].lower()
    if value not in ("yes", "no", "1", "0", "true", "false"):
        raise BadSetting(f"{name} must be yes or no, not {value!r}.")
    return value in ("yes", "1", "true")


def number(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    """A whole-number setting within limits."""
    value = values[name]
    if not value.isdigit() or not low <= int(value) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def database(values: Mapping[str, str]) -> dict[str, object]:
    """Django's DATABASES entry for DATABASE_URL."""
    url = values["DATABASE_URL"]
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        path = unquote(url.removeprefix("sqlite:///")) if url else str(Path(values["MEDITHREAD_DATA"]) / "medithread.sqlite3")
        return sqlite(path, allow_old=yes(values, "MEDITHREAD_ALLOW_OLD_SQLITE"))
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadSetting(f"DATABASE_URL: {parts.scheme!r} is not supported; use sqlite:///… or postgresql://…")
    return postgres(parts.hostname or "", str(parts.port or ""), parts.path.lstrip("/"), unquote(parts.username or ""), unquote(parts.password or ""), parts.query)


def sqlite(path: str, *, allow_old: bool = False) -> dict[str, object]:
    if not allow_old and not sqlite_is_safe():
        raise BadSetting(f"This SQLite is older than {'.'.join(map(str, SAFE_SQLITE))} and can corrupt its file. Install pysqlite3, or use PostgreSQL.")
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "cache_size=-20000")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": ";".join(f"PRAGMA {p}" for p in pragmas)},
    }


def postgres(host: str, port: str, name: str, user: str, password: str, query: str = "") -> dict[str, object]:
    options = dict(part.split("=", 1) for part in query.split("&") if "=" in part)
    host = unquote(options.pop("host", host))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
