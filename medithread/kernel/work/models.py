"""Jobs, their schedules, and who watches what. Bookkeeping, not evidence: nothing here is signed or kept for ever."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Series


class Job(models.Model):
    """One piece of work. A worker holds it by a lease; when the lease runs out (killed worker) another one takes it up."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uid = models.UUIDField(unique=True, default=uuid7)
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=200, default="")
    arguments = models.TextField(default="{}")
    key = models.CharField(max_length=120, null=True, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_by = models.CharField(max_length=60, default="")
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(default="")
    result = models.TextField(default="")
    cancel = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["state", "run_after"], name="job_due"),
            models.Index(fields=["person", "created_at"], name="job_person"),
        ]


class Schedule(models.Model):
    """When a periodic job ran last. The row is the lock: whoever moves it on enqueues the job."""

    name = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()


class Pointer(models.Model):
    """How far a periodic job has read the ledger."""

    name = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField()


class Watch(models.Model):
    """Somebody wants to be told at once when a record moves (R27)."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, related_name="watchers")

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["person", "series"], name="watch_once")]
