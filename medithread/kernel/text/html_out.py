"""Canonical text as semantic, accessible HTML: escaped, deterministic, without inline style or script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Protocol

from medithread.kernel.text.inline import Node
from medithread.kernel.text.nesting import Nested, Span, nest
from medithread.kernel.text.reading import outline, plain_text
from medithread.kernel.text.schema import Doc
from medithread.kernel.text.tables import header_rows, span

TAGS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "superscript": "sup",
    "subscript": "sub",
    "code": "code",
}


class RecordUrl(Protocol):
    """Where a record is shown: its number and edition label ("" when none was pinned) → address, or None when there is none."""

    def __call__(self, number: str, edition: str, /) -> str | None: ...


def to_html(
    doc: Doc,
    *,
    file_url: Callable[[str], str],
    record_url: RecordUrl,
    heading_offset: int = 0,
    id_prefix: str = "",
    table_label: str = "Table {n}",
) -> str:
    """The document as HTML.

    `file_url` gives the address of an image by its SHA-256. `heading_offset` makes level 1 an h2 (1), h3 (2) …; `id_prefix`
    stands before every heading id and in links to them; `table_label` names the scrollable region of each table.
    """
    ids = {heading.path: id_prefix + heading.id for heading in outline(doc)}
    return HtmlWriter(file_url, record_url, heading_offset, id_prefix, table_label, ids).document(doc)


@dataclass(slots=True)
class HtmlWriter:
    """Writes blocks and inline content as HTML; the redline uses its parts."""

    file_url: Callable[[str], str]
    record_url: RecordUrl
    heading_offset: int = 0
    id_prefix: str = ""
    table_label: str = "Table {n}"
    ids: dict[tuple[int, ...], str] = field(default_factory=dict)
    tables: int = 0

    def document(self, doc: Doc) -> str:
        return "\n".join(self.block(block, (index,)) for index, block in enumerate(doc["content"]))

    def block(self, node: Node, path: tuple[int, ...] = ()) -> str:
        """One block with all it holds."""
        kind = node["type"]
        if kind == "table":
            return self.table(node, path)
        if kind in ("bulletList", "orderedList"):
            return self.list_block(node, path)
        if kind == "blockquote":
            return f"<blockquote>{self.body(node, path)}</blockquote>"
        return self.leaf(node, self.inline(node.get("content", [])), path)

    def leaf(self, node: Node, inner: str, path: tuple[int, ...] = ()) -> str:
        """A block that holds no blocks, with `inner` as its content."""
        kind = node["type"]
        if kind == "heading":
            return self.heading(node, inner, path)
        if kind == "image":
            return self.image(node)
        if kind == "codeBlock":
            language = node.get("attrs", {}).get("language")
            name = f" class={_quoted('language-' + language)}" if language else ""
            return f"<pre><code{name}>{inner}</code></pre>"
        if kind in ("horizontalRule", "pageBreak"):
            return "<hr>" if kind == "horizontalRule" else '<hr class="page-break">'
        return f"<p>{inner or '<br>'}</p>"

    def heading(self, node: Node, inner: str, path: tuple[int, ...]) -> str:
        level = node["attrs"]["level"] + self.heading_offset
        name = f" id={_quoted(self.ids[path])}" if path in self.ids else ""
        if level > 6:
            return f'<p role="heading" aria-level="{level}"{name}>{inner}</p>'
        return f"<h{level}{name}>{inner}</h{level}>"

    def image(self, node: Node) -> str:
        attrs = node["attrs"]
        width = f' width="{attrs["width"]}%"' if "width" in attrs else ""
        source = f"src={_quoted(self.file_url(attrs['file']))} alt={_quoted(attrs.get('alt', ''))}"
        return f"<figure><img {source} data-file={_quoted(attrs['file'])}{width}></figure>"

    def list_block(self, node: Node, path: tuple[int, ...]) -> str:
        items = "".join(f"<li>{self.body(item, (*path, index))}</li>" for index, item in enumerate(node["content"]))
        return f"{list_tag(node)}{items}</{'ul' if node['type'] == 'bulletList' else 'ol'}>"

    def body(self, node: Node, path: tuple[int, ...]) -> str:
        """The blocks of a list item, cell or quotation; a single paragraph, or one before a list, is not wrapped."""
        blocks = node["content"]
        parts = [self.block(block, (*path, index)) for index, block in enumerate(blocks)]
        lists = all(block["type"] in ("bulletList", "orderedList") for block in blocks[1:])
        if node["type"] != "blockquote" and lists and blocks[0]["type"] == "paragraph" and (blocks[0].get("content") or len(blocks) == 1):
            parts[0] = self.inline(blocks[0].get("content", []))
        return "".join(parts)

    def table(self, node: Node, path: tuple[int, ...]) -> str:
        self.tables += 1
        label = _quoted(self.table_label.format(n=self.tables))
        heads = header_rows(node)
        rows = [self.row(row, (*path, index), index < heads) for index, row in enumerate(node["content"])]
        head = f"<thead>{''.join(rows[:heads])}</thead>" if heads else ""
        body = f"<tbody>{''.join(rows[heads:])}</tbody>" if rows[heads:] else ""
        return f'<div class="table-scroll" role="region" tabindex="0" aria-label={label}><table>{head}{body}</table></div>'

    def row(self, node: Node, path: tuple[int, ...], in_head: bool) -> str:
        cells = (self.cell(cell, self.body(cell, (*path, index)), in_head) for index, cell in enumerate(node.get("content", [])))
        return f"<tr>{''.join(cells)}</tr>"

    def cell(self, node: Node, inner: str, in_head: bool, extra: str = "") -> str:
        spans = "".join(f' {name}="{span(node, name)}"' for name in ("colspan", "rowspan") if span(node, name) > 1)
        if node["type"] == "tableCell":
            return f"<td{spans}{extra}>{inner}</td>"
        axis, name = ("col", "colspan") if in_head else ("row", "rowspan")
        scope = axis + ("group" if span(node, name) > 1 else "")
        return f'<th scope="{scope}"{spans}{extra}>{inner}</th>'

    def inline(self, content: list[Node]) -> str:
        """Running text with its marks."""
        return "".join(map(self.nested, nest(content)))

    def nested(self, item: Nested) -> str:
        if not isinstance(item, Span):
            return self.atom(item)
        inner = "".join(map(self.nested, item.inside))
        if item.mark != "link":
            return f"<{TAGS[item.mark]}>{inner}</{TAGS[item.mark]}>"
        if item.href.startswith("#"):
            return f"<a href={_quoted('#' + self.id_prefix + item.href[1:])}>{inner}</a>"
        return f'<a href={_quoted(item.href)} rel="noopener noreferrer">{inner}</a>'

    def atom(self, node: Node) -> str:
        if node["type"] == "text":
            return escape(node["text"], quote=False)
        if node["type"] == "hardBreak":
            return "<br>"
        number, edition = node["attrs"]["number"], node["attrs"].get("edition", "")
        data = f"data-record={_quoted(number)}" + (f" data-edition={_quoted(edition)}" if edition else "")
        url = self.record_url(number, edition)
        shown = escape(plain_text(node))
        return (
            f'<a class="record-link" href={_quoted(url)} {data}>{shown}</a>' if url else f'<span class="record-link" {data}>{shown}</span>'
        )


def list_tag(node: Node) -> str:
    """The opening tag of a list, with its first number and kind of numbers."""
    attrs = node.get("attrs", {})
    kept = "".join(f' {name}="{attrs[name]}"' for name in ("type", "start") if name in attrs)
    return "<ul>" if node["type"] == "bulletList" else f"<ol{kept}>"


def _quoted(value: str) -> str:
    return f'"{escape(value)}"'
