"""What a document says on paper: cover facts, text or file, signatures, approvals elsewhere, change record (look.md, Prints)."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import override

from medithread.kernel.files.models import Attachment
from medithread.kernel.files.store import read
from medithread.kernel.identity.roles import role_name
from medithread.kernel.ledger.models import Head
from medithread.kernel.pages import times
from medithread.kernel.pages.seals import METHODS, is_intact
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.reports.errors import ReportError
from medithread.kernel.reports.render import render
from medithread.kernel.reports.report import ChangeLine, ElsewhereLine, FileLine, Report, Row, Section, SignatureLine, Value, moment
from medithread.kernel.reports.stamp import cover
from medithread.kernel.signing.meanings import MEANINGS
from medithread.kernel.text.reading import files as files_in

from .models import ChangeClass, Document, DocumentType
from .references import doc_of, words_of
from .rules import is_effective, is_superseded

PDF = "application/pdf"


def pdf_of(document: Document) -> bytes:
    """The document as PDF/A; one that is a PDF file is bound behind its cover. Raises ReportError, LedgerBroken."""
    report = report_of(document)
    original = document.attachments.filter(removed=False, role="original").select_related("file").order_by("-id").first() if document.is_file else None
    if original is None:
        return render(report)
    try:
        return cover(read(original.file_id), report) if original.file.media_type == PDF else render(_with_words(document, report))
    except ReportError:
        return render(_with_words(document, report))


def _with_words(document: Document, report: Report) -> Report:
    """A file that cannot be bound in: its words follow the cover, and it is said that they are not the file."""
    words = words_of(document)
    if words is None:
        return report
    with override(report.language):
        note = Section(_("This document is a file"), text=_("The words taken from it follow. Its layout and pictures are in the file; its hash stands under “Files”."))
    return replace(report, sections=(*report.sections, note), body=words)


def report_of(document: Document) -> Report:
    """The facts of a version for a print, in the document's language. Nothing in it depends on the day of printing."""
    language = (document.language or "en")[:2]
    with override(language):
        return _report(document, language)


def _report(document: Document, language: str) -> Report:
    zone, doc = times.zone_name(document), doc_of(document)
    head = Head.objects.get()
    attached = list(document.attachments.filter(removed=False).exclude(role="rendition").select_related("file").order_by("role", "name", "id"))
    pictures = {name: read(name) for name in files_in(doc)} if doc else {}
    return Report(
        title=document.title or "", number=document.number, made_at=document.state_since, edition=document.label, state=_state(document),
        kind_label=DocumentType(document.type).label if document.type else kind_of(document).name, language=language, demo=head.purpose == "demo",
        meta=tuple(_meta(document, zone)), change_record=tuple(_changes(document, zone)), sections=tuple(_sections(document)), body=doc,
        signatures=tuple(_signatures(document)), elsewhere=tuple(_elsewhere(document, attached)), files=tuple(_files(attached)), images=pictures,
        ledger_head=head.hash, digest=document.digest or "", rendition_of=f"{document.number} {document.label}",
    )  # fmt: skip


def _state(document: Document) -> str:
    if document.state == "approved" and document.adopted:
        return _("Adopted")
    return str(kind_of(document).lifecycle.state(document.state).name)


def _meta(document: Document, zone: str) -> Iterable[tuple[str, Value]]:
    yield _("Owner"), document.owner.name if document.owner else None
    if document.effective_from:
        yield _("In force from"), times.local(document.effective_from, zone)
    if document.limited_to:
        yield _("In force only for"), document.limited_to
    if document.change_request:
        yield _("Change request"), document.change_request
    yield _("Clauses"), ", ".join(document.clauses or ()) or None
    yield _("Who must know it"), ", ".join(role_name(code) for code in document.audience or ()) or None
    yield _("Review"), _("every %(n)d months") % {"n": document.review_months} if document.review_months else document.absent.get("review_months", {}).get("reason")
    if document.protocol:
        yield _("Adopted under"), document.protocol


def _changes(document: Document, zone: str) -> Iterable[ChangeLine]:
    """This version and those before it that were in force, the latest first."""
    rows = Document.objects.filter(series=document.series_id, edition__lte=document.edition).order_by("-edition").defer("body")
    for row in rows:
        if row.pk == document.pk or row.effective_from is not None:
            since = times.local(row.effective_from, zone) if row.effective_from else ""
            yield ChangeLine(row.label, since, ChangeClass(row.change_class).label if row.change_class else "", row.change_reason or row.source or "")


def _sections(document: Document) -> Iterable[Section]:
    rows = tuple(Row(label, value) for label, value in ((_("Purpose"), document.purpose), (_("Scope"), document.applies_to)) if value)
    if rows:
        yield Section(_("Purpose and scope"), rows)
    if document.import_note:
        yield Section(_("Not carried over from the file"), text=document.import_note)


def _signatures(document: Document) -> Iterable[SignatureLine]:
    intact = is_intact(kind_of(document), document)
    for signature in document.signatures.order_by("at"):
        said = json.loads(signature.statement)
        local, zone, utc = moment(signature.at, said.get("zone", "UTC"))
        names = ", ".join(role_name(code) for code in said.get("roles", []))
        yield SignatureLine(
            said["name"], names, str(MEANINGS.get(signature.meaning, signature.meaning)), local, zone, utc, str(METHODS.get(signature.method, signature.method)),
            signature.digest, signature.digest == document.digest and intact, said.get("shown", ""), said.get("behalf_of", {}).get("name", ""), signature.reason or "",
        )  # fmt: skip


def _elsewhere(document: Document, attached: list[Attachment]) -> Iterable[ElsewhereLine]:
    """Approvals of an adopted version: never to be taken for signatures of this system (R1)."""
    if not document.adopted:
        return
    evidence = ", ".join(one.name for one in attached if one.role == "evidence")
    for row in document.historic_approvals.all():
        on = row.on or document.approved_on
        yield ElsewhereLine(row.name or "", row.function or "", _("Approved elsewhere"), on.isoformat() if on else _("day not known"), document.source or "", evidence)


def _files(attached: list[Attachment]) -> Iterable[FileLine]:
    for one in attached:
        if one.role != "image":
            yield FileLine(one.name, filesizeformat(one.file.size), one.file_id, one.file.media_type, one.note or "")


def watermark(document: Record, at: datetime) -> str:
    """What stands across a page that nobody may work by; empty while it is in force."""
    if document.state == "approved":
        if is_effective(document, at):
            return ""
        return _("SUPERSEDED") if is_superseded(document, at) else _("NOT YET IN FORCE")
    words = {"obsolete": _("OBSOLETE"), "rejected": _("REJECTED"), "void": _("VOID"), "staged": _("NOT ADOPTED"), "in_review": _("IN REVIEW")}
    return words.get(document.state, _("DRAFT"))
