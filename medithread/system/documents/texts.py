"""The words of files that stay files (PDF, ODT), for search, and what their readers must know."""

from medithread.kernel.files.kinds import KINDS
from medithread.kernel.text.errors import TextError
from medithread.kernel.text.odt_pdf import Extracted, extract_odt, extract_pdf

MOST = 400_000  # characters that are indexed; PostgreSQL takes a megabyte at most
READERS = {KINDS["pdf"].media_type: extract_pdf, KINDS["odt"].media_type: extract_odt}


def words_in(media_type: str, data: bytes) -> Extracted | None:
    """The text of a PDF or ODT file with its notes; None for files that are not read. Raises TextError."""
    reader = READERS.get(media_type)
    return reader(data) if reader else None


def text_of_file(media_type: str, data: bytes) -> str | None:
    """The words alone; None where there are none or the file cannot be read."""
    try:
        found = words_in(media_type, data)
    except TextError:
        return None
    return found.text or None if found else None
