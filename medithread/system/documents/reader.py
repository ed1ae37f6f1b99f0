"""The text of a document as it is read: numbered headings, an outline, and the exact bytes that were served (R5)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from medithread.kernel.pages import times
from medithread.kernel.pages.addresses import image_url, of_number
from medithread.kernel.pages.redline import redline_words
from medithread.kernel.records.models import Record
from medithread.kernel.text.html_out import HtmlWriter
from medithread.kernel.text.inline import Node
from medithread.kernel.text.reading import Heading, outline
from medithread.kernel.text.redline import Summary, redline, summarise
from medithread.kernel.text.redline_html import redline_html

from .models import Document
from .references import doc_of

PREFIX = "t-"
_HIDDEN = re.compile(r'class="visually-hidden"')


@dataclass(slots=True)
class _Numbered(HtmlWriter):
    """Writes headings with their numbers before them."""

    numbers: dict[tuple[int, ...], str] = field(default_factory=dict)

    def heading(self, node: Node, inner: str, path: tuple[int, ...]) -> str:
        number = self.numbers.get(path, "")
        return HtmlWriter.heading(self, node, f'<span class="sec-no">{number}</span>{inner}' if number else inner, path)


@dataclass
class Item:
    """A line of the outline with those below it."""

    heading: Heading
    address: str
    below: list["Item"] = field(default_factory=list)


def prose(document: Document) -> str:
    """The text as HTML; empty for a document that is a file."""
    doc = doc_of(document)
    if doc is None:
        return ""
    headings = outline(doc)
    writer = _Numbered(
        file_url=_pictures(document), record_url=of_number, heading_offset=_below_title(doc), id_prefix=PREFIX, table_label=_("Table {n}"),
        ids={heading.path: PREFIX + heading.id for heading in headings}, numbers={heading.path: heading.number for heading in headings},
    )  # fmt: skip
    return writer.document(doc)


def _below_title(*docs: Any) -> int:
    """How far headings are moved so that the highest stands one level below the title of the page."""
    return 2 - min((heading.level for doc in docs for heading in outline(doc)), default=1)


def _pictures(record: Record) -> Callable[[str], str]:
    return lambda sha256: image_url(record, sha256)


def contents(document: Document) -> list[Item]:
    """The outline as a tree, two levels deep."""
    found: list[Item] = []
    doc = doc_of(document)
    headings = [heading for heading in outline(doc)] if doc else []
    top = min((heading.level for heading in headings), default=1)
    for heading in headings:
        item = Item(heading, f"#{PREFIX}{heading.id}")
        if heading.level == top or not found:
            found.append(item)
        elif heading.level == top + 1:
            found[-1].below.append(item)
    return found


def whole(document: Document) -> str:
    """The fragment that a reader is shown: facts and text, or the file to open. It depends on the document and the language only."""
    original = document.attachments.filter(removed=False, role="original").select_related("file").order_by("-id").first() if document.is_file else None
    return render_to_string("documents/parts/sheet.html", {"document": document, "prose": prose(document), "original": original, "zone": times.zone_name(document)})


def changed(old: Any, new: Any, record: Record, *, short: bool) -> tuple[str, Summary]:
    """The redline of two texts as HTML, and how much changed; `short` leaves out what did not."""
    html = redline_html(
        old, new, file_url=_pictures(record), record_url=of_number, heading_offset=_below_title(old, new) + 1, context=2 if short else None, words=redline_words()
    )
    return _HIDDEN.sub('class="vh"', html), summarise(redline(old, new))
