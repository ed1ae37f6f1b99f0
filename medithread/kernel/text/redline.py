"""What changed between two documents: blocks are aligned first, then words inside blocks, and tables cell by cell."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal, TypeAlias

from medithread.kernel.text.inline import Node
from medithread.kernel.text.reading import plain_text
from medithread.kernel.text.redline_words import Segment, pair, segments, similarity, stretches, word_set
from medithread.kernel.text.schema import Doc
from medithread.kernel.text.tables import grid, span

Kind: TypeAlias = Literal["same", "added", "removed", "changed", "formatted", "moved_from", "moved_to"]
_TEXT = frozenset({"paragraph", "heading", "codeBlock"})
_ALIKE = 0.5
_ROWS_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Frame:
    """A container around a block: its kind, whether the block is the first inside, for a list its kind of numbers and its first
    number when that is not 1, for a list item its number ("" for a bullet)."""

    kind: str
    label: str
    first: bool
    start: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A block that is compared as a whole: text, image, rule, page break or table; with the lists and quotations it stands in."""

    node: Node
    frames: tuple[Frame, ...]
    key: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a compared table. `node` gives its kind; `colspan` and `rowspan` are those to show; `continued` is the rest of a merged cell."""

    kind: Kind
    node: Node
    changes: tuple[Change, ...] = ()
    colspan: int = 1
    rowspan: int = 1
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a compared table."""

    kind: Kind
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One block of the comparison. `segments` for changed text, `rows` for a changed table; `old` or `new` is None where there is none."""

    kind: Kind
    old: Unit | None
    new: Unit | None
    segments: tuple[Segment, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of blocks and words; a block that moved is counted once and its words not at all."""

    added: int
    removed: int
    changed: int
    formatted: int
    moved: int
    words_added: int
    words_removed: int


def redline(old: Doc, new: Doc) -> list[Change]:
    """The blocks of both documents in one reading order, each with what became of it; `same` ones included."""
    changes = _moved(_compare(old["content"], new["content"]))
    if old != new and all(change.kind == "same" for change in changes):
        # Only the grouping differs (one quotation or two): shown at the first block that stands otherwise.
        at = next(at for at, pair in enumerate(zip_longest(old["content"], new["content"])) if pair[0] != pair[1])
        index = min(sum(1 for _ in _units(new["content"][:at])), len(changes) - 1)
        changes[index] = replace(changes[index], kind="formatted")
    return changes


def summary(old: Doc, new: Doc) -> Summary:
    """How much changed."""
    return summarise(redline(old, new))


def summarise(changes: Iterable[Change]) -> Summary:
    """The counts of a comparison."""
    changes = list(changes)
    kinds = Counter(change.kind for change in changes)
    words: Counter[str] = Counter()
    for kind, text in _texts(changes):
        words[kind] += len(text.split())
    return Summary(
        kinds["added"], kinds["removed"], kinds["changed"], kinds["formatted"], kinds["moved_to"], words["added"], words["removed"]
    )


def _texts(changes: Iterable[Change]) -> Iterator[tuple[Kind, str]]:
    """The added and removed words, from whole blocks, from segments and from cells."""
    for change in changes:
        unit = change.new if change.kind == "added" else change.old
        if change.kind in ("added", "removed") and unit:
            yield change.kind, plain_text(unit.node)
        for segment in change.segments:
            yield segment.kind, plain_text({"type": "paragraph", "content": segment.nodes})
        for row in change.rows:
            for cell in row.cells:
                yield from _texts(cell.changes)


def _compare(old: list[Node], new: list[Node]) -> list[Change]:
    before, after = list(_units(old)), list(_units(new))
    changes: list[Change] = []
    for same, i1, i2, j1, j2 in stretches([unit.key for unit in before], [unit.key for unit in after]):
        if same:
            changes += (Change("same", one, other) for one, other in zip(before[i1:i2], after[j1:j2], strict=True))
        else:
            changes += _paired(before[i1:i2], after[j1:j2])
    return changes


