"""Taking a folder into a protocol: every file is stored with its hash, every row written into staging. Nothing is adopted yet."""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.safety import FileRefused, safe_name
from medithread.kernel.files.sniff import inspect
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.verbs import attach, store_file, unit

from ..texts import text_of_file
from .desk import change
from .folder import Found, folder_of
from .guess import guess
from .models import Adoption
from .table import Listed, read_listed, rows_of

UNIT = 100
Tell = Callable[[int, int, str], None]


def quiet(_done: int, _total: int, _message: str = "") -> None:
    return None


def take_folder(
    who: Actor | Person, adoption: Adoption, source: Path | Any | None, table: Path | bytes | None = None, *, table_name: str = "", tell: Tell = quiet
) -> Adoption:
    """Put the files of a folder (or ZIP) and the rows of its table into the protocol, in place of what stood there before.

    Without `source` the files stay and only the table is read anew; without `table` rows are suggested from the files.
    Raises FileRefused, TableError, Refusal, NotAllowed.
    """
    listed = read_listed(table, table_name) if table is not None else Listed()
    if source is not None:
        with folder_of(source) as found:
            files, guesses = _store(who, found, tell)
        adoption = _replace(who, adoption, "files", files)
    else:
        guesses = {file.path: _guessed(file) for file in adoption.files.all() if not file.trouble}
    adoption = _note_table(who, adoption, table, table_name)
    rows = rows_of(listed, guesses, adoption.types or (), adoption.source or "")
    hashes = {file.path: file.sha256 for file in adoption.files.all()}
    for row in rows:
        row["sha256"] = hashes.get(row.get("file") or "")
    return _replace(who, adoption, "versions", rows)


def _store(who: Actor | Person, found: Iterable[Found], tell: Tell) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    rows, guesses = [], {}
    whole = list(found)
    for done, file in enumerate(whole):
        tell(done, len(whole), file.path)
        row, guessed = _one(who, file)
        rows.append(row)
        if guessed is not None:
            guesses[file.path] = guessed
    return rows, guesses


def _one(who: Actor | Person, file: Found) -> tuple[dict[str, Any], dict[str, str] | None]:
    """Store one file; one that is refused is listed with the reason."""
    try:
        with file.opened() as stream:
            facts = inspect(stream, declared_name=file.path, size_limit=settings.MAX_UPLOAD, allow=frozenset({"pdf-script"}))
            stream.seek(0)
            data = stream.read()
    except FileRefused as refused:
        return {"path": file.path, "trouble": f"{refused.message} {refused.fix}".strip()[:1000]}, None
    stored = store_file(who, io.BytesIO(data), media_type=facts.media_type, text=text_of_file(facts.media_type, data))
    return {"path": file.path, "sha256": stored.sha256, "size": stored.size, "media_type": stored.media_type}, guess(file.path, data)


def _guessed(file: Any) -> dict[str, str]:
    from medithread.kernel.files.store import read

    return guess(file.path, read(file.sha256))


def _note_table(who: Actor | Person, adoption: Adoption, table: Path | bytes | None, name: str) -> Adoption:
    """Keep the table as it was brought, with its hash."""
    if table is None:
        return adoption
    data = table.read_bytes() if isinstance(table, Path) else table
    facts = inspect(io.BytesIO(data), declared_name=name, size_limit=settings.MAX_UPLOAD)
    stored: StoredFile = store_file(who, io.BytesIO(data), media_type=facts.media_type)
    with unit(who, f"table of {adoption.number}", adoption.uid):
        attach(who, adoption, stored, name=safe_name(name), role="original")
        return change(who, adoption, table_name=safe_name(name), table_sha256=stored.sha256)


def _replace(who: Actor | Person, adoption: Adoption, part: str, rows: list[dict[str, Any]]) -> Adoption:
    """Remove the old rows of a part and write the new ones, in units of at most 100 rows."""
    old = [{"uid": str(uid), "remove": True} for uid in getattr(adoption, part).values_list("uid", flat=True)]
    for some in (*_units(old), *_units(rows)):
        adoption = change(who, adoption, parts={part: some})
    return adoption


def _units(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for at in range(0, len(rows), UNIT):
        yield rows[at : at + UNIT]
