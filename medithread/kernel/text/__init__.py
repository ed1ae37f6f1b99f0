"""The rich text of documents: one canonical form with one digest, and the roads to and from it.

`schema` holds the form, `reading` what can be read off it; `markdown`, `html`, `docx_in`, `docx_out` and `odt_pdf` are the roads,
`redline` and `redline_html` show what changed. Whatever a road cannot carry is listed (`Loss`), whatever cannot be taken is
refused with a sentence (`TextError`). Nothing here knows records, people or Django.
"""

from medithread.kernel.text.errors import Loss, TextError
from medithread.kernel.text.inline import Node
from medithread.kernel.text.reading import Heading, files, is_empty, outline, plain_text, record_numbers, words
from medithread.kernel.text.schema import Doc, canonical_bytes, digest, empty, from_json, normalise

__all__ = [
    "Doc",
    "Heading",
    "Loss",
    "Node",
    "TextError",
    "canonical_bytes",
    "digest",
    "empty",
    "files",
    "from_json",
    "is_empty",
    "normalise",
    "outline",
    "plain_text",
    "record_numbers",
    "words",
]
