"""The document that mammoth read, with the facts that `docx_prepare` put in, as nodes of the canonical text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mammoth import documents

from medithread.kernel.text.docx_losses import Losses
from medithread.kernel.text.docx_tables import INDENTED
from medithread.kernel.text.errors import shortened
from medithread.kernel.text.html_tree import is_address
from medithread.kernel.text.inline import EDITION, NUMBER, Node, address, printable
from medithread.kernel.text.lists import Flat, Line, fold
from medithread.kernel.text.reading import plain_text

BOOKMARK = "#bookmark:"
"""How a link to a place inside begins until the places have their ids."""

_FLAGS = (("is_bold", "bold"), ("is_italic", "italic"), ("is_underline", "underline"), ("is_strikethrough", "strike"))


class TreeReader:
    """Builds nodes; `bookmarks` tells to which heading (counted from 0) the address of a bookmark leads."""

    def __init__(self, document: Any, losses: Losses) -> None:
        self.document = document
        self.losses = losses
        self.bookmarks: dict[str, int] = {}
        self.waiting: list[str] = []
        self.headings = 0
        self.blank = 0
        self.divided = False
        self.notes: list[Any] = []

    def content(self) -> list[Node]:
        """All blocks; footnotes and endnotes stand at the end as a numbered list."""
        blocks = self.blocks(self.document.children)
        items: list[Node] = []
        for note in self.notes:  # grows when a note refers to another
            items.append({"type": "listItem", "content": self.blocks(note.body)})
        if self.blank:
            self.losses.add("blank", f"{self.blank} empty paragraphs were left out; the house style sets the distances.")
        if items:
            self.losses.add("notes", f"{len(items)} footnotes or endnotes stand at the end as a numbered list.")
            blocks += [{"type": "horizontalRule"}, {"type": "orderedList", "content": items}]
        return blocks

    def blocks(self, elements: Iterable[Any]) -> list[Node]:
        """The blocks of a body, cell or note; empty paragraphs are counted, but not the one that every empty cell has."""
        flat: list[Flat] = []
        blank, self.blank = self.blank, 0
        for element in elements:
            if isinstance(element, documents.Paragraph):
                self.paragraph(element, flat)
            elif isinstance(element, documents.Table):
                self.put_table(element, flat)
            elif isinstance(element, documents.Bookmark):
                self.marked(element.name)
            else:
                flat.append({"type": "paragraph", "content": self.inline([element], ())})
        self.blank = blank + (self.blank if flat else 0)
        return [_quotation(block) for block in fold(flat)]

    def marked(self, name: str | None) -> None:
        """Remembers the link that leads to a bookmark, until its heading is known."""
        href = printable(f"{BOOKMARK}{name or ''}").strip()
        if is_address(href):
            self.waiting.append(address(href))

    def paragraph(self, element: Any, flat: list[Flat]) -> None:
        facts: dict[str, Any] = json.loads(element.style_id or "{}")
        kind = facts.get("kind", "text")
        content = self.inline(element.children, ())
        number = facts.get("number")
        if number and plain_text({"type": "paragraph", "content": content}).strip():
            content = [{"type": "text", "text": printable(f"{number} ")}, *content]
        if kind != "heading" and plain_text({"type": "paragraph", "content": content}).strip():
            self.waiting.clear()
        if facts.get("break"):
            flat.append({"type": "pageBreak"})
        if kind == "heading":
            flat.append(self.heading(facts["level"], content))
        elif kind == "item":
            line = Line(facts["level"], facts["count"], [{"type": "paragraph", "content": content}], facts["style"])
            (self.quoted(flat) if facts["quoted"] else flat).append(line)
        elif kind == "rule":
            flat.append({"type": "horizontalRule"})
        elif content or kind == "code":
            self.put_text(flat, facts, {"type": "paragraph", "content": content})
            self.divided = False
        else:
            self.blank += 1
            self.divided = True

    def quoted(self, flat: list[Flat]) -> list[Flat]:
        """The lines of the quotation that a quoted paragraph belongs to: the one before it, unless something stands between."""
        last = flat[-1] if flat else None
        if not isinstance(last, dict) or "flat" not in last or self.divided:
            last = {"type": "blockquote", "flat": []}
            flat.append(last)
        found: list[Flat] = last["flat"]
        return found

    def put_text(self, flat: list[Flat], facts: dict[str, Any], paragraph: Node) -> None:
        """A paragraph; lines of code and of a quotation join what stands before, a continued item its item."""
        kind = facts.get("kind")
        last = flat[-1] if flat else None
        if kind == "quote":
            self.quoted(flat).append(paragraph)
        elif kind == "continued":
            flat.append(Line(facts["level"], None, [paragraph], goes_on=True))
        elif kind != "code":
            flat.append(paragraph)
        elif isinstance(last, dict) and last["type"] == "codeBlock" and not self.divided:
            last["content"][0]["text"] += "\n" + plain_text(paragraph)
        else:
            flat.append({"type": "codeBlock", "content": [{"type": "text", "text": plain_text(paragraph)}]})

    def heading(self, level: int, content: list[Node]) -> Node:
        """A heading; bold over all of it says nothing and is dropped."""
        texts = [node for node in content if node["type"] == "text" and node["text"].strip()]
        if all({"type": "bold"} in node.get("marks", []) for node in texts):
            content = [
                {**node, "marks": [mark for mark in node.get("marks", []) if mark["type"] != "bold"]} if node in texts else node
                for node in content
            ]
        if plain_text({"type": "paragraph", "content": [node for node in content if node["type"] in ("text", "recordLink")]}).strip():
            self.bookmarks.update(dict.fromkeys(self.waiting, self.headings))
            self.waiting.clear()
            self.headings += 1
        return {"type": "heading", "attrs": {"level": level}, "content": content}

    def inline(self, elements: Iterable[Any], marks: tuple[Node, ...]) -> list[Node]:
        done: list[Node] = []
        for element in elements:
            if isinstance(element, documents.Run):
                done += self.run(element, marks)
            elif isinstance(element, documents.Hyperlink):
                done += self.link(element, marks)
            elif isinstance(element, documents.Bookmark):
                self.marked(element.name)
            elif isinstance(element, documents.NoteReference):
                done += self.note(element, marks)
            else:
                done += self.atom(element, marks)
        return done

    def atom(self, element: Any, marks: tuple[Node, ...]) -> list[Node]:
        if isinstance(element, documents.Text):
            return [{"type": "text", "text": printable(element.value.replace("\u00ad", "")), "marks": list(marks)}]
        if isinstance(element, documents.Tab):
            return [{"type": "text", "text": "\t", "marks": list(marks)}]
        if isinstance(element, documents.Checkbox):
            return [{"type": "text", "text": "☑" if element.checked else "☐", "marks": list(marks)}]
        if isinstance(element, documents.Break):
            return [] if element.break_type == "column" else [{"type": "hardBreak" if element.break_type == "line" else "pageBreak"}]
        if isinstance(element, documents.Image):
            facts = json.loads(element.alt_text)
            return [{"type": "image", "attrs": {**facts, "alt": printable(facts["alt"])}}]
        return self.inline(getattr(element, "children", []), marks)

    def run(self, element: Any, marks: tuple[Node, ...]) -> list[Node]:
        if element.style_id == "record":
            text = printable("".join(child.value for child in element.children if isinstance(child, documents.Text))).strip()
            number, _, edition = text.partition(" ")
            if NUMBER.fullmatch(number) and (not edition or EDITION.fullmatch(edition)):
                return [{"type": "recordLink", "attrs": {"number": number, "edition": edition or None}}]
        names = [name for flag, name in _FLAGS if getattr(element, flag)]
        names += [element.vertical_alignment] if element.vertical_alignment in ("subscript", "superscript") else []
        names += ["code"] if element.style_id == "code" else []
        return self.inline(element.children, (*marks, *({"type": name} for name in names)))

    def link(self, element: Any, marks: tuple[Node, ...]) -> list[Node]:
        others = tuple(mark for mark in marks if mark["type"] != "link")
        href = printable(f"{BOOKMARK}{element.anchor}" if element.anchor else element.href or "").strip()
        if is_address(href):
            return self.inline(element.children, (*others, {"type": "link", "attrs": {"href": href}}))
        if href:
            self.losses.add("link", f"The link to {shortened(href, 60)!r} was left out; its text stays.")
        return self.inline(element.children, marks)

    def note(self, element: Any, marks: tuple[Node, ...]) -> list[Node]:
        try:
            note = self.document.notes.resolve(element)
        except KeyError:
            self.losses.add("note", "A reference to a note that the file does not hold was left out.")
            return []
        if note not in self.notes:
            self.notes.append(note)
        raised = [*(mark for mark in marks if mark["type"] != "subscript"), {"type": "superscript"}]
        return [{"type": "text", "text": f"[{self.notes.index(note) + 1}]", "marks": raised}]

    def put_table(self, element: Any, flat: list[Flat]) -> None:
        """An indented table belongs to the item of the list that it follows."""
        level = (element.style_id or "").removeprefix(INDENTED)
        table = self.table(element)
        flat.append(Line(int(level), None, [table], goes_on=True) if level.isdigit() else table)

    def table(self, element: Any) -> Node:
        """A table; without rows marked as headings, a first row that is bold throughout is one."""
        rows = [row for row in element.children if isinstance(row, documents.TableRow)]
        heads = 0
        while heads < len(rows) and rows[heads].is_header:
            heads += 1
        nodes = [self.row(row, index < heads) for index, row in enumerate(rows)]
        if not heads and len(nodes) > 1 and _is_bold(nodes[0]) and not _is_bold(nodes[1]):
            nodes[0]["content"] = [{**cell, "type": "tableHeader"} for cell in nodes[0]["content"]]
        return {"type": "table", "content": nodes}

    def row(self, row: Any, head: bool) -> Node:
        cells = [cell for cell in row.children if isinstance(cell, documents.TableCell)]
        return {"type": "tableRow", "content": [self.cell(cell, head) for cell in cells]}

    def cell(self, cell: Any, head: bool) -> Node:
        attrs = {"colspan": min(max(cell.colspan, 1), 200), "rowspan": cell.rowspan}
        return {"type": "tableHeader" if head else "tableCell", "attrs": attrs, "content": self.blocks(cell.children)}


def _quotation(block: Node) -> Node:
    """A quotation with its flat lines folded; every other block as it is."""
    return {"type": "blockquote", "content": fold(block["flat"])} if "flat" in block else block


def _is_bold(row: Node) -> bool:
    """True when every cell holds text and all of it is bold."""
    cells = [[node for block in cell["content"] for node in block.get("content", []) if node["type"] == "text"] for cell in row["content"]]
    texts = [[node for node in cell if node["text"].strip()] for cell in cells]
    return bool(texts) and all(cell and all({"type": "bold"} in node.get("marks", []) for node in cell) for cell in texts)
