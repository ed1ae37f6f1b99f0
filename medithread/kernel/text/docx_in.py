"""Word documents as canonical text: headings, lists, tables with merged cells, pictures; whatever is not carried is listed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, tostring
from xml.parsers.expat import ExpatError

from mammoth import docx as mammoth_docx

from medithread.kernel.text.docx_facts import Facts
from medithread.kernel.text.docx_losses import Losses, comment_losses, package_losses
from medithread.kernel.text.docx_package import REL_BASE, Relation, W, WordPackage, open_word, relations
from medithread.kernel.text.docx_pictures import STAND_IN, Pictures
from medithread.kernel.text.docx_prepare import Preparer
from medithread.kernel.text.docx_styles import Numbering, read_styles
from medithread.kernel.text.docx_tree import BOOKMARK, TreeReader
from medithread.kernel.text.errors import Loss, TextError, shortened
from medithread.kernel.text.inline import Node, printable
from medithread.kernel.text.reading import nodes, outline
from medithread.kernel.text.schema import Doc, normalise

_READING = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, zlib.error, ExpatError)
_PAGE = 5_731_510  # EMU: the text width of A4 with margins of an inch


@dataclass(frozen=True, slots=True)
class Imported:
    """A Word document as canonical text, what could not be carried, its title, and its properties by their names."""

    doc: Doc
    losses: list[Loss]
    title: str
    metadata: dict[str, str]


def from_docx(data: bytes, store_image: Callable[[bytes, str], str]) -> Imported:
    """The document in these bytes.

    `store_image` keeps the bytes of a picture of a type (`image/png` …) and gives their SHA-256 in hexadecimal.
    TextError, with a sentence, for what is no Word document, is protected, damaged, too large, or holds macros.
    """
    word = open_word(data)
    losses = Losses()
    root = word.package.xml(word.main)
    body = root.find(f"{W}body")
    if body is None:
        raise TextError("docx.not-word", "This is not a Word document: its text is missing.")
    width, around = _text_width(body), Losses()
    package_losses(word, body, around)
    facts = Facts(styles := read_styles(word), Numbering(word, styles))
    prepared, comments = _prepare(word, root, facts, losses, store_image, width)
    comment_losses(word, comments, losses)
    tree = TreeReader(_read(prepared), losses)
    doc = _with_links(normalise({"type": "doc", "content": tree.content()}), tree.bookmarks, losses)
    metadata = _metadata(word)
    return Imported(doc, [*losses.all(), *around.all()], _title(metadata, doc), metadata)


def _text_width(body: Element) -> int:
    """The width of the text of the last section, in EMU (a twip is 635)."""
    section = body.find(f"{W}sectPr")
    size, margins = (section.find(f"{W}pgSz"), section.find(f"{W}pgMar")) if section is not None else (None, None)
    values = [
        found.get(f"{W}{name}", "") if found is not None else "" for found, name in ((size, "w"), (margins, "left"), (margins, "right"))
    ]
    if not all(text.isdigit() for text in values):
        return _PAGE
    width = (int(values[0]) - int(values[1]) - int(values[2])) * 635
    return width if width > 0 else _PAGE


def _prepare(
    word: WordPackage, root: Element, facts: Facts, losses: Losses, store: Callable[[bytes, str], str], width: int
) -> tuple[bytes, dict[str, str]]:
    """A small package with the rewritten parts for mammoth, and the places of comments."""
    preparer = Preparer(facts, Pictures(word, word.relations, store, width), losses)
    preparer.prepare(root)
    parts = {"document": (root, word.relations)}
    for kind in ("footnotes", "endnotes"):
        name = word.part(kind)
        notes, around = (word.package.xml(name), relations(word.package, name)) if name else (Element(f"{W}{kind}"), {})
        preparer.pictures = Pictures(word, around, store, width)
        preparer.prepare(notes, kind)
        parts[kind] = notes, around
    return _package(parts), preparer.comments


def _package(parts: dict[str, tuple[Element, dict[str, Relation]]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, (root, around) in parts.items():
            archive.writestr(f"word/{name}.xml", tostring(root, encoding="utf-8"))
            archive.writestr(f"word/_rels/{name}.xml.rels", _rels(around, [other for other in parts if name == "document" != other]))
        archive.writestr("word/picture.bin", b"")
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _rels({"main": Relation("officeDocument", "word/document.xml", False)}, []))
    return content.getvalue()


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" ContentType="image/png"/></Types>'
)


def _rels(found: dict[str, Relation], notes: list[str]) -> bytes:
    """Relationships: links as they are, one stand-in for all pictures because they are stored already, and the parts with notes."""
    root = Element("Relationships", {"xmlns": "http://schemas.openxmlformats.org/package/2006/relationships"})
    kept = {key: (one.kind, one.target, one.external) for key, one in found.items() if one.kind in ("hyperlink", "officeDocument")}
    added = {STAND_IN: ("image", "picture.bin", False)} | {f"part-{kind}": (kind, f"{kind}.xml", False) for kind in notes}
    for key, (kind, target, external) in (kept | added).items():
        mode = {"TargetMode": "External"} if external and kind == "hyperlink" else {}
        root.append(Element("Relationship", {"Id": key, "Type": REL_BASE + kind, "Target": target, **mode}))
    return bytes(tostring(root, encoding="utf-8"))


def _read(prepared: bytes) -> Any:
    """The tree of mammoth; its own reader is used because the HTML it would write loses merged headings and list numbers."""
    try:
        return mammoth_docx.read(io.BytesIO(prepared)).value
    except _READING as error:
        raise TextError(
            "docx.unreadable", "The Word document is damaged in a way that cannot be read. Open it in Word, save it again and retry."
        ) from error


def _with_links(doc: Doc, bookmarks: dict[str, int], losses: Losses) -> Doc:
    """Links to bookmarks lead to the headings that carry them; those to other places are listed."""
    ids = [heading.id for heading in outline(doc)]
    for _, node in nodes(doc):
        marks: list[Node] = node.get("marks", [])
        for mark in list(marks):
            href = mark.get("attrs", {}).get("href", "")
            if not href.startswith(BOOKMARK):
                continue
            at = bookmarks.get(href)
            if at is not None and at < len(ids):
                mark["attrs"]["href"] = f"#{ids[at]}"
            else:
                marks.remove(mark)
                losses.add("link", f"A link to a place in the document was left out; its text {shortened(node['text'], 40)!r} stays.")
    return normalise(doc)


def _metadata(word: WordPackage) -> dict[str, str]:
    """Core and custom properties."""
    found: dict[str, str] = {}
    root = word.package.optional("docProps/core.xml")
    for element in root if root is not None else ():
        if text := _line(element.text or ""):
            found[element.tag.rpartition("}")[2]] = text
    custom = word.package.optional("docProps/custom.xml")
    for element in custom if custom is not None else ():
        if text := _line("".join(element.itertext())):
            found[_line(element.get("name", ""))] = text
    return found


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def _title(metadata: dict[str, str], doc: Doc) -> str:
    return metadata.get("title", "") or next((heading.text for heading in outline(doc) if heading.level == 1), "")
