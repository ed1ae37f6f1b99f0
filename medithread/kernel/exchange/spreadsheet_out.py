"""Writes lists as CSV, XLSX and JSON; the same content gives the same bytes.

No cell leaves as a formula. In CSV a text that a spreadsheet would run (it begins with = + - @, a tab, a carriage return, a line
feed, or one of the wide forms ＝＋－＠) gets an apostrophe in front, and so does a text in which only apostrophes stand before such
a character; plain numbers such as -5 or +3,2 stay. read_table takes exactly one such apostrophe away, so that reading back gives
what was written. In XLSX texts are stored as texts, which are never run, so that nothing needs to be put in front.
"""

import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from medithread.kernel.base.refusal import Words
from medithread.kernel.exchange.csv_in import FORMULA
from medithread.kernel.exchange.table_parts import TableError

Cell: TypeAlias = str | Promise | int | Decimal | bool | dt.date | dt.datetime | None
Rows: TypeAlias = Iterable[Sequence[Cell]]

MAX_SHEET_ROWS = 1_048_575  # below the header
MAX_TEXT = 32_767  # characters that Excel holds in a cell
_CHUNK = 1 << 16
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*", re.ASCII)
_QUOTED = re.compile(r'[,;\t|"\r\n]|^\s|\s$')
_SURROGATES = re.compile("[\ud800-\udfff]")
# Excel's file format (XML 1.0) has no place for these; a carriage return would come back as a line feed.
_NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDEST, _NARROWEST, _MEASURED = 60, 8, 500
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel counts a day that never was
_SAFE_INT = 2**53


def write_csv(columns: Sequence[str], rows: Rows, *, bom: bool = True, guard: bool = True) -> Iterator[bytes]:
    """The list as CSV (RFC 4180: commas, CRLF) in UTF-8, in pieces. `bom` makes Excel take it for UTF-8.

    `guard` is described above. NUL is left out and a lone surrogate becomes U+FFFD, for no reader keeps them.
    """
    out = ["\ufeff" if bom else ""]
    size = 0
    for row in _with_header(columns, rows):
        line = ",".join(_csv_cell(text_of(cell), guard=guard) for cell in row) + "\r\n"
        out.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield "".join(out).encode()
            out, size = [], 0
    yield "".join(out).encode()


def write_json(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """The list as {"columns": […], "rows": [{column: value}, …]} in UTF-8, in pieces.

    Whole numbers up to 2^53, true, false and null stand as such; decimals, dates and longer numbers as text, so that no reader
    rounds them. NUL and lone surrogates become U+FFFD. Raises ValueError where two columns share a name.
    """
    names = [_json_text(name) for name in columns]
    if len(set(names)) < len(names):
        raise ValueError("two columns share a name")
    out = ['{"columns": ', json.dumps(names, ensure_ascii=False), ', "rows": [']
    size, between = 0, "\n"
    for row in rows:
        line = between + json.dumps(dict(zip(names, map(_json_value, row), strict=True)), ensure_ascii=False)
        out.append(line)
        size, between = size + len(line), ",\n"
        if size >= _CHUNK:
            yield "".join(out).encode()
            out, size = [], 0
    out.append("\n]}\n")
    yield "".join(out).encode()


def write_xlsx(columns: Sequence[str], rows: Rows, *, title: Words, notes: Iterable[tuple[Words, Words]], created: dt.datetime) -> bytes:
    """The list as a workbook: a sheet named after `title`, and a sheet "About" with title, time, number of rows and `notes`.

    `notes` are pairs such as ("Filters", "state: open"), ("As of", "…"), ("Ledger head", "…"). `created` (with its zone) is the
    only time in the file. Decimals and whole numbers of up to fifteen digits are numbers, longer ones text; times are in UTC.
    What Excel cannot hold (control characters, texts over 32,767 characters) is left out or cut, and About says how often.
    Raises TableError (xlsx.too-long) above 1,048,575 rows.
    """
    out = io.BytesIO()
    made = created.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, settings)
    try:
        book.set_properties({"title": _fit(str(title))[:255], "created": made})
        sheet = _Sheet(book, book.add_worksheet(_sheet_name(str(title))), columns)
        for row in rows:
            sheet.add(row)
        sheet.finish()
        facts: list[tuple[Words, Words]] = [(_("Title"), title), (_("Made"), f"{made.isoformat(sep=' ')} UTC"), (_("Rows"), f"{sheet.row}")]
        _about(book, [*facts, *notes, *sheet.remarks()])
    finally:
        book.close()
    return out.getvalue()


