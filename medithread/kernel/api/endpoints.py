"""The endpoints of every kind. Each is a few lines: read the request, call a verb, answer the envelope."""

import json
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.refusal import No, NotFound, Refusal
from medithread.kernel.files.models import Attachment
from medithread.kernel.files.store import open_file
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.listing import Ask, listing
from medithread.kernel.records.models import Confidentiality, Link, Record, Series
from medithread.kernel.records.visible import may_see, visible
from medithread.kernel.signing.models import Intent
from medithread.kernel.signing.served import serve
from medithread.kernel.signing.words import prove_by_words

from .envelope import brief, content_of, envelope, link_form, links_of
from .requests import BadBody, body_of, kind_named, nothing, parent_named, record_named, take

RESERVED = ("q", "sort", "after", "limit")


def index(_actor: Actor, _request: HttpRequest) -> tuple[int, Any]:
    """What there is."""
    return 200, {"kinds": [{"code": k.code, "name": k.name, "clause": k.clause, "shape": k.shape, "url": f"/api/v1/{k.code}"} for k in kinds()]}


def list_kind(actor: Actor, request: HttpRequest, code: str) -> tuple[int, Any]:
    kind = kind_named(code)
    words = request.GET
    limit = words.get("limit", "50")
    if not limit.isdigit() or not 1 <= int(limit[:6]) <= 200:
        raise BadBody(No("list.limit", _("limit is a whole number from 1 to 200."), field="limit"))
    filters = {name: str(value) for name, value in words.items() if name not in RESERVED}
    page = listing(kind, actor, Ask(filters=filters, words=words.get("q", ""), sort=words.get("sort", "number"), after=words.get("after", ""), limit=int(limit)))
    return 200, {"rows": [brief(kind, row) for row in page.rows], "next": page.next or None, "count": page.count, "count_stops_at": page.stop + 1}


def create(actor: Actor, request: HttpRequest, code: str) -> tuple[int, Any]:
    kind = kind_named(code)
    content, handling, absent, number, parent = take(body_of(request), content=dict, handling=dict, absent=dict, number=str, parent=str)
    values, parts = _split(kind, content, handling)
    made = verbs.create(actor, kind.model, number=number, parent=parent_named(actor, kind, parent), absent=_absent(absent), parts=parts, **values)
    return 201, envelope(actor, kind, made)


