"""Signatures and the statements they are made over (kernel.md §4, 21 CFR 11.50, 11.70, 11.200)."""

from typing import Any, ClassVar

from django.db import models

from medithread.kernel.base.guard import Guarded, Thing
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Record


class Signature(Thing):
    """One person's signature on one content of one edition. `statement` is what was signed, byte for byte. Append-only."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    behalf_of = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    move = models.CharField(max_length=40)
    slots = models.CharField(max_length=200)
    meaning = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    statement = models.TextField()
    method = models.CharField(max_length=16)
    evidence = models.TextField()
    reason = models.TextField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "signing_signature"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["record", "at"], name="signature_record")]


class Intent(Guarded):
    """A statement that waits for its signer: made when the dialog opens, proved once, used once, dead after ten minutes."""

    nonce = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    move = models.CharField(max_length=40)
    slots = models.CharField(max_length=200)
    statement = models.TextField()
    session = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    method = models.CharField(max_length=16, default="")
    evidence = models.TextField(default="")
    used_at = models.DateTimeField(null=True)


class Served(Guarded):
    """What was shown to whom: this rendition of this content was sent in this session (R5)."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    rendition = models.CharField(max_length=64)
    shown = models.CharField(max_length=80)
    session = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["person", "record", "digest"], name="served_seen")]


class Compensation(Thing):
    """Why an independence rule may be departed from: a named second person, or an exception signed by top management (R9)."""

    rule = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    reason = models.TextField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    granted_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")


class SigningSession(Guarded):
    """When this person last signed in this session; decides whether one or two components are asked (11.200(a)(1))."""

    session = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    last_at = models.DateTimeField()
