"""What every table has, wherever it comes from: columns, numbered rows, problems found on the way, and one kind of error."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from types import TracebackType
from typing import Self, overload

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Refusal, Words

MAX_ROWS = 1_000_000
MAX_CELL = 100_000  # characters
MAX_COLUMNS = 1_000
_MAX_PROBLEMS = 500
_MAX_NAME = 1_000  # characters
_LOOK_AHEAD = 25  # rows among which the header is sought
_DATA = re.compile(r"[+-]?[\d.,'\s\u00a0\u202f]*\d\s*[%€$]?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")
_SPACES = re.compile(r"[\s\x00-\x1f\ufeff]+")


class TableError(Refusal):
    """A table that cannot be read. `row` is the row as the person sees it in her program (from 1), `column` its letter or name."""

    def __init__(self, code: str, message: Words, row: int | None = None, column: str | None = None, *, fix: Words = "") -> None:
        self.code, self.message, self.row, self.column, self.fix = code, message, row, column, fix
        super().__init__(No(code, message, field="file", fix=fix))


@dataclass(frozen=True)
class Problem:
    """Something that a person should look at before she trusts the table; `row` and `column` as in TableError."""

    code: str
    message: Words
    row: int | None = None
    column: str | None = None


class Problems(Sequence[Problem]):
    """The problems found so far; grows while rows are read. Keeps 500 and counts the rest in `left_out`."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self.left_out = 0

    def note(self, code: str, message: Words, row: int | None = None, column: str | None = None) -> None:
        """Add one."""
        if len(self._kept) < _MAX_PROBLEMS:
            self._kept.append(Problem(code, message, row, column))
        else:
            self.left_out += 1

    @overload
    def __getitem__(self, index: int) -> Problem: ...
    @overload
    def __getitem__(self, index: slice) -> list[Problem]: ...
    def __getitem__(self, index: int | slice) -> Problem | list[Problem]:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)


class Row(list[str]):
    """The cells of one row. `number` is the row as the person sees it in her program, from 1."""

    __slots__ = ("number",)

    def __init__(self, number: int, cells: Iterable[str]) -> None:
        super().__init__(cells)
        self.number = number


