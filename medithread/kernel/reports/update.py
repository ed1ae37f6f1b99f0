"""Where new objects of a PDF go: into a file that is being written, or behind one that must stay as it is."""

from hashlib import sha256
from io import BytesIO
from typing import Protocol

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, IndirectObject, NameObject, NumberObject, PdfObject, StreamObject

from .job import Fault


class Sink(Protocol):
    """Takes objects and says under which number they are kept."""

    def add(self, made: PdfObject) -> IndirectObject: ...

    def carry(self, value: PdfObject) -> PdfObject:
        """A copy of an object of another file, with all that it refers to."""

    def change(self, page: PageObject) -> None:
        """Notes that a page was changed."""


class Written:
    """A new file: pypdf keeps its objects."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer

    def add(self, made: PdfObject) -> IndirectObject:
        reference: IndirectObject = self.writer._add_object(made)
        return reference

    def carry(self, value: PdfObject) -> PdfObject:
        return value.clone(self.writer)

    def change(self, page: PageObject) -> None:
        """The page is the writer's own."""


class Update:
    """An incremental update (ISO 32000-1, 7.5.6): new and changed objects behind the bytes of a file that stay as they are.

    pypdf's own reads every object of the file and loses its title.
    """

    def __init__(self, reader: PdfReader) -> None:
        known = [number for table in reader.xref.values() for number in table]
        self.reader = reader
        self.next = 1 + max(*known, *reader.xref_objStm, 0, 0)
        self._objects: dict[tuple[int, int], PdfObject] = {}
        self._carried: dict[int, IndirectObject] = {}

    def _reserve(self) -> IndirectObject:
        self.next += 1
        return IndirectObject(self.next - 1, 0, self.reader)

    def add(self, made: PdfObject) -> IndirectObject:
        reference = self._reserve()
        self._objects[reference.idnum, 0] = made
        return reference

    def carry(self, value: PdfObject) -> PdfObject:
        if isinstance(value, IndirectObject):
            if value.idnum not in self._carried:
                self._carried[value.idnum] = reference = self._reserve()
                made = value.get_object()
                if made is not None:
                    self._objects[reference.idnum, 0] = self.carry(made)
            return self._carried[value.idnum]
        if isinstance(value, ArrayObject):
            return ArrayObject(self.carry(each) for each in value)
        if not isinstance(value, DictionaryObject):
            return value
        inside = {key: self.carry(each) for key, each in value.items()}
        if not isinstance(value, StreamObject):
            return DictionaryObject(inside)
        stream = StreamObject()
        stream.update(inside)
        stream._data = value._data
        return stream

    def change(self, page: PageObject) -> None:
        reference = page.indirect_reference
        if reference is None:
            raise Fault("report.broken-pdf", "a page without a number")
        self._objects[reference.idnum, reference.generation] = page

    def appended(self, pdf: bytes) -> bytes:
        """The file with the update behind it, found by a plain cross-reference table."""
        out = BytesIO()
        out.write(pdf if pdf.endswith(b"\n") else pdf + b"\n")
        table = b"xref\n"
        for (number, generation), made in sorted(self._objects.items(), key=lambda item: item[0]):
            table += b"%d 1\n%010d %05d n\r\n" % (number, out.tell(), generation)
            out.write(b"%d %d obj\n" % (number, generation))
            made.write_to_stream(out)
            out.write(b"\nendobj\n")
        start, digest = out.tell(), sha256(out.getvalue()).digest()[:16]
        out.write(table + b"trailer\n")
        self._trailer(digest).write_to_stream(out)
        out.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)
        return out.getvalue()

    def _trailer(self, digest: bytes) -> DictionaryObject:
        """The old trailer, with the place of the old table and a new second half of the file's identity."""
        old, reader = self.reader.trailer, self.reader
        first = old["/ID"][0] if "/ID" in old else ByteStringObject(digest)  # type: ignore[index]
        if not isinstance(first, ByteStringObject):
            first = ByteStringObject(first.original_bytes)
        trailer = DictionaryObject({
            NameObject("/Size"): NumberObject(self.next), NameObject("/Root"): old.raw_get("/Root"),
            NameObject("/Prev"): NumberObject(reader._startxref), NameObject("/ID"): ArrayObject([first, ByteStringObject(digest)]),
        })  # fmt: skip
        if "/Info" in old:
            trailer[NameObject("/Info")] = old.raw_get("/Info")
        return trailer
