"""Documents that are files are found by the words in their files."""

import copy

from medithread.kernel.base.guard import door_open
from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.store import read
from medithread.kernel.search.index import index

from .kind import DOCUMENT
from .models import Document
from .texts import MOST, READERS, text_of_file


def index_with_files(document: Document) -> None:
    """Put a document into the index with the words of the file that it is."""
    known = copy.copy(document)
    words = "\n".join(file.text or "" for file in originals(document))[:MOST]
    known.purpose = f"{document.purpose or ''}\n{words}".strip() or None
    index(DOCUMENT, known)


def originals(document: Document) -> list[StoredFile]:
    """The files that a document without text of its own is made of."""
    if not document.is_file:
        return []
    return [one.file for one in document.attachments.filter(removed=False, role="original").select_related("file")]


def read_words(document: Document) -> None:
    """Take the words out of files that came in by another way than being brought."""
    for file in originals(document):
        if file.text is None and file.media_type in READERS:
            words = text_of_file(file.media_type, read(file.sha256))
            with door_open():
                StoredFile.objects.filter(pk=file.pk).update(text=words or "")