@dataclass
class Table:
    """A table that is being read. `rows` can be gone through once; each has as many cells as there are `columns`.

    `encoding` and `delimiter` are told for CSV, `sheet` for spreadsheets. `decimal_mark` is "." where numbers are written by a
    program (spreadsheets, JSON), None where a person's country decides (CSV). `problems` is complete when `rows` is at its end.
    A table read from a path holds the file open: use it in a `with`.
    """

    columns: list[str]
    rows: Iterator[Row]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    decimal_mark: str | None = None
    problems: Problems = field(default_factory=Problems)
    on_close: Callable[[], object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        for close in (getattr(self.rows, "close", None), self.on_close):
            if close is not None:
                close()


def shaped(raw: Iterator[Row], problems: Problems, *, header_row: int | None, first_column: int = 0) -> tuple[list[str], Iterator[Row]]:
    """(columns, rows) of raw rows: finds the header, names the columns, skips blank rows and evens out ragged ones.

    `header_row` is the row number of the header; 0 where there is none; None to find it. `first_column` counts from 0.
    """
    ahead = list(islice((row for row in raw if not blank(row)), _LOOK_AHEAD))
    if not ahead:
        raise TableError("table.empty", _("The table is empty."), fix=_("Choose another file or sheet."))
    if header_row is None:
        at = _header_at(ahead)
    else:
        at = next((index for index, row in enumerate(ahead) if row.number == header_row), -1)
    if header_row and at < 0:
        raise TableError("table.no-header", _("Row %(row)s is blank or too far down for a header.") % {"row": header_row}, header_row)
    header = ahead[at] if at >= 0 else Row(0, [])
    _report_header(ahead, at, header, problems)
    width = max(_filled_to(row) for row in ahead[max(at, 0) :])
    if width > MAX_COLUMNS:
        raise TableError("table.too-wide", _("The table has more than %(most)s columns.") % {"most": MAX_COLUMNS}, header.number)
    if any(len(name) > _MAX_NAME for name in header):
        raise TableError("header.too-long", _("A column name has more than %(most)s characters.") % {"most": _MAX_NAME}, header.number)
    names = [_SPACES.sub(" ", name).strip() for name in header[:width]] + [""] * (width - len(header))
    columns = _named(names, first_column, problems, header.number)
    return columns, _evened(chain(ahead[at + 1 :], raw), columns, len(header), problems)


def letter(index: int) -> str:
    """The letter of a column as spreadsheets show it: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def too_many_rows(row: int) -> TableError:
    """The refusal of a table that is too long."""
    words = _("The table has more than %(most)s rows.") % {"most": f"{MAX_ROWS:,}"}
    return TableError("table.too-long", words, row, fix=_("Split it into several files."))


def too_long_cell(row: int) -> TableError:
    """The refusal of a cell that is too long."""
    words = _("A cell has more than %(most)s characters.") % {"most": f"{MAX_CELL:,}"}
    return TableError("cell.too-long", words, row, fix=_("Shorten it; long texts belong in a file that is attached."))


def blank(row: Row) -> bool:
    """True where no cell holds anything but spaces."""
    return not any(row) or not any(cell.strip() for cell in row)


def _header_at(rows: list[Row]) -> int:
    """The first row that fills more than half as many cells as the fullest; titles above a table fill one or two.

    A shorter row right above data is taken for a header with gaps.
    """
    filled = [sum(1 for cell in row if cell) for row in rows]
    most = max(filled)
    for index, count in enumerate(filled):
        if most < 2 or 2 * count > most:
            return index
        below = rows[index + 1] if index + 1 < len(rows) else []
        if 2 * count >= most and any(_DATA.fullmatch(cell) for cell in below):
            return index
    return 0


def _report_header(ahead: list[Row], at: int, header: Row, problems: Problems) -> None:
    if at > 0:
        words = _("The rows above row %(row)s were taken for a title and left out.") % {"row": header.number}
        problems.note("header.rows-above", words, ahead[0].number)
    cells = [cell for cell in header if cell]
    if cells and 2 * sum(1 for cell in cells if _DATA.fullmatch(cell)) > len(cells):
        words = _("Row %(row)s was taken for the header, but it looks like data.") % {"row": header.number}
        problems.note("header.looks-like-data", words, header.number)


def _named(names: list[str], first_column: int, problems: Problems, row: int) -> list[str]:
    """The names, each once: a missing name becomes "Column C", a repeated one "Name (2)"."""
    seen = Counter(names)
    columns: list[str] = []
    for index, name in enumerate(names):
        place = letter(index + first_column)
        new = name or str(_("Column %(letter)s") % {"letter": place})
        if not name and row:
            problems.note("header.empty", _("Column %(letter)s has no name.") % {"letter": place}, row, place)
        if new in columns:
            count = 2
            while (unique := f"{new} ({count})") in columns or seen[unique]:
                count += 1
            problems.note("header.repeated", _("Two columns are called “%(name)s”.") % {"name": new}, row, place)
            new = unique
        columns.append(new)
    return columns


def _evened(raw: Iterable[Row], columns: list[str], header_length: int, problems: Problems) -> Iterator[Row]:
    width = len(columns)
    count = 0
    for row in raw:
        if blank(row):
            continue
        count += 1
        if count > MAX_ROWS:
            raise too_many_rows(row.number)
        if len(row) < min(width, header_length):
            words = _("The row has %(count)s cells where the header has %(width)s.") % {"count": len(row), "width": header_length}
            problems.note("row.short", words, row.number)
        if len(row) > width and any(row[width:]):
            words = _("The row has more cells than the header; left out: %(cells)s") % {"cells": ", ".join(row[width:])[:200]}
            problems.note("row.long", words, row.number)
        if max(map(len, row)) > MAX_CELL:
            raise too_long_cell(row.number)
        del row[width:]
        row.extend([""] * (width - len(row)))
        yield row


def _filled_to(row: Row) -> int:
    return next((index + 1 for index in range(len(row) - 1, -1, -1) if row[index]), 0)
