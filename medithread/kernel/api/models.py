"""Answers kept for idempotency keys, written in the same transaction as the act they answer."""

from typing import Any, ClassVar

from django.db import models

from medithread.kernel.base.guard import Guarded
from medithread.kernel.identity.models import Person


class Answered(Guarded):
    """A request that was carried out under a key; asking again gives the same answer and does nothing."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    key = models.CharField(max_length=120)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "api_answered"
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["person", "key"], name="answered_once")]
