"""Screens PDF files (ISO 32000) as a stream: passwords, scripts, launched programs, attachments; counts the pages.

The names are looked for in the bytes and in the compressed object streams, in which newer PDFs keep their dictionaries.
Refused: scripts and launch actions (what a person sees and signs must not depend on a program), files that ask for a
password. Accepted with a warning: attachments, forms in XFA, data sent elsewhere, files with restrictions that open without password.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import IndirectObject

from medithread.kernel.files.compound import locked
from medithread.kernel.files.reading import PIECE, Body
from medithread.kernel.files.safety import FileCode, FileRefused, FileWarning
from medithread.kernel.files.zips import broken

Found = TypeVar("Found")
_OVERLAP = 1 << 13
_CARRY = 256  # longer than any name that is watched, however it is written
_MAX_STREAMS = 20_000
_MAX_UNPACKED = 256 << 20
_COUNT_PAGES_UP_TO = 64 << 20
_END_WITHIN = 4096
# What pypdf raises on files that are not as the standard says, beside its own errors.
_PYPDF_FAILS = (
    PyPdfError,
    DependencyError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)


def _letters(word: str) -> str:
    """A PDF name after its slash as a pattern: each letter may also be written as #xx."""
    return "".join(f"(?:{char}|#{ord(char):02x}|#{ord(char):02X})" for char in word) + r"(?=[\s/<>\[\]()%{}]|$)"


def _name(word: str) -> str:
    return "/" + _letters(word)


_WATCHED = ("JavaScript", "Launch", "RichMedia", "EmbeddedFile", "EmbeddedFiles", "XFA", "SubmitForm", "ImportData")
# Patterns that begin with plain characters are looked for ten times faster.
_WATCH = re.compile(("/(?:" + "|".join(f"(?P<{word}>{_letters(word)})" for word in _WATCHED) + ")").encode())
_ENCRYPT = re.compile((_name("Encrypt") + r"\s*(?:\d+\s+\d+\s+R|<<)").encode())
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"(\d{1,10})\s{1,8}(\d{1,5})\s{1,8}obj\b")
_OBJECT_STREAM = re.compile(_name("ObjStm").encode())
_INDEX = (re.compile(_name("First").encode()), re.compile(_name("N").encode()))
_FILTER = re.compile((_name("Filter") + r"\s*(?:\[\s*(/[^\]]*)\]|(/[^\s/<>\[\]()]+))").encode())
_PREDICTOR = re.compile((_name("Predictor") + r"\s*(?:[2-9]|1\d)").encode())
_REFUSED = {
    "JavaScript": (FileCode.ACTIVE, _("The PDF contains a script (JavaScript), so that what it shows can change.")),
    "Launch": (FileCode.ACTIVE, _("The PDF starts another program when it is used (launch action).")),
    "RichMedia": (FileCode.ACTIVE, _("The PDF contains embedded media that run a program.")),
}
_PRINT_AGAIN = _("Print it to a new PDF and attach that.")
_WARNED = {
    "JavaScript": FileWarning("file.script", _("It contains a script, so that what it shows can change.")),
    "EmbeddedFile": FileWarning("file.embedded", _("Other files are attached inside the PDF; they are kept but not shown.")),
    "XFA": FileWarning("file.form", _("It holds a dynamic form that many programs cannot show; print it to PDF to be safe.")),
    "SubmitForm": FileWarning("file.sends", _("It holds a button that sends data elsewhere.")),
    "ImportData": FileWarning("file.sends", _("It holds a button that loads data from elsewhere.")),
}
_RESTRICTED = FileWarning("file.restricted", _("The PDF is encrypted, opens without password and may forbid printing or copying."))
_CUT = FileWarning("file.cut", _("The end of the PDF is missing; it may have been cut off in transfer."))


@dataclass(frozen=True)
class ObjectStream:
    """A stream that holds dictionaries: its number and generation, its dictionary, and where its bytes begin."""

    number: int
    generation: int
    dictionary: bytes
    start: int


def check_pdf(body: Body, *, scripts: bool = False) -> tuple[int | None, list[FileWarning]]:
    """(pages, warnings); pages is None where they cannot be counted cheaply. `scripts` bears JavaScript. Raises FileRefused."""
    allowed = {"JavaScript"} if scripts else set()
    names, streams, encrypted = _survey(body)
    _refuse(names - allowed)
    unpack: Callable[[ObjectStream], Iterator[bytes]] = lambda stream: _inflated(body, stream)  # noqa: E731
    if encrypted:
        reader = _opened_without_password(body)
        unpack = lambda stream: _decrypted(reader, stream)  # noqa: E731
    unpacked = 0
    for piece in chain.from_iterable(map(unpack, streams)):
        unpacked += len(piece)
        if unpacked > _MAX_UNPACKED:
            raise _bomb()
        names |= _names_in(piece)
        _refuse(names - allowed)
    warnings = [_WARNED[name] for name in _WATCHED if name in names and name in _WARNED]
    if encrypted:
        warnings.append(_RESTRICTED)
    if b"%%EOF" not in body.at(max(0, body.size - _END_WITHIN), _END_WITHIN):
        warnings.append(_CUT)
    return _pages(body), list(dict.fromkeys(warnings))


