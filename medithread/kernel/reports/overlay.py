"""Lays print lines, headers and watermarks over finished pages of any size and turn. Runs in the typesetting process."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from .compile import Typesetter
from .job import Fault, Job, Overlay

# What a damaged file makes a parser run into; anything else is our fault and ends the process.
DAMAGE = (
    PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError, NotImplementedError,
    StopIteration, struct.error, zlib.error, OSError,
)  # fmt: skip
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


@contextmanager
def reading() -> Iterator[None]:
    """Turns whatever a damaged file causes into one fault."""
    try:
        yield
    except DAMAGE as error:
        raise Fault("report.broken-pdf", repr(error)) from error


def opened(pdf: bytes) -> PdfReader:
    """A reader for a file that is neither protected nor empty."""
    with reading():
        reader = PdfReader(BytesIO(pdf), strict=False)
        if reader.is_encrypted:
            raise Fault("report.encrypted")
        count = len(reader.pages)
    if not count:
        raise Fault("report.no-pages")
    return reader


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


def lay_over(setter: Typesetter, writer: PdfWriter, sheets: Sequence[dict[str, Any]], overlay: Overlay, first: int = 0) -> None:
    """One overlay page is set for each different sheet and drawn, as an artifact, over the pages from `first` on."""
    distinct = list({repr(each): each for each in sheets}.values())
    where = {repr(each): at for at, each in enumerate(distinct)}
    words = Job("overlay.typ", {**overlay.data, "sheets": distinct}, {}, overlay.timestamp)
    drawn = PdfReader(BytesIO(setter.compose(words, ["a-2b"])))
    forms = [_form(writer, page) for page in drawn.pages]
    for at, each in enumerate(sheets):
        page = writer.pages[first + at]
        _draw(writer, page, forms[where[repr(each)]], face(page))


def _form(writer: PdfWriter, page: PageObject) -> IndirectObject:
    """An overlay page as a form that many pages can draw."""
    contents = page.get_contents()
    form = DecodedStreamObject()
    form.set_data(contents.get_data() if contents is not None else b"")
    form.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): ArrayObject(FloatObject(float(each)) for each in page.mediabox),
        NameObject("/Resources"): _resolved(page, "/Resources").clone(writer),
    })  # fmt: skip
    if "/Group" in page:
        form[NameObject("/Group")] = _resolved(page, "/Group").clone(writer)
    return _added(writer, form.flate_encode())


def _draw(writer: PdfWriter, page: PageObject, form: IndirectObject, seen: Face) -> None:
    """Adds the form after the page's own content, whose graphics state is closed first."""
    resources = DictionaryObject(_resolved(page, "/Resources")) if "/Resources" in page else DictionaryObject()
    forms = DictionaryObject(_resolved(resources, "/XObject")) if "/XObject" in resources else DictionaryObject()
    name = next(f"/Print{n}" for n in range(1, 10_000) if f"/Print{n}" not in forms)
    forms[NameObject(name)] = form
    resources[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = resources
    before, after = b"q\n", f"\nQ\n/Artifact <</Type /Pagination>> BDC\nq {seen.matrix()} cm {name} Do Q\nEMC\n".encode()
    page[NameObject("/Contents")] = ArrayObject([_stream(writer, before), *_contents(page), _stream(writer, after)])


def _contents(page: PageObject) -> list[PdfObject]:
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    whole = raw.get_object() if isinstance(raw, IndirectObject) else raw
    return list(whole) if isinstance(whole, ArrayObject) else [raw]


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = StreamObject()
    stream.set_data(data)
    return _added(writer, stream)


def _added(writer: PdfWriter, made: PdfObject) -> IndirectObject:
    reference: IndirectObject = writer._add_object(made)
    return reference


def _resolved(holder: DictionaryObject, key: str) -> Any:
    return holder[key].get_object()


def stamped(setter: Typesetter, pdf: bytes, overlay: Overlay) -> bytes:
    """The PDF with a print layer. The given bytes stay as they are at the start of the file; the layer is appended to them."""
    opened(pdf)
    with reading():
        writer = PdfWriter(BytesIO(pdf), incremental=True)
        lay_over(setter, writer, [sheet(face(page), None) for page in writer.pages], overlay)
        return _with_update(pdf, writer)


def _with_update(pdf: bytes, writer: PdfWriter) -> bytes:
    """An incremental update (ISO 32000-1, 7.5.6) with a plain cross-reference table; pypdf's own loses the title of the file."""
    out, places, known = BytesIO(), dict[int, int](), writer._original_hash
    out.write(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    for number, made in enumerate(writer._objects, 1):
        if made is not None and (number > len(known) or made.hash_bin() != known[number - 1]):
            places[number] = out.tell()
            out.write(b"%d 0 obj\n" % number)
            made.write_to_stream(out)
            out.write(b"\nendobj\n")
    start = out.tell()
    table = b"".join(b"%d 1\n%010d 00000 n\r\n" % place for place in places.items())
    out.write(b"xref\n" + table + b"trailer\n")
    _trailer(writer, len(writer._objects) + 1, sha256(out.getvalue()).digest()[:16]).write_to_stream(out)
    out.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _trailer(writer: PdfWriter, size: int, digest: bytes) -> DictionaryObject:
    """The old trailer, with the place of the old table and a new second half of the file's identity."""
    assert writer._reader is not None
    old = writer._reader
    first = writer._ID[0] if writer._ID else ByteStringObject(digest)
    trailer = DictionaryObject(
        {
            NameObject("/Size"): NumberObject(size),
            NameObject("/Root"): old.trailer.raw_get("/Root"),
            NameObject("/Prev"): NumberObject(old._startxref),
            NameObject("/ID"): ArrayObject([first, ByteStringObject(digest)]),
        }
    )
    if "/Info" in old.trailer:
        trailer[NameObject("/Info")] = old.trailer.raw_get("/Info")
    return trailer
