"""Arbitrary HTML (pasted, or made by a converter) as canonical text, with a list of what could not be carried."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from medithread.kernel.text.errors import Loss, shortened
from medithread.kernel.text.html_tree import DIVISIONS, Element, is_address, parse, style_of
from medithread.kernel.text.inline import EDITION, NUMBER, Node
from medithread.kernel.text.lists import Flat, Line, fold
from medithread.kernel.text.pictures import LIMIT, picture_type
from medithread.kernel.text.schema import FILE, LANGUAGE, LIST_TYPES, Doc, normalise
from medithread.kernel.text.tables import COLUMNS

StoreImage = Callable[[bytes, str], str]
"""Keeps the bytes of a picture of a type (`image/png` …) and gives their SHA-256 in hexadecimal."""

_MARKS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em", "var", "cite", "dfn"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "sub": "subscript",
    "sup": "superscript",
}
_MSO_LEVEL = re.compile(r"level(\d+)")
_DATA_URL = re.compile(r"data:image/[a-z.+-]+;base64,", re.IGNORECASE)

Marks = tuple[Node, ...]


def from_html(html: str, *, images: StoreImage | None = None) -> tuple[Doc, list[Loss]]:
    """The document and what could not be carried; TextError when it is too large.

    `images` keeps pictures that are inside the HTML as data; without it, and for all other pictures, a loss is listed.
    """
    root, losses = parse(html)
    reader = _Reader(images, losses)
    return normalise({"type": "doc", "content": reader.blocks(root, ())}), losses


class _Flow:
    """Collects blocks; inline content gathers in `line` until a block or its end closes the paragraph."""

    def __init__(self) -> None:
        self.blocks: list[Flat] = []
        self.line: list[Node] = []

    def close(self) -> None:
        """Ends the paragraph; a line that holds only a line break was meant as an empty paragraph."""
        blank = all(node["type"] == "text" and not node["text"].strip(" \t\r\n\f") for node in self.line)
        if not blank:
            self.blocks.append({"type": "paragraph", "content": self.line})
        self.line = []

    def add(self, block: Flat) -> None:
        self.close()
        self.blocks.append(block)


class _Reader:
    def __init__(self, images: StoreImage | None, losses: list[Loss]) -> None:
        self.images = images
        self.losses = losses

    def blocks(self, element: Element, marks: Marks) -> list[Node]:
        flow = _Flow()
        self.children(element, marks, flow)
        flow.close()
        return fold(flow.blocks)

    def children(self, element: Element, marks: Marks, flow: _Flow) -> None:
        for child in element.children:
            if isinstance(child, str):
                flow.line.append({"type": "text", "text": child, "marks": list(marks)})
            else:
                self.element(child, marks, flow)

    def element(self, element: Element, marks: Marks, flow: _Flow) -> None:
        tag = element.tag
        if tag in DIVISIONS or tag in ("dt", "li"):
            flow.close()
            self.paragraph(element, _marked(marks, "bold") if tag == "dt" else marks, flow)
            flow.close()
        elif tag in ("br", "hr", "img", "input"):
            self.void(element, flow)
        elif tag in ("ul", "ol", "table", "blockquote", "pre", "dl") or re.fullmatch("h[1-6]", tag):
            self.structure(element, marks, flow)
        elif "data-record" in element.attrs and NUMBER.fullmatch(element.attrs["data-record"]):
            flow.line.append(_record_link(element))
        else:
            self.children(element, _styled(element, marks), flow)

    def paragraph(self, element: Element, marks: Marks, flow: _Flow) -> None:
        """A paragraph; those that Word marks as lines of a list become lines."""
        level = _MSO_LEVEL.search(style_of(element).get("mso-list", ""))
        if not level:
            self.children(element, marks, flow)
            return
        label = _take_label(element).strip().rstrip(".)")
        number = int(label) if label.isascii() and label.isdigit() and len(label) < 5 else None
        flow.add(Line(int(level[1][:2]), number, self.blocks(element, marks)))

    def void(self, element: Element, flow: _Flow) -> None:
        if element.tag == "br":
            flow.line.append({"type": "hardBreak"})
        elif element.tag == "hr":
            flow.add({"type": "pageBreak" if "page-break" in element.attrs.get("class", "") else "horizontalRule"})
        elif element.tag == "img":
            flow.line += self.image(element)
        elif element.attrs.get("type") == "checkbox":
            flow.line.append({"type": "text", "text": "☑ " if "checked" in element.attrs else "☐ "})

    def structure(self, element: Element, marks: Marks, flow: _Flow) -> None:
        if element.tag in ("ul", "ol"):
            flow.add(self.list_block(element, marks))
        elif element.tag == "table":
            self.table(element, marks, flow)
        elif element.tag == "blockquote":
            flow.add({"type": "blockquote", "content": self.blocks(element, marks)})
        elif element.tag == "pre":
            flow.add(_code(element))
        elif element.tag == "dl":
            flow.close()
            self.children(element, marks, flow)
        else:
            self.heading(element, marks, flow)

    def heading(self, element: Element, marks: Marks, flow: _Flow) -> None:
        inside = self.blocks(element, marks)
        lines = [block.get("content", []) for block in inside if block["type"] == "paragraph"]
        content = [node for index, line in enumerate(lines) for node in ([{"type": "hardBreak"}] if index else []) + line]
        flow.add({"type": "heading", "attrs": {"level": int(element.tag[1])}, "content": content})
        flow.blocks += [block for block in inside if block["type"] != "paragraph"]

    def list_block(self, element: Element, marks: Marks) -> Node:
        items: list[Node] = []
        for child in element.children:
            if isinstance(child, Element) and child.tag == "li":
                items.append({"type": "listItem", "content": self.blocks(child, marks)})
            elif content := self.blocks(Element("li", {}, [child]), marks):
                # A list directly inside a list belongs to the item before it.
                items = items or [{"type": "listItem", "content": []}]
                items[-1]["content"] += content
        if element.tag == "ul":
            return {"type": "bulletList", "content": items}
        start, style = _whole(element.attrs.get("start"), 0, 32_767, 1), element.attrs.get("type", "")
        return {"type": "orderedList", "content": items, "attrs": {"start": start, "type": style if style in LIST_TYPES else None}}

    def table(self, element: Element, marks: Marks, flow: _Flow) -> None:
        flow.close()
        for child in element.children:
            if isinstance(child, Element) and child.tag == "caption":
                flow.blocks += self.blocks(child, marks)
        rows = [
            {"type": "tableRow", "content": [self.cell(cell, head, marks) for cell in _elements(row, "td", "th")]}
            for row, head in _rows(element)
        ]
        flow.add({"type": "table", "content": rows})

    def cell(self, element: Element, head: bool, marks: Marks) -> Node:
        colspan = _whole(element.attrs.get("colspan"), 1, COLUMNS, 1)
        rowspan = _whole(element.attrs.get("rowspan"), 0, 65_534, 1) or 65_534
        kind = "tableHeader" if head or element.tag == "th" else "tableCell"
        return {"type": kind, "attrs": {"colspan": colspan, "rowspan": rowspan}, "content": self.blocks(element, marks)}

    def image(self, element: Element) -> list[Node]:
        """The picture; one that cannot be carried leaves its alternative text."""
        alt = shortened(element.attrs.get("alt", ""), 1000)
        file = element.attrs.get("data-file", "")
        if not FILE.fullmatch(file):
            file = self.stored(element.attrs.get("src", ""), alt)
        if not file:
            return [{"type": "text", "text": f"[{alt}]"}] if alt else []
        width = element.attrs.get("width", "")
        percent = _whole(width[:-1], 1, 100, 0) if width.endswith("%") else 0
        return [{"type": "image", "attrs": {"file": file, "alt": alt, "width": percent or None}}]

    def stored(self, source: str, alt: str) -> str:
        match = _DATA_URL.match(source)
        try:
            data = base64.b64decode(source[match.end() :], validate=False) if match else b""
        except (binascii.Error, ValueError):
            data = b""
        kind = picture_type(data)
        if kind and self.images and len(data) <= LIMIT:
            return self.images(data, kind)
        name = f"{alt!r}" if alt else shortened(source.partition(",")[0], 60) or "without an address"
        self.losses.append(Loss("html.image", f"The picture {name} was left out; insert it from its file."))
        return ""


def _styled(element: Element, marks: Marks) -> Marks:
    """The marks inside an inline element, from its name, its link and its style."""
    if element.tag in _MARKS:
        marks = _marked(marks, _MARKS[element.tag])
    href = element.attrs.get("href", "") if element.tag == "a" else ""
    if href and is_address(href):
        marks = (*(mark for mark in marks if mark["type"] != "link"), {"type": "link", "attrs": {"href": href}})
    style = style_of(element)
    weight = style.get("font-weight", "")
    if weight in ("normal", "400"):
        marks = tuple(mark for mark in marks if mark["type"] != "bold")
    decoration = style.get("text-decoration", "") + " " + style.get("text-decoration-line", "")
    linked = any(mark["type"] == "link" for mark in marks)
    wanted = {
        "bold": weight in ("bold", "bolder", "600", "700", "800", "900"),
        "italic": style.get("font-style") in ("italic", "oblique"),
        "underline": "underline" in decoration and not linked,
        "strike": "line-through" in decoration,
        "subscript": style.get("vertical-align") == "sub",
        "superscript": style.get("vertical-align") == "super",
    }
    for name in (name for name, asked in wanted.items() if asked):
        marks = _marked(marks, name)
    return marks


def _marked(marks: Marks, name: str) -> Marks:
    return marks if any(mark["type"] == name for mark in marks) else (*marks, {"type": name})


def _record_link(element: Element) -> Node:
    edition = element.attrs.get("data-edition", "")
    attrs = {"number": element.attrs["data-record"], "edition": edition if EDITION.fullmatch(edition) else None}
    return {"type": "recordLink", "attrs": attrs}


def _take_label(element: Element) -> str:
    """Removes and returns the number or bullet that Word writes before a line of a list."""
    for index, child in enumerate(element.children):
        if not isinstance(child, Element):
            continue
        if "ignore" in style_of(child).get("mso-list", ""):
            del element.children[index]
            return _text(child)
        if label := _take_label(child):
            return label
    return ""


def _text(element: Element) -> str:
    parts = (child if isinstance(child, str) else "\n" if child.tag == "br" else _text(child) for child in element.children)
    return "".join(parts)


def _code(element: Element) -> Node:
    names = [element, *_elements(element, "code")]
    found = [re.search(r"language-(\S+)", name.attrs.get("class", "")) for name in names]
    language = next((match[1] for match in found if match and LANGUAGE.fullmatch(match[1])), None)
    return {"type": "codeBlock", "attrs": {"language": language}, "content": [{"type": "text", "text": _text(element)}]}


def _elements(element: Element, *tags: str) -> list[Element]:
    return [child for child in element.children if isinstance(child, Element) and child.tag in tags]


def _rows(element: Element, head: bool = False) -> list[tuple[Element, bool]]:
    rows: list[tuple[Element, bool]] = []
    for child in _elements(element, "tr", "thead", "tbody", "tfoot"):
        rows += [(child, head)] if child.tag == "tr" else _rows(child, child.tag == "thead")
    return rows


def _whole(text: str | None, least: int, most: int, default: int) -> int:
    """The whole number in the text, kept within bounds."""
    digits = (text or "").strip()
    return min(max(int(digits), least), most) if re.fullmatch(r"[0-9]{1,9}", digits) else default
