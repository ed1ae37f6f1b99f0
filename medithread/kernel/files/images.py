"""Reads the size of a picture from its header, so that one which unpacks to gigabytes is refused before anything opens it."""

import struct
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileCode, FileRefused
from medithread.kernel.files.zips import broken

MAX_PIXELS = 250_000_000  # A0 at 300 dots per inch has 140 million
_NO_FRAME = (0xC4, 0xC8, 0xCC)


def check_image(body: Body, key: str) -> None:
    """A picture whose header is sound and whose size is bearable. Raises FileRefused."""
    try:
        size = _SIZES[key](body)
    except (struct.error, IndexError):
        size = None
    if size is None or not all(size):
        raise broken(_("the size of the picture cannot be read"))
    if size[0] * size[1] > MAX_PIXELS:
        words = _("The picture has %(width)s × %(height)s points, more than can be shown.") % {"width": size[0], "height": size[1]}
        raise FileRefused(FileCode.PIXELS, words, _("Reduce it to fewer than %(most)s million points.") % {"most": MAX_PIXELS // 10**6})


def _png(body: Body) -> tuple[int, int] | None:
    head = body.at(0, 24)
    return struct.unpack_from(">LL", head, 16) if head[12:16] == b"IHDR" else None


def _gif(body: Body) -> tuple[int, int] | None:
    return struct.unpack_from("<HH", body.at(0, 10), 6)


def _webp(body: Body) -> tuple[int, int] | None:
    head = body.at(0, 30)
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if head[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<L", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    return None


def _jpeg(body: Body) -> tuple[int, int] | None:
    at = 2
    while at < body.size:
        head = body.at(at, 9)
        if head[0] != 0xFF:
            return None
        if head[1] == 0xFF:  # padding
            at += 1
        elif 0xC0 <= head[1] <= 0xCF and head[1] not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", head, 5)
            return width, height
        else:
            at += 2 + struct.unpack_from(">H", head, 2)[0]
    return None


_SIZES: dict[str, Callable[[Body], tuple[int, int] | None]] = {"png": _png, "gif": _gif, "webp": _webp, "jpeg": _jpeg}
