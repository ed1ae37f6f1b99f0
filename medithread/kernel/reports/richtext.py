"""The body of a document (ProseMirror's JSON shape) as blocks that the template can set. Tolerant: nothing in it can stop a print."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from .grids import WHOLE, Cell, Fit, Grid, Room, best_fit, lay_out, measure
from .strings import BREAK, OPEN, plain, shown, visible

Block = dict[str, Any]
Run = list[Any]

MAX_DEPTH = 9
LEAD = 400  # characters of a text that goes with its heading to a landscape page
REPEATABLE = 700  # characters; a longer table header is not repeated on each page
MARKS = {
    "bold": "b",
    "strong": "b",
    "italic": "i",
    "em": "i",
    "underline": "u",
    "strike": "s",
    "code": "c",
    "subscript": "_",
    "superscript": "^",
}
_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"


def kids(node: Any) -> list[Any]:
    """The children of a node, whatever was stored there."""
    content = node.get("content") if isinstance(node, dict) else None
    return [child for child in content if isinstance(child, dict)] if isinstance(content, list) else []


def attr(node: Any, name: str) -> Any:
    attrs = node.get("attrs") if isinstance(node, dict) else None
    return attrs.get(name) if isinstance(attrs, dict) else None


def number(value: Any, least: int, most: int, otherwise: int) -> int:
    """A whole number within bounds from an attribute that may be anything."""
    try:
        return max(least, min(most, int(value)))
    except (TypeError, ValueError, OverflowError):
        return otherwise


def text_of(node: Any) -> str:
    """All text below a node, in order, without recursion."""
    parts: list[str] = []
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            parts.append(_own_text(here))
            stack.extend(reversed(kids(here)))
    return " ".join(part for part in parts if part)


def _own_text(node: dict[str, Any]) -> str:
    if node.get("type") == "recordLink":
        return record_words(node)
    if node.get("type") == "image":
        return "picture picture"  # the room that a picture asks for in a table
    text = node.get("text")
    return text if isinstance(text, str) else ""


def record_words(node: dict[str, Any]) -> str:
    """A link to a record as it is read: its number, and the edition where one is pinned."""
    return " ".join(str(part) for part in (attr(node, "number"), attr(node, "edition")) if part not in (None, ""))


class Setter:
    """Turns nodes into blocks, and gathers what must not be marked up: alternative texts and addresses of links."""

    def __init__(self, page: Room, wide_page: Room, no_alt: str) -> None:
        self.page, self.wide_page, self.no_alt = page, wide_page, no_alt
        self.alts: list[str] = []
        self.hrefs: list[str] = []
        self.images: set[str] = set()
        self.headings = 0
        self._levels: list[int] = []
        self._makers: dict[str, Callable[[Any, Room, int], list[Block]]] = {
            "heading": self._heading,
            "bulletList": self._bullets,
            "orderedList": self._ordered,
            "table": self._table,
            "image": self._image,
            "codeBlock": self._code,
            "blockquote": self._quote,
            "horizontalRule": self._rule,
            "pageBreak": self._page_break,
        }

    def body(self, doc: Any) -> list[Block]:
        """The blocks of a whole document."""
        self._levels = []
        return _led_in(self.blocks(kids(doc), self.page, 0))

    def blocks(self, nodes: Iterable[Any], room: Room, depth: int) -> list[Block]:
        """The blocks of some nodes; inline nodes that stand among blocks become paragraphs."""
        found: list[Block] = []
        inline: list[Any] = []
        for node in nodes:
            if node.get("type") in ("text", "hardBreak", "recordLink"):
                inline.append(node)
                continue
            found += self._paragraph(inline, room)
            inline = []
            found += self._block(node, room, depth)
        return found + self._paragraph(inline, room)

    def _block(self, node: Any, room: Room, depth: int) -> list[Block]:
        if depth > MAX_DEPTH:
            return self._paragraph([{"type": "text", "text": text_of(node)}], room)
        kind = node.get("type")
        maker = self._makers.get(kind) if isinstance(kind, str) else None
        if maker is not None:
            return maker(node, room, depth)
        if kind == "paragraph":
            return self._mixed(kids(node), room, depth)
        return self.blocks(kids(node), room, depth + 1)

    def _mixed(self, nodes: list[Any], room: Room, depth: int) -> list[Block]:
        """A paragraph; pictures inside it stand on their own."""
        if not any(node.get("type") == "image" for node in nodes):
            return self._paragraph(nodes, room)
        return self.blocks(nodes, room, depth + 1)

    def _paragraph(self, nodes: list[Any], room: Room) -> list[Block]:
        runs = list(self.runs(nodes, room))
        return [{"k": "p", "c": runs}] if runs else []

    def runs(self, nodes: Iterable[Any], room: Room, depth: int = 0) -> Iterator[Run]:
        """Text with its marks: [text, marks, number of the address or None]; an empty run is a line end."""
        for node in nodes:
            kind = node.get("type")
            if kind == "hardBreak":
                yield []
            elif kind == "recordLink":
                yield [shown(record_words(node), room.ems), "r", None]
            elif isinstance(node.get("text"), str):
                if node["text"]:
                    yield [shown(node["text"], room.ems), *self._marks(node.get("marks"))]
            elif depth < MAX_DEPTH:
                yield from self.runs(kids(node), room, depth + 1)

    def _marks(self, marks: Any) -> tuple[str, int | None]:
        letters: set[str] = set()
        address: int | None = None
        for mark in marks if isinstance(marks, list) else []:
            kind = mark.get("type") if isinstance(mark, dict) else None
            if kind == "link":
                address = self._address(attr(mark, "href"))
            elif isinstance(kind, str) and kind in MARKS:
                letters.add(MARKS[kind])
        return "".join(sorted(letters)), address

    def _address(self, href: Any) -> int | None:
        """Only addresses that a reader may safely follow; anything else is plain text."""
        if not isinstance(href, str) or not _LINK.match(href) or len(href) > 2000:
            return None
        self.hrefs.append(quote(plain(href), safe=_SAFE))
        return len(self.hrefs) - 1

    def _heading(self, node: Any, room: Room, depth: int) -> list[Block]:
        """Levels are made legal for PDF/UA: they start at one and none is left out. Only headings of the page's own flow are headings."""
        runs = list(self.runs(kids(node), room))
        if not any(run and visible(run[0]) for run in runs):
            return []
        if depth > 0:
            return [{"k": "p", "c": [[run[0], run[1] + "b", run[2]] if run else run for run in runs]}]
        wished = number(attr(node, "level"), 1, 9, 1)
        while self._levels and self._levels[-1] >= wished:
            self._levels.pop()
        self._levels.append(wished)
        self.headings += 1
        return [{"k": "h", "l": min(len(self._levels), 6), "c": runs}]

    def _items(self, node: Any, room: Room, depth: int) -> list[list[Block]]:
        inner = Room(max(20.0, room.width - 16.0), room.size)
        return [self.blocks(kids(item) if item.get("type") == "listItem" else [item], inner, depth + 1) for item in kids(node)]

    def _bullets(self, node: Any, room: Room, depth: int) -> list[Block]:
        items = self._items(node, room, depth)
        return [{"k": "ul", "i": items}] if items else []

    def _ordered(self, node: Any, room: Room, depth: int) -> list[Block]:
        items = self._items(node, room, depth)
        kind = attr(node, "type")
        sign = f"{kind}." if kind in ("a", "A", "i", "I") else ""
        return [{"k": "ol", "n": number(attr(node, "start"), 0, 99_999, 1), "n1": sign, "i": items}] if items else []

    def _quote(self, node: Any, room: Room, depth: int) -> list[Block]:
        inner = Room(max(20.0, room.width - 14.0), room.size)
        blocks = self.blocks(kids(node), inner, depth + 1)
        return [{"k": "q", "b": blocks}] if blocks else []

    def _code(self, node: Any, room: Room, _depth: int) -> list[Block]:
        code = "".join(text_of(child) for child in kids(node)).strip("\n")
        inner = max(2.0, (room.width - 16) / (room.size * 0.9))
        return [{"k": "code", "c": "\n".join(shown(line, inner, "    ") for line in code.split("\n"))}] if code else []

    def _rule(self, _node: Any, _room: Room, _depth: int) -> list[Block]:
        return [{"k": "hr"}]

    def _page_break(self, _node: Any, _room: Room, depth: int) -> list[Block]:
        return [{"k": "pb"}] if depth == 0 else []

    def _image(self, node: Any, room: Room, _depth: int) -> list[Block]:
        file = str(attr(node, "file") or "")
        alt = plain(attr(node, "alt") or "")
        self.images.add(file)
        self.alts.append(alt or self.no_alt)
        width = number(attr(node, "width"), 1, 100, 0)
        return [{"k": "img", "f": file, "alt": len(self.alts) - 1, "w": width, "c": shown(alt or file, room.ems)}]

    def _table(self, node: Any, room: Room, depth: int) -> list[Block]:
        grid = lay_out([[_cell(cell) for cell in kids(row)] for row in kids(node) if row.get("type") == "tableRow"])
        if not grid.columns:
            return []
        measures = measure(grid.columns, _cell_texts(grid))
        best, turned = best_fit(measures, room, self.wide_page if depth == 0 else None)
        cells = [self._cell_block(cell, best, depth) for cell in grid.cells]
        heads = sum(1 for cell in grid.cells if cell.row < grid.header_rows)
        repeat = sum(len(cell.text) for cell in grid.cells[:heads]) <= REPEATABLE
        whole = all(best.height(cell.column, cell.text, cell.columns) <= WHOLE and _is_flat(cell) for cell in grid.cells)
        look = {
            "k": "t",
            "cols": best.widths,
            "inset": best.inset,
            "size": best.size,
            "lines": grid.spans,
            "break": not best.fits,
            "repeat": repeat,
            "whole": whole,
        }
        table = {**look, "head": cells[:heads], "cells": cells[heads:]}
        return [{"k": "land", "b": [table]} if turned else table]

    def _cell_block(self, cell: Cell, best: Fit, depth: int) -> Any:
        """A cell as blocks; one of plain text, as nearly all are, only as its text."""
        room = best.room(cell.column, cell.columns)
        if cell.bare and not cell.header and cell.rows == cell.columns == 1:
            return cell_text(shown(cell.text, room.ems))
        blocks = self.blocks(kids(cell.node), room, depth + 1) if cell.node is not None else []
        return {"b": blocks, "cs": cell.columns, "rs": cell.rows, "h": cell.header}


