"""A record or a list as it was: known on (what had been written by then), in force on (which edition applied). R2, kernel.md §3."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.refusal import No, NotFound, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person, Site
from medithread.kernel.ledger.asof import DISPOSED, content_of, edition_in_force, seq_at, version_at
from medithread.kernel.ledger.models import Version
from medithread.kernel.records.codec import codec_for
from medithread.kernel.records.kinds import Kind, PartSpec, field_label, kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import visible

from . import times
from .content import Content, Stretch, rich_html, section_fields, text_fields
from .fetch import note_reading
from .values import Rows, Shown, head, show_value


@dataclass(frozen=True)
class Past:
    """A point on two axes: what was in force on a day, as it was known on a day (None: today). `this`: of the edition at hand."""

    on: date | None
    known: date | None
    seq: int
    instant: datetime
    this: bool = False


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day of the address. Raises Refusal for something that is no day."""
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise Refusal(No("asof.date", _("“%(text)s” is not a day such as 2026-11-22.") % {"text": raw[:40]}, field=name)) from error


def end_of(day: date, zone: str) -> datetime:
    """The last instant of a day in a zone, never later than now."""
    try:
        last = datetime.combine(day + timedelta(days=1), time(), tzinfo=times.zone(zone)).astimezone(UTC) - timedelta(microseconds=1)
    except OverflowError:
        return now()
    return min(last, now())


def past_of(request: HttpRequest, zone: str) -> Past | None:
    """The point that the address asks for; None for the present."""
    on, known = day_of(request, "on"), day_of(request, "known")
    if on is None and known is None:
        return None
    seq = seq_at(end_of(known, zone) if known else now())
    instant = end_of(on, zone) if on else end_of(known, zone) if known else now()
    return Past(on, known, seq, instant)


def asked_past(request: HttpRequest, record: Record, edition: int | None) -> Past | None:
    """For an event, and where the edition is named, a day means “as it was known on”: nothing else can have changed."""
    zone = times.zone_name(record)
    past = past_of(request, zone)
    if past is None or not (kind_of(record).shape == "event" or edition is not None):
        return past
    known = past.known or past.on
    assert known is not None
    return Past(known, known, seq_at(end_of(known, zone)), end_of(known, zone), this=True)


def past_record(request: HttpRequest, actor: Actor, record: Any, past: Past) -> HttpResponse:
    """The page of a record as it was."""
    uid = _edition_then(actor, record, past)
    shown_record = Record.objects.rows().get(uid=uid).whole if uid != record.uid else record
    version = version_at(uid, past.seq)
    if version is None:
        raise NotFound(No("asof.unborn", _("%(number)s was not here yet on that day.") % {"number": record.number}, fix=_("Choose a later day.")))
    note_reading(actor, shown_record, "read.past")
    kind = kind_of(record)
    zone = times.zone_name(shown_record)
    content = content_of(version.content) if version.content else {}
    context = {
        "record": shown_record, "kind": kind, "past": past, "version": version, "zone": zone, "condition": condition_then(kind, version, past.instant),
        "content": past_content(kind, content, zone), "title": _title(content), "owner": Person.objects.filter(uid=version.owner).first() if version.owner else None,
    }  # fmt: skip
    context["texts"] = [(text, rich_html(text.doc, shown_record, f"{text.name}-") if text.sort == "rich" else "") for text in context["content"].texts]
    return render(request, "pages/past.html", context)


def _title(content: dict[str, Any]) -> str:
    title = content.get("title", "")
    return _("[disposed of]") if title is DISPOSED else str(title)


def _edition_then(actor: Actor, record: Record, past: Past) -> UUID:
    """Which edition of the series was in force on the day asked for, unless an edition is named."""
    if past.this:
        return record.uid
    uids = list(Record.objects.filter(visible(actor), series=record.series_id).values_list("uid", flat=True))
    there = edition_in_force(uids, past.seq, past.instant)
    if there is None:
        raise NotFound(No("asof.none", _("No version of %(number)s was in force on that day.") % {"number": record.number}, fix=_("Choose another day.")))
    return UUID(str(there.uid))


