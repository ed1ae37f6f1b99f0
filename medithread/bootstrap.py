"""Runs before Django: takes an SQLite without the WAL-reset fault (fixed in 3.51.3) in place of the stock one."""

import importlib
import sys

SAFE_SQLITE = (3, 51, 3)


def bootstrap() -> None:
    """Replace the standard library's sqlite3 by pysqlite3 where that wheel is installed. Idempotent."""
    if getattr(sys.modules.get("sqlite3"), "__name__", "") == "pysqlite3":
        return
    try:
        module = importlib.import_module("pysqlite3")
    except ImportError:
        return
    sys.modules["sqlite3"] = module
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def sqlite_is_safe() -> bool:
    """True when the SQLite in use does not carry the WAL-reset fault of 3.7.0 to 3.51.2."""
    import sqlite3

    return sqlite3.sqlite_version_info >= SAFE_SQLITE
