"""New, edit, revise: one form each; keeping what is typed while it is typed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refusal, Refused, Stale
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.edit import editor_of

from .. import times
from ..access import keeps_form
from ..addresses import of_kind, of_record
from ..fetch import find, note_reading, room_of, the_actor, typed_text
from ..rooms import own_page
from . import kept
from .build import build
from .plan import fields_of
from .stale import meeting
from .typed import Typed, raw_of, typed


def head_seq() -> int:
    """The last place of the ledger: what a form was opened on."""
    return Head.objects.values_list("seq", flat=True).first() or 0


# --- new ----------------------------------------------------------------------------------------------------------------
@keeps_form
def new(request: HttpRequest, kind: Kind[Any]) -> HttpResponseBase:
    """Begin a record, or a child record of `?parent=`."""
    own = own_page(request, kind, "new", kind)
    if own is not None:
        return own
    actor = the_actor(request)
    parent = _parent(request, kind)
    request.room = room_of(kind.model(kind=kind.code))  # type: ignore[attr-defined]
    no = kind.create_by(actor, parent, now())
    if no is not None:
        raise NotAllowed(no)
    key = kept.key_of(kind, None, parent.number if parent else "")
    if request.method == "POST" and "add" not in request.POST:
        return _create(request, actor, kind, parent, key)
    raw, copy = _begun(request, actor, key, _blank(actor, parent))
    return _new_page(request, kind, parent, raw, copy=copy)


def _parent(request: HttpRequest, kind: Kind[Any]) -> Any:
    if kind.child_of is None:
        return None
    number = request.GET.get("parent") or request.POST.get("parent", "")
    if not number:
        raise Refusal(No("create.parent", _("This belongs to another record; open that one first."), link=of_kind(kind_of(kind.child_of)), fix=_("Go to the list.")))
    found = find(request, number, latest=True)
    if type(found) is not kind.child_of:
        raise NotFound()
    return found


def _blank(actor: Actor, parent: Any) -> QueryDict:
    raw = QueryDict(mutable=True)
    raw["owner"] = str(actor.uid)
    if parent is not None and parent.site_id:
        raw["site"] = str(parent.site_id)
    raw["uid"] = str(uuid7())
    return raw


def _begun(request: HttpRequest, actor: Actor, key: str, fresh: QueryDict) -> tuple[QueryDict, Any]:
    """What the form begins with: what was just sent, a form from before a new sign-in, a kept copy, or nothing yet."""
    if request.method == "POST":
        return request.POST.copy(), None
    lapsed = kept.take_lapsed(request)
    if lapsed is not None:
        kept.keep(actor, key, lapsed)
    copy = kept.kept(actor, key)
    if copy is None:
        return fresh, None
    raw = kept.raw_from(copy.body)
    for name in fresh:
        raw.setdefault(name, fresh.get(name, ""))
    return raw, copy


def _new_page(request: HttpRequest, kind: Kind[Any], parent: Any, raw: QueryDict, *, nos: tuple[No, ...] = (), copy: Any = None, status: int = 200) -> HttpResponse:
    zone = times.home_zone()
    form = build(kind, None, raw, zone, nos, more_rows=request.POST.get("add", ""))
    request.with_editor = form.rich  # type: ignore[attr-defined]
    context = {"kind": kind, "parent": parent, "form": form, "raw": raw, "copy": copy, "zone": zone, "numbered": parent is None, "number_nos": [no for no in nos if no.field == "number"]}
    return render(request, "pages/new.html", context, status=status)


def _create(request: HttpRequest, actor: Actor, kind: Kind[Any], parent: Any, key: str) -> HttpResponseBase:
    made = _made_already(actor, request.POST.get("uid", ""))
    if made is not None:
        return redirect(of_record(made))
    data = typed(kind, None, request.POST, times.home_zone())
    try:
        if data.nos:
            raise Refusal(*data.nos)
        absent = {name: why for name, why in data.absent.items() if why.get("code")}
        record = verbs.create(
            actor, kind.model, number=typed_text(request, "number").strip() or None, parent=parent, absent=absent, parts=data.parts,
            uid=_uid(request.POST.get("uid", "")), **data.values,
        )  # fmt: skip
    except Refused as refusal:
        return _new_page(request, kind, parent, request.POST.copy(), nos=refusal.nos, status=refusal.status)
    except IntegrityError:  # the same form was sent twice at the same moment
        made = _made_already(actor, request.POST.get("uid", ""))
        if made is None:
            raise
        return redirect(of_record(made))
    kept.drop(actor, key)
    _tell_losses(request, data)
    messages.success(request, _("%(number)s is begun.") % {"number": record.number})
    return redirect(of_record(parent if parent is not None else record))


def _tell_losses(request: HttpRequest, data: Typed) -> None:
    """What of a typed text could not be carried over."""
    for loss in data.losses[:5]:
        messages.warning(request, _("Not carried over: %(what)s") % {"what": loss})


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _made_already(actor: Actor, text: str) -> Record | None:
    """The record that this very form has made before: the button was pressed twice."""
    uid = _uid(text)
    found: Record | None = Record.objects.filter(uid=uid, created_by=actor.uid).first() if uid else None
    return found


# --- edit ---------------------------------------------------------------------------------------------------------------
@keeps_form
def edit(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """Change a record. Nothing typed is lost: a refusal shows the form again, a stale copy both versions."""
    actor = the_actor(request)
    record = find(request, number, edition, latest=True)
    note_reading(actor, record, "read.form")
    kind, zone = kind_of(record), times.zone_name(record)
    own = own_page(request, kind, "edit", record)
    if own is not None:
        return own
    no = editor_of(kind)(actor, record, now())
    if no is not None:
        raise NotAllowed(no)
    key = kept.key_of(kind, record)
    if request.method == "POST" and not {"add", "again"} & set(request.POST):
        return _save(request, actor, record, key)
    fresh = raw_of(kind, record, zone)
    fresh["lock"], fresh["seq"] = str(record.lock), str(head_seq())
    if "again" in request.POST:
        return _edit_page(request, record, _over(fresh, request.POST))
    raw, copy = _begun(request, actor, key, fresh)
    return _edit_page(request, record, raw, copy=copy)


def _over(fresh: QueryDict, mine: QueryDict) -> QueryDict:
    """What is stored now with mine on top, for going on after two versions met."""
    for name in mine:
        if name not in ("again", "csrfmiddlewaretoken") and mine.get(f"take__{name.partition('__')[0]}") != "theirs":
            fresh[name] = mine.get(name, "")
    return fresh


def _edit_page(request: HttpRequest, record: Any, raw: QueryDict, *, nos: tuple[No, ...] = (), copy: Any = None, status: int = 200) -> HttpResponse:
    kind, zone = kind_of(record), times.zone_name(record)
    form = build(kind, record, raw, zone, nos, more_rows=request.POST.get("add", ""))
    request.with_editor = form.rich  # type: ignore[attr-defined]
    context = {
        "kind": kind, "record": record, "form": form, "raw": raw, "copy": copy, "zone": zone, "asks_reason": record.state != kind.lifecycle.start,
        "reason_nos": [no for no in nos if no.field == "reason"], "fixed": record.state not in kind.lifecycle.editable,
        "condition": kind.lifecycle.condition(record, now()),
    }  # fmt: skip
    return render(request, "pages/edit.html", context, status=status)


def _save(request: HttpRequest, actor: Actor, record: Any, key: str) -> HttpResponseBase:
    kind = kind_of(record)
    data = typed(kind, record, request.POST, times.zone_name(record))
    lock = request.POST.get("lock", "")
    try:
        if data.nos:
            raise Refusal(*data.nos)
        before = record.lock
        saved = verbs.edit(
            actor, record, lock=int(lock) if lock.isdigit() and len(lock) < 10 else 0, reason=typed_text(request, "reason"), absent=data.absent, parts=data.parts, **data.values
        )
    except Stale as stale:
        return _stale_page(request, stale.record if stale.record is not None else record)
    except Refused as refusal:
        return _edit_page(request, record, request.POST.copy(), nos=refusal.nos, status=refusal.status)
    kept.drop(actor, key)
    _tell_losses(request, data)
    messages.success(request, _("%(number)s is saved.") % {"number": saved.number} if saved.lock != before else _("Nothing was changed."))
    return redirect(of_record(saved))


def _stale_page(request: HttpRequest, record: Record) -> HttpResponse:
    fresh = record.declared.model.objects.rows().get(pk=record.pk)
    kind, zone = kind_of(fresh), times.zone_name(fresh)
    context = {"kind": kind, "record": fresh, "meeting": meeting(kind, fresh, request.POST.copy(), zone), "raw": request.POST, "seq": head_seq(), "zone": zone}
    return render(request, "pages/stale.html", context, status=409)


def keep_edit(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """Keep or drop the copy of an edit form."""
    record = find(request, number, edition, latest=True)
    return _keep(request, kept.key_of(kind_of(record), record), of_record(record))


def keep_new(request: HttpRequest, kind: Kind[Any]) -> HttpResponse:
    """Keep or drop the copy of a form for a new record."""
    parent = request.GET.get("parent") or request.POST.get("parent", "")
    return _keep(request, kept.key_of(kind, None, parent), of_kind(kind))


def _keep(request: HttpRequest, key: str, back: str) -> HttpResponse:
    actor = the_actor(request)
    if request.POST.get("drop") == "yes":
        kept.drop(actor, key)
        return redirect(back)
    kept.keep(actor, key, request.POST)
    return HttpResponse(status=204)


# --- revise -------------------------------------------------------------------------------------------------------------
@keeps_form
def revise(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """Begin the next version: what it is for is asked at once, the rest is carried over from the version at hand."""
    actor = the_actor(request)
    record = find(request, number, edition)
    kind = kind_of(record)
    own = own_page(request, kind, "revise", record)
    if own is not None:
        return own
    blank = blank_fields(kind)
    if request.method == "POST":
        data = typed(kind, None, request.POST, times.zone_name(record))
        values = {name: value for name, value in data.values.items() if name in blank and value}
        try:
            made = verbs.revise(actor, record, blank=blank, **values)
        except Refused as refusal:
            return _revise_page(request, record, request.POST.copy(), nos=refusal.nos, status=refusal.status)
        messages.success(request, _("%(label)s is begun as a draft.") % {"label": made.label})
        return done(request, of_record(made, "edit"))
    return _revise_page(request, record, QueryDict(mutable=True))


def blank_fields(kind: Kind[Any]) -> tuple[str, ...]:
    """What belongs to a version and not to its text: the change record starts empty."""
    return tuple(name for name in fields_of(kind, None) if name.startswith(("change_", "impact_", "planned_")))


def _revise_page(request: HttpRequest, record: Any, raw: QueryDict, *, nos: tuple[No, ...] = (), status: int = 200) -> HttpResponse:
    kind, zone = kind_of(record), times.zone_name(record)
    form = build(kind, None, raw, zone, nos)
    wanted = [name for name in blank_fields(kind) if name.startswith("change_")]
    controls = [control for group in form.groups for control in group.controls if control.name in wanted]
    others = [no for no in nos if no.field not in wanted]
    return render(request, "pages/revise.html", {"kind": kind, "record": record, "controls": controls, "others": others, "nos": nos}, status=status)


def done(request: HttpRequest, address: str) -> HttpResponseBase:
    """On to the next page; a dialog is told by a header, so that the message is kept for that page."""
    if request.headers.get("HX-Request") != "true":
        return redirect(address)
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = address
    return answer
