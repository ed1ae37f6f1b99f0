"""Print lines on finished files, and foreign PDFs under our cover."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
import typst
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, TextStringObject

from medithread.kernel.reports.errors import ReportError
from medithread.kernel.reports.faces import Face, face
from medithread.kernel.reports.pool import Pool
from medithread.kernel.reports.render import render
from medithread.kernel.reports.stamp import cover, cover_and_stamp, stamp

from . import samples
from .reading import squeezed

LINE = "Printed by Quinn Meyer, 2026-11-22 10:30 Europe/Paris · valid until 2026-11-29 · uncontrolled when printed · ledger "


def foreign(pages: int = 1, width: float = 595, height: float = 842) -> bytes:
    source = f'#set page(width: {width}pt, height: {height}pt, margin: 12pt)\n#for at in range({pages}) [= Foreign #at\n#link("https://example.org")[Top] #v(1fr) Bottom #pagebreak(weak: true)]'
    return bytes(typst.compile(source.encode(), format="pdf", ignore_system_fonts=True, timestamp=0))


def changed(pdf: bytes, change: Callable[[PdfWriter, PageObject], object]) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    for page in writer.pages:
        change(writer, page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def texts(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def test_every_page_carries_the_print_line(pool: Pool) -> None:
    pdf = render(samples.wide(), pool)
    done = stamp(pdf, samples.STAMP, pool)
    found = texts(done)
    assert len(found) == len(PdfReader(BytesIO(pdf)).pages)
    assert all(squeezed(LINE) in page for page in found)
    assert all("DEMO" not in page for page in found)


def test_the_rendition_stays_byte_for_byte(pool: Pool) -> None:
    pdf = render(samples.procedure(2), pool)
    once = stamp(pdf, samples.STAMP, pool)
    assert once.startswith(pdf)
    assert once == stamp(pdf, samples.STAMP, pool)
    twice = stamp(once, replace(samples.STAMP, printed_by="Ines Okafor"), pool)
    assert twice.startswith(once)
    assert all(squeezed("Printed by Quinn") in page and squeezed("Printed by Ines") in page for page in texts(twice))


def test_a_stamped_file_is_still_tagged_titled_and_pdf_a(pool: Pool) -> None:
    pdf = render(samples.procedure(2), pool)
    before, after = PdfReader(BytesIO(pdf)), PdfReader(BytesIO(stamp(pdf, replace(samples.STAMP, watermark="SUPERSEDED"), pool)))
    assert after.metadata == before.metadata
    assert after.xmp_metadata is not None
    assert b"<pdfaid:part>2" in after.xmp_metadata.stream.get_data()
    assert "/StructTreeRoot" in after.root_object
    content = after.pages[0].get_contents()
    assert content is not None
    assert b"/Artifact <</Type /Pagination>> BDC" in content.get_data()
    assert after.pages[0]["/StructParents"] == before.pages[0]["/StructParents"]
    for form in after.pages[0]["/Resources"]["/XObject"].values():  # type: ignore[index]
        for font in form.get_object()["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in inner or "/FontFile3" in inner


def test_what_a_print_line_can_say(pool: Pool) -> None:
    pdf = render(samples.procedure(1), pool)
    act = replace(
        samples.STAMP,
        valid_until="",
        copy_note="controlled copy 3 of 5, cell 2",
        demo=True,
        watermark="OBSOLETE",
        ledger_head="",
        printed_by="#panic()",
    )
    for page in texts(stamp(pdf, act, pool)):
        assert squeezed("Printed by #panic(), 2026-11-22 10:30 Europe/Paris · controlled copy 3 of 5, cell 2 · DEMO") in page
        assert "OBSOLETE" in page
        assert squeezed("uncontrolled when printed") not in page


def test_cover_then_pages(pool: Pool) -> None:
    report = replace(samples.procedure(1), body=None)
    alone = len(PdfReader(BytesIO(render(report, pool))).pages)
    done = cover_and_stamp(foreign(3), report, samples.STAMP, pool)
    assert done == cover_and_stamp(foreign(3), report, samples.STAMP, pool)
    found = texts(done)
    assert len(found) == alone + 3
    for at, page in enumerate(found, 1):
        assert squeezed("SOP-0012 · v4 · Effective") in page
        assert squeezed(f"Page {at} of {alone + 3}") in page
        assert squeezed(LINE) in page
    assert "DesignverificationandvalidationForeign" in found[alone].replace("·", "") or "Foreign0" in found[alone]
    assert squeezed("What was signed is still what is here") in "".join(found[:alone])
    metadata = PdfReader(BytesIO(done)).metadata
    assert metadata is not None
    assert metadata.title == "SOP-0012 v4 Design verification and validation"
    assert metadata.creation_date == samples.MADE
    assert "/ID" in PdfReader(BytesIO(done)).trailer


def test_a_cover_makes_no_claim_of_pdf_a(pool: Pool) -> None:
    assert b"pdfaid" not in cover(foreign(), samples.event(), pool)


def test_a_foreign_watermark_and_demo(pool: Pool) -> None:
    found = texts(cover(foreign(), replace(samples.event(), watermark="DRAFT"), pool))
    assert "DRAFT" in found[-1]
    assert "DEMO" in found[-1]


@pytest.mark.parametrize(
    ("turn", "size"), [(0, (595, 842)), (90, (842, 595)), (180, (2384, 3370)), (270, (85, 142)), (450, (20, 30)), (-90, (595, 842))]
)
def test_pages_grow_so_that_nothing_is_hidden(pool: Pool, turn: int, size: tuple[float, float]) -> None:
    pdf = changed(foreign(1, *size), lambda _writer, page: page.rotate(turn))
    old = face(PdfReader(BytesIO(pdf)).pages[0])
    page = PdfReader(BytesIO(cover(pdf, samples.event(), pool))).pages[-1]
    new = face(page)
    assert new.turn == old.turn == turn % 360
    assert new.size[0] == pytest.approx(old.size[0], abs=0.1)
    assert new.size[1] == pytest.approx(old.size[1] + 106 * old.scale, abs=0.1)
    content = page.get_contents()
    assert content is not None
    assert b"/Page Do" in content.get_data()
    box = page["/Resources"]["/XObject"]["/Page"].get_object()["/BBox"]  # type: ignore[index]
    assert [float(each) for each in box] == pytest.approx([old.left, old.bottom, old.right, old.top], abs=0.01)


@pytest.mark.parametrize(("turn", "corner"), [(0, (10, 20)), (90, (110, 20)), (180, (110, 220)), (270, (10, 220))])
def test_the_readers_lower_left_corner(turn: int, corner: tuple[float, float]) -> None:
    seen = Face(10, 20, 110, 220, turn, 2.0)
    a, b, c, d, e, f = map(float, seen.matrix().split())
    assert (e, f) == corner
    width, height = seen.size
    far = (a * width + c * height + e, b * width + d * height + f)
    assert far == pytest.approx((120 - corner[0], 240 - corner[1]))
    grown = seen.grown(8, 6)
    assert grown.size == pytest.approx((width, height + 14))


def test_crop_boxes_units_and_odd_boxes(pool: Pool) -> None:
    def crop(_writer: PdfWriter, page: PageObject) -> None:
        page[NameObject("/MediaBox")] = ArrayObject([FloatObject(each) for each in (595, 842, 0, 0)])
        page[NameObject("/CropBox")] = ArrayObject([FloatObject(each) for each in (50, 60, 900, 700)])
        page[NameObject("/UserUnit")] = FloatObject(2)

    page = PdfReader(BytesIO(cover(changed(foreign(), crop), samples.event(), pool))).pages[-1]
    assert [float(each) for each in page.mediabox][0::2] == pytest.approx([50, 595])
    assert float(page.mediabox.top) > 700
    assert float(page.mediabox.bottom) < 60


def test_scripts_are_taken_out_and_links_stay(pool: Pool) -> None:
    def infect(writer: PdfWriter, page: PageObject) -> None:
        script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})
        note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"), NameObject("/Rect"): ArrayObject([FloatObject(1)] * 4), NameObject("/A"): script})  # fmt: skip
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
        page["/Annots"].append(note)  # type: ignore[attr-defined]
        writer.root_object[NameObject("/OpenAction")] = script

    pdf = changed(foreign(2), infect)
    assert b"/JavaScript" in pdf
    done = cover(pdf, samples.event(), pool)
    assert b"JavaScript" not in done
    reader = PdfReader(BytesIO(done))
    notes = [note.get_object() for page in reader.pages[-2:] for note in page["/Annots"]]  # type: ignore[attr-defined]
    assert [str(note["/A"]["/URI"]) for note in notes if "/A" in note] == ["https://example.org"] * 2
    assert "/OpenAction" not in reader.root_object


def test_unbalanced_and_missing_content(pool: Pool) -> None:
    def unbalance(writer: PdfWriter, page: PageObject) -> None:
        stream = DecodedStreamObject()
        stream.set_data(b"q q 5 0 0 5 100 100 cm Q Q Q q q 0.1 0 0 0.1 0 0 cm")
        page[NameObject("/Contents")] = writer._add_object(stream)
        page.pop("/Resources", None)

    def strip(_writer: PdfWriter, page: PageObject) -> None:
        page.pop("/Contents", None)

    for change in (unbalance, strip):
        assert squeezed("Page 4 of 4") in texts(cover_and_stamp(changed(foreign(), change), samples.event(), samples.STAMP, pool))[-1]
        assert squeezed(LINE) in texts(stamp(changed(foreign(), change), samples.STAMP, pool))[-1]


def _encrypted() -> bytes:
    writer = PdfWriter(clone_from=BytesIO(foreign()))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _empty() -> bytes:
    out = BytesIO()
    PdfWriter().write(out)
    return out.getvalue()


FAULTY = {
    "encrypted": (_encrypted(), "report.encrypted"),
    "empty": (_empty(), "report.no-pages"),
    "nothing": (b"", "report.broken-pdf"),
    "no pdf": (b"PK\x03\x04 this is a zip file", "report.broken-pdf"),
    "cut": (foreign()[:700], "report.broken-pdf"),
    "header only": (b"%PDF-1.7\n%%EOF\n", "report.broken-pdf"),
}


@pytest.mark.parametrize(("pdf", "code"), FAULTY.values(), ids=FAULTY.keys())
def test_a_file_that_cannot_be_read_is_refused_with_a_way_out(pool: Pool, pdf: bytes, code: str) -> None:
    with pytest.raises(ReportError) as caught:
        stamp(pdf, samples.STAMP, pool)
    assert caught.value.codes == (code,)
    with pytest.raises(ReportError) as caught:
        cover(pdf, samples.event(), pool)
    assert caught.value.codes == (code,)
    assert str(caught.value.nos[0].text)
    assert str(caught.value.nos[0].fix)


@pytest.mark.parametrize("share", range(5, 100, 9))
def test_damage_anywhere_gives_a_file_or_a_refusal(pool: Pool, share: int) -> None:
    pdf = foreign(2)
    at = len(pdf) * share // 100
    hurt = pdf[:at] + b"\x00<<[(9" + pdf[at + 6 :]
    codes: set[str] = set()
    try:
        done = cover(hurt, samples.event(), pool)
    except ReportError as refused:
        codes.update(refused.codes)
    else:
        assert done.startswith(b"%PDF")
    assert codes <= {"report.broken-pdf", "report.no-pages", "report.encrypted"}
