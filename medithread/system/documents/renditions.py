"""The PDF/A of an approved version: made once after the approval, kept by its hash, never made again (kernel.md §4)."""

import io
from uuid import UUID

from medithread.kernel.files.models import Attachment
from medithread.kernel.files.store import read
from medithread.kernel.verbs import attach, store_file, unit
from medithread.kernel.work.jobs import Progress, job

from .agents import librarian
from .models import Document
from .printing import pdf_of

PDF = "application/pdf"


def rendition_of(document: Document) -> Attachment | None:
    """The rendition where it is made already."""
    found: Attachment | None = document.attachments.filter(removed=False, role="rendition").order_by("id").first()
    return found


def make_rendition(document: Document) -> Attachment:
    """The rendition of an approved version; made now if it is not there yet. Raises ReportError, LedgerBroken."""
    there = rendition_of(document)
    if there is not None:
        return there
    pdf = pdf_of(document)
    actor = librarian(document)
    file = store_file(actor, io.BytesIO(pdf), media_type=PDF)
    return rendition_of(document) or attach(actor, document, file, name=f"{document.number} {document.label}.pdf", role="rendition")


def rendition_bytes(document: Document) -> bytes:
    """The bytes to print: of an approved version its rendition, of anything else a picture of the moment."""
    return read(make_rendition(document).file_id) if document.state in ("approved", "obsolete") else pdf_of(document)


@job("documents.rendition")
def render_document(_progress: Progress, record: str) -> str:
    """After an approval. A document that was withdrawn meanwhile gets its rendition too: prints of it are marked."""
    document = Document.objects.get(uid=UUID(record))
    made = make_rendition(document)
    if document.is_file:
        from .search import index_with_files, read_words

        read_words(document)
        with unit(librarian(document)):
            index_with_files(document)
    return str(made.file_id)
