"""Small builders for documents and for Word, ODT and PDF files of our own, used by the tests of rich text."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

from medithread.kernel.text import Doc, normalise

Node = dict[str, Any]

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
SHA = hashlib.sha256(PNG).hexdigest()

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

STYLES = """
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Chapter"><w:name w:val="Our chapter"/><w:basedOn w:val="Heading1"/></w:style>
<w:style w:type="paragraph" w:styleId="Loud"><w:name w:val="Loud"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="SourceCode"><w:name w:val="Source Code"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:u w:val="single"/></w:rPr></w:style>
"""


def paragraph(text: str, **attrs: object) -> Node:
    """A paragraph with one text."""
    return {"type": "paragraph", "content": [{"type": "text", "text": text, **attrs}]} if text else {"type": "paragraph"}


def doc(*blocks: Node) -> Doc:
    """A canonical document of these blocks."""
    return normalise({"type": "doc", "content": list(blocks)})


def marked(text: str, *marks: str) -> Node:
    """A text node with marks; "link:https://…" is a link."""
    found = [{"type": "link", "attrs": {"href": mark[5:]}} if mark.startswith("link:") else {"type": mark} for mark in marks]
    return {"type": "text", "text": text, "marks": found}


def table(*rows: list[str], head: bool = False) -> Node:
    """A table of texts; with `head` the first row holds headings."""
    return {
        "type": "table",
        "content": [
            {
                "type": "tableRow",
                "content": [{"type": "tableHeader" if head and not index else "tableCell", "content": [paragraph(text)]} for text in row],
            }
            for index, row in enumerate(rows)
        ],
    }


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def p(inner: str = "", style: str = "", properties: str = "") -> str:
    """A Word paragraph; text without a tag becomes a run."""
    inner = inner if inner.startswith("<") or not inner else f'<w:r><w:t xml:space="preserve">{inner}</w:t></w:r>'
    shown = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{shown}{properties}</w:pPr>{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A Word run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, num: int, level: int = 0) -> str:
    """A numbered Word paragraph."""
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def picture(relation: str, descr: str = "", cx: int = 2_865_755) -> str:
    """A run with an inline picture, by default half as wide as the text of an A4 page."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{cx}" cy="1"/><wp:docPr id="1" name="Picture 1" descr="{descr}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def word(body: str, *, styles: str = STYLES, relations: str = "", parts: dict[str, str | bytes] | None = None, main: str = MAIN) -> bytes:
    """A Word file with this body."""
    rel = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    found = dict(parts or {})
    for kind in ("numbering", "footnotes", "comments", "settings"):
        if f"word/{kind}.xml" in found:
            relations += rel.format(f"rel-{kind}", R, kind, f"{kind}.xml")
            found[f"word/{kind}.xml"] = f"<w:{kind} {_NAMESPACES}>{found[f'word/{kind}.xml']!s}</w:{kind}>"
    for kind in ("header", "footer"):
        if f"word/{kind}.xml" in found:
            relations += rel.format(f"rel-{kind}", R, kind, f"{kind}.xml")
            tag = "hdr" if kind == "header" else "ftr"
            found[f"word/{kind}.xml"] = f"<w:{tag} {_NAMESPACES}>{found[f'word/{kind}.xml']!s}</w:{tag}>"
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return zipped(
        {
            "[Content_Types].xml": f'{types}<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f"{rels}{rel.format('rId1', R, 'officeDocument', 'word/document.xml')}</Relationships>",
            "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": f"{rels}{rel.format('styles', R, 'styles', 'styles.xml')}{relations}</Relationships>",
            "word/styles.xml": f"<w:styles {_NAMESPACES}>{styles}</w:styles>",
            **found,
        }
    )


def level(ilvl: int, shown: str, text: str, start: int = 1) -> str:
    """A level of a Word numbering."""
    return f'<w:lvl w:ilvl="{ilvl}"><w:start w:val="{start}"/><w:numFmt w:val="{shown}"/><w:lvlText w:val="{text}"/></w:lvl>'


def numbering(*definitions: str) -> str:
    """Word numberings 1, 2 … of these levels."""
    abstract = "".join(f'<w:abstractNum w:abstractNumId="{n}">{levels}</w:abstractNum>' for n, levels in enumerate(definitions, 1))
    return abstract + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(1, len(definitions) + 1))


def odt(body: str, parts: dict[str, str | bytes] | None = None) -> bytes:
    """An OpenDocument text with this body."""
    ns = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f'xmlns:{name}="{ns}{name if name != "draw" else "drawing"}:1.0"' for name in ("office", "text", "table", "draw"))
    content = f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **(parts or {})})


def pdf(*pages: str, catalog: str = "", extra: str = "") -> bytes:
    """A PDF with one line of text a page; `catalog` goes into its root, `extra` are more objects (numbered from 50)."""
    objects: dict[int, str] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    kids = []
    for index, text in enumerate(pages):
        number = 10 + 2 * index
        kids.append(f"{number} 0 R")
        content = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else ""
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R >>"
        )
        objects[number + 1] = f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    return _assembled(objects, extra)


def _assembled(objects: dict[int, str], extra: str) -> bytes:
    out = b"%PDF-1.7\n"
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    for part in filter(None, extra.split("@@")):
        places[int(part.split()[0])] = len(out)
        out += part.encode() + b"\n"
    start, size = len(out), max(places) + 1
    rows = "".join(f"{places[n]:010} 00000 n \n" if n in places else "0000000000 65535 f \n" for n in range(size))
    return out + f"xref\n0 {size}\n{rows}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
