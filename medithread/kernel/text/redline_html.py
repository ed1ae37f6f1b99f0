"""The comparison of two documents as accessible HTML: ins and del, with words for those who do not see the colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from medithread.kernel.text.html_out import HtmlWriter, RecordUrl
from medithread.kernel.text.inline import Node
from medithread.kernel.text.redline import Cell, Change, Frame, Row, Unit, redline
from medithread.kernel.text.redline_words import Segment
from medithread.kernel.text.schema import Doc


def _unchanged(count: int) -> str:
    return f"{count} unchanged paragraph{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Words:
    """What the redline says; a page passes its own language."""

    added: str = "inserted:"
    added_end: str = "end of insertion"
    removed: str = "deleted:"
    removed_end: str = "end of deletion"
    formatted: str = "formatting changed:"
    formatted_end: str = "end of formatting change"
    moved_from: str = "moved from here:"
    moved_to: str = "moved here:"
    moved_end: str = "end of moved text"
    table: str = "Table {n}"
    unchanged: Callable[[int], str] = _unchanged


_ENGLISH = Words()


def redline_html(
    old: Doc,
    new: Doc,
    *,
    file_url: Callable[[str], str],
    record_url: RecordUrl,
    context: int | None = None,
    heading_offset: int = 0,
    words: Words = _ENGLISH,
) -> str:
    """The comparison as HTML. With `context`, only so many unchanged blocks are shown around each change; the rest is counted."""
    writer = HtmlWriter(file_url, record_url, heading_offset, table_label=words.table)
    return _Page(writer, words).write(redline(old, new), context)


@dataclass(slots=True)
class _Page:
    writer: HtmlWriter
    words: Words
    parts: list[str] = field(default_factory=list)
    open: list[Frame] = field(default_factory=list)

    def write(self, changes: list[Change], context: int | None) -> str:
        shown = _shown(changes, context)
        hidden = 0
        for change, visible in zip(changes, shown, strict=True):
            if not visible:
                hidden += 1
                continue
            self.gap(hidden)
            hidden = 0
            self.change(change)
        self.gap(hidden)
        self.close(0)
        return "".join(self.parts)

    def gap(self, hidden: int) -> None:
        if hidden:
            self.close(0)
            self.parts.append(f'<p class="redline-gap">{escape(self.words.unchanged(hidden))}</p>')

    def change(self, change: Change) -> None:
        """One block, inside the lists and quotations it stands in."""
        unit = change.old if change.kind in ("removed", "moved_from") else change.new
        if unit is None:
            return
        self.enter(unit.frames)
        self.parts.append(self.table(change.rows, change) if change.rows else self.block(change, unit))

    def enter(self, frames: tuple[Frame, ...]) -> None:
        depth = 0
        while depth < min(len(self.open), len(frames)) and _goes_on(self.open[depth], frames[depth]):
            depth += 1
        self.close(depth)
        for frame in frames[depth:]:
            self.open.append(frame)
            self.parts.append(_opening(frame))

    def close(self, depth: int) -> None:
        while len(self.open) > depth:
            self.parts.append(_CLOSING[self.open.pop().kind])

    def block(self, change: Change, unit: Unit) -> str:
        node = unit.node
        if node["type"] not in ("paragraph", "heading", "codeBlock"):
            return self.around(change.kind, self.writer.block(node))
        if change.segments:
            inner = "".join(map(self.segment, change.segments))
            note = "" if any(segment.kind != "same" for segment in change.segments) else self.hidden(self.words.formatted)
            return self.writer.leaf(node, note + inner)
        return self.writer.leaf(node, self.around(change.kind, self.writer.inline(node.get("content", []))))

    def segment(self, segment: Segment) -> str:
        return self.around(segment.kind, self.writer.inline(segment.nodes))

    def around(self, kind: str, inner: str) -> str:
        """The content marked as what became of it."""
        if kind == "same" or not inner:
            return inner
        moved = kind.startswith("moved")
        tag = {"added": "ins", "moved_to": "ins", "removed": "del", "moved_from": "del"}.get(kind, "span")
        start, end = getattr(self.words, kind), self.words.moved_end if moved else getattr(self.words, f"{kind}_end")
        name = f"redline-{kind.replace('_', '-')}"
        return f'<{tag} class="{name}">{self.hidden(start + " ")}{inner}{self.hidden(" " + end)}</{tag}>'

    def hidden(self, text: str) -> str:
        return f'<span class="visually-hidden">{escape(text)}</span>'

    def table(self, rows: tuple[Row, ...], change: Change) -> str:
        self.writer.tables += 1
        label = escape(self.words.table.format(n=self.writer.tables))
        body = "".join(map(self.row, rows))
        note = self.hidden(self.words.formatted) if change.kind == "formatted" else ""
        return f'{note}<div class="table-scroll" role="region" tabindex="0" aria-label="{label}"><table><tbody>{body}</tbody></table></div>'

    def row(self, row: Row) -> str:
        name = "" if row.kind == "same" else f' class="redline-row-{row.kind}"'
        head = all(cell.node["type"] == "tableHeader" for cell in row.cells)
        return f"<tr{name}>{''.join(self.cell(cell, head) for cell in row.cells)}</tr>"

    def cell(self, cell: Cell, head: bool) -> str:
        inner = "" if cell.continued else _Page(self.writer, self.words).write(list(cell.changes), None)
        spans = {name: value for name, value in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if value > 1}
        node: Node = {"type": cell.node["type"], "attrs": spans}
        extra = "" if cell.kind == "same" else f' class="redline-cell-{cell.kind}"'
        return self.writer.cell(node, inner, head, extra)


_CLOSING = {"blockquote": "</blockquote>", "bulletList": "</ul>", "orderedList": "</ol>", "listItem": "</li>"}


def _opening(frame: Frame) -> str:
    if frame.kind == "listItem":
        return f'<li value="{frame.label}">' if frame.label else "<li>"
    if frame.kind == "orderedList" and frame.label:
        return f'<ol type="{frame.label}">'
    return {"blockquote": "<blockquote>", "bulletList": "<ul>"}.get(frame.kind, "<ol>")


def _goes_on(opened: Frame, frame: Frame) -> bool:
    """True when the block belongs into the container that is open already."""
    if frame.kind == "listItem" == opened.kind:
        return not frame.first
    return (opened.kind, opened.label) == (frame.kind, frame.label)


def _shown(changes: list[Change], context: int | None) -> list[bool]:
    """Which blocks to show; a single hidden block is shown too, because naming it takes as much room."""
    if context is None:
        return [True] * len(changes)
    near = [False] * len(changes)
    for index, change in enumerate(changes):
        if change.kind != "same":
            first = max(index - context, 0)
            near[first : index + context + 1] = [True] * len(near[first : index + context + 1])
    for index, visible in enumerate(near):
        if not visible and near[index - 1 : index] != [False] and near[index + 1 : index + 2] != [False]:
            near[index] = True
    return near
