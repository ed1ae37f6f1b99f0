"""The words of a PDF, and what in it is more than pages: scripts, attachments, forms, protection."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from medithread.kernel.text.errors import Loss, TextError, shortened
from medithread.kernel.text.extracted import CHARACTERS, Extracted, tidy

PAGES = 5000
"""The most pages that are read."""

# A damaged PDF may fail anywhere in the parser; a file that refers to itself in a circle ends in RecursionError.
_READING = (
    *(PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError, OSError, OverflowError),
    *(AssertionError, NotImplementedError, struct.error, zlib.error, MemoryError),
)
_ACTIONS = {"/JavaScript": "javascript", "/Launch": "launch", "/ImportData": "launch", "/SubmitForm": "submit"}
_MESSAGES = {
    "javascript": "The PDF carries JavaScript. It is never run here; the programs of readers may run it.",
    "launch": "The PDF asks to start other programs or to load other files.",
    "submit": "The PDF sends the content of its form to an address.",
}


def extract_pdf(data: bytes) -> Extracted:
    """The text page by page, divided by form feeds made line ends; TextError for what is no PDF, is protected or damaged."""
    if b"%PDF-" not in data[:1024]:
        raise TextError("pdf.not-pdf", "This is not a PDF file.")
    try:
        return _read(PdfReader(io.BytesIO(data)))
    except TextError:
        raise
    except _READING as error:
        raise TextError("pdf.broken", "The PDF is damaged and cannot be read. Make it again and retry.") from error


def _read(reader: PdfReader) -> Extracted:
    losses: list[Loss] = []
    if reader.is_encrypted:
        if not reader.decrypt(""):
            raise TextError("pdf.protected", "The PDF is protected with a password. Save it without and try again.")
        losses.append(Loss("pdf.restricted", "The PDF restricts printing, copying or changing."))
    count = len(reader.pages)
    if count > PAGES:
        raise TextError("pdf.pages", f"The PDF has {count:,} pages; at most {PAGES:,} are read. Divide it.")
    texts, blank = _texts(reader)
    if blank:
        losses.append(
            Loss("pdf.no-text", f"{len(blank)} of {count} pages hold no text that could be searched; they may be scanned.", _pages(blank))
        )
    losses += _actions(reader)
    losses += _extras(reader)
    title = reader.metadata.title if reader.metadata else None
    return Extracted(tidy("\n".join(texts)), count, shortened(tidy(title), 250) if isinstance(title, str) else "", losses)


def _texts(reader: PdfReader) -> tuple[list[str], list[int]]:
    texts: list[str] = []
    blank: list[int] = []
    length = 0
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        length += len(text)
        if length > CHARACTERS:
            raise TextError("pdf.large", "The text of this PDF is too long.")
        texts.append(text)
        if not text.strip():
            blank.append(number)
    return texts, blank


def _pages(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}{' …' if len(numbers) > 10 else ''}"


def _plain(value: Any) -> Any:
    """The object behind a reference."""
    return value.get_object() if hasattr(value, "get_object") else value


def _get(value: Any, *names: str) -> Any:
    """The entry of a dictionary, and so on; None where there is none."""
    for name in names:
        value = _plain(value)
        value = value.get(name) if isinstance(value, dict) else None
    return _plain(value)


def _actions(reader: PdfReader) -> list[Loss]:
    catalog = reader.trailer["/Root"]
    found: dict[str, str] = {"javascript": "names of the document"} if _get(catalog, "/Names", "/JavaScript") else {}
    for place, holder in _holders(reader, _plain(catalog)):
        actions = [_get(holder, "/OpenAction"), _get(holder, "/A"), *(_each(_get(holder, "/AA")))]
        for action in actions:
            kind = _ACTIONS.get(str(_get(action, "/S"))) if isinstance(action, dict) else None
            if kind:
                found.setdefault(kind, place)
    return [Loss(f"pdf.{kind}", _MESSAGES[kind], place) for kind, place in found.items()]


def _holders(reader: PdfReader, catalog: Any) -> Iterator[tuple[str, Any]]:
    yield "on opening", catalog
    for number, page in enumerate(reader.pages, 1):
        yield f"page {number}", page
        annotations = _get(page, "/Annots")
        for annotation in annotations if isinstance(annotations, list) else []:
            yield f"page {number}", _plain(annotation)


def _each(value: Any) -> list[Any]:
    return [_plain(inner) for inner in value.values()] if isinstance(value, dict) else []


def _extras(reader: PdfReader) -> list[Loss]:
    losses: list[Loss] = []
    names = sorted(reader.attachments)
    if names:
        losses.append(Loss("pdf.attachments", f"The PDF carries {len(names)} attached files: {shortened(', '.join(names), 200)}."))
    form = _get(reader.trailer["/Root"], "/AcroForm")
    if isinstance(form, dict) and _get(form, "/Fields"):
        losses.append(Loss("pdf.form", "The PDF is a form; what is filled in may not be part of its text."))
    flags = _get(form, "/SigFlags")
    if isinstance(flags, int) and flags & 1:
        losses.append(Loss("pdf.signature", "The PDF carries a digital signature; it holds for the original file only."))
    notes = [
        place for place, holder in _holders(reader, {}) if _get(holder, "/Subtype") in ("/Text", "/FreeText", "/Highlight", "/StrikeOut")
    ]
    if notes:
        losses.append(Loss("pdf.comments", f"{len(notes)} comments in the PDF are not part of its text.", notes[0]))
    return losses