def _survey(body: Body) -> tuple[set[str], list[ObjectStream], bool]:
    """One pass over the raw bytes: the watched names, the object streams, and whether it is encrypted."""
    names: set[str] = set()
    streams: dict[int, ObjectStream] = {}
    encrypted = False
    for offset, window in body.windows(_OVERLAP):
        names |= _names_in(window)
        encrypted = encrypted or _ENCRYPT.search(window) is not None
        for found in _object_streams(offset, window):
            streams[found.start] = found
        if len(streams) > _MAX_STREAMS:
            raise _bomb()
    return names, list(streams.values()), encrypted


def _names_in(data: bytes) -> set[str]:
    found = {match.lastgroup or "" for match in _WATCH.finditer(data)}
    return {"EmbeddedFile" if name == "EmbeddedFiles" else name for name in found}


def _refuse(names: set[str]) -> None:
    for name, (code, words) in _REFUSED.items():
        if name in names:
            raise FileRefused(code, words, _PRINT_AGAIN)


def _bomb() -> FileRefused:
    return FileRefused(FileCode.BOMB, _("The PDF is built to overwhelm whoever opens it."), _PRINT_AGAIN)


def _object_streams(offset: int, window: bytes) -> Iterator[ObjectStream]:
    for match in _STREAM.finditer(window):
        before = window[max(0, match.start() - _OVERLAP // 2) : match.start()].rstrip()
        if not before.endswith(b">"):
            continue
        last = max(_OBJECT.finditer(before), key=lambda found: found.start(), default=None)
        dictionary = before[last.end() :] if last else before
        if _OBJECT_STREAM.search(dictionary) or all(word.search(dictionary) for word in _INDEX):
            number, generation = (int(last[1]), int(last[2])) if last else (0, 0)
            yield ObjectStream(number, generation, dictionary, offset + match.end())


def _inflated(body: Body, stream: ObjectStream) -> Iterator[bytes]:
    """The content of an object stream. One packed in a way that cannot be followed is refused, since it could hide anything."""
    found = _FILTER.search(stream.dictionary)
    if found is None:
        return  # not packed: the survey has seen its bytes
    packing = (found[1] or found[2]).strip()
    if packing not in (b"/FlateDecode", b"/Fl") or _PREDICTOR.search(stream.dictionary):
        raise FileRefused(FileCode.ACTIVE, _("The PDF is packed in an unusual way and cannot be checked."), _PRINT_AGAIN)
    inflater, at, carry = zlib.decompressobj(), stream.start, b""
    try:
        while not inflater.eof:
            raw = inflater.unconsumed_tail
            if not raw:
                raw = body.at(at, PIECE)
                at += PIECE
            piece = inflater.decompress(raw, PIECE * 16)
            yield carry + piece
            carry = (carry + piece)[-_CARRY:]
            if not raw and not piece:
                return
    except zlib.error as error:
        raise broken(_("a part of the PDF cannot be unpacked")) from error


def _opened_without_password(body: Body) -> PdfReader:
    reader = _tried(lambda: PdfReader(_rewound(body)))
    if reader is None or not _tried(lambda: reader.decrypt("")):
        raise locked()
    return reader


def _decrypted(reader: PdfReader, stream: ObjectStream) -> Iterator[bytes]:
    def read() -> bytes:
        found: Any = reader.get_object(IndirectObject(stream.number, stream.generation, reader))
        return bytes(found.get_data())

    data = _tried(read)
    if data is None:
        raise FileRefused(FileCode.ENCRYPTED, _("The PDF is encrypted and cannot be checked."), _PRINT_AGAIN)
    yield data


def _pages(body: Body) -> int | None:
    if body.size > _COUNT_PAGES_UP_TO:
        return None

    def count() -> int:
        reader = PdfReader(_rewound(body))
        if reader.is_encrypted:
            reader.decrypt("")
        pages: Any = reader.root_object["/Pages"]
        return int(pages.get_object()["/Count"])

    found = _tried(count)
    return found if found and 0 < found < 1_000_000 else None


def _tried(call: Callable[[], Found]) -> Found | None:
    """The answer of pypdf, or None where it gives up. Its failures on broken files are of many kinds and mean the same here."""
    try:
        return call()
    except _PYPDF_FAILS:
        return None


def _rewound(body: Body) -> Any:
    body.file.seek(0)
    return body.file
