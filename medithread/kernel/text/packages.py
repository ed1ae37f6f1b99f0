"""Opens the zip packages of office documents (DOCX, ODT) safely: every refusal is a sentence, no bomb is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from medithread.kernel.text.errors import TextError

UNPACKED = 200_000_000
"""The most bytes a package may unpack to."""
RATIO = 150
PART = 30_000_000
"""The largest single XML part, in bytes."""
ENTRIES = 5000
DEPTH = 90
"""The deepest nesting of XML elements."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


@dataclass(slots=True)
class Package:
    """The parts of a package by name."""

    archive: zipfile.ZipFile
    names: frozenset[str]

    def read(self, name: str) -> bytes:
        """The bytes of a part; TextError when they are damaged."""
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError, RuntimeError) as error:
            raise _broken(name) from error

    def xml(self, name: str) -> Element:
        """The root of an XML part, strict names of ISO 29500 brought to the transitional ones; TextError when it cannot be read safely."""
        data = self.read(name)
        if len(data) > PART:
            raise TextError("package.large", f"A part of this file is larger than {PART // 1_000_000} MB. Divide the document.", name)
        for strict, transitional in _STRICT:
            data = data.replace(strict, transitional)
        try:
            root = fromstring(data, forbid_dtd=True)
        except DefusedXmlException as error:
            raise TextError(
                "package.unsafe", "The file contains XML declarations that no word processor writes. It was not opened.", name
            ) from error
        except (ParseError, ValueError, LookupError) as error:
            raise _broken(name) from error
        _check_depth(root, name)
        return root

    def optional(self, name: str) -> Element | None:
        """The root of an XML part that need not exist."""
        return self.xml(name) if name in self.names else None


def open_package(data: bytes) -> Package:
    """The package in these bytes; TextError for what is no package, is protected, damaged, or too large when unpacked."""
    if data.startswith(_OLE):
        raise _old_or_protected(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _broken() from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise TextError("package.protected", "The file is protected with a password. Save it without and try again.")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise _broken()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ENTRIES or unpacked > UNPACKED or (unpacked > 10_000_000 and unpacked > RATIO * max(packed, 1)):
        raise TextError("package.bomb", f"The file unpacks to {unpacked // 1_000_000:,} MB in {len(entries):,} parts. That is not opened.")
    return Package(archive, frozenset(names))


def _old_or_protected(data: bytes) -> TextError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return TextError("package.protected", "The file is protected with a password. Save it without and try again.")
    return TextError("package.old", "This is a file in the old Office format. Open it in Word, save it as .docx and try again.")


def _broken(part: str = "") -> TextError:
    return TextError(
        "package.broken", "The file is damaged or is not what its name says. Open it in its own program, save it again and retry.", part
    )


def _check_depth(root: Element, name: str) -> None:
    level = [root]
    for _ in range(DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise TextError("package.deep", "The file is nested deeper than any word processor writes. It was not opened.", name)
