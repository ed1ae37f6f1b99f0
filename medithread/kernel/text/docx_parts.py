"""The parts of a written Word file beside its text: styles, numbering, header and footer, properties, and a zip with fixed bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from medithread.kernel.text.docx_facts import CODE_BLOCK, CODE_RUN, RECORD_RUN

CORE = ("author", "category", "comments", "content_status", "identifier", "keywords", "language", "subject", "version")
"""Properties that Word knows; all others become custom properties."""

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_FORMATS = {"": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_BULLETS = "•◦▪"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CUSTOM_NS = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES_NS = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_PLACEHOLDER = re.compile(r"(\{pages?\})")


def new_document(title: str, properties: dict[str, str], header: str, footer: str) -> WordDocument:
    """An empty A4 document with our styles, properties, header and footer ({page} and {pages} are counted)."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    _styles(document)
    _properties(document, title, properties)
    _running(section.header.paragraphs[0], header)
    _running(section.footer.paragraphs[0], footer)
    numbering = document.part.numbering_part.element
    for element in list(numbering):
        numbering.remove(element)
    relations = document.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]  # a picture of the template, not of this document
    return document


def _styles(document: WordDocument) -> None:
    styles: Any = document.styles
    code = styles.add_style(CODE_BLOCK, WD_STYLE_TYPE.PARAGRAPH)
    code.base_style, code.font.name, code.font.size = styles["Normal"], "Consolas", Pt(9)
    run = styles.add_style(CODE_RUN, WD_STYLE_TYPE.CHARACTER)
    run.font.name = "Consolas"
    for name in (RECORD_RUN, "Hyperlink"):
        link = styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        link.font.color.rgb, link.font.underline = RGBColor(0x05, 0x63, 0xC1), True


def _properties(document: WordDocument, title: str, properties: dict[str, str]) -> None:
    core: Any = document.core_properties
    core.title, core.created, core.modified, core.last_modified_by, core.revision = title[:255], _LONG_AGO, _LONG_AGO, "", 1
    for name in CORE:
        setattr(core, name, properties.get(name, "")[:255])
    custom = {name: text for name, text in properties.items() if name not in CORE}
    if custom:
        package = document.part.package
        part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, _custom(custom), package)
        package.relate_to(part, _CUSTOM_REL)


def _custom(properties: dict[str, str]) -> bytes:
    quotes = {'"': "&quot;"}
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{escape(name, quotes)}">'
        f"<vt:lpwstr>{escape(text)}</vt:lpwstr></property>"
        for number, (name, text) in enumerate(sorted(properties.items()), 2)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="{_CUSTOM_NS}" xmlns:vt="{_VALUES_NS}">{entries}</Properties>'.encode()


def _running(paragraph: Any, text: str) -> None:
    for part in _PLACEHOLDER.split(text):
        if _PLACEHOLDER.fullmatch(part):
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE" if part == "{page}" else "NUMPAGES")
            paragraph._p.append(field)
        elif part:
            paragraph.add_run(part)


def add_numbering(document: WordDocument, ordered: bool, start: int, style: str) -> int:
    """A numbering of nine levels of its own for one list; its number."""
    root = document.part.numbering_part.element
    number = len(root.findall(qn("w:num"))) + 1
    levels = "".join(_level(level, ordered, start, style) for level in range(9))
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    root.insert(number - 1, abstract)
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    return number


def _level(level: int, ordered: bool, start: int, style: str) -> str:
    shown, text = (_FORMATS[style], f"%{level + 1}.") if ordered else ("bullet", _BULLETS[level % 3])
    indent = 360 * (level + 1)
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{shown}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{indent}" w:hanging="360"/></w:pPr></w:lvl>'
    )


def fixed_bytes(document: WordDocument) -> bytes:
    """The file, the same bytes for the same content: parts in order of their names, no times."""
    written, content = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return content.getvalue()
