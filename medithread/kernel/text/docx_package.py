"""The parts of a Word package: which is the document, what belongs to it, and what must not be opened."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from medithread.kernel.text.errors import TextError
from medithread.kernel.text.packages import Package, open_package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that Word uses
RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
REL_BASE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

_WORD = "wordprocessingml"
_OTHERS = {"spreadsheetml": "an Excel workbook", "presentationml": "a PowerPoint presentation", "drawingml": "a drawing"}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: the last word of its type, its target (a part's name, or an address when external)."""

    kind: str
    target: str
    external: bool


@dataclass(slots=True)
class WordPackage:
    """An opened Word document."""

    package: Package
    main: str
    relations: dict[str, Relation]

    def part(self, kind: str) -> str | None:
        """The name of the first part of a kind (`styles`, `numbering`, `comments` …) that exists."""
        return next(iter(self.parts(kind)), None)

    def parts(self, kind: str) -> list[str]:
        """The names of all parts of a kind."""
        return [found.target for found in self.relations.values() if found.kind == kind and found.target in self.package.names]

    def root(self, kind: str) -> Element | None:
        """The XML of the first part of a kind."""
        name = self.part(kind)
        return self.package.xml(name) if name else None


def open_word(data: bytes) -> WordPackage:
    """The Word document in these bytes; TextError for every other file, for macros, and for what `open_package` refuses."""
    package = open_package(data)
    if "[Content_Types].xml" not in package.names:
        raise TextError("docx.not-word", "This is a zip file, but not a Word document.")
    found = [relation.target for relation in relations(package, "").values() if relation.kind == "officeDocument"]
    main = next((name for name in [*found, "word/document.xml"] if name in package.names), None)
    content_type = _content_type(package, main or (found[0] if found else ""))
    _refuse(package, content_type, main)
    if main is None:
        raise TextError("docx.not-word", "This is not a Word document: its text is missing.")
    return WordPackage(package, main, relations(package, main))


def _refuse(package: Package, content_type: str, main: str | None) -> None:
    macros = any(name.lower().endswith("vbaproject.bin") for name in package.names)
    if macros or "macroenabled" in content_type.lower():
        raise TextError("docx.macros", "The document contains macros. Save it as a document without macros (.docx) and try again.")
    other = next((name for sign, name in _OTHERS.items() if f"{sign}." in content_type and _WORD not in content_type), None)
    other = other or ("an OpenDocument file" if "content.xml" in package.names and main is None else None)
    if other:
        raise TextError("docx.not-word", f"This is {other}, not a Word document.")


def _content_type(package: Package, name: str) -> str:
    root = package.xml("[Content_Types].xml")
    for override in root.iter(f"{TYPES}Override"):
        if override.get("PartName", "").lstrip("/").lower() == name.lower():
            return override.get("ContentType", "")
    extension = name.rpartition(".")[2].lower()
    return next(
        (found.get("ContentType", "") for found in root.iter(f"{TYPES}Default") if found.get("Extension", "").lower() == extension), ""
    )


def relations(package: Package, part: str) -> dict[str, Relation]:
    """The relationships of a part ("" for the package) by their id."""
    folder, name = posixpath.split(part)
    root = package.optional(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, Relation] = {}
    for element in root.iter(f"{RELS}Relationship") if root is not None else ():
        external = element.get("TargetMode") == "External"
        target = element.get("Target", "")
        place = target if external else posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], place, external)
    return found
