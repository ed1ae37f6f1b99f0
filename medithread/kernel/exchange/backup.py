"""Backup while people write, and its way back: database and files in one folder that needs no other program (docs/backup.md).

SQLite is copied by its online backup; PostgreSQL table by table from one snapshot. A backup is everything, passwords and jobs
included, sessions aside; secrets of the environment are never in it. Every part is hashed in `backup.json`, which is written last.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _

from medithread import __version__
from medithread.kernel.base import clock
from medithread.kernel.base.refusal import LedgerBroken, No, Refusal
from medithread.kernel.files.store import open_file, path_of
from medithread.kernel.ledger.epoch import begin
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.verify import Report, verify

FORMAT = "medithread-backup/1"
ABOUT = "backup.json"
CHUNK = 1024 * 1024
Told = Callable[[str], None]


@dataclass
class Backup:
    """What a backup holds: where the ledger stood, which migrations had run, and every part with its SHA-256."""

    database: str
    program: str = __version__
    format: str = FORMAT
    made_at: str = ""
    origin: str = ""
    purpose: str = ""
    size: int = 0
    head: str = ""
    migrations: list[list[str]] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)


def back_up(folder: Path, told: Told = lambda _text: None) -> Backup:
    """Copy database and files into a new folder. Nobody is held up; what was written before this began is in it.

    Raises Refusal when the folder is not empty, LedgerBroken before birth.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(No("backup.folder", _("The folder %(name)s is not empty.") % {"name": folder}, fix=_("Name a new one for each backup.")))
    folder.mkdir(parents=True, exist_ok=True)
    made = Backup(connection.vendor, made_at=clock.text(clock.now()))
    from . import backup_postgres, backup_sqlite

    take = backup_postgres.take if connection.vendor == "postgresql" else backup_sqlite.take
    files = take(folder, made)
    told(f"{made.size} entries")
    _files_out(folder, made, files)
    told(f"{made.files} files")
    text = json.dumps(asdict(made), indent=1, sort_keys=True)
    partial = folder / f"{ABOUT}.partial"
    partial.write_text(text)
    partial.rename(folder / ABOUT)
    return made


def read_about(folder: Path) -> Backup:
    """What a backup says of itself. Raises Refusal for a folder that holds none, or one that was not finished."""
    try:
        found = json.loads((folder / ABOUT).read_text())
        made = Backup(**found)
    except (OSError, ValueError, TypeError) as error:
        raise Refusal(No("backup.none", _("There is no finished backup in %(name)s.") % {"name": folder})) from error
    if made.format != FORMAT:
        raise Refusal(No("backup.format", _("This backup was written by another version of the program.")))
    return made


def bring_back(folder: Path, reason: str, told: Told = lambda _text: None) -> Report:
    """Bring a backup into a database without a ledger, and let it go on there under a new epoch. Answers the verification.

    Everything is compared with `backup.json` first; what an older version of the program wrote is migrated after the epoch
    has begun, since a migration may write to the ledger. Raises Refusal, LedgerBroken.
    """
    from . import backup_postgres, backup_sqlite

    made = read_about(folder)
    _may_come_back(made, reason)
    check(folder, made)
    told("The parts are what was written.")
    (backup_postgres if made.database == "postgresql" else backup_sqlite).give_back(folder, made)
    head = Head.objects.get()
    if (head.seq, head.hash, head.origin) != (made.size, made.head, made.origin):
        raise LedgerBroken(No("backup.head", _("The ledger that came back does not end where the backup says.")))
    _files_in(folder, made)
    told(f"{made.size} entries and {made.files} files are back, head {made.head}")
    begin(reason)
    call_command("migrate", verbosity=0, interactive=False)
    return verify()


def _may_come_back(made: Backup, reason: str) -> None:
    if made.database != connection.vendor:
        names = {"made": made.database, "here": connection.vendor}
        raise Refusal(
            No("backup.database", _("This is a backup of %(made)s, the database here is %(here)s.") % names, fix=_("Restore an export bundle to change the database."))
        )
    if not reason.strip():
        raise Refusal(No("epoch.reason", _("Say why this ledger goes on in another place."), field="reason"))
    with connection.cursor() as cursor:
        if "ledger_head" in connection.introspection.table_names(cursor) and Head.objects.exists():
            raise Refusal(No("restore.born", _("There is a ledger here already."), fix=_("Restore into an empty database.")))


def check(folder: Path, made: Backup) -> None:
    """Every part is there and hashes to what was written. Raises LedgerBroken."""
    for name, wanted in made.parts.items():
        path = folder / name
        if not path.is_file() or hash_of(path) != wanted:
            raise LedgerBroken(No("backup.altered", _("%(name)s is not what was backed up.") % {"name": name}))


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def migrations() -> list[list[str]]:
    """The migrations that have run, [app, name], in their order."""
    rows = MigrationRecorder(connection).migration_qs.order_by("id").values_list("app", "name")
    return [list(row) for row in rows]


def _files_out(folder: Path, made: Backup, names: list[str]) -> None:
    """Copy every file that the database names. A file whose bytes are gone is told, not passed over."""
    for sha256 in names:
        place = f"files/{path_of(sha256)}"
        try:
            with open_file(sha256) as source, opened(folder / place) as target:
                shutil.copyfileobj(source, target, CHUNK)
        except LedgerBroken:
            (folder / place).unlink(missing_ok=True)
            made.missing.append(sha256)
            continue
        if hash_of(folder / place) != sha256:
            raise LedgerBroken(No("files.altered", _("The stored file %(hash)s was altered.") % {"hash": sha256[:12]}))
        made.parts[place] = sha256
        made.files += 1


def _files_in(folder: Path, made: Backup) -> None:
    store = storages["files"]
    for place, sha256 in made.parts.items():
        name = path_of(sha256)
        if place == f"files/{name}" and not store.exists(name):
            with (folder / place).open("rb") as source:
                store.save(name, File(source, name=name))


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A new file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as stream:
        yield stream


def note_head(made: Backup, row: tuple[Any, ...] | None) -> None:
    """Keep where the ledger stood. Raises LedgerBroken before birth."""
    if row is None:
        raise LedgerBroken(No("ledger.unborn", _("This database has no ledger yet.")))
    made.size, made.head, made.origin, made.purpose = row


HEAD = "SELECT seq, hash, origin, purpose FROM ledger_head WHERE id = 1"
FILES = "SELECT sha256 FROM files_file ORDER BY id"