def cell_text(text: str) -> Any:
    """Text of a cell for the template, which sets a bare string much faster than one in which it must look for breaks."""
    return {"t": text} if "\n" in text or BREAK in text or OPEN in text else text


def _cell(node: Any) -> Cell:
    rows, columns = number(attr(node, "rowspan"), 1, 1000, 1), number(attr(node, "colspan"), 1, 60, 1)
    cell = Cell(0, 0, node, node.get("type") == "tableHeader", rows, columns)
    children = kids(node)
    inside = kids(children[0]) if len(children) == 1 and children[0].get("type") == "paragraph" else []
    if len(inside) == 1 and isinstance(inside[0].get("text"), str) and not inside[0].get("marks"):
        cell.text, cell.bare = inside[0]["text"], True
    else:
        cell.text, cell.bare = text_of(node), not children
    return cell


def _cell_texts(grid: Grid) -> Iterator[tuple[int, str]]:
    """The text of each cell for its column; a cell over several columns counts for none of them alone."""
    for cell in grid.cells:
        if cell.columns == 1:
            yield cell.column, cell.text


def _is_flat(cell: Cell) -> bool:
    """True for a cell that holds text only."""
    return cell.bare or all(child.get("type") in ("paragraph", "heading", "bulletList", "orderedList") for child in kids(cell.node))


def _led_in(blocks: list[Block]) -> list[Block]:
    """A landscape page takes with it the headings, and a short text below them, that lead to its table."""
    found: list[Block] = []
    for block in blocks:
        if block["k"] == "land":
            at = len(found)
            if at > 1 and found[-1]["k"] == "p" and found[-2]["k"] == "h" and sum(len(run[0]) for run in found[-1]["c"] if run) <= LEAD:
                at -= 1
            while at and found[at - 1]["k"] == "h":
                at -= 1
            block = {"k": "land", "b": found[at:] + block["b"]}
            del found[at:]
        found.append(block)
    return found
