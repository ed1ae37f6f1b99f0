"""A list as a file: exactly what is shown, all its pages, as CSV, XLSX or JSON."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound
from medithread.kernel.exchange.spreadsheet_out import Cell, write_csv, write_json, write_xlsx
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.listing import Ask, matching
from medithread.kernel.records.models import Record

from ..fetch import note_reading, the_actor
from ..values import ABSENCES, text_of
from .asked import Asked, asked, with_waiting
from .cells import label_of

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def export(request: HttpRequest, kind: Kind[Any], form: str) -> HttpResponseBase:
    """The rows of the address with the columns chosen there. Reading of confidential rows is noted."""
    if form not in TYPES:
        raise NotFound()
    actor, question = the_actor(request), asked(request, kind)
    columns = [label_of(kind, name) for name in question.columns]
    rows = export_rows(actor, kind, question)
    name = f"{kind.code}-{now().date().isoformat()}.{form}"
    answer: HttpResponseBase
    if form == "xlsx":
        answer = HttpResponse(write_xlsx(columns, rows, title=kind.plural, notes=_notes(question), created=now()), content_type=TYPES[form])
    else:
        answer = StreamingHttpResponse(write_csv(columns, rows) if form == "csv" else write_json(columns, rows), content_type=TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _notes(question: Asked) -> list[tuple[str, str]]:
    head = Head.objects.first()
    filters = "; ".join(f"{name}: {value}" for name, value in question.ask.filters.items() if value) or _("none")
    notes = [(_("Filters"), filters), (_("Words"), question.ask.words or _("none")), (_("Order"), question.ask.sort)]
    return [*notes, (_("Ledger head"), f"{head.seq} {head.hash}")] if head else notes


def export_rows(actor: Actor, kind: Kind[Any], question: Asked) -> Iterator[list[Cell]]:
    """All rows, read in pieces."""
    ask = Ask(filters=question.ask.filters, words=question.ask.words)
    order = question.ask.sort if question.ask.sort.lstrip("-") in question.columns else "number"
    rows = matching(with_waiting(kind, actor, ask), actor, ask).rows().order_by(order, "id")
    for row in rows.iterator(chunk_size=500):
        note_reading(actor, row, "export", f"{row.number} in a list")
        yield [plain_cell(kind, row, name) for name in question.columns]


def plain_cell(kind: Kind[Any], row: Record, name: str) -> Cell:
    """A value for a file: dates and numbers as such, everything else in the words of the page."""
    if name == "state":
        return str(kind.lifecycle.condition(row, now()).name)
    value = getattr(row, name)
    if value is None:
        why = row.absent.get(name)
        return str(ABSENCES.get(why["code"], why["code"])) if why else None
    field = kind.model._meta.get_field(name)
    if field.get_internal_type() in ("DateField", "DateTimeField", "DecimalField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"):
        return value  # type: ignore[no-any-return]
    return text_of(field, value, "UTC")
