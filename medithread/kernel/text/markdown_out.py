"""Canonical text as Markdown of our dialect; reading it again gives the same document."""

from __future__ import annotations

import re
from itertools import groupby

from medithread.kernel.text.inline import Node
from medithread.kernel.text.markdown_inline import escaped, inline_markdown
from medithread.kernel.text.schema import Doc

_FENCE = re.compile("`{3,}")


def to_markdown(doc: Doc) -> str:
    """The whole document; ends with a line end unless it is empty."""
    text = "" if doc["content"] == [{"type": "paragraph"}] else _blocks(doc["content"])
    return text + "\n" if text else ""


def _blocks(blocks: list[Node]) -> str:
    """Blocks with empty lines between; of two neighbouring ordered lists the second counts with a bracket."""
    parts: list[str] = []
    bracket = False
    for index, block in enumerate(blocks):
        ordered = block["type"] == "orderedList"
        bracket = ordered and index > 0 and blocks[index - 1]["type"] == "orderedList" and not bracket
        parts.append(_list(block, ")" if bracket else ".") if ordered else _block(block))
    return "\n\n".join(parts)


def _block(node: Node) -> str:
    kind = node["type"]
    if kind == "paragraph":
        return inline_markdown(node["content"]) if "content" in node else "\\blank"
    if kind == "heading":
        return f"{'#' * node['attrs']['level']} {inline_markdown(node['content'], one_line=True)}"
    if kind == "bulletList":
        return _list(node, "-")
    if kind == "table":
        return _simple_table(node) or _table(node)
    if kind == "blockquote":
        return _prefixed(_blocks(node["content"]), "> ", "> ")
    return _leaf(node)


def _leaf(node: Node) -> str:
    if node["type"] == "codeBlock":
        return _code(node)
    if node["type"] == "image":
        attrs = node["attrs"]
        width = f"{{width={attrs['width']}}}" if "width" in attrs else ""
        return f"![{escaped(attrs.get('alt', ''))}](sha256:{attrs['file']}){width}"
    return "***" if node["type"] == "horizontalRule" else "\\pagebreak"


def _code(node: Node) -> str:
    text = node["content"][0]["text"]
    fence = "`" * max(3, *(len(run) + 1 for run in _FENCE.findall(text)), 3)
    return f"{fence}{node.get('attrs', {}).get('language', '')}\n{text}\n{fence}"


def _prefixed(text: str, first: str, rest: str) -> str:
    """Every line with its prefix; empty lines without trailing spaces."""
    lines = text.split("\n")
    return "\n".join(
        ((rest if number else first) + line) if line else (rest if number else first).rstrip() for number, line in enumerate(lines)
    )


def _list(node: Node, sign: str) -> str:
    attrs = node.get("attrs", {})
    items: list[str] = []
    for number, item in enumerate(node["content"], attrs.get("start", 1)):
        marker = "- " if sign == "-" else f"{number}{sign} "
        items.append(_prefixed(_item(item), marker, " " * len(marker)))
    tight = all(map(_is_tight, node["content"]))
    text = ("\n" if tight else "\n\n").join(items)
    return f"{{type={attrs['type']}}}\n\n{text}" if "type" in attrs else text


def _item(item: Node) -> str:
    first, *rest = item["content"]
    if rest and _is_tight(item) and "content" in first:
        return f"{_block(first)}\n{_blocks(rest)}"
    return _blocks(item["content"])


def _is_tight(item: Node) -> bool:
    """A paragraph, perhaps with one nested list that may follow without an empty line."""
    kinds = [block["type"] for block in item["content"]]
    nested = item["content"][1] if kinds[1:] in (["bulletList"], ["orderedList"]) else None
    return len(kinds) == 1 or (nested is not None and not nested.get("attrs") and all(map(_is_tight, nested["content"])))


def _simple_table(table: Node) -> str | None:
    """The GFM form, for tables it can express: no spans, one paragraph a cell, headings in the first row or nowhere."""
    rows = [row.get("content", []) for row in table["content"]]
    plain = all("attrs" not in cell and [block["type"] for block in cell["content"]] == ["paragraph"] for row in rows for cell in row)
    kinds = [kind for kind, _ in groupby(cell["type"] for row in rows for cell in row)]
    head = {cell["type"] for cell in rows[0]} == {"tableHeader"}
    headed = head and any("content" in cell["content"][0] for cell in rows[0]) and kinds in (["tableHeader"], ["tableHeader", "tableCell"])
    if not plain or not (kinds == ["tableCell"] or (headed and all(cell["type"] == "tableCell" for row in rows[1:] for cell in row))):
        return None
    lines = [_row(cells) for cells in rows]
    width = len(rows[0])
    return "\n".join([lines[0] if headed else "|" + "  |" * width, "|" + "---|" * width, *(lines[1:] if headed else lines)])


def _row(cells: list[Node]) -> str:
    texts = (
        inline_markdown(cell["content"][0].get("content", []), one_line=True) if "content" in cell["content"][0] else "" for cell in cells
    )
    return "|" + "".join(f" {text.replace('|', chr(92) + '|')} |" for text in texts)


def _table(table: Node) -> str:
    rows = "\n".join(map(_list_row, table["content"]))
    return f"::: table\n{rows}\n:::"


def _list_row(row: Node) -> str:
    cells = [_prefixed(_cell(cell), "- ", "  ") for cell in row.get("content", [])]
    return _prefixed("\n".join(cells) if cells else "{}", "* ", "  ")


def _cell(cell: Node) -> str:
    words = ["header"] if cell["type"] == "tableHeader" else []
    words += [f"{name}={value}" for name, value in sorted(cell.get("attrs", {}).items())]
    first, *rest = cell["content"]
    text = first["type"] == "paragraph" and "content" in first
    if words or not text:
        marker = f"{{{' '.join(words)}}}"
        if cell["content"] == [{"type": "paragraph"}]:
            return marker
        return f"{marker} {_blocks(cell['content'])}" if text else f"{marker}\n\n{_blocks(cell['content'])}"
    return _blocks([first, *rest])
