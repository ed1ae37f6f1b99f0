"""Reads tables that people bring: CSV of any country, XLSX, ODS and JSON, by what the content is.

    with read_table(path, filename="suppliers.csv") as table:
        for row in table.rows: ...              # row.number is the row as the person sees it
        table.problems                          # complete now

CSV streams with flat memory, of any length up to a million rows. Spreadsheets are held by the library that reads them (up to ten
million cells), JSON as a whole (up to 64 MiB). The value parsers of the import wizard stand in `values` and are named here too.
"""

import io
import os
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from medithread.kernel.exchange.csv_in import read_csv
from medithread.kernel.exchange.json_in import read_json
from medithread.kernel.exchange.sheet_in import read_sheet
from medithread.kernel.exchange.table_parts import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Problem, Problems, Row, Table, TableError
from medithread.kernel.exchange.values import (
    DateOrder,
    Unclear,
    parse_bool,
    parse_date,
    parse_decimal,
    parse_instant,
    settle_date_order,
    settle_decimal_mark,
)
from medithread.kernel.files.kinds import COMPOUND_START, KINDS, ZIP_START, by_signature
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import extension_of, safe_name
from medithread.kernel.files.texts import looks_like

__all__ = [
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "DateOrder",
    "Problem",
    "Problems",
    "Row",
    "Table",
    "TableError",
    "Unclear",
    "parse_bool",
    "parse_date",
    "parse_decimal",
    "parse_instant",
    "read_table",
    "settle_date_order",
    "settle_decimal_mark",
]
Source = bytes | Path | BinaryIO


def read_table(
    data_or_path: Source,
    *,
    filename: str,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    guarded: bool = True,
) -> Table:
    """The table in bytes, a file, or a stream that can seek. Everything but the first two arguments overrides what is found out.

    `sheet` names a sheet; `encoding` and `delimiter` serve CSV; `header_row` is the row with the names, 0 where there is none.
    `guarded` takes one apostrophe away where it stands before a formula character, as write_csv puts it there. Raises TableError.
    """
    with ExitStack() as stack:
        if isinstance(data_or_path, bytes):
            file: BinaryIO = io.BytesIO(data_or_path)
        else:
            file = stack.enter_context(data_or_path.open("rb")) if isinstance(data_or_path, Path) else data_or_path
        body = Body(file, file.seek(0, os.SEEK_END), "")
        kind = _kind(body.head(), extension_of(safe_name(filename)))
        if kind == "sheet":
            table = read_sheet(body, sheet=sheet, header_row=header_row)
        elif kind == "json":
            table = read_json(body)
        else:
            table = read_csv(body, encoding=encoding, delimiter=delimiter, header_row=header_row, guarded=guarded)
        table.on_close = stack.pop_all().close
    return table


def _kind(head: bytes, extension: str) -> str:
    """ "sheet", "json" or "csv", by the content; by the name only where both JSON and CSV are possible. Raises TableError."""
    if head.startswith((*ZIP_START, COMPOUND_START)):
        return "sheet"
    found = by_signature(head) or (KINDS["html"] if looks_like(head) == "html" else None)
    if found is not None:
        words = _("The content is %(what)s, not a table.") % {"what": found.words}
        raise TableError("table.kind", words, fix=_("Save it as .xlsx or .csv and choose the new file."))
    starts_as_json = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{"))
    return "json" if extension == "json" or (starts_as_json and extension not in ("csv", "tsv", "tab", "txt")) else "csv"
