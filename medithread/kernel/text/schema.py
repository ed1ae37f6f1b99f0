"""The canonical rich text of a document: plain JSON that has the same bytes and digest by whatever road it came.

A document is `{"type": "doc", "content": [blocks]}` in the shape of a ProseMirror or TipTap document. Blocks: heading (level),
paragraph, bulletList, orderedList (start, type a A i I), listItem, table, tableRow, tableHeader and tableCell (colspan, rowspan), image (file, alt,
width), codeBlock (language), blockquote, horizontalRule, pageBreak. Inline: text with marks, hardBreak, recordLink (number,
edition). There is no null and no float; attributes with their default value are not written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from medithread.kernel.text.attributes import Attributes
from medithread.kernel.text.errors import TextError
from medithread.kernel.text.inline import EDITION, NUMBER, Node, Piece, clean, marks_of, settle
from medithread.kernel.text.tables import rectangular

Doc: TypeAlias = Node
"""A whole document as `normalise` returns it."""

DEPTH = 24
NODES = 200_000
BYTES = 5_000_000
FILE = re.compile(r"[0-9a-f]{64}")
LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,40}")
LIST_TYPES = ("a", "A", "i", "I")


def normalise(value: object) -> Doc:
    """Unknown data as a canonical document; TextError with the place of the first thing that is wrong. Idempotent."""
    walk = _Walk()
    node = walk.node(value, "", 0)
    if node["type"] != "doc":
        raise TextError("text.not-doc", "A document must be an object of type 'doc'.")
    doc: Doc = {"type": "doc", "content": walk.body(node, "", 0)}
    if size(doc) > NODES:
        raise _too_many()
    if len(canonical_bytes(doc)) > BYTES:
        raise _too_large()
    return doc


def from_json(data: str | bytes) -> Doc:
    """The canonical document of JSON text, as an editor posts it."""
    if len(data) > 4 * BYTES:
        raise _too_large()
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TextError("text.not-json", "This is not a document: the JSON cannot be read.") from error
    return normalise(value)


def canonical_bytes(doc: Doc) -> bytes:
    """The document as canonical JSON (RFC 8785): keys are ASCII and there are no floats, so sorting suffices."""
    return json.dumps(doc, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(doc: Doc) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(doc)).hexdigest()


def size(node: Node) -> int:
    """How many nodes the tree has, itself included."""
    return 1 + sum(size(child) for child in node.get("content", ()))


def empty() -> Doc:
    """The document without content."""
    return {"type": "doc", "content": [{"type": "paragraph"}]}


def _too_large() -> TextError:
    return TextError("text.large", f"The text is larger than {BYTES // 1_000_000} MB. Divide the document, or attach the data as a file.")


def _too_many() -> TextError:
    return TextError("text.many", f"The text has more than {NODES:,} parts. Divide the document, or attach the data as a file.")


def _too_deep(path: str) -> TextError:
    return TextError("text.deep", f"The text is nested more than {DEPTH} levels deep.", path)


class _Walk:
    """One pass over unknown data; counts what it has taken."""

    def __init__(self) -> None:
        self.nodes = 0
        self.characters = 0
        self.blocks_by_type: Mapping[str, Callable[[Node, str, int], list[Node]]] = {
            "heading": self.heading,
            "paragraph": self.paragraph,
            "bulletList": self.list_block,
            "orderedList": self.list_block,
            "table": self.table,
            "image": self.image,
            "codeBlock": self.code,
            "blockquote": self.quote,
            "horizontalRule": self.leaf,
            "pageBreak": self.leaf,
        }

    def node(self, value: object, path: str, depth: int) -> Node:
        """One node, its shape checked but not yet its content."""
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            raise TextError("text.node", "A node must be an object with a type.", path)
        unknown = set(value) - {"type", "attrs", "content", "text", "marks"}
        if unknown:
            raise TextError("text.key", f"The key {min(map(str, unknown))[:40]!r} is not known.", path)
        if depth > DEPTH:
            raise _too_deep(path)
        self.spend(1)
        return value

    def spend(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > NODES:
            raise _too_many()

    def text(self, value: object, path: str) -> str:
        text = clean(value, path)
        self.characters += len(text)
        if self.characters > BYTES:
            raise _too_large()
        return text

    def children(self, node: Node, path: str, depth: int) -> list[tuple[Node, str]]:
        content = node.get("content")
        if content is None:
            return []
        if not isinstance(content, list):
            raise TextError("text.content", "Content must be a list.", path)
        places = [f"{path}/content/{index}" if path else f"content/{index}" for index in range(len(content))]
        return [(self.node(child, place, depth + 1), place) for child, place in zip(content, places, strict=True)]

    def body(self, node: Node, path: str, depth: int) -> list[Node]:
        """Blocks of a container: trailing empty paragraphs dropped, at least one paragraph, lists that belong together joined."""
        if depth >= DEPTH:
            raise _too_deep(path)
        blocks: list[Node] = []
        for child, place in self.children(node, path, depth):
            for block in self.block(child, place, depth + 1):
                if not (blocks and _joined(blocks[-1], block)):
                    blocks.append(block)
        while blocks and blocks[-1] == {"type": "paragraph"}:
            blocks.pop()
        return blocks or [{"type": "paragraph"}]

    def block(self, node: Node, path: str, depth: int) -> list[Node]:
        handle = self.blocks_by_type.get(node["type"])
        if handle is None:
            raise TextError("text.type", f"A part of type {node['type'][:40]!r} cannot stand here.", path)
        return handle(node, path, depth)

    def heading(self, node: Node, path: str, depth: int) -> list[Node]:
        level = Attributes(node, path, "level").integer("level", 1, 6)
        if level is None:
            raise TextError("text.level", "A heading needs a level from 1 to 6.", path)
        pieces, hoisted = self.inline(node, path, depth)
        content = settle(piece for run in pieces for piece in run)
        return ([{"type": "heading", "attrs": {"level": level}, "content": content}] if content else []) + hoisted

    def paragraph(self, node: Node, path: str, depth: int) -> list[Node]:
        """A paragraph; an image or page break inside divides it, because both are blocks."""
        Attributes(node, path)
        runs, hoisted = self.inline(node, path, depth)
        texts = [settle(run) for run in runs]
        if not hoisted:
            return [{"type": "paragraph", "content": texts[0]} if texts[0] else {"type": "paragraph"}]
        blocks: list[Node] = []
        for index, content in enumerate(texts):
            blocks += [{"type": "paragraph", "content": content}] if content else []
            blocks += hoisted[index : index + 1]
        return blocks

    def inline(self, node: Node, path: str, depth: int) -> tuple[list[list[Piece]], list[Node]]:
        """Runs of inline content, and the blocks that stood between them (one fewer than runs)."""
        runs: list[list[Piece]] = [[]]
        hoisted: list[Node] = []
        for child, place in self.children(node, path, depth):
            kind = child["type"]
            if kind == "text":
                runs[-1].append(Piece(self.text(child.get("text"), place), marks_of(child.get("marks") or [], f"{place}/marks")))
            elif kind == "hardBreak":
                runs[-1].append(Piece("", (), {"type": "hardBreak"}))
            elif kind == "recordLink":
                runs[-1].append(Piece("", (), _record_link(child, place)))
            elif kind in ("image", "pageBreak"):
                hoisted += self.block(child, place, depth)
                runs.append([])
            else:
                raise TextError("text.type", f"A part of type {kind[:40]!r} cannot stand inside a line of text.", place)
        return runs, hoisted

    def list_block(self, node: Node, path: str, depth: int) -> list[Node]:
        ordered = node["type"] == "orderedList"
        attrs = Attributes(node, path, *(("start", "type") if ordered else ()))
        start = attrs.integer("start", 0, 32_767) if ordered else None
        kept: Node = {"start": start} if start not in (None, 1) else {}
        if ordered and attrs.text("type", 1) not in ("", "1"):
            kept["type"] = attrs.one_of("type", LIST_TYPES)
        items = [self.item(child, place, depth + 1) for child, place in self.children(node, path, depth)]
        bare: Node = {"type": node["type"], "content": items}
        return [{**bare, "attrs": kept} if kept else bare] if items else []

    def item(self, node: Node, path: str, depth: int) -> Node:
        if node["type"] != "listItem":
            raise TextError("text.type", "A list holds list items only.", path)
        Attributes(node, path)
        blocks = self.body(node, path, depth)
        return {"type": "listItem", "content": blocks if blocks[0]["type"] == "paragraph" else [{"type": "paragraph"}, *blocks]}

    def table(self, node: Node, path: str, depth: int) -> list[Node]:
        Attributes(node, path)
        rows = []
        for child, place in self.children(node, path, depth):
            if child["type"] != "tableRow":
                raise TextError("text.type", "A table holds table rows only.", place)
            Attributes(child, place)
            rows.append([self.cell(cell, where, depth + 2) for cell, where in self.children(child, place, depth + 1)])
        settled = rectangular(rows, path, self.spend)
        if not any(settled):
            return []
        return [
            {"type": "table", "content": [{"type": "tableRow", "content": cells} if cells else {"type": "tableRow"} for cells in settled]}
        ]

    def cell(self, node: Node, path: str, depth: int) -> Node:
        if node["type"] not in ("tableCell", "tableHeader"):
            raise TextError("text.type", "A table row holds cells only.", path)
        attrs = Attributes(node, path, "colspan", "rowspan")
        spans = {name: attrs.integer(name, 1, NODES) or 1 for name in ("colspan", "rowspan")}
        return {"type": node["type"], "attrs": spans, "content": self.body(node, path, depth)}

    def image(self, node: Node, path: str, _depth: int) -> list[Node]:
        attrs = Attributes(node, path, "file", "alt", "width")
        kept: Node = {"file": attrs.matching("file", FILE, "An image needs its file: the SHA-256 of its bytes in hexadecimal.")}
        alt, width = attrs.text("alt", 1000), attrs.integer("width", 1, 100)
        kept.update({"alt": alt} if alt else {})
        kept.update({"width": width} if width else {})
        return [{"type": "image", "attrs": kept}]

    def code(self, node: Node, path: str, depth: int) -> list[Node]:
        attrs = Attributes(node, path, "language")
        parts = []
        for child, place in self.children(node, path, depth):
            if child["type"] != "text":
                raise TextError("text.type", "A code block holds plain text only.", place)
            parts.append(self.text(child.get("text"), place))
        text = clean("".join(parts), path).rstrip("\n")
        if not text:
            return []
        bare: Node = {"type": "codeBlock", "content": [{"type": "text", "text": text}]}
        if not attrs.text("language", 40):
            return [bare]
        language = attrs.matching(
            "language", LANGUAGE, "The language of a code block is one word of letters, digits and the signs _+#.- only."
        )
        return [{**bare, "attrs": {"language": language}}]

    def quote(self, node: Node, path: str, depth: int) -> list[Node]:
        Attributes(node, path)
        content = self.body(node, path, depth)
        return [] if content == [{"type": "paragraph"}] else [{"type": "blockquote", "content": content}]

    def leaf(self, node: Node, path: str, _depth: int) -> list[Node]:
        Attributes(node, path)
        return [{"type": node["type"]}]


def _joined(before: Node, block: Node) -> bool:
    """Two bullet lists side by side are one; so are two ordered lists when the second goes on counting."""
    if before["type"] != block["type"] or block["type"] not in ("bulletList", "orderedList"):
        return False
    first, second = before.get("attrs", {}), block.get("attrs", {})
    goes_on = second.get("start", 1) == first.get("start", 1) + len(before["content"]) and first.get("type") == second.get("type")
    if block["type"] == "orderedList" and not goes_on:
        return False
    before["content"].extend(block["content"])
    return True


def _record_link(node: Node, path: str) -> Node:
    attrs = Attributes(node, path, "number", "edition")
    kept = {"number": attrs.matching("number", NUMBER, "A link to a record needs its number, without spaces and brackets.")}
    if attrs.text("edition", 40):
        kept["edition"] = attrs.matching("edition", EDITION, "The edition of a linked record has at most 40 characters and no brackets.")
    return {"type": "recordLink", "attrs": kept}
