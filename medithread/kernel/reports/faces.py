"""What of a page is seen, in any size and turn, and where our lines stand on it."""

from dataclasses import dataclass
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, FloatObject

from .job import Fault

NORMAL = (560.0, 850.0)  # widths in points that are printed at the sizes of our own pages
FOOT, LINE, HEAD = 66.0, 47.0, 40.0  # points: height of the foot, top of the print line above the edge, height of the head


@dataclass(frozen=True)
class Face:
    """The visible part of a page: its box in user space, its turn clockwise, the length of a unit in points."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int
    unit: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points as a reader sees them."""
        width, height = (self.right - self.left) * self.unit, (self.top - self.bottom) * self.unit
        return (height, width) if self.turn in (90, 270) else (width, height)

    @property
    def scale(self) -> float:
        """How much larger or smaller than on A4 our lines are here, so that they stay legible when the page is fitted to paper."""
        width = self.size[0]
        return max(0.4, min(width / NORMAL[0], 1.0) * max(width / NORMAL[1], 1.0))

    @property
    def box(self) -> ArrayObject:
        return ArrayObject(FloatObject(round(each, 4)) for each in (self.left, self.bottom, self.right, self.top))

    def matrix(self) -> str:
        """From points seen by the reader (origin at the lower left) into user space."""
        one = 1 / self.unit
        a, b, c, d, e, f = {
            0: (one, 0.0, 0.0, one, self.left, self.bottom),
            90: (0.0, one, -one, 0.0, self.right, self.bottom),
            180: (-one, 0.0, 0.0, -one, self.right, self.top),
            270: (0.0, -one, one, 0.0, self.left, self.top),
        }[self.turn]
        return " ".join(f"{each:.5f}" for each in (a, b, c, d, e, f))

    def grown(self, above: float, below: float) -> "Face":
        """The same page with room, in points, above and below what the reader sees."""
        head, foot = above / self.unit, below / self.unit
        left, bottom, right, top = {
            0: (0.0, foot, 0.0, head),
            90: (head, 0.0, foot, 0.0),
            180: (0.0, head, 0.0, foot),
            270: (foot, 0.0, head, 0.0),
        }[self.turn]
        return Face(self.left - left, self.bottom - bottom, self.right + right, self.top + top, self.turn, self.unit)


def face(page: PageObject) -> Face:
    """What of a page is seen: its crop box within its media box. Raises Fault where that is nothing."""
    media, crop = [float(each) for each in page.mediabox], [float(each) for each in page.cropbox]
    mx, my = sorted((media[0], media[2])), sorted((media[1], media[3]))
    cx, cy = sorted((crop[0], crop[2])), sorted((crop[1], crop[3]))
    left, right, bottom, top = max(mx[0], cx[0]), min(mx[1], cx[1]), max(my[0], cy[0]), min(my[1], cy[1])
    if right - left < 1 or top - bottom < 1:
        left, right, bottom, top = *mx, *my
    if right - left < 1 or top - bottom < 1:
        raise Fault("report.broken-pdf", "a page without a size")
    unit = float(page.get("/UserUnit", 1.0))
    turn = round(float(page.rotation) / 90) * 90 % 360
    return Face(left, bottom, right, top, turn, unit if unit > 0 else 1.0)


def sheet(seen: Face, running: dict[str, str] | None) -> dict[str, Any]:
    """What the template must know of a page."""
    width, height = seen.size
    scale = round(seen.scale, 4)
    return {
        "width": round(width, 2), "height": round(height, 2), "scale": scale, "edge": round(min(68.03 * scale, width * 0.11429), 2),
        "line": round(LINE * scale, 2), "foot": round(FOOT * scale, 2), "head": round(HEAD * scale, 2), "running": running,
    }  # fmt: skip
