"""Staging of imports: rows wait here, outside the ledger, until every one of them is checked (kernel.md §2)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.models import Person


class Batch(models.Model):
    """One table on its way into one kind."""

    class State(models.TextChoices):
        STAGED = "staged", _("Read, columns not yet matched")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Done")
        ABORTED = "aborted", _("Aborted; what was written is void")

    uid = models.UUIDField(unique=True, default=uuid7)
    kind = models.CharField(max_length=40)
    parent = models.CharField(max_length=60, default="")
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    found = models.CharField(max_length=200, default="")
    columns = models.TextField()
    mapping = models.TextField(default="{}")
    notes = models.TextField(default="[]")
    state = models.CharField(max_length=12, choices=State.choices, default=State.STAGED)
    total = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    skip_bad = models.BooleanField(default=False)
    message = models.TextField(default="")
    created_at = models.DateTimeField()


class Row(models.Model):
    """One row of the table with what stands against it, and the uid that its record gets (so that a restart writes it once)."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    cells = models.TextField()
    problems = models.TextField(default="")
    record = models.UUIDField(default=uuid7)
    made = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["batch", "place"], name="import_row_place")]
