"""Tables as grids: makes every table rectangular, and tells which cell covers which place."""

from __future__ import annotations

from collections.abc import Callable

from medithread.kernel.text.errors import TextError
from medithread.kernel.text.inline import Node

COLUMNS = 200
"""The most columns a table may have."""


def span(cell: Node, name: str) -> int:
    """`colspan` or `rowspan` of a cell."""
    return int(cell.get("attrs", {}).get(name, 1))


def with_spans(cell: Node, colspan: int, rowspan: int) -> Node:
    """The cell with these spans; spans of 1 are not written."""
    attrs = {name: value for name, value in (("colspan", colspan), ("rowspan", rowspan)) if value > 1}
    bare = {"type": cell["type"], "content": cell["content"]}
    return {**bare, "attrs": attrs} if attrs else bare


def empty_cell() -> Node:
    """A data cell without text."""
    return {"type": "tableCell", "content": [{"type": "paragraph"}]}


def rectangular(rows: list[list[Node]], path: str, spent: Callable[[int], None]) -> list[list[Node]]:
    """The rows with spans cut to what is free and missing cells added, so that every place is covered exactly once.

    `spent` is told how many nodes are added. TextError where a table is wider than `COLUMNS`.
    """
    taken: dict[tuple[int, int], bool] = {}
    placed = [[_place(cell, row, len(rows), taken, path) for cell in cells] for row, cells in enumerate(rows)]
    width = max((column + 1 for _, column in taken), default=0)
    for row, cells in enumerate(placed):
        missing = [column for column in range(width) if (row, column) not in taken]
        spent(2 * len(missing))
        cells.extend((column, empty_cell()) for column in missing)
        cells.sort(key=lambda pair: pair[0])
    return [[cell for _, cell in cells] for cells in placed]


def _place(cell: Node, row: int, rows: int, taken: dict[tuple[int, int], bool], path: str) -> tuple[int, Node]:
    column = 0
    while (row, column) in taken:
        column += 1
    colspan = 1
    while colspan < span(cell, "colspan") and (row, column + colspan) not in taken:
        colspan += 1
    if column + colspan > COLUMNS:
        raise TextError("text.table-wide", f"A table may have at most {COLUMNS} columns.", f"{path}/content/{row}")
    rowspan = min(span(cell, "rowspan"), rows - row)
    taken.update(((row + down, column + right), True) for down in range(rowspan) for right in range(colspan))
    return column, with_spans(cell, colspan, rowspan)


def grid(table: Node) -> list[list[tuple[int, int]]]:
    """For each row and column of a canonical table: the (row, index in that row) of the cell that covers the place."""
    rows = table["content"]
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for row, node in enumerate(rows):
        column = 0
        for index, cell in enumerate(node.get("content", [])):
            while (row, column) in covered:
                column += 1
            for down in range(span(cell, "rowspan")):
                for right in range(span(cell, "colspan")):
                    covered[row + down, column + right] = (row, index)
    width = max(column for _, column in covered) + 1
    return [[covered[row, column] for column in range(width)] for row in range(len(rows))]


def header_rows(table: Node) -> int:
    """How many rows at the top hold header cells only (and at least one)."""
    count = 0
    for row in table["content"]:
        cells = row.get("content", [])
        if not cells or any(cell["type"] != "tableHeader" for cell in cells):
            break
        count += 1
    return count
