"""What kind of picture some bytes are, and how large: enough to place it, and to refuse one that would fill the memory."""

import struct
from dataclasses import dataclass

MOST_PIXELS = 60_000_000


@dataclass(frozen=True)
class Look:
    """The file extension of a picture and its size in pixels; zeros where the file does not say it plainly (SVG)."""

    kind: str
    width: int = 0
    height: int = 0


def look_at(content: bytes) -> Look | None:
    """What the first bytes say; None for what is no picture that can be printed, is cut short or too large."""
    try:
        found = _find(content)
    except (struct.error, IndexError):
        return None
    if found is None or found.kind == "svg":
        return found
    return found if 0 < found.width * found.height <= MOST_PIXELS else None


def _find(content: bytes) -> Look | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Look("png", *struct.unpack(">II", content[16:24]))
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Look("gif", *struct.unpack("<HH", content[6:10]))
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    return Look("svg") if b"<svg" in content[:2000].lower() else None


def _jpeg(content: bytes) -> Look | None:
    """The frame header, the first marker C0–CF that is no table, lies behind segments that say how long they are."""
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Look("jpg", width, height)
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def _webp(content: bytes) -> Look | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return Look("webp", 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return Look("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    width, height = struct.unpack("<HH", content[26:30])
    return Look("webp", width & 0x3FFF, height & 0x3FFF)
