"""Looks into OLE2 compound files (Word and Excel of 1997–2003, password-protected Office files, objects in documents).

They are accepted as they are (no part of Medithread reads their content) once neither macros nor a password were found.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medithread.kernel.files.kinds import BY_EXTENSION, KINDS, FileKind
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileCode, FileRefused, extension_of, safe_name
from medithread.kernel.files.zips import broken

_HEADER = struct.Struct("<30xHH14xL4xLL4xLL")  # block sizes, first blocks of directory, small table and list of tables
_END_OF_CHAIN = 0xFFFFFFFA  # this and above: no sector
_MAX_FOLDERS = 4096
_WORD_97, _WORD_ENCRYPTED = 0x00C1, 0x0100
_SHEET, _FILE_PASS, _END_OF_GLOBALS = 0x0085, 0x002F, 0x000A
_MACRO_NAMES = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros"})
_READ = 1 << 20


@dataclass(frozen=True)
class Item:
    """A storage or stream. `first` is its first sector, `size` in bytes."""

    name: str
    first: int
    size: int


class Compound:
    """The directory of a compound file and the beginnings of its streams. Raises FileRefused (file.broken)."""

    def __init__(self, body: Body) -> None:
        self.body = body
        raw = body.at(0, 512)
        if len(raw) < 512:
            raise broken(_("it ends in its first block"))
        shift, small_shift, first, self.cutoff, small_fat, difat, difats = _HEADER.unpack_from(raw)
        if (shift, small_shift) not in ((9, 6), (12, 6)):
            raise broken(_("its block size is wrong"))
        self.sector = 1 << shift
        self.fat = self._fat_sectors(raw, difat, difats)
        self.items = list(self._items(first))
        self.small_fat = list(self._chain(small_fat))

    def named(self, *names: str) -> Item | None:
        """The first item with one of these names."""
        return next((item for item in self.items if item.name in names), None)

    def beginning(self, item: Item, length: int = _READ) -> bytes:
        """At most `length` bytes from the start of a stream."""
        wanted = min(item.size, length)
        if item.size < self.cutoff:
            return self._small(item.first, wanted)
        return self._large(item.first, wanted)

    def _large(self, first: int, length: int) -> bytes:
        data = bytearray()
        for sector in self._chain(first):
            data += self._read(sector)
            if len(data) >= length:
                break
        return bytes(data[:length])

    def _small(self, first: int, length: int) -> bytes:
        root, data, at = self.items[0], bytearray(), first
        store = list(self._chain(root.first))
        per, steps = self.sector // 4, 0
        while at < _END_OF_CHAIN and len(data) < length and steps < self.cutoff:
            place = at * 64
            if place // self.sector >= len(store) or at // per >= len(self.small_fat):
                raise broken(_("a stream leads out of it"))
            data += self._read(store[place // self.sector])[place % self.sector :][:64]
            at = struct.unpack_from("<L", self._read(self.small_fat[at // per]), at % per * 4)[0]
            steps += 1
        return bytes(data[:length])

    def _read(self, sector: int) -> bytes:
        data = self.body.at((sector + 1) * self.sector, self.sector)
        return data.ljust(self.sector, b"\x00")  # the last sector may be cut short

    def _fat_sectors(self, raw: bytes, at: int, count: int) -> list[int]:
        sectors = list(struct.unpack_from("<109L", raw, 76))
        limit = self.body.size // self.sector + 2
        while at < _END_OF_CHAIN and count > 0 and len(sectors) < limit:
            more = struct.unpack(f"<{self.sector // 4}L", self._read(self._inside(at)))
            sectors += more[:-1]
            at, count = more[-1], count - 1
        return sectors

    def _inside(self, sector: int) -> int:
        if (sector + 1) * self.sector >= self.body.size:
            raise broken(_("a block lies outside of it"))
        return sector

    def _chain(self, sector: int) -> Iterator[int]:
        per, left = self.sector // 4, self.body.size // self.sector + 1
        while sector < _END_OF_CHAIN:
            left -= 1
            if left < 0 or sector // per >= len(self.fat):
                raise broken(_("its blocks form a ring or lead out of it"))
            yield self._inside(sector)
            place = (self._inside(self.fat[sector // per]) + 1) * self.sector + sector % per * 4
            raw = self.body.at(place, 4)
            if len(raw) < 4:
                raise broken(_("a block lies outside of it"))
            sector = struct.unpack("<L", raw)[0]

    def _items(self, first: int) -> Iterator[Item]:
        for number, sector in enumerate(self._chain(first)):
            if number > _MAX_FOLDERS:
                raise broken(_("its directory is endless"))
            raw = self._read(sector)
            for at in range(0, self.sector, 128):
                length, kind = struct.unpack_from("<HB", raw, at + 64)
                if kind:
                    name = raw[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                    begins, size = struct.unpack_from("<LL", raw, at + 116)
                    yield Item(name, begins, size)


def compound_kind(body: Body) -> FileKind:
    """What a compound file is: doc, xls, ppt, outlook, macros, or "compound" for all else. Raises FileRefused."""
    found = Compound(body)
    if found.named("EncryptedPackage", "EncryptionInfo", "DRMContent", "\tDRMContent"):
        raise locked()
    if any(item.name.lower() in _MACRO_NAMES for item in found.items):
        return KINDS["macros"]
    if word := found.named("WordDocument"):
        return _word(found.beginning(word, 32))
    if book := found.named("Workbook"):
        return _excel(found.beginning(book))
    if found.named("PowerPoint Document"):
        return KINDS["ppt"]
    return KINDS["outlook" if found.named("__properties_version1.0") else "compound"]


def check_object(body: Body) -> None:
    """An object embedded in a document must not carry macros, a password or a packed program. Raises FileRefused."""
    kind = compound_kind(body)
    if kind.key == "macros":
        raise FileRefused(FileCode.MACROS, _("An object embedded in it contains macros."), kind.fix)
    found = Compound(body)
    packed = found.named("\x01Ole10Native")
    for label in found.beginning(packed, 4096)[6:].split(b"\x00")[:3] if packed else ():
        inner = BY_EXTENSION.get(extension_of(safe_name(label.decode("latin-1"))))
        if inner and inner.refused is FileCode.PROGRAM:
            words = _("A program or script is embedded in it (%(name)s).") % {"name": safe_name(label.decode("latin-1"))}
            raise FileRefused(FileCode.PROGRAM, words, inner.fix)


def locked() -> FileRefused:
    """The refusal of a document that needs a password."""
    return FileRefused(
        FileCode.ENCRYPTED,
        _("The document is protected with a password."),
        _("Save it without password and attach that; access is governed here by permissions."),
    )


def _word(beginning: bytes) -> FileKind:
    if len(beginning) < 12:
        raise broken(_("the text is missing"))
    _magic, version, flags = struct.unpack_from("<HH6xH", beginning)
    if flags & _WORD_ENCRYPTED:
        raise locked()
    return KINDS["doc" if version >= _WORD_97 else "compound"]


def _excel(beginning: bytes) -> FileKind:
    """Walks the records of the workbook's first part: macro sheets of Excel 4 and passwords stand there."""
    at = 0
    while at + 4 <= len(beginning):
        record, length = struct.unpack_from("<HH", beginning, at)
        if record == _FILE_PASS:
            raise locked()
        if record == _SHEET and beginning[at + 9 : at + 10] in (b"\x01", b"\x06"):
            return KINDS["macros"]
        if record == _END_OF_GLOBALS:
            break
        at += 4 + length
    return KINDS["xls"]
