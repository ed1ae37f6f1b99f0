"""From a folder and a table to the rows of a protocol; files without a row become suggested rows."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.exchange.tables import read_table

from .columns import People, Reader, fields_of, key, type_of, type_words

MOST_ROWS = 2_000
TABLES = (".csv", ".xlsx", ".ods", ".tsv")


@dataclass
class Listed:
    """A table as it was read: rows of cells by field, the rows' numbers, and what a person should know."""

    cells: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_listed(table: Path | bytes | Any, name: str) -> Listed:
    """Read a table of versions. Raises TableError, Refusal for one without a column of ours, or with more than 2,000 rows."""
    found = Listed()
    with read_table(table, filename=name) as opened:
        places, unknown = fields_of(opened.columns)
        if "file" not in places.values() and "number" not in places.values():
            raise Refusal(No("adopt.columns", _("The table has no column “number” and none “file”."), field="table", fix=_("Use the table that can be downloaded here, or name the columns like that.")))
        for row in opened.rows:
            if len(found.cells) == MOST_ROWS:
                raise Refusal(No("adopt.rows", _("The table has more than %(n)d rows.") % {"n": MOST_ROWS}, field="table", fix=_("Adopt it in several protocols.")))
            found.cells.append({name: row[place] for place, name in places.items()})
            found.lines.append(row.number)
        if unknown:
            found.notes.append(_("Columns that mean nothing here: %(names)s") % {"names": ", ".join(unknown)[:500]})
        found.notes.extend(f"{problem.message} ({_('row')} {problem.row})" if problem.row else str(problem.message) for problem in opened.problems)
    return found


def rows_of(listed: Listed, guesses: Mapping[str, Mapping[str, str]], own_types: Iterable[str], source: str) -> list[dict[str, Any]]:
    """The rows of the protocol: those of the table, filled up with what the files say, then suggestions for files without a row."""
    types = type_words(own_types)
    reader = Reader(types, People.here())
    cells = [_with_file(row, guesses) for row in listed.cells]
    named = {row.get("file", "") for row in cells} | {path for row in cells for path in row.get("evidence", "").split(";")}
    suggested = [] if listed.cells else [{"file": path, **guess} for path, guess in guesses.items() if path not in named and _is_document(path)]
    cells = [{**guesses.get(row.get("file", ""), {}), **{name: cell for name, cell in row.items() if cell.strip()}} for row in cells] + suggested
    reader.settle(cells)
    lines = [*listed.lines, *([None] * len(suggested))]
    return [_row(reader, row, line, source, types) for row, line in zip(cells, lines, strict=True)]


def _row(reader: Reader, cells: Mapping[str, str], line: int | None, source: str, types: Mapping[str, str]) -> dict[str, Any]:
    values = reader.read(cells)
    if "type" not in values and not any(word.startswith("type:") for word in values["unread"]):
        values["type"] = type_of(values.get("number", ""), types) or None
    values.setdefault("source", source)
    return {**values, "line": line}


def _with_file(row: Mapping[str, str], guesses: Mapping[str, Any]) -> dict[str, str]:
    """The row with its paths as they stand in the folder, where only one file can be meant."""
    found = dict(row)
    found["file"] = resolve(row["file"], guesses) if row.get("file", "").strip() else _by_number(row, guesses)
    if row.get("evidence", "").strip():
        found["evidence"] = ";".join(resolve(path, guesses) for path in row["evidence"].replace("\n", ";").split(";") if path.strip())
    return found


def _by_number(row: Mapping[str, str], guesses: Mapping[str, Mapping[str, str]]) -> str:
    """The one file whose own number (and version, where several have it) is that of the row; empty where none or several are."""
    wanted, label = key(row.get("number", "")), key(row.get("label", ""))
    there = [path for path, guess in guesses.items() if wanted and key(guess.get("number", "")) == wanted]
    exact = [path for path in there if key(guesses[path].get("label", "")) == label]
    found = exact if len(there) > 1 else there
    return found[0] if len(found) == 1 else ""


def resolve(path: str, paths: Iterable[str]) -> str:
    """The path in the folder that a cell means: exact, else by its name alone, capitals and Unicode forms aside."""
    wanted = unicodedata.normalize("NFC", path.strip().replace("\\", "/").removeprefix("./"))
    there = list(paths)
    if wanted in there:
        return wanted
    plain = wanted.casefold()
    for compare in (str.casefold, lambda p: PurePosixPath(p).name.casefold(), lambda p: PurePosixPath(p).stem.casefold()):
        found: Sequence[str] = [p for p in there if compare(p) in (plain, PurePosixPath(plain).name)]
        if len(found) == 1:
            return found[0]
    return wanted


def _is_document(path: str) -> bool:
    """Evidence lies in folders of that name; everything else may be a document."""
    return not any(part.casefold() in ("evidence", "evidences", "scans", "proof") for part in PurePosixPath(path).parts[:-1])
