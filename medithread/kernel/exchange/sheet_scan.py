"""Goes through the XML of a workbook before it is read: how far it reaches, and what a reader of values would not notice.

The library that reads the values keeps a sheet as a full rectangle, so that one cell in the last corner would take gigabytes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import normpath
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.exchange.table_parts import MAX_CELL, TableError, too_long_cell
from medithread.kernel.files.reading import Body
from medithread.kernel.files.xml_scan import Enough, Names, NotXml, attribute, local, scan
from medithread.kernel.files.zips import Entry, content, unpacked

MAX_AREA = 10_000_000  # cells in the rectangle that holds all content; measured at some 45 bytes each
_SPARSE = 1_000_000  # from here on at least one cell in fifty must be filled
_MOST_ROWS, _MOST_COLUMNS = 1 << 21, 1 << 15  # twice what any program has
_SMALL = 4 << 20
_KEPT = 100
_CELLS_EACH = 50
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})", re.ASCII)
Kept = TypeVar("Kept")


@dataclass
class SheetFacts:
    """What a sheet holds besides values. Rows count from 1, columns from 0; lists keep the first hundred."""

    filled: int = 0
    last_row: int = 0
    last_column: int = -1
    errors: list[tuple[int, int]] = field(default_factory=list)
    no_result: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: bool = False

    def fill(self, row: int, column: int) -> None:
        """Take note that there is content down to this row and column. Raises TableError where that becomes unbearable."""
        self.filled += 1
        if row > self.last_row or column > self.last_column:
            self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)
            if self.area > MAX_AREA:
                raise _too_large(row)

    @property
    def area(self) -> int:
        """The cells of the rectangle from the first cell of the sheet to the last filled ones."""
        return self.last_row * (self.last_column + 1)

    def check(self) -> None:
        """Refuse a sheet whose few cells lie far apart."""
        if self.area > _SPARSE and self.filled * _CELLS_EACH < self.area:
            words = _("A few cells lie far outside of the table (down to row %(row)s).") % {"row": self.last_row}
            raise TableError("sheet.sparse", words, self.last_row, fix=_("Delete the rows and columns outside of the table."))


def scan_workbook(body: Body, entries: list[Entry]) -> dict[str, SheetFacts]:
    """The facts of each sheet of an XLSX file by the name of the sheet. Raises TableError.

    Every part that is a worksheet is gone through, whether the workbook names it or not, so that no other way of reading the
    workbook leads to one that was not.
    """
    parts: dict[str, SheetFacts] = {}
    for entry in entries:
        if _root(body, entry) == "worksheet":
            facts = SheetFacts()
            scanned = _WorksheetScan(facts)
            _read(body, entry, scanned)
            scanned.finish()
            facts.check()
            parts[entry.name] = facts
    names = _sheet_parts(body, {entry.name: entry for entry in entries})
    return {name: parts[part] for name, part in names.items() if part in parts}


def scan_open_document(body: Body, entries: list[Entry]) -> dict[str, SheetFacts]:
    """The facts of each sheet of an ODS file by its name. Raises TableError."""
    sheets: dict[str, SheetFacts] = {}
    for entry in entries:
        if entry.name == "content.xml":
            _read(body, entry, _ContentScan(sheets))
    for facts in sheets.values():
        facts.check()
    return sheets


def _too_large(row: int) -> TableError:
    words = _("The sheet reaches over more than %(most)s cells.") % {"most": f"{MAX_AREA:,}"}
    return TableError("sheet.too-large", words, row, fix=_("Save the sheet as CSV, or split it."))


def _broken(part: str) -> TableError:
    words = _("A part of the workbook (“%(name)s”) cannot be read.") % {"name": part}
    return TableError("sheet.broken", words, fix=_("Open it, save it again and choose the new file."))


class _Scan:
    """Hands each element to the method that is called after it: on_table_row for table:table-row."""

    def __init__(self) -> None:
        self._known: dict[str, Callable[[Names], None] | None] = {}

    def start(self, name: str, attributes: Names) -> None:
        if name not in self._known:
            self._known[name] = getattr(self, "on_" + local(name).replace("-", "_"), None)
        call = self._known[name]
        if call is not None:
            call(attributes)

    def text(self, _characters: str) -> None:
        """Characters between the elements."""


class _WorksheetScan(_Scan):
    """One sheet of an XLSX file."""

    def __init__(self, facts: SheetFacts) -> None:
        super().__init__()
        self.facts, self.row, self.column, self.cell_row = facts, 0, -1, 0
        self.formula = self.value = False
        self.row_text = ""
        self.columns: dict[str, int] = {}  # by the letters of a reference in the current row: most cells go this short way

    def on_row(self, attributes: Names) -> None:
        self.finish()
        self.row, self.column = _number(attributes.get("r"), self.row + 1), -1
        self.row_text = str(self.row)
        if attributes.get("hidden") in ("1", "true"):
            _keep(self.facts.hidden_rows, self.row)

    def on_c(self, attributes: Names) -> None:
        self.finish()
        reference = attributes.get("r")
        if reference is None:
            self.cell_row, self.column = self.row, self.column + 1
        elif (column := self.columns.get(reference.removesuffix(self.row_text))) is not None:
            self.cell_row, self.column = self.row, column
        else:
            self.cell_row, self.column = _place(reference)
            if self.cell_row == self.row:
                self.columns[reference.removesuffix(self.row_text)] = self.column
        if attributes.get("t") == "e":
            _keep(self.facts.errors, (self.cell_row, self.column))

    def on_f(self, _attributes: Names) -> None:
        self.formula, self.value = True, False

    def on_v(self, _attributes: Names) -> None:
        self.value = True
        self.facts.fill(self.cell_row, self.column)

    on_is = on_v

    def on_col(self, attributes: Names) -> None:
        if attributes.get("hidden") in ("1", "true"):
            for column in range(_number(attributes.get("min"), 1), min(_number(attributes.get("max"), 1), 16_384) + 1):
                _keep(self.facts.hidden_columns, column - 1)

    def text(self, _characters: str) -> None:
        if self.value:
            self.formula = False

    def finish(self) -> None:
        """The cell is over: a formula that had no value by now has none."""
        if self.formula:
            _keep(self.facts.no_result, (self.cell_row, self.column))
        self.formula = self.value = False


class _ContentScan(_Scan):
    """All sheets of an ODS file."""

    def __init__(self, sheets: dict[str, SheetFacts]) -> None:
        super().__init__()
        self.sheets, self.facts, self.inside = sheets, SheetFacts(), False
        self.row = self.next_row = 1
        self.column = self.next_column = 0

    def on_table(self, attributes: Names) -> None:
        if self.inside:
            raise _broken("content.xml")  # a table in a cell: no one could say which row is meant
        self.inside = True
        self.facts = self.sheets.setdefault(attribute(attributes, "name"), SheetFacts())
        self.row, self.next_row, self.column, self.next_column = 1, 1, 0, 0

    def on_table_column(self, attributes: Names) -> None:
        first, self.next_column = self.next_column, self.next_column + _number(attribute(attributes, "number-columns-repeated"), 1)
        if attribute(attributes, "visibility") in ("collapse", "filter"):
            for column in range(first, min(self.next_column, 16_384)):
                _keep(self.facts.hidden_columns, column)

    def on_table_row(self, attributes: Names) -> None:
        self.row, self.next_row = self.next_row, self.next_row + _number(attribute(attributes, "number-rows-repeated"), 1)
        self.column = self.next_column = 0
        if self.next_row > _MOST_ROWS:
            raise _too_large(self.row)
        if attribute(attributes, "visibility") in ("collapse", "filter"):
            _keep(self.facts.hidden_rows, self.row)

    def on_table_cell(self, attributes: Names) -> None:
        self.column, self.next_column = self.next_column, self.next_column + _number(attribute(attributes, "number-columns-repeated"), 1)
        if self.next_column > _MOST_COLUMNS:
            raise _too_large(self.row)
        kind = attribute(attributes, "value-type")
        if kind:
            self.on_p({})
        if kind == "error":
            _keep(self.facts.errors, (self.row, self.column))
        spans = attribute(attributes, "number-columns-spanned"), attribute(attributes, "number-rows-spanned")
        self.facts.merged = self.facts.merged or any(span not in ("", "1") for span in spans)

    on_covered_table_cell = on_table_cell

    def on_s(self, attributes: Names) -> None:
        if _number(attribute(attributes, "c"), 1) > MAX_CELL:  # so many spaces
            raise too_long_cell(self.row)

    def ended(self, name: str) -> None:
        """The end of an element."""
        if local(name) == "table":
            self.inside = False

    def on_p(self, _attributes: Names) -> None:
        self.facts.fill(self.next_row - 1, self.next_column - 1)


def _read(body: Body, entry: Entry, handler: _Scan) -> None:
    try:
        scan(unpacked(body, entry), handler.start, text=handler.text, end=getattr(handler, "ended", None))
    except NotXml as error:
        raise _broken(entry.name) from error


def _root(body: Body, entry: Entry) -> str:
    """The name of the first element of a part; "" where it is no XML. One that could pass for a sheet elsewhere is refused."""
    found: list[str] = []

    def start(name: str, _attributes: Names) -> None:
        found.append(local(name))
        raise Enough

    try:
        scan(unpacked(body, entry), start)
    except NotXml as error:
        if any(b"<" in piece and b"sheetData" in piece.replace(b"\x00", b"") for piece in unpacked(body, entry)):
            raise _broken(entry.name) from error
    return found[0] if found else ""


def _sheet_parts(body: Body, named: dict[str, Entry]) -> dict[str, str]:
    """Sheet name → part, by the workbook and its relations."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(_name: str, attributes: Names) -> None:
        target = attributes.get("Target", "")
        if attributes.get("Id", "") in targets:
            raise _broken("xl/_rels/workbook.xml.rels")
        targets[attributes.get("Id", "")] = normpath(target if target.startswith("/") else f"/xl/{target}").lstrip("/")

    def sheet(name: str, attributes: Names) -> None:
        if local(name) == "sheet":
            # The relation's id lies in the namespace of relationships; "sheetId" is another attribute.
            if attributes.get("name", "") in sheets:
                raise _broken("xl/workbook.xml")
            sheets[attributes.get("name", "")] = next((value for key, value in attributes.items() if key.endswith(" id")), "")

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if part in named:
            _read_small(body, named[part], start)
    return {name: targets.get(identity, "") for name, identity in sheets.items()}


def _read_small(body: Body, entry: Entry, start: Callable[[str, Names], None]) -> None:
    try:
        scan([content(body, entry, _SMALL)], start)
    except NotXml as error:
        raise _broken(entry.name) from error


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else otherwise if not text else 1 << 30


def _place(reference: str) -> tuple[int, int]:
    """ "B5" → (5, 1): row from 1, column from 0. Raises TableError."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise _broken(reference[:20])
    column = 0
    for char in found[1].upper():
        column = column * 26 + ord(char) - 64
    return int(found[2]), column - 1


def _keep(kept: list[Kept], found: Kept) -> None:
    if len(kept) < _KEPT:
        kept.append(found)
