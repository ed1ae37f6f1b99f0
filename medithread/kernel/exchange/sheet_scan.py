"""Goes through the XML of a workbook before it is read: how far it reaches, and what a reader of values would not notice.

The library that reads the values keeps a sheet as a full rectangle, so that one cell in the last corner would take gigabytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from posixpath import normpath
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.exchange.table_parts import TableError
from medithread.kernel.files.reading import Body
from medithread.kernel.files.xml_scan import Enough, Names, NotXml, attribute, local, scan
from medithread.kernel.files.zips import Entry, content, unpacked

MAX_AREA = 10_000_000  # cells in the rectangle that holds all content; measured at some 45 bytes each
_SPARSE = 1_000_000  # from here on at least one cell in fifty must be filled
_SMALL = 4 << 20
_KEPT = 100
_CELLS_EACH = 50
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
                words = _("The sheet reaches over more than %(most)s cells.") % {"most": f"{MAX_AREA:,}"}
                raise TableError("sheet.too-large", words, row, fix=_("Save the sheet as CSV, or split it."))

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
    """The facts of each sheet of an XLSX file by the name of the sheet; sheets that cannot be matched go by their part."""
    parts: dict[str, SheetFacts] = {}
    for entry in entries:
        if entry.name.lower().endswith(".xml") and _root(body, entry) == "worksheet":
            facts = SheetFacts()
            _read(body, entry, _WorksheetScan(facts))
            facts.check()
            parts[entry.name] = facts
    names = _sheet_parts(body, {entry.name: entry for entry in entries})
    return {name: parts.get(part, SheetFacts()) for name, part in names.items()}


def scan_open_document(body: Body, entries: list[Entry]) -> dict[str, SheetFacts]:
    """The facts of each sheet of an ODS file by its name."""
    sheets: dict[str, SheetFacts] = {}
    for entry in entries:
        if entry.name == "content.xml":
            _read(body, entry, _ContentScan(sheets))
    for facts in sheets.values():
        facts.check()
    return sheets


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
        self.facts, self.row, self.column = facts, 0, -1
        self.formula = self.value = False

    def on_row(self, attributes: Names) -> None:
        self.finish()
        self.row, self.column = _number(attributes.get("r"), self.row + 1), -1
        if attributes.get("hidden") in ("1", "true"):
            _keep(self.facts.hidden_rows, self.row)

    def on_c(self, attributes: Names) -> None:
        self.finish()
        self.column = _column(attributes.get("r"), self.column + 1)
        if attributes.get("t") == "e":
            _keep(self.facts.errors, (self.row, self.column))

    def on_f(self, _attributes: Names) -> None:
        self.formula, self.value = True, False

    def on_v(self, _attributes: Names) -> None:
        self.value = True
        self.facts.fill(self.row, self.column)

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
            _keep(self.facts.no_result, (self.row, self.column))
        self.formula = self.value = False


class _ContentScan(_Scan):
    """All sheets of an ODS file."""

    def __init__(self, sheets: dict[str, SheetFacts]) -> None:
        super().__init__()
        self.sheets, self.facts = sheets, SheetFacts()
        self.row = self.next_row = 1
        self.column = self.next_column = 0

    def on_table(self, attributes: Names) -> None:
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
        if attribute(attributes, "visibility") in ("collapse", "filter"):
            _keep(self.facts.hidden_rows, self.row)

    def on_table_cell(self, attributes: Names) -> None:
        self.column, self.next_column = self.next_column, self.next_column + _number(attribute(attributes, "number-columns-repeated"), 1)
        kind = attribute(attributes, "value-type")
        if kind:
            self.on_p({})
        if kind == "error":
            _keep(self.facts.errors, (self.row, self.column))
        spans = attribute(attributes, "number-columns-spanned"), attribute(attributes, "number-rows-spanned")
        self.facts.merged = self.facts.merged or any(span not in ("", "1") for span in spans)

    on_covered_table_cell = on_table_cell

    def on_p(self, _attributes: Names) -> None:
        self.facts.fill(self.next_row - 1, self.next_column - 1)


def _read(body: Body, entry: Entry, handler: _Scan) -> None:
    try:
        scan(unpacked(body, entry), handler.start, text=handler.text)
    except NotXml as error:
        words = _("A part of the workbook (“%(name)s”) cannot be read.") % {"name": entry.name}
        raise TableError("sheet.broken", words, fix=_("Open it, save it again and choose the new file.")) from error
    if isinstance(handler, _WorksheetScan):
        handler.finish()


def _root(body: Body, entry: Entry) -> str:
    """The name of the first element of a part; "" where there is none."""
    found: list[str] = []

    def start(name: str, _attributes: Names) -> None:
        found.append(local(name))
        raise Enough

    try:
        scan(unpacked(body, entry), start)
    except NotXml:
        return ""
    return found[0] if found else ""


def _sheet_parts(body: Body, named: dict[str, Entry]) -> dict[str, str]:
    """Sheet name → part, by the workbook and its relations."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(_name: str, attributes: Names) -> None:
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = normpath(target if target.startswith("/") else f"/xl/{target}").lstrip("/")

    def sheet(name: str, attributes: Names) -> None:
        if local(name) == "sheet":
            # The relation's id lies in the namespace of relationships; "sheetId" is another attribute.
            sheets[attributes.get("name", "")] = next((value for key, value in attributes.items() if key.endswith(" id")), "")

    for part, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if part in named:
            _read_small(body, named[part], start)
    return {name: targets.get(identity, "") for name, identity in sheets.items()}


def _read_small(body: Body, entry: Entry, start: Callable[[str, Names], None]) -> None:
    try:
        scan([content(body, entry, _SMALL)], start)
    except NotXml as error:
        raise TableError("sheet.broken", _("The list of sheets cannot be read."), fix=_("Open it, save it again.")) from error


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else otherwise if not text else 1 << 30


def _column(reference: str | None, otherwise: int) -> int:
    column = 0
    for char in reference or "":
        if not ("A" <= char <= "Z" or "a" <= char <= "z"):
            break
        column = column * 26 + ord(char.upper()) - 64
    return column - 1 if column else otherwise


def _keep(kept: list[Kept], found: Kept) -> None:
    if len(kept) < _KEPT:
        kept.append(found)
