"""Any record as PDF/A: a report from its declaration, stamped by a print act that the access journal holds."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.files.store import read
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.reports.render import render
from medithread.kernel.reports.report import (
    Absent,
    AbsentCode,
    Column,
    FileLine,
    HistoryLine,
    LinkLine,
    Report,
    Row,
    Section,
    SignatureLine,
    Stamp,
    Table,
    Tone,
    Value,
    moment,
)
from medithread.kernel.reports.stamp import stamp
from medithread.kernel.text.reading import files as files_in

from . import times
from .content import Content, content_of_record
from .fetch import find, the_actor
from .history import entries_of, tell
from .rooms import own_page
from .seals import Seal, seals_of
from .thread import thread_of
from .values import Rows, Shown

TONES: dict[str, Tone] = {"good": "good", "warn": "warn", "bad": "bad", "ask": "ask"}
CODES: dict[str, AbsentCode] = {"unknown": "unknown", "not_applicable": "not_applicable", "asked_unknown": "asked_unknown", "withheld": "withheld"}
MOST_HISTORY = 500


def print_page(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """The print of an edition."""
    record = find(request, number, edition)
    own = own_page(request, kind_of(record), "print", record)
    return own if own is not None else print_pdf(request, record)


def print_pdf(request: HttpRequest, record: Any) -> HttpResponse:
    """A record as PDF, with who printed it and when at the foot of each page; the act is in the access journal."""
    actor = the_actor(request)
    pdf = render(report_of(actor, record))
    journal("print", person=actor.uid, subject=record.uid, detail=f"{record.number} {record.label}".strip(), address=actor.address)
    made = stamp(pdf, print_act(actor, record))
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{record.number.replace("/", "-")}{"-" + record.label if record.label else ""}.pdf"'
    return answer


def print_act(actor: Actor, record: Any) -> Stamp:
    """What a print leaves on each page: valid on the day it was made, no longer."""
    head, zone = Head.objects.get(), times.zone_name(record)
    return Stamp(
        printed_by=actor.person.name if actor.person else str(actor.agent), printed_at=now(), zone=zone, valid_until=times.today(zone).isoformat(),
        ledger_head=head.hash, demo=head.purpose == "demo", language=get_language() or "en",
    )  # fmt: skip


def report_of(actor: Actor, record: Any) -> Report:
    """The report of an edition: facts, content, signatures with what they stand on, history, links and files."""
    kind, zone, head = kind_of(record), times.zone_name(record), Head.objects.get()
    condition = kind.lifecycle.condition(record, now())
    content = content_of_record(kind, record, zone)
    body, texts = _texts(content)
    return Report(
        title=record.title or record.number, number=record.number, made_at=record.changed_at, edition=record.label, state=condition.name,
        state_tone=TONES.get(condition.tone, "quiet"), kind_label=kind.name, language=get_language() or "en", demo=head.purpose == "demo",
        watermark=_watermark(kind, condition.code), meta=_meta(kind, record, zone), sections=(*_sections(content), *texts, *_tables(content)), body=body,
        signatures=tuple(_signature(seal) for seal in seals_of(record)), history=_history(kind, record, zone), links=_links(actor, record),
        files=_files(record), images=_images(content), ledger_head=head.hash, digest=record.digest or "",
    )  # fmt: skip


def _watermark(kind: Kind[Any], condition: str) -> str | None:
    """What is not in force says so across each page."""
    if kind.shape != "controlled" or condition == "effective":
        return None
    return {"superseded": _("SUPERSEDED"), "obsolete": _("OBSOLETE")}.get(condition, _("NOT IN FORCE"))


def _meta(kind: Kind[Any], record: Any, zone: str) -> tuple[tuple[str, Value], ...]:
    found: list[tuple[str, Value]] = [(_("Owner"), record.owner.name if record.owner else None)]
    if record.site:
        found.append((_("Site"), record.site.name))
    if record.due:
        found.append((_("Due"), record.due.isoformat()))
    for label, at in ((_("In force from"), record.effective_from), (_("In force until"), record.effective_to)):
        if at:
            found.append((label, times.local(at, zone)))
    return (*found, (_("Created"), times.local(record.created_at, zone)), (_("Clause"), kind.clause))


def _value(shown: Shown) -> Value:
    if shown.sort == "unseen":
        return None
    return Absent(CODES.get(_code(shown), "unknown"), shown.reason) if shown.sort == "absent" else shown.text


def _code(shown: Shown) -> str:
    from .values import ABSENCES

    return next((code for code, words in ABSENCES.items() if str(words) == shown.text), "unknown")


def _sections(content: Content) -> tuple[Section, ...]:
    return tuple(Section(section.title, tuple(Row(field.label, _value(field)) for field in section.fields)) for section in content.sections)


def _texts(content: Content) -> tuple[Any, tuple[Section, ...]]:
    """The one formatted text is the body of the print; several become sections."""
    rich = [text for text in content.texts if text.sort == "rich"]
    empty = tuple(Section(text.label, (Row(text.label, _value(text)),)) for text in content.texts if text.sort != "rich")
    if len(rich) == 1:
        return rich[0].doc, empty
    return None, (*(Section(text.label, body=text.doc) for text in rich), *empty)


def _tables(content: Content) -> tuple[Section, ...]:
    return tuple(Section(rows.label, table=_table(rows)) for rows in content.rows)


def _table(rows: Rows) -> Table:
    return Table(tuple(Column(head) for head in rows.heads), tuple(tuple(_value(cell) for cell in row) for row in rows.rows))


def _signature(seal: Seal) -> SignatureLine:
    local, zone, utc = moment(seal.at, seal.zone)
    note = "" if seal.holds else _("on an earlier text") if seal.earlier_text else _("the content has changed since")
    return SignatureLine(
        printed_name=seal.name, role=seal.roles, meaning=f"{seal.meaning}: {seal.move}", at_local=local, zone=zone, at_utc=utc, method=seal.method,
        digest=seal.digest, still_valid=seal.holds, on_behalf_of=seal.behalf_of, note=" · ".join(filter(None, (note, seal.reason))),
    )  # fmt: skip


def _history(kind: Kind[Any], record: Any, zone: str) -> tuple[HistoryLine, ...]:
    entries = entries_of(record.uid, limit=MOST_HISTORY)[:MOST_HISTORY]
    told = reversed(tell(kind, record.uid, entries, zone))
    return tuple(
        HistoryLine(at=times.local(line.at, zone), who=line.who, act=line.happened.text, detail=", ".join(c.label for c in line.changed), reason=line.reason, entry=str(line.seq))
        for line in told
    )


def _links(actor: Actor, record: Any) -> tuple[LinkLine, ...]:
    return tuple(
        LinkLine(str(bundle.label), strand.record.number, strand.record.title or "", strand.label or strand.record.label, strand.condition.name)
        for bundle in thread_of(actor, record)
        for strand in bundle.strands
    )


def _files(record: Any) -> tuple[FileLine, ...]:
    rows = record.attachments.filter(removed=False).exclude(role="rendition").select_related("file").order_by("name", "id")
    return tuple(FileLine(row.name, filesizeformat(row.file.size), row.file_id, row.file.media_type, row.note or "") for row in rows)


def _images(content: Content) -> dict[str, bytes]:
    found = {sha256 for text in content.texts if text.sort == "rich" for sha256 in files_in(text.doc)}
    return {sha256: read(sha256) for sha256 in found}