def condition_then(kind: Kind[Any], version: Version, instant: datetime) -> Any:
    """The state of a version, time included; a state that the kind no longer has is shown by its code."""
    from medithread.kernel.records.lifecycle import State

    codes = {state.code for state in kind.lifecycle.states}
    if version.state not in codes:
        return State(version.state or "", version.state or "")
    return kind.lifecycle.condition(version, instant)  # type: ignore[arg-type]


def past_content(kind: Kind[Any], content: dict[str, Any], zone: str) -> Content:
    """A content of the ledger in the order of the page."""
    names = _Names(content)
    sections = []
    for title, fields in section_fields(kind):
        rows = [past_field(kind, content, name, zone, names) for name in fields if name != "title"]
        if rows:
            sections.append(Stretch(title, rows))
    texts = [past_field(kind, content, name, zone, names) for name in text_fields(kind)]
    parts = [found for part in kind.parts if (found := _past_rows(part, content, zone, names)).rows]
    files = [value for path, value in sorted(content.items()) if path.startswith("files/") and isinstance(value, dict)]
    links = [(path.split("/")[1], value.get("number", ""), "") for path, value in sorted(content.items()) if path.startswith("links/") and isinstance(value, dict)]
    return Content(sections, texts, parts, links, files)


class _Names:
    """Uids of people and sites in a content as names: two queries for a page."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.uids = {found for value in content.values() for found in _uids(value)}
        self._known: dict[str, str] | None = None

    def __call__(self, uid: str) -> str:
        if self._known is None:
            people = {str(p.uid): p.name for p in Person.objects.filter(uid__in=self.uids)}
            self._known = people | {str(s.uid): s.name for s in Site.objects.filter(uid__in=self.uids)}
        return self._known.get(uid, uid)


def _uids(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [uid for inner in value.values() for uid in _uids(inner)]
    if not isinstance(value, str) or len(value) != 36:
        return []
    try:
        return [str(UUID(value))]
    except ValueError:
        return []


def past_field(kind: Kind[Any], content: dict[str, Any], name: str, zone: str, names: Any) -> Shown:
    """One field of a content of the ledger."""
    if kind.part(name) is not None:
        rows = [path for path in content if path.startswith(f"parts/{name}/")]
        return Shown(name, field_label(kind, name), "text" if rows else "unseen", _("%(n)d rows, below") % {"n": len(rows)})
    field = kind.model._meta.get_field(name)
    absent = content.get(f"absent/{name}")
    return past_value(field, content.get(name), {name: absent} if isinstance(absent, dict) else {}, field_label(kind, name), zone, names)


def past_value(field: Any, value: Any, absent: Any, label: str, zone: str, names: Any) -> Shown:
    """One JSON value of the ledger as a page shows it."""
    if value is DISPOSED:
        return Shown(field.name, label, "absent", _("Disposed of"), _("a signed disposal erased it"))
    if value is None or absent:
        return show_value(field, None, absent, label, zone)
    if isinstance(field, RichTextField):
        return Shown(field.name, label, "rich", doc=value)
    if field.is_relation:
        return Shown(field.name, label, "person", names(str(value)))
    return show_value(field, value if isinstance(field, CodesField) else decoded(field, value), {}, label, zone)


def decoded(field: Any, value: Any) -> Any:
    """The Python value of a JSON value; what a former schema held in another form stays as text."""
    try:
        return codec_for(field).decode(value)
    except (ValueError, TypeError, ArithmeticError):
        return value if isinstance(value, str) else json.dumps(value)


def _past_rows(part: PartSpec, content: dict[str, Any], zone: str, names: Any) -> Rows:
    found = [value for path, value in content.items() if path.startswith(f"parts/{part.name}/") and isinstance(value, dict)]
    found.sort(key=lambda row: (row.get("order", 0), str(row)))
    fields = list(part.codec.fields.values())
    rows = [[past_value(field, row.get(field.name), {}, head(field), zone, names) for field in fields] for row in found]
    return Rows(part.name, str(part.label), [head(field) for field in fields], rows)


def plain(shown: Shown) -> str:
    """A value in words, for a redline."""
    from medithread.kernel.text.reading import plain_text

    if shown.sort == "unseen":
        return ""
    if shown.sort == "absent":
        return f"{shown.text}, {_('because %(reason)s') % {'reason': shown.reason}}" if shown.reason else shown.text
    return plain_text(shown.doc) if shown.sort == "rich" else shown.text
