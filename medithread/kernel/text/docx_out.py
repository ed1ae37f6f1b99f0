"""Canonical text as a Word document with real styles: headings, nested lists, tables, pictures, links."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from typing import Any

from docx.document import Document as WordDocument
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu
from docx.text.paragraph import Paragraph

from medithread.kernel.text.docx_facts import CODE_BLOCK, CODE_RUN, RECORD_RUN
from medithread.kernel.text.docx_parts import add_numbering, fixed_bytes, new_document
from medithread.kernel.text.inline import Node
from medithread.kernel.text.reading import outline, plain_text
from medithread.kernel.text.schema import Doc
from medithread.kernel.text.tables import grid, header_rows, span

_TOGGLES = {"bold": "b", "italic": "i", "strike": "strike"}
_PICTURE = (
    *(InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, struct.error),
    *(ValueError, KeyError, IndexError, ZeroDivisionError, OverflowError),
)


def to_docx(
    doc: Doc, *, title: str, properties: dict[str, str], load_image: Callable[[str], bytes | None], header: str = "", footer: str = ""
) -> bytes:
    """The document as the bytes of a .docx file; the same content gives the same bytes.

    `properties` with Word's names (author, subject, keywords, category, comments, version, language …) go to these, others become custom
    properties. `load_image` gives the bytes of a picture by its SHA-256; a picture that is missing, or of a kind Word does
    not read (WebP), leaves its description. `header` and `footer` may contain {page} and {pages}.
    """
    document = new_document(title, properties, header, footer)
    _Writer(document, doc, load_image).write(doc)
    return fixed_bytes(document)


def _element(tag: str, /, **attributes: str) -> Any:
    element = OxmlElement(f"w:{tag}")
    for key, text in attributes.items():
        element.set(qn(f"w:{key}"), text)
    return element


class _Writer:
    def __init__(self, document: WordDocument, doc: Doc, load_image: Callable[[str], bytes | None]) -> None:
        self.document: Any = document
        self.load_image = load_image
        self.anchors = {heading.path: _anchor(heading.id, index) for index, heading in enumerate(outline(doc))}
        self.targets = {"#" + heading.id: self.anchors[heading.path] for heading in outline(doc)}
        self.styles = {style.name: style.style_id for style in self.document.styles}
        section: Any = self.document.sections[0]
        self.width = section.page_width - section.left_margin - section.right_margin
        self.pictures = 0

    def write(self, doc: Doc) -> None:
        body = self.document.element.body
        last = body[-1]
        body.remove(last)
        self.blocks(body, doc["content"], ())
        body.append(last)

    def blocks(self, parent: Any, blocks: list[Node], path: tuple[int, ...], style: str = "Normal", width: float = 1.0) -> None:
        for index, block in enumerate(blocks):
            if index and block["type"] == blocks[index - 1]["type"] and block["type"] in ("blockquote", "codeBlock"):
                self.paragraph(parent, "Normal")  # keeps neighbours apart that would otherwise be read as one
            self.block(parent, block, (*path, index), style, width)

    def block(self, parent: Any, node: Node, path: tuple[int, ...], style: str, width: float) -> None:
        kind = node["type"]
        if kind == "paragraph":
            self.inline(self.paragraph(parent, style), node.get("content", []))
        elif kind == "heading":
            self.heading(parent, node, path)
        elif kind in ("bulletList", "orderedList"):
            self.list_block(parent, node, path, 0, style == "Quote")
        elif kind == "table":
            self.table(parent, node, path, 0)
        elif kind == "blockquote":
            self.blocks(parent, node["content"], path, "Quote", width)
        elif kind == "image":
            self.image(self.paragraph(parent, style), node["attrs"], width)
        else:
            self.leaf(parent, node)

    def leaf(self, parent: Any, node: Node) -> None:
        if node["type"] == "codeBlock":
            self.text(self.paragraph(parent, CODE_BLOCK), node["content"][0]["text"], _element("rPr"))
            return
        paragraph = self.paragraph(parent, "Normal")
        if node["type"] == "pageBreak":
            run = _element("r")
            run.append(_element("br", type="page"))
            paragraph.append(run)
        else:
            border = _element("pBdr")
            border.append(_element("bottom", val="single", sz="6", space="1", color="auto"))
            paragraph.get_or_add_pPr().append(border)

    def paragraph(self, parent: Any, style: str) -> Any:
        paragraph = _element("p")
        parent.append(paragraph)
        if style != "Normal":
            paragraph.style = self.styles[style]
        return paragraph

    def heading(self, parent: Any, node: Node, path: tuple[int, ...]) -> None:
        paragraph = self.paragraph(parent, f"Heading {node['attrs']['level']}")
        number = self.anchors[path].partition("_")[0][1:]
        paragraph.append(_element("bookmarkStart", id=number, name=self.anchors[path]))
        self.inline(paragraph, node["content"])
        paragraph.append(_element("bookmarkEnd", id=number))

    def list_block(self, parent: Any, node: Node, path: tuple[int, ...], level: int, quoted: bool) -> None:
        attrs = node.get("attrs", {})
        ordered, shown = node["type"] == "orderedList", min(level, 8)
        numbering = add_numbering(self.document, ordered, attrs.get("start", 1), attrs.get("type", ""))
        suffix = f" {min(shown + 1, 3)}" if shown else ""
        for index, item in enumerate(node["content"]):
            first, *rest = item["content"]
            paragraph = self.paragraph(parent, "Quote" if quoted else ("List Number" if ordered else "List Bullet") + suffix)
            properties = paragraph.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = shown, numbering
            self.inline(paragraph, first.get("content", []))
            for number, block in enumerate(rest, 1):
                place = (*path, index, number)
                if block["type"] in ("bulletList", "orderedList"):
                    self.list_block(parent, block, place, level + 1, quoted)
                elif block["type"] == "table":
                    self.table(parent, block, place, 360 * (shown + 1))
                else:
                    self.block(parent, block, place, "List Continue" + suffix, 1.0)

    def table(self, parent: Any, node: Node, path: tuple[int, ...], indent: int) -> None:
        """A table; `indent` in twips when it belongs to an item of a list."""
        places = grid(node)
        columns = len(places[0])
        table = _element("tbl")
        properties = _element("tblPr")
        properties.append(_element("tblStyle", val=self.styles["Table Grid"]))
        properties.append(_element("tblW", type="pct", w=str(int(5000 * (1 - indent * 635 / self.width)))))
        if indent:
            properties.append(_element("tblInd", type="dxa", w=str(indent)))
        table.append(properties)
        table.append(_element("tblGrid"))
        for _ in range(columns):
            table[-1].append(_element("gridCol", w=str(int(self.width / 635 / columns))))
        heads = header_rows(node)
        for row in range(len(places)):
            table.append(self.row(node, places, row, path, row < heads))
        parent.append(table)
        # Word needs a paragraph after a table at the end of a cell, and keeps neighbouring tables apart only by one.
        self.paragraph(parent, "Normal")

    def row(self, table: Node, places: list[list[tuple[int, int]]], row: int, path: tuple[int, ...], head: bool) -> Any:
        element = _element("tr")
        if head:
            element.append(_element("trPr"))
            element[-1].append(_element("tblHeader"))
        for column, (origin, index) in enumerate(places[row]):
            if column == 0 or places[row][column - 1] != (origin, index):
                cell = table["content"][origin]["content"][index]
                element.append(self.cell(cell, (*path, origin, index), origin == row, len(places[row])))
        return element

    def cell(self, cell: Node, path: tuple[int, ...], begins: bool, columns: int) -> Any:
        element, properties = _element("tc"), _element("tcPr")
        element.append(properties)
        if span(cell, "colspan") > 1:
            properties.append(_element("gridSpan", val=str(span(cell, "colspan"))))
        if span(cell, "rowspan") > 1:
            properties.append(_element("vMerge", **({"val": "restart"} if begins else {})))
        if cell["type"] == "tableHeader":
            properties.append(_element("shd", val="clear", color="auto", fill="E7E6E6"))
        self.blocks(element, cell["content"] if begins else [{"type": "paragraph"}], path, width=span(cell, "colspan") / columns)
        return element

    def image(self, paragraph: Any, attrs: Node, width: float) -> None:
        data = self.load_image(attrs["file"])
        alt = attrs.get("alt", "")
        run = Paragraph(paragraph, self.document._body).add_run()
        try:
            shape: Any = run.add_picture(io.BytesIO(data or b""))
        except _PICTURE:
            run.text = f"[{alt}]" if alt else ""
            return
        most = self.width * width
        wide = most * attrs["width"] / 100 if "width" in attrs else min(shape.width, most)
        shape.height, shape.width = Emu(max(int(shape.height * wide / max(shape.width, 1)), 1)), Emu(max(int(wide), 1))
        self.pictures += 1
        properties = shape._inline.docPr
        properties.set("descr", alt)
        properties.set("id", str(self.pictures))

    def inline(self, paragraph: Any, content: list[Node]) -> None:
        for node in content:
            marks = {mark["type"]: mark.get("attrs", {}).get("href", "") for mark in node.get("marks", [])}
            properties = _run_properties(node, marks, self.styles)
            if node["type"] == "hardBreak":
                paragraph.append(_element("r"))
                paragraph[-1].append(_element("br"))
            elif node["type"] == "recordLink":
                self.text(paragraph, plain_text(node), properties)
            else:
                self.text(self.link(paragraph, marks["link"]) if "link" in marks else paragraph, node["text"], properties)

    def link(self, paragraph: Any, href: str) -> Any:
        link = _element("hyperlink")
        paragraph.append(link)
        if href.startswith("#"):
            link.set(qn("w:anchor"), self.targets.get(href, href[1:41]))
        else:
            link.set(qn("r:id"), self.document.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        return link

    def text(self, parent: Any, text: str, properties: Any) -> None:
        run = _element("r")
        run.append(properties)
        for part in re.split(r"([\n\t])", text):
            if part in ("\n", "\t"):
                run.append(_element("br" if part == "\n" else "tab"))
            elif part:
                run.append(_element("t"))
                run[-1].text = part
                run[-1].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        parent.append(run)


def _run_properties(node: Node, marks: dict[str, str], styles: dict[str, str]) -> Any:
    properties = _element("rPr")
    style = RECORD_RUN if node["type"] == "recordLink" else CODE_RUN if "code" in marks else "Hyperlink" if "link" in marks else ""
    if style:
        properties.append(_element("rStyle", val=styles[style]))
    for name, tag in _TOGGLES.items():
        if name in marks:
            properties.append(_element(tag))
    if "underline" in marks:
        properties.append(_element("u", val="single"))
    raised = next((name for name in ("subscript", "superscript") if name in marks), "")
    if raised:
        properties.append(_element("vertAlign", val=raised))
    return properties


def _anchor(heading: str, index: int) -> str:
    """A bookmark name as Word allows it: letters, digits and underscores, at most 40."""
    return f"h{index}_" + re.sub(r"\W", "_", heading)[:30]
