"""attach and detach: files on records."""

from typing import IO

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.files.models import Attachment, StoredFile
from medithread.kernel.files.store import put
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record

from .edit import editor_of
from .fetch import locked
from .unit import Act, unit
from .who import any_of, anybody

ROLES = ("attachment", "original", "evidence", "image", "rendition")


def store_file(who: Actor | Person, stream: IO[bytes], *, media_type: str, text: str | None = None) -> StoredFile:
    """Put checked bytes into the store (before any lock) and note them in the ledger. The same bytes are noted once."""
    sha256, size = put(stream)
    found: StoredFile | None = StoredFile.objects.filter(sha256=sha256).first()
    if found is not None:
        return found
    with unit(who, "store file") as act:
        found = StoredFile.objects.filter(sha256=sha256).first()
        if found is None:
            found = StoredFile(sha256=sha256, size=size, media_type=media_type[:120], text=text)
            act.put("create", found, sha256=sha256)
    return found


def attach(who: Actor | Person, record: Record, file: StoredFile, *, name: str, role: str = "attachment", note: str = "") -> Attachment:
    """Put a stored file on a record. Raises NotAllowed, Refusal."""
    if role not in ROLES or not name.strip():
        raise Refusal(No("attach.name", _("The file needs a name."), field="name"))
    with unit(who, f"attach {record.number}", record.uid) as act:
        fresh = locked(act, record)
        _may_attach(act, fresh, role)
        made = Attachment(record=fresh, file=file, name=name.strip()[:200], role=role, note=note.strip()[:300] or None, added_by=act.actor.person, added_at=act.at)
        act.put("create", made, sha256=file.sha256)
        _content_changed(act, fresh, role)
    return made


def detach(who: Actor | Person, made: Attachment, *, reason: str) -> None:
    """Take a file off a record; bytes and history stay. Raises NotAllowed, Refusal."""
    with unit(who, f"detach {made.record.number}", made.record.uid) as act:
        fresh = locked(act, made.record)
        _may_attach(act, fresh, made.role)
        if not reason.strip():
            raise Refusal(No("attach.reason", _("Say why the file is removed."), field="reason"))
        made = Attachment.objects.get(pk=made.pk)
        made.removed = True
        act.put("edit", made, note={"reason": reason.strip()[:500]})
        _content_changed(act, fresh, made.role)


def _may_attach(act: Act, record: Record, role: str) -> None:
    kind = kind_of(record)
    content = kind.files_are_content and role != "rendition"
    who = editor_of(kind) if content else any_of(editor_of(kind), anybody())
    no = who(act.actor, record, act.at) if act.actor.agent is None else None
    if no is not None:
        raise NotAllowed(no)
    if content and record.state not in kind.lifecycle.editable:
        raise Refusal(No("attach.state", _("Files are part of the content, which is fixed in this state."), fix=_("Revise it, or take it back first.")))


def _content_changed(act: Act, record: Record, role: str) -> None:
    kind = kind_of(record)
    if kind.files_are_content and role != "rendition":
        act.save(kind, record)
        act.log("edit", record, fields=["files"])
