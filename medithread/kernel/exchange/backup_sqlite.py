"""Backup of an SQLite database: its own online backup, in one step, which in WAL mode holds nobody up."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import LedgerBroken, No, Refusal

from .backup import FILES, HEAD, Backup, hash_of, migrations, note_head

NAME = "database.sqlite3"


def take(folder: Path, made: Backup) -> list[str]:
    """Copy the database; answers the hashes of the files it names."""
    made.migrations = migrations()
    connection.ensure_connection()
    with closing(_open(folder / NAME)) as copy:
        connection.connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("DELETE FROM django_session")
        copy.commit()
        _sound(copy)
        note_head(made, copy.execute(HEAD).fetchone())
        files = [row[0] for row in copy.execute(FILES)]
    _to_disk(folder / NAME)
    made.parts[NAME] = hash_of(folder / NAME)
    return files


def give_back(folder: Path, _made: Backup) -> None:
    """Put the copy in the place of the empty database."""
    place = str(connection.settings_dict["NAME"])
    if ":memory:" in place or place.startswith("file:"):
        raise Refusal(No("restore.memory", _("A backup cannot be restored into a database in memory.")))
    connection.close()
    coming = Path(f"{place}.coming")
    coming.parent.mkdir(parents=True, exist_ok=True)
    coming.write_bytes(b"")
    with closing(_open(folder / NAME)) as source, closing(_open(coming)) as target:
        source.backup(target, pages=-1)
        _sound(target)
    _to_disk(coming)
    for left in ("-wal", "-shm"):
        Path(place + left).unlink(missing_ok=True)
    coming.replace(place)


def _open(path: Path) -> Any:
    return sqlite3.connect(path)


def _sound(database: Any) -> None:
    found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise LedgerBroken(No("backup.unsound", _("The copy of the database is not sound: %(what)s") % {"what": found}))


def _to_disk(path: Path) -> None:
    """The bytes are on the disk before anybody relies on them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
