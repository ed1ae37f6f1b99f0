"""Small acts on a record: comments, links, files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from medithread.kernel import verbs
from medithread.kernel.base.refusal import No, NotFound, Refusal, Refused
from medithread.kernel.files.models import Attachment
from medithread.kernel.records.kinds import Kind, kind_of, kinds
from medithread.kernel.records.models import Comment, Link, Record
from medithread.kernel.records.visible import visible
from medithread.kernel.verbs.link import RELATES
from medithread.kernel.verbs.upload import upload

from .addresses import of_record
from .fetch import find, the_actor, typed_text
from .form.views import done


def comment(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """Say something about a record."""
    record = find(request, number, edition)
    verbs.comment(the_actor(request), record, typed_text(request, "text"))
    messages.success(request, _("Your comment is there."))
    return done(request, f"{of_record(record)}#comments")


def resolve(request: HttpRequest, number: str, uid: UUID, edition: int | None = None) -> HttpResponseBase:
    """Mark a comment as dealt with."""
    record = find(request, number, edition)
    made = Comment.objects.filter(record=record.pk, uid=uid).first()
    if made is None:
        raise NotFound()
    verbs.resolve(the_actor(request), made)
    return done(request, f"{of_record(record)}#comments")


def meanings_of(kind: Kind[Any]) -> list[tuple[str, str]]:
    """(code, words) of the links that this kind may begin: its own, those of other kinds, and the plain one."""
    own = [(m.code, str(m.label)) for m in kind.links]
    others = [(m.code, f"{m.label} ({other.name})") for other in kinds() if other.code != kind.code for m in other.links if m.code not in dict(own)]
    return [*own, (RELATES.code, str(RELATES.label)), *others]


def link(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """Link a record to another one, by its number."""
    record = find(request, number, edition)
    nos: tuple[No, ...] = ()
    if request.method == "POST":
        try:
            target = _target(request)
            verbs.link(the_actor(request), record, target, typed_text(request, "meaning"), note=typed_text(request, "note"))
        except Refused as refusal:
            nos = refusal.nos
        else:
            messages.success(request, _("Linked to %(number)s.") % {"number": target.number})
            return done(request, of_record(record))
    context = {"record": record, "kind": kind_of(record), "meanings": meanings_of(kind_of(record)), "raw": request.POST, "nos": nos}
    return render(request, "pages/link.html", context, status=422 if nos else 200)


def _target(request: HttpRequest) -> Record:
    number = typed_text(request, "target").strip().split(" ")[0]
    found: Record | None = Record.objects.filter(visible(the_actor(request)), number__iexact=number).order_by("-edition").first() if number else None
    if found is None:
        raise Refusal(No("link.target", _("There is no such record, or you may not see it."), field="target", fix=_("Give its number, such as SOP-0001.")))
    return found


def unlink(request: HttpRequest, number: str, uid: UUID, edition: int | None = None) -> HttpResponseBase:
    """Take a link away, with a reason."""
    record = find(request, number, edition)
    made = Link.objects.select_related("source", "target").filter(source=record.pk, uid=uid, removed=False).first()
    if made is None:
        raise NotFound()
    return _with_reason(request, record, _("Remove the link to %(number)s") % {"number": made.target.number}, lambda reason: verbs.unlink(the_actor(request), made, reason=reason))


def detach(request: HttpRequest, number: str, uid: UUID, edition: int | None = None) -> HttpResponseBase:
    """Take a file off a record, with a reason; bytes and history stay."""
    record = find(request, number, edition)
    made = Attachment.objects.select_related("record").filter(record=record.pk, uid=uid, removed=False).first()
    if made is None:
        raise NotFound()
    return _with_reason(request, record, _("Remove the file %(name)s") % {"name": made.name}, lambda reason: verbs.detach(the_actor(request), made, reason=reason))


def _with_reason(request: HttpRequest, record: Any, title: str, act: Any) -> HttpResponseBase:
    nos: tuple[No, ...] = ()
    if request.method == "POST":
        try:
            act(typed_text(request, "reason"))
        except Refused as refusal:
            nos = refusal.nos
        else:
            return done(request, of_record(record))
    return render(request, "pages/reason.html", {"record": record, "title": title, "nos": nos, "raw": request.POST}, status=422 if nos else 200)


def attach(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """Put files on a record. Each is looked into before it is taken; what was refused is told by name."""
    record = find(request, number, edition, latest=edition is None)
    refused: list[tuple[str, No]] = []
    if request.method == "POST":
        refused = _uploaded(request, record)
        if not refused:
            messages.success(request, _("The files are there."))
            return done(request, f"{of_record(record)}#files")
    return render(request, "pages/attach.html", {"record": record, "kind": kind_of(record), "refused": refused, "raw": request.POST}, status=422 if refused else 200)


def _uploaded(request: HttpRequest, record: Any) -> list[tuple[str, No]]:
    files = request.FILES.getlist("files")
    if not files:
        return [("", No("attach.none", _("No file was chosen."), field="files", fix=_("Choose one or more files.")))]
    refused: list[tuple[str, No]] = []
    for file in files:
        try:
            upload(the_actor(request), record, file, name=file.name or "", role=typed_text(request, "role") or "attachment", note=typed_text(request, "note"))
        except Refused as refusal:
            refused.extend((file.name or "", no) for no in refusal.nos)
    return refused


