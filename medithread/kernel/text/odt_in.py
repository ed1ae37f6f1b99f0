"""The words of an OpenDocument text (ODT)."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

from medithread.kernel.text.errors import Loss, TextError, shortened
from medithread.kernel.text.extracted import CHARACTERS, Extracted, tidy
from medithread.kernel.text.packages import Package, open_package

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _OFFICE, _TABLE, _DRAW = (f"{{{_NS}{name}:1.0}}" for name in ("text", "office", "table", "drawing"))
_META = f"{{{_NS}meta:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MANIFEST = f"{{{_NS}manifest:1.0}}"

_LINES = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_LISTED = {
    f"{_OFFICE}annotation": ("comment", "comment was left out", "comments were left out"),
    f"{_TEXT}tracked-changes": ("changes", "list of tracked deletions was left out", "lists of tracked deletions were left out"),
    f"{_DRAW}image": ("picture", "picture holds no text", "pictures hold no text"),
    f"{_DRAW}object": ("object", "embedded object was left out", "embedded objects were left out"),
    f"{_DRAW}object-ole": ("object", "embedded object was left out", "embedded objects were left out"),
}
_SKIPPED = frozenset(
    {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_DRAW}object", f"{_DRAW}object-ole", f"{_TEXT}table-of-content"}
)


def extract_odt(data: bytes) -> Extracted:
    """The text, one line a paragraph, cells divided by tabs; TextError for what is no ODT, is protected, damaged or holds macros."""
    package = open_package(data)
    if "content.xml" not in package.names:
        raise TextError("odt.not-odt", "This is not an OpenDocument text: its text is missing.")
    _check(package)
    body = package.xml("content.xml").find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise TextError("odt.not-odt", "This is an OpenDocument file, but not a text document.")
    found: Counter[str] = Counter(element.tag for element in body.iter() if element.tag in _LISTED)
    text = tidy("".join(_parts(body)))
    losses = [
        Loss(f"odt.{code}", f"{found[tag]} {one if found[tag] == 1 else many}.") for tag, (code, one, many) in _LISTED.items() if found[tag]
    ]
    pages, title = _meta(package)
    if len(text) > CHARACTERS:
        raise TextError("odt.large", "The text of this file is too long.")
    return Extracted(text, pages, title or _first_heading(body), losses)


def _check(package: Package) -> None:
    manifest = package.optional("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(f"{_MANIFEST}encryption-data"), None) is not None:
        raise TextError("package.protected", "The file is protected with a password. Save it without and try again.")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith(("/", "-lc.xml", "-lb.xml")) for name in package.names):
        raise TextError("odt.macros", "The document contains macros. Save it without macros and try again.")


def _parts(element: Element) -> list[str]:
    """The text inside an element, each paragraph ended by a line end, each cell but the last by a tab."""
    parts = [element.text or ""] if element.tag.startswith(_TEXT) else []
    for child in element:
        parts += _child(child)
        if element.tag.startswith(_TEXT):
            parts.append(child.tail or "")
    return parts


def _child(child: Element) -> list[str]:
    if child.tag in _SKIPPED:
        return []
    if child.tag == f"{_TEXT}s":
        count = child.get(f"{_TEXT}c", "1")
        return [" " * min(int(count) if count.isdigit() else 1, 1000)]
    if child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
        return ["\t" if child.tag.endswith("tab") else "\n"]
    if child.tag == f"{_TABLE}table-row":
        cells = [" ".join("".join(_parts(cell)).split()) for cell in child if cell.tag.startswith(_TABLE)]
        return ["\t".join(cells), "\n"]
    if child.tag == f"{_TEXT}note":
        body = child.find(f"{_TEXT}note-body")
        return [f" [{' '.join(''.join(_parts(body)).split())}]"] if body is not None else []
    return [*_parts(child), "\n"] if child.tag in _LINES else _parts(child)


def _meta(package: Package) -> tuple[int, str]:
    root = package.optional("meta.xml")
    if root is None:
        return 0, ""
    statistic, title = root.find(f".//{_META}document-statistic"), root.find(f".//{_DC}title")
    pages = statistic.get(f"{_META}page-count", "0") if statistic is not None else "0"
    return int(pages) if pages.isdigit() else 0, shortened(tidy(title.text or ""), 250) if title is not None else ""


def _first_heading(body: Element) -> str:
    heading = next(body.iter(f"{_TEXT}h"), None)
    return shortened(tidy("".join(_parts(heading))), 250) if heading is not None else ""
