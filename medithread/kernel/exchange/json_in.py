"""Reads tables in JSON: a list of flat objects, or an object whose "rows" is one (and whose "columns" gives the order)."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.exchange.table_parts import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Problems,
    Row,
    Table,
    TableError,
    too_long_cell,
    too_many_rows,
)
from medithread.kernel.files.reading import Body

MAX_JSON = 64 << 20  # bytes; JSON is read whole
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_FIX = _('Give a list of objects, each one row: [{"name": "value"}, …].')


class _Object(list[tuple[str, object]]):
    """A JSON object as it stands in the text, with repeated names."""


class _Number(str):
    """A JSON number as it stands in the text, so that 1.10 stays 1.10."""

    __slots__ = ()


def read_json(body: Body) -> Table:
    """The table in a JSON text; rows are numbered from 1 in their order. Raises TableError."""
    if body.size > MAX_JSON:
        raise TableError("json.too-large", _("The JSON file is too large."), fix=_("Split it, or save it as CSV."))
    data = _parsed(body.at(0, body.size))
    rows, wanted, path = data, None, ""
    if isinstance(data, _Object):
        members = dict(data)
        rows, wanted, path = members.get("rows"), members.get("columns"), "rows"
    if not isinstance(rows, list) or isinstance(rows, _Object):
        raise TableError("json.shape", _("There is no list of rows in it."), fix=_FIX)
    if len(rows) > MAX_ROWS:
        raise too_many_rows(MAX_ROWS + 1)
    order = [_clean(name) for name in wanted if isinstance(name, str)] if isinstance(wanted, list) else []
    columns = _columns(rows, path, order)
    problems = Problems()
    return Table(columns, _rows(rows, path, columns, problems), decimal_mark=".", problems=problems)


def _parsed(raw: bytes) -> object:
    try:
        text = raw.decode(json.detect_encoding(raw))
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        words = _("This is not JSON: line %(line)s, character %(character)s.") % {"line": error.lineno, "character": error.colno}
        raise TableError("json.broken", words, error.lineno, fix=_("Export it again.")) from error
    except UnicodeDecodeError as error:
        raise TableError("json.broken", _("This is not JSON in Unicode."), fix=_("Export it again as UTF-8.")) from error
    except RecursionError as error:
        raise TableError("json.nested", _("The JSON is nested too deep."), fix=_FIX) from error


def _no_constant(name: str) -> NoReturn:
    raise TableError("json.number", _("%(name)s is no number that can be kept.") % {"name": name}, fix=_("Leave the value out."))


def _columns(rows: list[object], path: str, wanted: list[str]) -> list[str]:
    """All names in the order in which they come, those in `wanted` first."""
    names = dict.fromkeys(wanted)
    for index, row in enumerate(rows):
        if not isinstance(row, _Object):
            raise TableError("json.shape", _("%(path)s is not an object.") % {"path": f"{path}[{index}]"}, index + 1, fix=_FIX)
        for name, _value in row:
            names[_clean(name)] = None
        if len(names) > MAX_COLUMNS:
            raise TableError("table.too-wide", _("The table has more than %(most)s columns.") % {"most": MAX_COLUMNS}, index + 1)
    if not names:
        raise TableError("table.empty", _("The table is empty."), fix=_("Choose another file."))
    return list(names)


def _rows(rows: list[object], path: str, columns: list[str], problems: Problems) -> Iterator[Row]:
    places = {name: place for place, name in enumerate(columns)}
    for index, row in enumerate(rows):
        cells = [""] * len(columns)
        seen = set()
        for name, value in row if isinstance(row, _Object) else ():
            name = _clean(name)
            if name in seen:
                words = _("“%(name)s” stands twice in it; the last value was taken.") % {"name": name}
                problems.note("json.repeated", words, index + 1, name)
            seen.add(name)
            cells[places[name]] = _text(value, f"{path}[{index}].{name}", index + 1, name, problems)
        if any(cells):
            yield Row(index + 1, cells)


def _text(value: object, path: str, row: int, column: str, problems: Problems) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        words: Words = _("%(path)s is nested; a cell holds one value.") % {"path": path}
        raise TableError("json.nested", words, row, column, fix=_FIX)
    if len(value) > MAX_CELL:
        raise too_long_cell(row)
    text = _clean(value)
    if text != value:
        problems.note("json.characters", _("Characters that cannot be kept were replaced."), row, column)
    return text


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which JSON can spell and no text can hold."""
    return _NO_TEXT.sub("\ufffd", text)
