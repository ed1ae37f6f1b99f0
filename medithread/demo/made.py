"""Small files that the demo company attaches to its records, made here so that nothing binary lies in the source."""

import csv
import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from medithread.kernel.reports.render import render
from medithread.kernel.reports.report import Report, Row, Section, Table

WHITE, INK, BLUE, GREY, RED = (255, 255, 255), (40, 48, 60), (66, 104, 176), (214, 219, 227), (190, 60, 50)
Colour = tuple[int, int, int]


def table_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


class Canvas:
    """A small picture that is drawn with rectangles and written as PNG."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(WHITE * width) for _ in range(height)]

    def box(self, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
        """Fill from (left, top) up to, not including, (right, bottom); what lies outside is left out."""
        left, right = max(left, 0), min(right, self.width)
        for row in self.rows[max(top, 0) : max(bottom, 0)]:
            row[left * 3 : right * 3] = bytes(colour) * (right - left)

    def png(self) -> bytes:
        """The picture as PNG, 8 bits per colour."""
        raw = b"".join(b"\x00" + bytes(row) for row in self.rows)
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bars_png(values: Sequence[float], *, limit: float) -> bytes:
    """A bar chart, one bar per value, with the limit as a red line; bars above it are red."""
    canvas, foot, unit = Canvas(640, 300), 270, 230 / max(*values, limit)
    for line in range(5):
        canvas.box(40, foot - line * 57, 620, foot - line * 57 + 1, GREY)
    step = 560 // len(values)
    for place, value in enumerate(values):
        left = 50 + place * step
        canvas.box(left, foot - round(value * unit), left + step * 2 // 3, foot, RED if value > limit else BLUE)
    canvas.box(40, foot - round(limit * unit), 620, foot - round(limit * unit) + 2, RED)
    canvas.box(40, 30, 42, foot, INK)
    canvas.box(40, foot, 620, foot + 2, INK)
    return canvas.png()


def seal_png(damaged: bool) -> bytes:
    """A seal as the microscope shows it: a ring, with a notch in the lip when it is damaged."""
    canvas = Canvas(240, 240)
    for y in range(240):
        for x in range(0, 240, 2):
            distance = ((x - 120) ** 2 + (y - 120) ** 2) ** 0.5
            if 62 < distance < 96 and not (damaged and x > 196 and 112 < y < 126):
                canvas.box(x, y, x + 2, y + 1, BLUE if distance < 84 else INK)
    return canvas.png()


def paper(
    title: str, number: str, at: datetime, *, text: str = "", rows: Sequence[tuple[str, str]] = (), table: Table | None = None
) -> bytes:
    """One page as PDF/A."""
    section = Section("Content", rows=tuple(Row(label, value) for label, value in rows), text=text, table=table)
    return render(Report(title=title, number=number, made_at=at, organisation="Aria Infusion SAS", demo=True, sections=(section,)))
