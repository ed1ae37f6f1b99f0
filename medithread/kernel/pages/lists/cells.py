"""Rows of a list as cells, and what each row needs, without a query per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind, field_label
from medithread.kernel.records.listing import SORTS
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import visible

from .. import times
from ..addresses import of_record
from ..fetch import in_force
from ..templatetags.pages import day, moment, state_tag
from ..values import text_of
from ..waiting import REVIEW_SOON, open_states
from .asked import Asked

HEADS: dict[str, Words] = {"number": gettext_lazy("Number"), "label": gettext_lazy("Version"), "state": gettext_lazy("State")}
CLASSES = {"number": "id", "title": "title", "state": "state"}


@dataclass(frozen=True)
class HeadCell:
    """The head of a column: its words, and the address that sorts by it."""

    label: str
    address: str = ""
    ordered: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its class, its label on a phone, its HTML."""

    css: str
    label: str
    html: SafeString | str


@dataclass(frozen=True)
class RowShown:
    """One row with the record's address and what it needs."""

    record: Any
    address: str
    cells: list[Cell]
    needs: SafeString | str

    @property
    def html(self) -> SafeString:
        """The cells as HTML: put together here, because a template takes ten times as long over 50 rows."""
        parts = []
        for cell in self.cells:
            css = f' class="{cell.css}"' if cell.css else ""
            label = f' data-label="{escape(cell.label)}"' if cell.label and cell.html else ""
            parts.append(f"<td{css}{label}>{conditional_escape(cell.html)}</td>")
        return mark_safe("".join([*parts, f"<td>{conditional_escape(self.needs)}</td>"]))


def heads(asked: Asked) -> list[HeadCell]:
    """The heads of the columns shown."""
    found = []
    for name in asked.columns:
        label = label_of(asked.kind, name)
        found.append(HeadCell(label, *asked.sorting(name)) if sortable(asked.kind, name) else HeadCell(label))
    return found


def label_of(kind: Kind[Any], name: str) -> str:
    """A column's name."""
    return str(HEADS[name]) if name in HEADS else field_label(kind, name)


def sortable(kind: Kind[Any], name: str) -> bool:
    """Sorted are spine columns with an index, and indexed columns of the kind itself."""
    indexed = {index.fields[0] for index in kind.model._meta.indexes if index.fields}
    return name in SORTS or name in indexed


def rows_shown(actor: Actor, kind: Kind[Any], columns: Sequence[str], rows: Sequence[Any], zone: str) -> list[RowShown]:
    """The rows of a page; other editions in work are looked up for all of them at once."""
    others = _other_editions(actor, kind, rows)
    today = times.today(zone)
    return [
        RowShown(row, of_record(row), [cell(kind, row, name, zone) for name in columns], needs(kind, row, others.get(row.series_id, []), today))
        for row in rows
    ]


def cell(kind: Kind[Any], row: Any, name: str, zone: str) -> Cell:
    """One cell of a row."""
    css = CLASSES.get(name, "wide" if name not in ("label", "owner", "due", "review_due") else "")
    field = kind.model._meta.get_field(name)
    value = getattr(row, name)
    if name == "number":
        return Cell(css, "", format_html('<a href="{}">{}</a>', of_record(row), value))
    if name == "state":
        return Cell(css, "", state_tag(kind.lifecycle.condition(row, now())))
    if value is None:
        return Cell(css, "", _absent(row, name))
    label = label_of(kind, name) if name not in CLASSES else ""
    if hasattr(value, "hour"):
        return Cell(f"date {css}".strip(), label, moment(value, zone))
    if isinstance(value, date):
        return Cell(f"date {css}".strip(), label, day(value))
    return Cell(css, label, text_of(field, value, zone))


def _absent(row: Any, name: str) -> SafeString | str:
    from ..values import ABSENCES

    why = row.absent.get(name)
    return format_html('<span class="dim">{}</span>', ABSENCES.get(why["code"], why["code"])) if why else ""


def _other_editions(actor: Actor, kind: Kind[Any], rows: Sequence[Any]) -> dict[int, list[Record]]:
    """Series → editions other than those shown, of controlled kinds."""
    if kind.shape != "controlled" or not rows:
        return {}
    shown = [row.pk for row in rows]
    found: dict[int, list[Record]] = {}
    for row in Record.objects.filter(visible(actor), series__in={row.series_id for row in rows}).exclude(pk__in=shown).order_by("edition"):
        found.setdefault(row.series_id, []).append(row)
    return found


def needs(kind: Kind[Any], row: Any, others: Sequence[Record], today: date) -> SafeString | str:
    """What a row needs, in a few words: it is late, its review is due, another version is in work."""
    if row.due is not None and row.due < today and row.state in open_states(kind):
        return _tag("bad", times.distance(row.due, today))
    ahead = next((other for other in reversed(others) if other.edition > row.edition), None)
    if ahead is not None:
        return _ahead(kind, ahead)
    review = getattr(row, "review_due", None)
    if review is not None and in_force(row, now()) and review <= today + REVIEW_SOON:
        late = review < today
        return _tag("bad" if late else "warn", _("review %(when)s") % {"when": times.distance(review, today)})
    return ""


def _ahead(kind: Kind[Any], ahead: Record) -> SafeString | str:
    state = kind.lifecycle.state(ahead.state)
    if state.final:
        return ""
    if ahead.effective_from is not None and ahead.effective_from > now():
        return _tag("warn", _("%(label)s in force from %(day)s") % {"label": ahead.label, "day": ahead.effective_from.date().isoformat()})
    if ahead.effective_from is None:
        return format_html('<a class="dim" href="{}">{} · {}</a>', of_record(ahead), ahead.label, state.name)
    return format_html('<a class="dim" href="{}">{}</a>', of_record(ahead), _("%(label)s is newer") % {"label": ahead.label})


def _tag(tone: str, words: str) -> SafeString:
    return format_html('<span class="tag {}">{}</span>', tone, words)
