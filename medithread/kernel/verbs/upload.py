"""upload: an untrusted file is inspected, stored and attached. The bytes are checked before any lock is taken."""

from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Refusal
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
    if file.sha256 != facts.sha256:
        raise Refusal(No("file.changed", _("The file changed while it was being taken in."), fix=_("Send it again.")))
    words = "; ".join(str(warning.message) for warning in facts.warnings)
    note = note or words[:300]
    return attach(who, record, file, name=safe_name(name), role=role, note=note)
