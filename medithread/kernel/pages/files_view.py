"""Bytes out: attached files, pictures in texts; and pictures in, from the editor."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from medithread.kernel.base.fields import RichTextField
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refused
from medithread.kernel.files.models import Attachment, StoredFile
from medithread.kernel.files.sniff import inspect
from medithread.kernel.files.store import open_file, read
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.visible import may_see
from medithread.kernel.text.reading import files as files_in
from medithread.kernel.verbs import store_file
from medithread.kernel.verbs.who import anybody

from .fetch import find, note_reading, refuse_reading, the_actor

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
UPLOADS = "uploaded_pictures"
LARGEST_PICTURE = 20 * 1024 * 1024


def file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """An attached file, always to be saved and never to be run in the page."""
    actor = the_actor(request)
    found = Attachment.objects.select_related("record", "file").filter(uid=uid).first()
    if found is None:
        raise NotFound()
    if not may_see(actor, found.record):
        refuse_reading(actor, found.record)
    note_reading(actor, found.record, "read.file", f"{found.record.number}: {found.name}")
    answer = FileResponse(open_file(found.file_id), as_attachment=True, filename=found.name, content_type=found.file.media_type or "application/octet-stream")
    answer.headers["Content-Length"] = str(found.file.size)
    return safe(answer)


def safe(answer: HttpResponseBase) -> HttpResponseBase:
    """Nothing in a file may act on our pages."""
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def image(request: HttpRequest, number: str, edition: int, sha256: str) -> HttpResponseBase:
    """A picture in a text of an edition that this person may see; or one that she has just put into the editor."""
    record = find(request, number, edition)
    if sha256 not in pictures_of(record) and sha256 not in request.session.get(UPLOADS, []):
        raise NotFound()
    note_reading(the_actor(request), record, "read.file", f"{record.number}: picture")
    return _picture(sha256)


def draft_image(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A picture that this person has put into a form which is not saved yet."""
    if sha256 not in request.session.get(UPLOADS, []):
        raise NotFound()
    return _picture(sha256)


def pictures_of(record: Any) -> set[str]:
    """Hashes of all pictures in the texts of an edition."""
    kind: Kind[Any] = kind_of(record)
    texts = [getattr(record, name) for name in kind.content_fields if isinstance(kind.model._meta.get_field(name), RichTextField)]
    return {sha256 for text in texts if text for sha256 in files_in(json.loads(text))}


def _picture(sha256: str) -> HttpResponseBase:
    kept = StoredFile.objects.filter(sha256=sha256).first()
    if kept is None or kept.media_type not in PICTURES:
        raise NotFound()
    answer = HttpResponse(read(sha256), content_type=kept.media_type)
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    answer.headers["Content-Disposition"] = "inline"
    return safe(answer)


def upload_picture(request: HttpRequest) -> HttpResponseBase:
    """A picture from the editor: looked into, stored, answered as {file, url}."""
    actor, sent = the_actor(request), request.FILES.get("file")
    try:
        no = anybody()(actor, None, None)  # type: ignore[arg-type]
        if no is not None:
            raise NotAllowed(no)
        if sent is None:
            raise NotFound(No("picture.none", _("No picture came.")))
        facts = inspect(sent, declared_name=sent.name or "picture", size_limit=min(LARGEST_PICTURE, settings.MAX_UPLOAD))
        if facts.media_type not in PICTURES:
            raise NotFound(No("picture.kind", _("This is not a picture that can stand in a text."), fix=_("Use PNG, JPEG, GIF or WebP.")))
        sent.seek(0)
        kept = store_file(actor, sent, media_type=facts.media_type)
    except Refused as refusal:
        return JsonResponse({"error": " ".join(f"{no.text} {no.fix}".strip() for no in refusal.nos)}, status=422)
    mine = [sha256 for sha256 in request.session.get(UPLOADS, []) if sha256 != kept.sha256]
    request.session[UPLOADS] = [*mine, kept.sha256][-200:]
    return JsonResponse({"file": kept.sha256, "url": f"{request.path.removesuffix('upload')}{kept.sha256}"})
