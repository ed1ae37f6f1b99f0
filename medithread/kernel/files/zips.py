"""Looks into ZIP files without trusting them: bombs, overlaps, lying sizes, unsafe paths and encryption are refused.

The central directory is held against each local header and every entry is inflated once and counted, because the
programs that read such files later believe one of the two, and not all the same one.
"""

import re
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.files.reading import HEAD, PIECE, Body, in_words
from medithread.kernel.files.safety import FileCode, FileRefused

MAX_ENTRIES = 10_000
MAX_TOTAL = 1 << 30  # bytes when unpacked, nested archives included
MAX_RATIO = 200
MAX_DEPTH = 2  # a ZIP may hold a Word document that holds a workbook
_RATIO_FROM = 16 << 20
_MAX_DIRECTORY = 8 << 20
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _STREAMED, _UTF8 = 0x2041, 0x8, 0x800
_SYMLINK = 0o120000
_REPACK = _("Pack the files again with the ZIP function of the operating system.")


@dataclass
class Budget:
    """What one upload may unpack in all: shared by an archive and those inside it."""

    entries: int = MAX_ENTRIES
    size: int = MAX_TOTAL


@dataclass(frozen=True)
class Entry:
    """One file in a ZIP. `start` is where its packed bytes begin; sizes in bytes."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


def entries_of(body: Body, budget: Budget) -> list[Entry]:
    """The files in a ZIP, once its structure has been found sound and within the budget. Raises FileRefused."""
    directory = _directory(body, budget)
    infos = _infos(body)
    names = Counter(info.filename for info in infos)
    if len(names) < len(infos):
        raise broken(_("“%(name)s” stands in it twice") % {"name": names.most_common(1)[0][0]})
    spans = sorted((_entry(body, info) for info in infos), key=lambda found: found[0])
    end = 0
    for begins, entry in spans:
        if begins < end:
            raise _bomb(_("its entries overlap"))
        end = entry.start + entry.packed
    if end > directory:
        raise broken(_("an entry runs into the directory"))
    _within(budget, [entry for _begins, entry in spans])
    return [entry for _begins, entry in spans]


def unpacked(body: Body, entry: Entry) -> Iterator[bytes]:
    """The content of an entry in pieces, counted and checked against its size and checksum. Raises FileRefused."""
    size = crc = 0
    for piece in _inflated(body, entry) if entry.deflated else _stored(body, entry):
        size += len(piece)
        if size > entry.size:
            raise _bomb(_("“%(name)s” is larger than it says") % {"name": entry.name})
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != entry.size or crc != entry.crc:
        raise broken(_("“%(name)s” does not match its checksum") % {"name": entry.name})


def prove(body: Body, entry: Entry) -> bytes:
    """Unpack an entry wholly, keep nothing but its first bytes, and return those. Raises FileRefused."""
    head = b""
    for piece in unpacked(body, entry):
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
    return head


def content(body: Body, entry: Entry, limit: int) -> bytes:
    """The whole content of a small entry. Raises FileRefused where it is larger than `limit` bytes."""
    if entry.size > limit:
        raise _bomb(_("“%(name)s” is unusually large") % {"name": entry.name})
    return b"".join(unpacked(body, entry))


@contextmanager
def extracted(body: Body, entry: Entry) -> Iterator[Body]:
    """An entry as a Body of its own, in a temporary file when large."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as copy:
        for piece in unpacked(body, entry):
            copy.write(piece)
        yield Body(cast(BinaryIO, copy), entry.size, "")


def ends_as_zip(body: Body) -> bool:
    """True where a ZIP reader would take the file for an archive, whatever its beginning says."""
    found = _end_record(body)
    return found is not None and (found[1][4] > 0 or found[1][5] > 0)


def broken(what: Words) -> FileRefused:
    """The refusal of an archive or document whose structure is not sound."""
    return FileRefused(
        FileCode.BROKEN, _("The file is damaged: %(what)s.") % {"what": what}, _("Save or pack it again and attach the new file.")
    )


def _bomb(what: Words) -> FileRefused:
    words = _("The archive is built to overwhelm whoever opens it: %(what)s.") % {"what": what}
    return FileRefused(FileCode.BOMB, words, _REPACK)


def _end_record(body: Body) -> tuple[int, tuple[int, ...]] | None:
    begins = max(0, body.size - 0xFFFF - _END.size)
    tail = body.at(begins, body.size - begins)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return None
    fields = _END.unpack_from(tail, at)
    return (begins + at, fields) if at + _END.size + fields[7] == len(tail) else None


def _directory(body: Body, budget: Budget) -> int:
    """Where the central directory begins, after its size and place were found plausible."""
    found = _end_record(body)
    if found is None:
        raise broken(_("the end of the archive is missing"))
    end, (_sign, disk, first, here, count, size, offset, _comment) = found
    if disk or first or here != count:
        raise broken(_("it is one part of several"))
    end, count, size, offset = _with_64(body, end, count, size, offset)
    if offset + size != end:
        raise broken(_("there is something before or behind its directory"))
    if count > budget.entries or size > _MAX_DIRECTORY:
        raise _bomb(_("more than %(count)s entries") % {"count": MAX_ENTRIES})
    return offset