def _units(blocks: list[Node], frames: tuple[Frame, ...] = ()) -> Iterator[Unit]:
    for index, block in enumerate(blocks):
        inside = frames if index == 0 else tuple(replace(frame, first=False) for frame in frames)
        kind = block["type"]
        if kind == "blockquote":
            yield from _units(block["content"], (*inside, Frame(kind, "", True)))
        elif kind in ("bulletList", "orderedList"):
            yield from _items(block, inside)
        else:
            yield _unit(block, inside)


def _items(node: Node, frames: tuple[Frame, ...]) -> Iterator[Unit]:
    attrs = node.get("attrs", {})
    for index, item in enumerate(node["content"]):
        around = frames if index == 0 else tuple(replace(frame, first=False) for frame in frames)
        number = str(attrs.get("start", 1) + index) if node["type"] == "orderedList" else ""
        outer = Frame(node["type"], attrs.get("type", ""), index == 0, str(attrs.get("start", "")))
        yield from _units(item["content"], (*around, outer, Frame("listItem", number, True)))


def _unit(node: Node, frames: tuple[Frame, ...]) -> Unit:
    places = [
        f"{frame.kind} {frame.label} {frame.start if frame.first else ''}" if frame.kind == "orderedList" else frame.kind
        for frame in frames
    ]
    key = json.dumps([places, node], sort_keys=True, ensure_ascii=False)
    return Unit(node, frames, key, word_set(plain_text(node)))


def _paired(old: list[Unit], new: list[Unit]) -> list[Change]:
    """Blocks between two unchanged stretches: alike ones in pairs, the rest removed and added."""
    pairs = pair(len(old), len(new), lambda i, j: _alike(old[i], new[j]), _ALIKE)
    return [_change(None if i is None else old[i], None if j is None else new[j]) for i, j in pairs]


def _alike(old: Unit, new: Unit) -> float:
    one, other = old.node["type"], new.node["type"]
    if one == other == "image":
        return float(old.node["attrs"]["file"] == new.node["attrs"]["file"])
    if not ({one, other} <= _TEXT or one == other == "table"):
        return float(one == other)
    if one == other == "table":
        return max(similarity(old.words, new.words), 0.0) + 0.2
    return similarity(old.words, new.words)


def _change(old: Unit | None, new: Unit | None) -> Change:
    if old is None or new is None:
        return Change("removed" if new is None else "added", old, new)
    if old.node == new.node or old.node["type"] not in (*_TEXT, "table"):
        return Change("formatted", old, new)
    if old.node["type"] == "table":
        return Change("changed", old, new, rows=tuple(_rows(old.node, new.node)))
    found = segments(old.node.get("content", []), new.node.get("content", []), exact=new.node["type"] == "codeBlock")
    kinds = {segment.kind for segment in found}
    return Change("changed" if kinds & {"added", "removed"} else "formatted", old, new, tuple(found))


