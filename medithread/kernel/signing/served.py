"""Noting what was served: the exact bytes that a person was shown, kept by their hash (R5, kernel.md §4)."""

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.files.store import put_bytes
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.models import Record

from .models import Served


def serve(actor: Actor, record: Record, rendition: bytes, *, shown: str) -> str:
    """Keep the rendition and note that this person was sent it in this session; once per session and content. Answers its hash."""
    if actor.person is None or not record.digest:
        return ""
    sha256, _size = put_bytes(rendition)
    there = Served.objects.filter(person=actor.person, record=record, digest=record.digest, session=actor.session, rendition=sha256, shown=shown)
    if not there.exists():
        with door_open():
            Served.objects.create(person=actor.person, record=record, digest=record.digest, rendition=sha256, shown=shown, session=actor.session, at=now())
    return sha256