def _with_64(body: Body, end: int, count: int, size: int, offset: int) -> tuple[int, int, int, int]:
    """The same figures by the 64-bit record where there is one; it must not contradict the plain one."""
    locator = body.at(end - _LOCATOR.size, _LOCATOR.size) if end >= _LOCATOR.size else b""
    if not locator.startswith(b"PK\x06\x07"):
        return end, count, size, offset
    at = _LOCATOR.unpack(locator)[2]
    record = body.at(at, _END64.size) if at < body.size else b""
    if not record.startswith(b"PK\x06\x06") or len(record) < _END64.size or at + _END64.size != end - _LOCATOR.size:
        raise broken(_("its 64-bit directory record is wrong"))
    wide = _END64.unpack(record)[7:]
    for narrow, value, mark in zip((count, size, offset), wide, (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), strict=True):
        if narrow not in (value, mark):
            raise broken(_("its two directory records contradict each other"))
    return at, *wide


def _infos(body: Body) -> list[zipfile.ZipInfo]:
    body.file.seek(0)
    try:
        return zipfile.ZipFile(body.file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, IndexError, EOFError) as error:
        raise broken(_("its directory cannot be read")) from error


def _entry(body: Body, info: zipfile.ZipInfo) -> tuple[int, Entry]:
    """(where its header begins, the entry), after path, method and the two headers were checked."""
    _safe_path(info)
    if info.flag_bits & _ENCRYPTED:
        words = _("The archive is protected with a password (“%(name)s”).") % {"name": info.filename}
        raise FileRefused(FileCode.ENCRYPTED, words, _("Attach it without password; access is governed here by permissions."))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(FileCode.NOT_ACCEPTED, _("“%(name)s” is packed in an unusual way.") % {"name": info.filename}, _REPACK)
    raw = body.at(info.header_offset, _LOCAL.size) if info.header_offset >= 0 else b""
    if len(raw) < _LOCAL.size or not raw.startswith(b"PK\x03\x04"):
        raise broken(_("an entry is missing"))
    _sign, _version, flags, method, _time, _day, _crc, packed, size, name_length, extra_length = _LOCAL.unpack(raw)
    name = body.at(info.header_offset + _LOCAL.size, name_length)
    sizes_agree = flags & _STREAMED or (packed in (info.compress_size, 0xFFFFFFFF) and size in (info.file_size, 0xFFFFFFFF))
    if name != _raw_name(info) or method != info.compress_type or flags & _ENCRYPTED or not sizes_agree:
        raise broken(_("“%(name)s” is described in two different ways") % {"name": info.filename})
    start = info.header_offset + _LOCAL.size + name_length + extra_length
    return info.header_offset, Entry(info.filename, start, info.compress_size, info.file_size, info.CRC, info.compress_type != 0)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _safe_path(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = re.split(r"[/\\]", name)
    wrong = ".." in parts or not parts[0] or re.match(r"[A-Za-z]:", name) or re.search(r"[\x00-\x1f]", name)
    if wrong or (info.external_attr >> 16) & 0o170000 == _SYMLINK:
        words = _("The archive holds a path that leads out of its folder (“%(name)s”).") % {"name": name.replace("\x00", "␀")[:120]}
        raise FileRefused(FileCode.UNSAFE_PATH, words, _REPACK)


def _within(budget: Budget, entries: list[Entry]) -> None:
    total, packed = sum(entry.size for entry in entries), sum(entry.packed for entry in entries)
    budget.entries -= len(entries)
    budget.size -= total
    if budget.size < 0 or budget.entries < 0:
        raise _bomb(_("it unpacks to more than %(limit)s or %(count)s files") % {"limit": in_words(MAX_TOTAL), "count": MAX_ENTRIES})
    for size, small in [(total, packed), *((entry.size, entry.packed) for entry in entries)]:
        if size > _RATIO_FROM and size > MAX_RATIO * small:
            raise _bomb(_("it unpacks to more than %(ratio)s times its size") % {"ratio": MAX_RATIO})


def _stored(body: Body, entry: Entry) -> Iterator[bytes]:
    if entry.packed != entry.size:
        raise broken(_("“%(name)s” is described in two different ways") % {"name": entry.name})
    for at in range(0, entry.packed, PIECE):
        yield body.at(entry.start + at, min(PIECE, entry.packed - at))


def _inflated(body: Body, entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for raw in _stored(body, Entry(entry.name, entry.start, entry.packed, entry.packed, 0, deflated=False)):
            yield inflater.decompress(raw, PIECE * 4)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, PIECE * 4)
        while left := inflater.decompress(b"", PIECE * 4):
            yield left
    except zlib.error as error:
        raise broken(_("“%(name)s” cannot be unpacked") % {"name": entry.name}) from error
    if not inflater.eof or inflater.unused_data:
        raise broken(_("“%(name)s” cannot be unpacked") % {"name": entry.name})
