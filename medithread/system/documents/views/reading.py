"""Reading: the text or the file, what changed between two versions, copies in Word and Markdown, the print."""

from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotFound, Refusal
from medithread.kernel.files.store import open_file, read
from medithread.kernel.ledger.asof import contents_of
from medithread.kernel.ledger.journal import journal
from medithread.kernel.pages import times
from medithread.kernel.pages.addresses import of_record
from medithread.kernel.pages.fetch import find, note_reading, the_actor
from medithread.kernel.pages.files_view import safe
from medithread.kernel.pages.printing import print_act
from medithread.kernel.pages.record_view import Page
from medithread.kernel.pages.redline import changed_fields
from medithread.kernel.reports.report import Stamp
from medithread.kernel.reports.stamp import stamp
from medithread.kernel.signing.served import serve

from .. import reader
from ..copies import as_markdown, as_word
from ..models import Document
from ..printing import watermark
from ..references import missing, words_of
from ..renditions import rendition_bytes

INLINE = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")


def the_document(request: HttpRequest, number: str, edition: int | None = None) -> Document:
    """The edition asked for, when it is a document that this person may see. Raises NotFound."""
    found = find(request, number, edition)
    if not isinstance(found, Document):
        raise NotFound()
    return found


def read_page(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """The reader. What was served is kept by its hash."""
    actor, document = the_actor(request), the_document(request, number, edition)
    note_reading(actor, document)
    sheet = reader.whole(document)
    serve(actor, document, sheet.encode(), shown="whole")
    page = Page(actor, document, tab="read-of")
    context = {
        "page": page, "record": document, "kind": page.kind, "sheet": mark_safe(sheet), "outline": reader.contents(document),
        "watermark": watermark(document, now()), "missing": missing(document), "losses": (document.import_note or "").splitlines(),
    }  # fmt: skip
    return render(request, "documents/read.html", context)


def original(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """The file of a document that is a file. Opening it is noted as what was shown."""
    actor, document = the_actor(request), the_document(request, number, edition)
    found = document.attachments.filter(removed=False, role="original").select_related("file").order_by("-id").first()
    if found is None:
        raise NotFound(No("document.no-file", _("This version has no file.")))
    note_reading(actor, document, "read.file", f"{document.number}: {found.name}")
    serve(actor, document, read(found.file_id), shown="file opened")
    return bytes_of(found.file_id, found.name, found.file.media_type)


def bytes_of(sha256: str, name: str, media_type: str) -> HttpResponseBase:
    """A stored file for reading: PDF and pictures in the browser, the rest to be saved. Nothing in it may act on our pages."""
    answer = safe(FileResponse(open_file(sha256), as_attachment=media_type not in INLINE, filename=name, content_type=media_type))
    if media_type == "application/pdf":  # browsers show no PDF in a sandbox; their readers run apart from the page
        answer.headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return answer


def changes(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """What changed between two versions: every field, and the text word by word."""
    actor, document = the_actor(request), the_document(request, number, edition)
    page = Page(actor, document, tab="changes-of")
    old, new = _versions(request, page, document)
    note_reading(actor, document, "read.history")
    short = request.GET.get("show") != "all"
    fields, html, summary = _differences(old, new, times.zone_name(document), short=short)
    fragment = "".join(f"<h3>{change.label}</h3>{change.html}" for change in fields) + html
    serve(actor, new, fragment.encode(), shown=_shown(old))
    context = {
        "page": page, "record": document, "kind": page.kind, "old": old, "new": new, "fields": fields, "short": short,
        "redline": mark_safe(html), "summary": summary, "files": bool(old.is_file or new.is_file),
    }  # fmt: skip
    return render(request, "documents/changes.html", context)


def _shown(old: Document) -> str:
    """What is recorded as shown, the same in every language."""
    return f"changes since {old.label}"[:80]


def _versions(request: HttpRequest, page: Page, document: Document) -> tuple[Document, Document]:
    """The two versions of the address: `from` and `to` are editions; by default the one before and this one. Raises Refusal, NotFound."""
    there = {row.edition: row for row in page.editions}
    new = there.get(_edition(request, "to") or document.edition)
    earlier = max((edition for edition, row in there.items() if new and edition < new.edition and row.effective_from), default=None)
    old = there.get(_edition(request, "from") or earlier or 0)
    if old is None or new is None or old.pk == new.pk:
        raise Refusal(No("changes.versions", _("There are no two versions to compare."), field="from", fix=_("Choose two different versions.")))
    return old.whole, new.whole  # type: ignore[return-value]


def _edition(request: HttpRequest, name: str) -> int | None:
    raw = request.GET.get(name, "").strip()
    return int(raw) if raw.isdigit() and len(raw) < 6 else None


def _differences(old: Document, new: Document, zone: str, *, short: bool) -> tuple[Any, str, Any]:
    contents = contents_of([old.digest or "", new.digest or ""])
    before, after = contents.get(old.digest or "", {}), contents.get(new.digest or "", {})
    pairs = {path: (before.get(path), after.get(path)) for path in {*before, *after} - {"body"} if before.get(path) != after.get(path)}
    fields = changed_fields(new.declared, pairs, zone)
    texts = words_of(old), words_of(new)
    if None in texts:
        return fields, "", None
    html, summary = reader.changed(*texts, new, short=short)
    return fields, html, summary


def copy(request: HttpRequest, form: str, number: str, edition: int | None = None) -> HttpResponse:
    """A version as a Word or Markdown file, to work with elsewhere. It is no controlled copy, and says so."""
    actor, document = the_actor(request), the_document(request, number, edition)
    note_reading(actor, document, "export", f"{document.number} {document.label} {form}")
    if document.is_file:
        return redirect(of_record(document, "original"))
    data, media_type = (as_word(document), reader_type("docx")) if form == "docx" else (as_markdown(document).encode(), reader_type("md"))
    answer = HttpResponse(data, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(document)}.{form}"'
    return answer


def reader_type(form: str) -> str:
    return {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "md": "text/markdown; charset=utf-8"}[form]


def _file_name(document: Document) -> str:
    plain = f"{document.number}-{document.label}".replace("/", "-").replace(" ", "-")
    return "".join(char for char in plain if char.isalnum() or char in "-._")


def _marked(act: Stamp, mark: str) -> Stamp:
    """A print of what is not in force is never valid: it bears no last day, and says so on each page."""
    return replace(act, watermark=mark, valid_until="", copy_note=_("not valid to work by")) if mark else act


def print_document(request: HttpRequest, record: Any) -> HttpResponse:
    """The rendition with a print layer: who, when, until when it is valid."""
    actor = the_actor(request)
    pdf = rendition_bytes(record)
    act = _marked(print_act(actor, record), watermark(record, now()))
    made = stamp(pdf, act)
    until = f"until {act.valid_until}" if act.valid_until else str(act.watermark).lower()
    journal("print", person=actor.uid, subject=record.uid, detail=f"{record.number} {record.label} {until}", address=actor.address)
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{_file_name(record)}.pdf"'
    return answer
