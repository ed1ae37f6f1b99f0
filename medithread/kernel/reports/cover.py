"""Puts our cover before the pages of a foreign PDF, and a header and footer on each of them. Runs in the typesetting process."""

from hashlib import sha256
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, ByteStringObject, DecodedStreamObject, DictionaryObject, NameObject

from .compile import Typesetter
from .faces import FOOT, HEAD, face, sheet
from .job import Cover, Job, Overlay
from .overlay import DAMAGE, lay_over, opened, reading, resolved
from .update import Written

HARMLESS = ("/GoTo", "/URI", "/Named")  # what a link may do; scripts and programs are taken out


def covered(setter: Typesetter, cover: Cover) -> bytes:
    """Cover pages, then the foreign pages, each enlarged above and below so that nothing on it is hidden or made smaller.

    Scripts, form actions, attachments and old signatures of the foreign file are not carried over: it stays attached whole.
    """
    foreign = opened(cover.foreign)
    count = len(foreign.pages)
    job = Job(cover.job.template, {**cover.job.data, "extra": count}, cover.job.plain, cover.job.timestamp, cover.job.images)
    sheets = setter.compose(job)
    front = PdfReader(BytesIO(sheets))
    with reading():
        writer = _joined(front, foreign)
        first, total = len(front.pages), len(front.pages) + count
        for at in range(count):
            _make_room(writer, writer.pages[first + at])
        _add_running(setter, writer, cover.overlay, first, total)
        _take_over(writer, front)
        identity = ByteStringObject(sha256(sheets + cover.foreign).digest()[:16])
        writer._ID = ArrayObject([identity, identity])
        out = BytesIO()
        writer.write(out)
    return out.getvalue()


def _take_over(writer: PdfWriter, front: PdfReader) -> None:
    """Title, dates and language are those of the cover."""
    writer.add_metadata(dict(front.metadata or {}))
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    if "/Lang" in front.root_object:
        writer.root_object[NameObject("/Lang")] = front.root_object["/Lang"]


def _joined(front: PdfReader, foreign: PdfReader) -> PdfWriter:
    """Both files' pages in a new one; a damaged table of contents of the foreign file is left out."""
    try:
        return _appended(front, foreign, outline=True)
    except DAMAGE:
        return _appended(front, foreign, outline=False)


def _appended(front: PdfReader, foreign: PdfReader, outline: bool) -> PdfWriter:
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    writer.append(front, import_outline=outline)
    writer.append(foreign, import_outline=outline)
    for page in writer.pages:
        for key in ("/AA", "/StructParents", "/Metadata", "/PieceInfo", "/Thumb"):
            page.pop(key, None)
        _quiet(page)
    return writer


def _quiet(page: PageObject) -> None:
    """Links stay, actions that run something go."""
    for entry in page.get("/Annots") or ():
        note = entry.get_object()
        if not isinstance(note, DictionaryObject):
            continue
        note.pop("/AA", None)
        action = note["/A"].get_object() if "/A" in note else None
        if action is not None and (not isinstance(action, DictionaryObject) or action.get("/S") not in HARMLESS):
            del note["/A"]


def _make_room(writer: PdfWriter, page: PageObject) -> None:
    """The page's content becomes a form, cut at what was visible; the page grows around it."""
    seen = face(page)
    contents = page.get_contents()
    form = DecodedStreamObject()
    form.set_data(contents.get_data() if contents is not None else b"")
    resources: Any = resolved(page, "/Resources") if "/Resources" in page else DictionaryObject()
    form.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): seen.box, NameObject("/Resources"): resources,
    })  # fmt: skip
    if "/Group" in page:
        form[NameObject("/Group")] = page["/Group"]
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Page"): Written(writer).add(form.flate_encode())})}
    )
    drawing = DecodedStreamObject()
    drawing.set_data(b"/Page Do")
    page[NameObject("/Contents")] = ArrayObject([Written(writer).add(drawing)])
    grown = seen.grown(HEAD * seen.scale, FOOT * seen.scale)
    for key in ("/TrimBox", "/BleedBox", "/ArtBox"):
        page.pop(key, None)
    page[NameObject("/MediaBox")] = page[NameObject("/CropBox")] = grown.box


def _add_running(setter: Typesetter, writer: PdfWriter, overlay: Overlay, first: int, total: int) -> None:
    running = overlay.data["running"]
    pages = [writer.pages[at] for at in range(first, total)]
    sheets = []
    for at, page in enumerate(pages, first + 1):
        words = {**running, "page": running["page"].replace("{page}", str(at)).replace("{pages}", str(total))}
        sheets.append(sheet(face(page), words))
    lay_over(setter, Written(writer), pages, sheets, overlay)
