"""Lays print lines, headers and watermarks over finished pages of any size and turn. Runs in the typesetting process."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from .compile import Typesetter
from .faces import face, sheet
from .job import Fault, Job, Overlay
from .update import Sink, Update

# What a damaged file makes a parser run into; anything else is our fault and ends the process.
DAMAGE = (
    PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError, AssertionError, NotImplementedError,
    StopIteration, struct.error, zlib.error, OSError,
)  # fmt: skip


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


def lay_over(setter: Typesetter, sink: Sink, pages: Sequence[PageObject], sheets: Sequence[dict[str, Any]], overlay: Overlay) -> None:
    """One overlay page is set for each different sheet and drawn, as an artifact, over the pages that look so."""
    distinct = list({repr(each): each for each in sheets}.values())
    where = {repr(each): at for at, each in enumerate(distinct)}
    words = Job("overlay.typ", {**overlay.data, "sheets": distinct}, {}, overlay.timestamp)
    drawn = PdfReader(BytesIO(setter.compose(words, ["a-2b"])))
    forms = [_form(sink, page) for page in drawn.pages]
    for page, each in zip(pages, sheets, strict=True):
        _draw(sink, page, forms[where[repr(each)]])


def _form(sink: Sink, page: PageObject) -> IndirectObject:
    """An overlay page as a form that many pages can draw."""
    contents = page.get_contents()
    form = DecodedStreamObject()
    form.set_data(contents.get_data() if contents is not None else b"")
    form.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): ArrayObject(FloatObject(float(each)) for each in page.mediabox),
        NameObject("/Resources"): sink.carry(page.raw_get("/Resources")),
    })  # fmt: skip
    if "/Group" in page:
        form[NameObject("/Group")] = sink.carry(page.raw_get("/Group"))
    return sink.add(form.flate_encode())


def _draw(sink: Sink, page: PageObject, form: IndirectObject) -> None:
    """Adds the form after the page's own content, whose graphics state is closed first."""
    resources = DictionaryObject(resolved(page, "/Resources")) if "/Resources" in page else DictionaryObject()
    forms = DictionaryObject(resolved(resources, "/XObject")) if "/XObject" in resources else DictionaryObject()
    name = next(f"/Print{n}" for n in range(1, 10_000) if f"/Print{n}" not in forms)
    forms[NameObject(name)] = form
    resources[NameObject("/XObject")] = forms
    page[NameObject("/Resources")] = resources
    before, after = b"q\n", f"\nQ\n/Artifact <</Type /Pagination>> BDC\nq {face(page).matrix()} cm {name} Do Q\nEMC\n".encode()
    page[NameObject("/Contents")] = ArrayObject([_stream(sink, before), *_contents(page), _stream(sink, after)])
    sink.change(page)


def _contents(page: PageObject) -> list[PdfObject]:
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    whole = raw.get_object() if isinstance(raw, IndirectObject) else raw
    return list(whole) if isinstance(whole, ArrayObject) else [raw]


def _stream(sink: Sink, data: bytes) -> IndirectObject:
    stream = StreamObject()
    stream.set_data(data)
    return sink.add(stream)


def resolved(holder: DictionaryObject, key: str) -> Any:
    return holder[key].get_object()


def stamped(setter: Typesetter, pdf: bytes, overlay: Overlay) -> bytes:
    """The PDF with a print layer. The given bytes stay as they are at the start of the file; the layer is appended to them."""
    reader = opened(pdf)
    with reading():
        update, pages = Update(reader), list(reader.pages)
        lay_over(setter, update, pages, [sheet(face(page), None) for page in pages], overlay)
        done = update.appended(pdf)
    if len(opened(done).pages) != len(pages):
        raise Fault("report.broken-pdf", "the table of objects is damaged")
    return done
