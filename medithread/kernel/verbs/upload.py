"""upload: an untrusted file is inspected, stored and attached. The bytes are checked before any lock is taken."""

from typing import IO, Any

from django.conf import settings

from medithread.kernel.files.models import Attachment
from medithread.kernel.files.safety import safe_name
from medithread.kernel.files.sniff import inspect
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Record

from .attach import attach, store_file


def upload(who: Actor | Person, record: Record, stream: IO[bytes] | Any, *, name: str, role: str = "attachment", note: str = "") -> Attachment:
    """Take a file for a record. Raises FileRefused, Refusal, NotAllowed."""
    facts = inspect(stream, declared_name=name, size_limit=settings.MAX_UPLOAD)
    stream.seek(0)
    file = store_file(who, stream, media_type=facts.media_type)
    return attach(who, record, file, name=safe_name(name), role=role, note=note)
