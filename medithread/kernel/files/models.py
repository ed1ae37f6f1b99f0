"""Files by content hash, and their attachment to records."""

from typing import Any, ClassVar

from django.db import models

from medithread.kernel.base.guard import Thing
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Record


class StoredFile(Thing):
    """Bytes, once: the SHA-256 is the name in the store."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=120)
    text = models.TextField(null=True)

    class Meta:
        db_table = "files_file"


class Attachment(Thing):
    """A file on a record. `role` says what for: attachment, original, evidence, image, rendition."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, to_field="sha256", related_name="attachments")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, default="attachment")
    note = models.CharField(max_length=300, null=True)
    added_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    added_at = models.DateTimeField()
    removed = models.BooleanField(default=False)

    class Meta:
        db_table = "files_attachment"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["record", "removed"], name="attachment_record")]
