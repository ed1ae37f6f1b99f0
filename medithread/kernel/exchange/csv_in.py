"""Reads CSV as Excel and others write it in any country: encoding and delimiter are told by the content, rows stream."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medithread.kernel.exchange.table_parts import Problems, Row, Table, TableError, shaped, too_long_cell
from medithread.kernel.files.reading import Body
from medithread.kernel.files.texts import BOMS, Decoded, decoded

DELIMITERS = ("\t", ";", "|", ",")
_OTHERS = {one: "".join(other for other in DELIMITERS if other != one) for one in DELIMITERS}
_SAMPLE = 1 << 17  # bytes
_MAX_RECORD = 2_000_000  # characters; csv itself refuses a cell of more than 131,072
_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t| :^~])"?\r?\n?', re.IGNORECASE)
# The guard that write_csv puts before a cell which a spreadsheet would run as a formula.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_SAVE_AS = _("In Excel: Save as → “CSV UTF-8”.")


def read_csv(
    body: Body, *, encoding: str | None = None, delimiter: str | None = None, header_row: int | None = None, guarded: bool = True
) -> Table:
    """The table in a CSV text. Raises TableError; rows may raise it too."""
    problems = Problems()
    encoding = encoding or _encoding(body, problems)
    text = _sample(body, encoding)
    declared = _SEPARATOR_LINE.match(text)
    if delimiter is None:
        delimiter = declared[1] if declared else _delimiter(text)
    options = _Options(encoding, delimiter, skip_first=declared is not None, spaced=f'"{delimiter} "' in text, guarded=guarded)
    columns, rows = shaped(_records(body, options, problems), problems, header_row=header_row)
    return Table(columns, rows, encoding=encoding, delimiter=delimiter, problems=problems)


@dataclass(frozen=True)
class _Options:
    encoding: str
    delimiter: str
    skip_first: bool  # Excel's "sep=;" line, which it does not show and does not count
    spaced: bool  # "a", "b"
    guarded: bool


def _encoding(body: Body, problems: Problems) -> str:
    found = decoded(body.pieces())
    if found is None or not _is_text(found):
        return _encoding_with_nul(body)
    if found.encoding == "windows-1252":
        words = _("The text is not in Unicode; it was read as Windows-1252 (Western European). Look at the accented letters.")
        problems.note("csv.encoding", words)
    return found.encoding


def _encoding_with_nul(body: Body) -> str:
    """UTF-16 without its mark has a NUL in every other byte; a few elsewhere are dropped and reported row by row."""
    head = body.head()
    for name, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[::2].count(0))):
        if body.size % 2 == 0 and zeros * 4 > len(head):
            return name
    found = decoded(piece.replace(b"\x00", b"") for piece in body.pieces())
    if found is None or not _is_text(found) or sum(piece.count(0) for piece in body.pieces()) * 100 > body.size:
        words = _("This is no text, or in an encoding that cannot be told.")
        raise TableError("table.not-text", words, fix=_SAVE_AS)
    return found.encoding


def _is_text(found: Decoded) -> bool:
    """Unicode proves itself; any bytes could be Windows-1252, unless control characters tell."""
    return found.encoding != "windows-1252" or found.plausible


def _sample(body: Body, encoding: str) -> str:
    text = body.at(0, _SAMPLE)[_mark(body, encoding) :].decode(encoding.removesuffix("-sig"), "ignore")
    if body.size <= _SAMPLE:
        return text
    return text[: text.rfind("\n") + 1] or text


def _mark(body: Body, encoding: str) -> int:
    return next((len(mark) for mark, name in BOMS if name == encoding and body.at(0, 3).startswith(mark)), 0)


def _delimiter(text: str) -> str:
    """The delimiter under which the rows agree on more than one cell; a comma where none does.

    Where they agree under several, decimal commas are the usual reason, so that the comma comes last.
    """
    best = max(DELIMITERS, key=lambda candidate: _agreement(text, candidate))
    return best if _agreement(text, best) > (0, 0) else ","


def _agreement(text: str, delimiter: str) -> tuple[int, float]:
    """(1, rank) where all rows agree; else (0, share of rows × log of cells), less where quotes break or the first row differs."""
    counts, lines = [], 0
    odd = re.compile(rf'"[{re.escape(_OTHERS[delimiter])}]|[{re.escape(_OTHERS[delimiter])}]"')
    smells = False
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            lines = reader.line_num
            if record:
                counts.append(len(record))
                smells = smells or any('"' in cell and odd.search(cell) for cell in record)
    except csv.Error:
        smells = True  # what was read so far counts, as much as it covers of the text
    if not counts:
        return 0, 0
    # Of two numbers of cells that are as common, the larger one: deterministic.
    cells, rows = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))
    if cells > 1 and 1 < rows == len(counts) and not smells:
        return 1, -DELIMITERS.index(delimiter)
    covered = lines / max(1, text.count("\n"), lines)
    return 0, round(covered * rows / len(counts) * math.log(cells) * (1 if counts[0] == cells else 0.4) * (0.5 if smells else 1), 9)


class _Lines(Iterator[str]):
    """Lines of bounded length. The consumer tells which row is being read and when one is complete."""

    def __init__(self, stream: io.TextIOWrapper, problems: Problems) -> None:
        self.stream, self.problems, self.row, self.length = stream, problems, 1, 0

    def __next__(self) -> str:
        try:
            line = self.stream.readline(_MAX_RECORD + 1)
        except UnicodeDecodeError as error:
            raise TableError("csv.encoding", _("The encoding of the text changes within it."), self.row, fix=_SAVE_AS) from error
        self.length += len(line)
        if self.length > _MAX_RECORD:
            raise too_long_cell(self.row)
        if not line:
            raise StopIteration
        if "\x00" in line:
            self.problems.note("csv.nul", _("NUL characters were dropped."), self.row)
            line = line.replace("\x00", "")
        return line


def _records(body: Body, options: _Options, problems: Problems) -> Iterator[Row]:
    body.file.seek(_mark(body, options.encoding))
    stream = io.TextIOWrapper(body.file, options.encoding.removesuffix("-sig"), newline="")
    try:
        lines = _Lines(stream, problems)
        if options.skip_first:
            next(lines)
        reader = csv.reader(lines, delimiter=options.delimiter, skipinitialspace=options.spaced, strict=True)
        yield from _numbered(reader, lines, guarded=options.guarded)
    finally:
        if not body.file.closed:  # else there is nothing left to protect from being closed
            stream.detach()


def _numbered(reader: Iterator[list[str]], lines: _Lines, *, guarded: bool) -> Iterator[Row]:
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _csv_error(error, lines.row) from error
        yield Row(lines.row, map(_unguarded, record) if guarded else record)
        lines.row, lines.length = lines.row + 1, 0


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def _csv_error(error: csv.Error, row: int) -> TableError:
    if "field larger" in str(error):
        return too_long_cell(row)
    words = _("A quotation mark in row %(row)s is not closed, or stands inside a quoted cell without being doubled.") % {"row": row}
    return TableError("csv.quotes", words, row, fix=_("Correct the row, or save the table again from the spreadsheet."))
