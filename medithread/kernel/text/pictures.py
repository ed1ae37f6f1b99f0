"""Which pictures a document may hold, told by their first bytes and never by a name."""

from __future__ import annotations

LIMIT = 20_000_000
"""The largest picture, in bytes."""

_STARTS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"))


def picture_type(data: bytes) -> str | None:
    """`image/png`, `image/jpeg`, `image/gif` or `image/webp`; None for everything else (SVG, WMF, EMF, TIFF …)."""
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
