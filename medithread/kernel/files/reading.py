"""Reads an upload once, in pieces, with a size limit, and gives back something that can be looked at in any order."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from django.utils.translation import gettext_lazy as _

from medithread.kernel.files.safety import FileCode, FileRefused

PIECE = 1 << 16
HEAD = 1 << 16
_IN_MEMORY = 1 << 20


class Readable(Protocol):
    """What an upload must be able to do. Where `seek` works too, nothing is copied."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Body:
    """A whole file that can be read in any order. `size` in bytes, `sha256` in lower-case hexadecimal."""

    file: BinaryIO
    size: int
    sha256: str

    def at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`."""
        self.file.seek(offset)
        return self.file.read(length)

    def head(self) -> bytes:
        """The first bytes, enough to tell what the file is."""
        return self.at(0, HEAD)

    def pieces(self) -> Iterator[bytes]:
        """The whole content in pieces. Seeks before each piece, so that others may read in between."""
        for offset in range(0, self.size, PIECE):
            yield self.at(offset, PIECE)

    def windows(self, overlap: int) -> Iterator[tuple[int, bytes]]:
        """(offset, bytes) of overlapping pieces, so that nothing shorter than `overlap` is cut in two."""
        step = max(PIECE * 4, overlap)
        for offset in range(0, self.size, step):
            yield offset, self.at(offset, step + overlap)


@contextmanager
def settled(stream: Readable, size_limit: int, first_look: Callable[[bytes], None]) -> Iterator[Body]:
    """The stream as a Body. `first_look` sees the head before the rest is read and may refuse.

    A stream that can seek is read from its beginning and left there; any other is copied to a temporary file.
    Raises FileRefused (file.too-large) after `size_limit` bytes without reading on, and file.empty.
    """
    if _can_seek(stream):
        file = cast(BinaryIO, stream)
        file.seek(0)
        try:
            yield Body(file, *_measure(file, size_limit, first_look, lambda _piece: None))
        finally:
            file.seek(0)
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        size, digest = _measure(stream, size_limit, first_look, copy.write)
        yield Body(cast(BinaryIO, copy), size, digest)


def refuse_size(size_limit: int) -> FileRefused:
    """The refusal of a file that is larger than `size_limit` bytes."""
    return FileRefused(
        FileCode.TOO_LARGE,
        _("The file is larger than %(limit)s, the most that is accepted.") % {"limit": in_words(size_limit)},
        _("Reduce it (fewer or smaller pictures), split it, or ask the administrator to raise the limit."),
    )


def in_words(size: int) -> str:
    """A size in bytes as people say it: "25 MB", decimal units."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def _can_seek(stream: Readable) -> bool:
    can = getattr(stream, "seekable", None)
    return bool(can()) if can is not None else hasattr(stream, "seek") and hasattr(stream, "tell")


def _measure(stream: Readable, size_limit: int, first_look: Callable[[bytes], None], keep: Callable[[bytes], object]) -> tuple[int, str]:
    digest, size, head = hashlib.sha256(), 0, b""
    looked = False
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > size_limit:
            raise refuse_size(size_limit)
        digest.update(piece)
        keep(piece)
        if not looked:
            head += piece
            looked = len(head) >= HEAD
            if looked:
                first_look(head[:HEAD])
    if size == 0:
        raise FileRefused(FileCode.EMPTY, _("The file is empty."), _("Choose the file again; it may not have been saved yet."))
    if not looked:
        first_look(head)
    return size, digest.hexdigest()