def get(actor: Actor, _request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    kind = kind_named(code)
    record = record_named(actor, kind, uid)
    read(actor, record, "api")
    body = envelope(actor, kind, record)
    if actor.person is not None and record.digest:
        serve(actor, record, json.dumps(content_of(kind, record), ensure_ascii=False, sort_keys=True).encode(), shown="whole")
    return 200, body


def read(actor: Actor, record: Record, what: str) -> None:
    """Reads of confidential records go to the access journal before the content is sent."""
    if record.confidentiality != Confidentiality.OPEN:
        journal(f"read.{what}", person=actor.uid, subject=record.uid, detail=record.number, address=actor.address)


def edit(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    kind = kind_named(code)
    record = record_named(actor, kind, uid)
    lock, content, handling, absent, reason = take(body_of(request), lock=int, content=dict, handling=dict, absent=dict, reason=str)
    values, parts = _split(kind, content, handling)
    verbs.edit(actor, record, lock=lock, reason=reason or "", absent=_absent(absent), parts=parts, **values)
    return 200, envelope(actor, kind, record)


def _split(kind: Kind[Any], content: dict[str, Any] | None, handling: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Field values and part rows; a name in the wrong half is refused."""
    parts = {part.name for part in kind.parts}
    fields = {name: value for name, value in (content or {}).items() if name not in parts}
    for name in (*fields, *(handling or {})):
        if (name in fields) != (name in kind.content_fields):
            raise BadBody(No("body.half", _("“%(name)s” does not belong here.") % {"name": name[:60]}, field=name[:60]))
    rows = {name: value for name, value in (content or {}).items() if name in parts}
    if any(not isinstance(value, list) or not all(isinstance(row, dict) for row in value) for value in rows.values()):
        raise BadBody(No("body.rows", _("Rows are a list of objects.")))
    return {**fields, **(handling or {})}, rows or None


def _absent(raw: dict[str, Any] | None) -> dict[str, dict[str, str]]:
    for name, why in (raw or {}).items():
        if not isinstance(why, dict) or not all(isinstance(v, str) for v in why.values()):
            raise BadBody(No("body.absent", _("An absence is an object with code and reason."), field=name[:60]))
    return raw or {}


def move(actor: Actor, request: HttpRequest, code: str, uid: UUID, name: str) -> tuple[int, Any]:
    kind = kind_named(code)
    record = record_named(actor, kind, uid)
    lock, reason, asks = take(body_of(request), lock=int, reason=str, asks=dict)
    verbs.move(actor, record, name, lock=_needed(lock), reason=reason or "", **_names(asks))
    return 200, envelope(actor, kind, record)


def _names(asks: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (asks or {}).items() if name not in ("lock", "reason")}


def _needed(lock: int | None) -> int:
    if lock is None:
        raise BadBody(No("body.lock", _("Say which lock your copy has."), field="lock"))
    return lock


def ask_signature(actor: Actor, request: HttpRequest, code: str, uid: UUID, name: str) -> tuple[int, Any]:
    """First half of signing: the statement, which must then be confirmed with the second component."""
    record = record_named(actor, kind_named(code), uid)
    (zone,) = take(body_of(request), zone=str)
    intent = verbs.ask_signature(actor, record, name, zone=(zone or "UTC")[:60])
    return 201, {"nonce": intent.nonce, "statement": intent.statement, "expires_at": clock.text(intent.expires_at)}


def sign(actor: Actor, request: HttpRequest, code: str, uid: UUID, name: str, nonce: str) -> tuple[int, Any]:
    """Second half: password (and one-time code), then the signature stands."""
    kind = kind_named(code)
    record = record_named(actor, kind, uid)
    user, password, totp, reason = take(body_of(request), username=str, password=str, totp=str, reason=str)
    intent = Intent.objects.filter(nonce=nonce, person__uid=actor.uid, record=record, move=name, session=actor.session).first()
    if intent is None:
        raise NotFound()
    prove_by_words(intent, username=user or "", password=password or "", code=totp or "")
    verbs.sign(actor, record, nonce, reason=reason or "")
    return 200, envelope(actor, kind, record)


def revise(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    kind = kind_named(code)
    record = record_named(actor, kind, uid)
    (content,) = take(body_of(request), content=dict)
    values, _parts = _split(kind, content, None)
    return 201, envelope(actor, kind, verbs.revise(actor, record, **values))


def list_links(actor: Actor, _request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    return 200, {"rows": [link_form(link) for link in links_of(actor, record)]}


def add_link(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    target, meaning, note = take(body_of(request), target=str, meaning=str, note=str)
    series = Series.objects.filter(number=target or "").first()
    if series is None:
        raise Refusal(No("link.target", _("There is no such record, or you may not see it."), field="target"))
    return 201, link_form(verbs.link(actor, record, series, meaning or "", note=note or ""))


def remove_link(actor: Actor, request: HttpRequest, code: str, uid: UUID, link: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    found = Link.objects.filter(uid=link, source=record, removed=False).select_related("source__series", "target", "pinned").first()
    if found is None:
        raise NotFound()
    (reason,) = take(body_of(request), reason=str)
    verbs.unlink(actor, found, reason=reason or "")
    return 200, {**link_form(found), "removed": True}


def comments(actor: Actor, _request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    rows = record.comments.select_related("person").order_by("at")
    return 200, {"rows": [_comment_form(row) for row in rows]}


def _comment_form(row: Any) -> dict[str, Any]:
    return {"uid": str(row.uid), "person": str(row.person_id), "name": row.person.name, "at": clock.text(row.at), "text": row.text, "digest": row.digest}


def add_comment(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    (text,) = take(body_of(request), text=str)
    return 201, _comment_form(verbs.comment(actor, record, text or ""))


def history(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    """The entries of a record, header by header, as they stand in the ledger."""
    record = record_named(actor, kind_named(code), uid)
    after = request.GET.get("after", "0")
    if not after.isdigit() or len(after) > 18:
        raise BadBody(No("history.after", _("after is a whole number."), field="after"))
    rows = Entry.objects.filter(of=record.uid, seq__gt=int(after)).order_by("seq")[:500]
    return 200, {"rows": [{"hash": row.hash, **json.loads(bytes(row.body))} for row in rows]}


def list_files(actor: Actor, _request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    record = record_named(actor, kind_named(code), uid)
    return 200, {"rows": [file_form(f) for f in record.attachments.filter(removed=False).select_related("file")]}


def file_form(row: Attachment) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "name": row.name, "role": row.role, "sha256": row.file.sha256, "size": row.file.size,
        "media_type": row.file.media_type, "added_at": clock.text(row.added_at), "url": f"/api/v1/files/{row.uid}",
    }


def add_file(actor: Actor, request: HttpRequest, code: str, uid: UUID) -> tuple[int, Any]:
    from medithread.kernel.verbs.upload import upload

    record = record_named(actor, kind_named(code), uid)
    sent = request.FILES.get("file")
    if sent is None or len(request.FILES) != 1:
        raise BadBody(No("file.missing", _("Send one file in the field “file” (multipart/form-data)."), field="file"))
    return 201, file_form(upload(actor, record, sent, name=sent.name or "", role=request.POST.get("role", "attachment"), note=request.POST.get("note", "")))


def get_file(actor: Actor, _request: HttpRequest, uid: UUID) -> Any:
    row = Attachment.objects.select_related("file", "record").filter(uid=uid).first()
    if row is None or not may_see(actor, row.record):
        raise nothing(actor, Record.objects.filter(attachments__uid=uid))
    read(actor, row.record, "file")
    response = FileResponse(open_file(row.file.sha256), as_attachment=True, filename=row.name, content_type=row.file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def search(actor: Actor, request: HttpRequest) -> tuple[int, Any]:
    """Records of all kinds by words."""
    from medithread.kernel.search.find import find

    return 200, {"rows": [hit.form() for hit in find(actor, request.GET.get("q", ""), limit=50)]}


def by_number(actor: Actor, _request: HttpRequest, number: str) -> tuple[int, Any]:
    """All editions of a number."""
    rows = Record.objects.filter(visible(actor), number=number).select_related("series").order_by("edition")
    if not rows:
        raise nothing(actor, Record.objects.filter(number=number))
    return 200, {"rows": [{"uid": str(r.uid), "kind": r.kind, "edition": r.edition, "label": r.label, "state": r.state, "url": f"/api/v1/{r.kind}/{r.uid}"} for r in rows]}
