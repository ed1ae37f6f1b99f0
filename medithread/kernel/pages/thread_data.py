"""The thread of a record as a page, as CSV and as JSON."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from medithread.kernel.exchange.spreadsheet_out import Cell, write_csv, write_json

from .fetch import find, note_reading, the_actor
from .record_view import Page
from .thread import Bundle


def thread(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """All links of a record, both ways; `?form=csv` and `?form=json` give them as data."""
    found = find(request, number, edition)
    note_reading(the_actor(request), found, "read.thread")
    page = Page(the_actor(request), found, tab="thread")
    form = request.GET.get("form", "")
    if form not in ("csv", "json"):
        return render(request, "pages/thread.html", {"page": page, "record": found, "kind": page.kind})
    heads = [_("Direction"), _("Meaning"), _("Number"), _("Version"), _("Title"), _("State"), _("Note")]
    write = write_csv if form == "csv" else write_json
    answer = StreamingHttpResponse(write(heads, rows(page.bundles)), content_type="text/csv; charset=utf-8" if form == "csv" else "application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="thread.{form}"'
    return answer


def rows(bundles: list[Bundle]) -> Iterator[list[Cell]]:
    """One row per link."""
    for bundle in bundles:
        for strand in bundle.strands:
            record = strand.record
            way = _("to") if strand.outward else _("from")
            yield [way, str(bundle.label), record.number, strand.label or record.label, record.title, str(strand.condition.name), strand.link.note]