def _moved(changes: list[Change]) -> list[Change]:
    """A block removed here and added there with the same words has moved; single words may stand anywhere and do not count."""
    gone: defaultdict[str, list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        if change.kind == "removed" and change.old and _movable(change.old):
            gone[plain_text(change.old.node)].append(index)
    for index, change in enumerate(changes):
        if change.kind != "added" or change.new is None:
            continue
        sources = gone.get(plain_text(change.new.node))
        if sources:
            source = sources.pop(0)
            origin = changes[source].old
            changes[source] = Change("moved_from", origin, change.new)
            changes[index] = Change("moved_to", origin, change.new)
    return changes


def _movable(unit: Unit) -> bool:
    return unit.node["type"] == "heading" or len(unit.words) > 1


def _rows(old: Node, new: Node) -> Iterator[Row]:
    before, after = grid(old), grid(new)
    columns = _columns(_texts_of(old, before), _texts_of(new, after))
    rows = list(_row_pairs(old, new))
    if before == after and all(i == j for i, j in rows) and len(columns) == len(before[0]):
        yield from _same_shape(old, new)
        return
    for i, j in rows:
        kind: Kind = "removed" if j is None else "added" if i is None else "same"
        cells = [_slot(_at(old, before, i, a), _at(new, after, j, b)) for a, b in columns]
        yield Row(kind, tuple(cell for cell in cells if cell is not None))


def _same_shape(old: Node, new: Node) -> Iterator[Row]:
    for one, other in zip(old["content"], new["content"], strict=True):
        pairs = zip(one.get("content", []), other.get("content", []), strict=True)
        cells = (replace(_cell(a, b), colspan=span(b, "colspan"), rowspan=span(b, "rowspan")) for a, b in pairs)
        yield Row("same", tuple(cells))


def _texts_of(table: Node, places: list[list[tuple[int, int]]]) -> list[list[str]]:
    texts = {
        (row, index): plain_text(cell) for row, node in enumerate(table["content"]) for index, cell in enumerate(node.get("content", []))
    }
    return [[texts[place] for place in row] for row in places]


def _columns(old: list[list[str]], new: list[list[str]]) -> list[tuple[int | None, int | None]]:
    if len(old[0]) == len(new[0]):
        return [(column, column) for column in range(len(old[0]))]
    before, after = ([frozenset(column) for column in zip(*texts, strict=True)] for texts in (old, new))
    return pair(len(before), len(after), lambda i, j: similarity(before[i], after[j]), 0.3)


def _row_pairs(old: Node, new: Node) -> Iterator[tuple[int | None, int | None]]:
    before, after = ([plain_text(row) for row in table["content"]] for table in (old, new))
    words = [word_set(text) for text in before], [word_set(text) for text in after]
    for same, i1, i2, j1, j2 in stretches(before, after):
        if same:
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        elif i2 - i1 == j2 - j1 == 1:
            yield i1, j1
        else:
            score = _RowScore(words[0][i1:i2], words[1][j1:j2])
            yield from (
                (None if i is None else i1 + i, None if j is None else j1 + j) for i, j in pair(i2 - i1, j2 - j1, score, _ROWS_ALIKE)
            )


@dataclass(frozen=True, slots=True)
class _RowScore:
    old: list[frozenset[str]]
    new: list[frozenset[str]]

    def __call__(self, i: int, j: int) -> float:
        return similarity(self.old[i], self.new[j])


def _at(table: Node, places: list[list[tuple[int, int]]], row: int | None, column: int | None) -> tuple[Node, bool] | None:
    """The cell that covers a place, and whether it begins there."""
    if row is None or column is None:
        return None
    origin, index = places[row][column]
    begins = origin == row and (column == 0 or places[row][column - 1] != places[row][column])
    cell: Node = table["content"][origin]["content"][index]
    return cell, begins


def _slot(old: tuple[Node, bool] | None, new: tuple[Node, bool] | None) -> Cell | None:
    one, other = old[0] if old and old[1] else None, new[0] if new and new[1] else None
    if one is not None or other is not None:
        return _cell(one, other)
    kind: Kind = "removed" if new is None else "added" if old is None else "same"
    shown = new or old
    return Cell(kind, shown[0], continued=True) if shown else None


def _cell(old: Node | None, new: Node | None) -> Cell:
    shown = new or old or {}
    if old is None or new is None:
        kind: Kind = "added" if old is None else "removed"
        units = _units(shown["content"])
        return Cell(kind, shown, tuple(Change(kind, unit if new is None else None, unit if old is None else None) for unit in units))
    changes = tuple(_compare(old["content"], new["content"]))
    same = all(change.kind == "same" for change in changes) and old["type"] == new["type"]
    return Cell("same" if same else "changed", shown, changes)
