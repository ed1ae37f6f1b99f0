"""Tells text from bytes, in which encoding it is, and whether it is HTML, SVG, a script or data in XML."""

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.files.kinds import KINDS
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileCode, FileRefused, FileWarning
from medithread.kernel.files.xml_scan import Names, NotXml, local, scan

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_STRAYS = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_STRAY_BYTES = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_WINDOWS = re.compile(rb"[\x00\x81\x8d\x8f\x90\x9d]")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_HTML = re.compile(r"<!doctype\s+html|<(?:\w+:)?(?:html|head|body|script|iframe|frameset)\b", re.IGNORECASE)
_SVG = re.compile(r"<(?:!doctype\s+|\w+:)?svg\b", re.IGNORECASE)
_XHTML = "http://www.w3.org/1999/xhtml"
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_ACTIVE_LINK = re.compile(r"\s*(?:javascript|vbscript|data:(?!image/(?:png|jpeg|gif|webp)))", re.IGNORECASE)


@dataclass(frozen=True)
class Decoded:
    """How a text is written, and how many control characters stray in its `size` bytes."""

    encoding: str
    strays: int
    size: int

    @property
    def plausible(self) -> bool:
        """False where there are more than one control character in 4096 bytes; some exports of old systems have a few."""
        return self.strays * 4096 <= self.size


def decoded(pieces: Iterable[bytes]) -> Decoded | None:
    """How a text that comes in pieces is written: utf-8, utf-8-sig, utf-16-le, utf-16-be or windows-1252; None for bytes.

    UTF-16 needs its byte order mark. Tab, line ends, form feed and escape are text; NUL is not; other control characters are counted.
    """
    stream = iter(pieces)
    first = next(stream, b"")
    name = next((name for mark, name in BOMS if first.startswith(mark)), "utf-8")
    reader: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(name)()
    strays = size = 0
    windows = name == "utf-8"
    for piece in chain([first], stream, [b""]):
        reader, found = _read(reader, piece)
        windows = windows and not _NOT_WINDOWS.search(piece)
        if reader is None and not windows:
            return None
        strays += found if reader else len(_STRAY_BYTES.findall(piece))
        size += len(piece)
    return Decoded(name if reader else "windows-1252", strays, size)


def looks_like(head: bytes) -> str:
    """What a text is by its beginning: "html", "svg", "xml" or "text"."""
    start = _decoded(head)[:8192]
    after = _PROLOG.match(start)
    rest = start[after.end() :] if after else start
    if _HTML.match(rest):
        return "html"
    if _SVG.match(rest):
        return "svg"
    return "xml" if start.lstrip("\ufeff \t\r\n").startswith("<?xml") else "text"


def check_xml(body: Body) -> list[FileWarning]:
    """XML must be well-formed, declare no entities and hold nothing that a browser would run. Raises FileRefused."""
    warnings: list[FileWarning] = []

    def start(name: str, attributes: Names) -> None:
        space, _blank, element = name.rpartition(" ")
        shown = space in (_XHTML, _SVG_NAMESPACE)
        if shown and (element in ("script", "iframe") or any(local(key).startswith("on") for key in attributes)):
            raise Active(element)

    def note(target: str) -> None:
        if target == "xml-stylesheet":
            warnings.append(FileWarning("file.stylesheet", _("It names a style sheet, which is not loaded here; only the data is kept.")))

    _scan(body, start, note)
    return warnings


def check_svg(body: Body) -> None:
    """An SVG picture without scripts, event handlers, foreign content and outside references. Raises FileRefused."""

    def start(name: str, attributes: Names) -> None:
        if local(name).lower() in ("script", "foreignobject", "iframe", "handler", "embed", "object"):
            raise Active(local(name))
        for key, value in attributes.items():
            plain = local(key).lower()
            outside = plain in ("href", "src") and not value.strip().startswith(("#", "data:image/"))
            if plain.startswith("on") or outside or _ACTIVE_LINK.match(value):
                raise Active(plain)

    _scan(body, start)


class Active(Exception):
    """An element or attribute that a browser would act upon."""


def _scan(body: Body, start: Callable[[str, Names], None], note: Callable[[str], None] | None = None) -> None:
    try:
        scan(body.pieces(), start, note=note)
    except Active as error:
        raise FileRefused(FileCode.ACTIVE, _("It holds active content (%(what)s).") % {"what": error}, KINDS["svg"].fix) from error
    except NotXml as error:
        if error.entities:
            words: Words = _("The XML declares entities, with which a small file can grow without limit or read other files.")
            raise FileRefused(FileCode.ENTITIES, words, _("Export it again without a document type declaration.")) from error
        words = _("The XML is not well-formed (line %(line)s: %(reason)s).") % {"line": error.line, "reason": error.reason}
        raise FileRefused(FileCode.BROKEN, words, _("Export it again, or attach it as plain text (.txt).")) from error


def _decoded(head: bytes) -> str:
    for mark, name in BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(name.removesuffix("-sig"), "replace")
    return head.decode("utf-8", "replace")


def _read(reader: codecs.IncrementalDecoder | None, piece: bytes) -> tuple[codecs.IncrementalDecoder | None, int]:
    """(the decoder, or None once it has failed; the stray control characters in the piece). The empty piece ends the text."""
    if reader is None:
        return None, 0
    try:
        text = reader.decode(piece, not piece)
    except UnicodeDecodeError:
        return None, 0
    return (None, 0) if "\x00" in text else (reader, len(_STRAYS.findall(text)))