def text_of(cell: Cell) -> str:
    """A value as text: dates and times in ISO 8601, "true" and "false", "" for None. Raises TypeError for floats and others."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, Promise | int):
        return str(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    raise TypeError(f"{type(cell).__name__} is no cell")


def _with_header(columns: Sequence[str], rows: Rows) -> Iterator[Sequence[Cell]]:
    yield columns
    yield from rows


def _csv_cell(text: str, *, guard: bool) -> str:
    if text.isalnum():
        return text
    text = _SURROGATES.sub("\ufffd", text.replace("\x00", ""))
    if guard and FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        text = "'" + text
    # Quoting every mark that separates cells somewhere lets any reader find the right one.
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _json_text(text: str) -> str:
    return _SURROGATES.sub("\ufffd", str(text)).replace("\x00", "\ufffd")


def _json_value(cell: Cell) -> str | int | bool | None:
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, int) and abs(cell) <= _SAFE_INT:
        return cell
    return _json_text(text_of(cell))


def _fit(text: str) -> str:
    return _NOT_IN_SHEETS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:MAX_TEXT]


def _sheet_name(title: str) -> str:
    """A name as Excel allows it: at most 31 characters, none of []:*?/\\, no apostrophe at the ends, not one that is taken."""
    name = _NOT_IN_NAMES.sub(" ", title).strip(" '")[:31].strip(" '")
    return "List" if name.lower() in ("", "history", str(_("About")).lower()) else name


class _Sheet:
    """The sheet with the list: header, rows, widths. `row` is the number of rows written."""

    def __init__(self, book: Any, sheet: Worksheet, columns: Sequence[str]) -> None:
        self.book, self.sheet, self.row = book, sheet, 0
        self.cut = self.cleaned = 0
        self.widths = [0] * len(columns)
        self.formats: dict[str, Any] = {}
        header = book.add_format({"bold": True, "bg_color": "#E8ECF1", "bottom": 1, "text_wrap": True, "valign": "top"})
        for place, name in enumerate(columns):
            sheet.write_string(0, place, self._text(str(name), place), header)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def add(self, cells: Sequence[Cell]) -> None:
        """Write the next row."""
        if self.row >= MAX_SHEET_ROWS:
            words = _("A workbook holds at most %(most)s rows.") % {"most": f"{MAX_SHEET_ROWS:,}"}
            raise TableError("xlsx.too-long", words, fix=_("Filter the list, or export it as CSV."))
        self.row += 1
        for place, cell in enumerate(cells):
            self._write(place, cell)

    def finish(self) -> None:
        """Set what depends on all rows."""
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, max(_NARROWEST, min(_WIDEST, width + 2)))
        if self.widths:
            self.sheet.autofilter(0, 0, self.row, len(self.widths) - 1)

    def remarks(self) -> Iterator[tuple[Words, Words]]:
        """What About must say of texts that Excel could not hold."""
        if self.cut:
            yield _("Cut"), _("%(count)s texts were cut at 32,767 characters.") % {"count": self.cut}
        if self.cleaned:
            yield _("Left out"), _("Control characters in %(count)s texts, which Excel cannot hold.") % {"count": self.cleaned}

    def _write(self, place: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self.sheet.write_boolean(self.row, place, cell)
        elif isinstance(cell, int | Decimal) and _exact(cell):
            self._measure(place, text_of(cell))
            self.sheet.write_number(self.row, place, float(cell), self._number_format(cell))
        elif isinstance(cell, dt.date) and _writable_date(cell):
            self._write_date(place, cell)
        else:
            text = self._text(text_of(cell), place)
            if text:
                self.sheet.write_string(self.row, place, text)

    def _write_date(self, place: int, value: dt.date) -> None:
        if isinstance(value, dt.datetime):
            moment = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
            self.sheet.write_datetime(self.row, place, moment, self._format("yyyy-mm-dd hh:mm:ss"))
        else:
            self.sheet.write_datetime(self.row, place, value, self._format("yyyy-mm-dd"))
        self.widths[place] = max(self.widths[place], 19 if isinstance(value, dt.datetime) else 10)

    def _number_format(self, value: int | Decimal) -> Any:
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        return self._format("0." + "0" * -exponent) if isinstance(exponent, int) and exponent < 0 else None

    def _format(self, pattern: str) -> Any:
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern})
        return self.formats[pattern]

    def _text(self, text: str, place: int) -> str:
        self.cut += len(text) > MAX_TEXT
        self.cleaned += _NOT_IN_SHEETS.search(text.replace("\r", "")) is not None
        fit = _fit(text)
        self._measure(place, fit)
        return fit

    def _measure(self, place: int, text: str) -> None:
        if self.row <= _MEASURED:
            self.widths[place] = max(self.widths[place], max(map(len, text[:1000].split("\n"))))


def _exact(value: int | Decimal) -> bool:
    """True where Excel's fifteen digits hold the number exactly."""
    number = Decimal(value)
    return number.is_finite() and len(number.as_tuple().digits) <= 15 and -20 <= number.adjusted() <= 15


def _writable_date(value: dt.date) -> bool:
    return (value.date() if isinstance(value, dt.datetime) else value) >= _FIRST_DAY


def _about(book: Any, facts: Iterable[tuple[Words, Words]]) -> None:
    sheet = book.add_worksheet(str(_("About")))
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, _fit(str(name)), bold)
        sheet.write_string(row, 1, _fit(str(value)), wrap)
