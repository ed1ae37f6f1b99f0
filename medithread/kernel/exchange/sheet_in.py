"""Reads XLSX and ODS by python-calamine: values as a person would type them, and what she should know about the sheet."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import TracebackType

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from medithread.kernel.exchange.sheet_scan import SheetFacts, scan_open_document, scan_workbook
from medithread.kernel.exchange.table_parts import Problems, Row, Table, TableError, letter, shaped
from medithread.kernel.files.kinds import COMPOUND_START
from medithread.kernel.files.office import zip_kind
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileRefused
from medithread.kernel.files.zips import Budget, entries_of, prove

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_EXACT = 10**15  # spreadsheets keep fifteen digits
_AGAIN = _("Open it, save it as .xlsx or .csv and choose the new file.")


def read_sheet(body: Body, *, sheet: str | None = None, header_row: int | None = None) -> Table:
    """The table in one sheet of a workbook: `sheet` by its name, else the first visible one with content. Raises TableError."""
    facts = _facts(body)
    problems = Problems()
    with _Guarded():
        body.file.seek(0)
        book = CalamineWorkbook.from_filelike(body.file)
        found = _chosen(book, facts, sheet, problems)
        _report(found, facts[found.name], problems)
        first_column = found.start[1] if found.start else 0
        columns, rows = shaped(_rows(found, problems), problems, header_row=header_row, first_column=first_column)
    return Table(columns, rows, sheet=found.name, decimal_mark=".", problems=problems)


def as_text(value: Value) -> str:
    """A cell as text: 1.0 → "1", 0.1+0.2 → "0.3", dates in ISO 8601, durations as hours:minutes:seconds, "true" and "false"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.datetime | dt.time):
        return _to_seconds(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _number(value: float) -> str:
    """Fifteen digits, as the spreadsheet shows them, never with an exponent."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    text = f"{Decimal(f'{value:.15g}'):f}"
    return "0" if text == "-0" else text


def _to_seconds(value: dt.datetime | dt.time) -> str:
    """Spreadsheets keep times as fractions of a day, so that noise of a millisecond is common."""
    if isinstance(value, dt.datetime):
        near = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        value = near if abs(value - near) <= dt.timedelta(milliseconds=1) else value
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


class _Guarded:
    """Turns what the library raises into TableError. Its panics on damaged files derive from BaseException under a name of their own."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            return
        if issubclass(kind, CalamineError | OverflowError) or kind.__name__ == "PanicException":
            raise TableError("sheet.broken", _("The workbook is damaged or of an unusual kind."), fix=_AGAIN) from error


def _facts(body: Body) -> dict[str, SheetFacts]:
    if body.head().startswith(COMPOUND_START):
        words = _("This is an Excel workbook of 1997–2003, or one with a password.")
        raise TableError("sheet.old", words, fix=_("Save it as .xlsx without password and choose the new file."))
    try:
        entries = entries_of(body, Budget())
        kind = zip_kind(body, entries)
        if kind.key not in ("xlsx", "ods"):
            raise TableError("sheet.kind", _("The content is %(what)s, not a table.") % {"what": kind.words}, fix=_AGAIN)
        for entry in entries:
            prove(body, entry)
        return scan_workbook(body, entries) if kind.key == "xlsx" else scan_open_document(body, entries)
    except FileRefused as error:
        raise TableError(error.code.value, error.message, fix=error.fix) from error


def _chosen(book: CalamineWorkbook, facts: dict[str, SheetFacts], wanted: str | None, problems: Problems) -> CalamineSheet:
    sheets = [meta for meta in book.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet and meta.name in facts]
    names = ", ".join(f"“{meta.name}”" for meta in sheets)
    if wanted is not None:
        if wanted not in [meta.name for meta in sheets]:
            words = _("There is no sheet “%(name)s”. Sheets: %(names)s") % {"name": wanted, "names": names}
            raise TableError("sheet.unknown", words, fix=_("Choose one of them."))
        return book.get_sheet_by_name(wanted)
    for meta in sheets:
        found = book.get_sheet_by_name(meta.name) if meta.visible is SheetVisibleEnum.Visible else None
        if found is not None and found.start is not None:
            if len(sheets) > 1:
                words = _("Only the sheet “%(name)s” was read. Sheets: %(names)s") % {"name": meta.name, "names": names}
                problems.note("sheet.others", words)
            return found
    raise TableError("table.empty", _("No visible sheet holds anything."), fix=_("Choose another file, or show the sheet."))


def _report(sheet: CalamineSheet, facts: SheetFacts, problems: Problems) -> None:
    for row, column in facts.errors:
        problems.note("cell.error", _("The cell shows an error (such as #N/A) and was read as blank."), row, letter(column))
    for row, column in facts.no_result:
        words = _("The formula has no stored result and was read as blank; open and save the workbook in Excel.")
        problems.note("cell.no-result", words, row, letter(column))
    if facts.hidden_rows:
        problems.note("sheet.hidden-rows", _("Hidden rows are read too."), facts.hidden_rows[0])
    if facts.hidden_columns:
        problems.note("sheet.hidden-columns", _("Hidden columns are read too."), None, letter(facts.hidden_columns[0]))
    merged = sheet.merged_cell_ranges or []
    for (top, left), _corner in merged:
        problems.note("cell.merged", _("Cells are merged; only the first of them has the value."), top + 1, letter(left))
    if facts.merged and not merged:
        problems.note("cell.merged", _("Cells are merged; only the first of them has the value."))


def _rows(sheet: CalamineSheet, problems: Problems) -> Iterator[Row]:
    first_column = sheet.start[1] if sheet.start else 0
    for index, values in enumerate(sheet.iter_rows()):
        for place, value in enumerate(values):
            if isinstance(value, float) and abs(value) >= _EXACT:
                words = _("Spreadsheets keep fifteen digits of a number; a longer one is no longer exact. Format such columns as text.")
                problems.note("cell.digits", words, index + 1, letter(place + first_column))
        yield Row(index + 1, map(as_text, values))
