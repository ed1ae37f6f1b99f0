"""The tables of the ledger. They are created once and never altered: on SQLite an altered table loses its triggers.

`Entry`, `Manifest`, `Disposal`, `Checkpoint`, `Journal` and `JournalSeal` are append-only by trigger; a `Value` may only be
blanked, and only when a `Disposal` names it. `Head` and `Version` are derived and can be rebuilt from the rest.
"""

from typing import Any, ClassVar

from django.db import models

from medithread.kernel.base.guard import Guarded


class Entry(Guarded):
    """One link of the chain. `body` is what is hashed; the other columns are copies for look-ups and are compared with it."""

    seq = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    act = models.UUIDField()
    verb = models.CharField(max_length=24)
    kind = models.CharField(max_length=48)
    subject = models.UUIDField()
    of = models.UUIDField()
    actor = models.UUIDField(null=True)

    class Meta:
        db_table = "ledger_entry"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["of", "seq"], name="ledger_entry_of"),
            models.Index(fields=["subject", "seq"], name="ledger_entry_subject"),
            models.Index(fields=["at"], name="ledger_entry_at"),
        ]


class Manifest(Guarded):
    """{path: commitment} of a content, a handling or a note; keyed by the SHA-256 of its canonical bytes."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.TextField()

    class Meta:
        db_table = "ledger_manifest"


class Value(Guarded):
    """A value and its salt, keyed by their commitment. Blank (NULL) once disposed of."""

    commitment = models.CharField(max_length=64, primary_key=True)
    salt = models.BinaryField(null=True)
    body = models.TextField(null=True)

    class Meta:
        db_table = "ledger_value"


class Disposal(Guarded):
    """Permission to blank one value, given by a signed disposal entry."""

    commitment = models.CharField(max_length=64, primary_key=True)
    seq = models.BigIntegerField()

    class Meta:
        db_table = "ledger_disposal"


class Version(Guarded):
    """What was true of a subject between two entries: [seq_from, seq_to). Derived; rebuilt by `rebuild_versions`."""

    uid = models.UUIDField()
    of = models.UUIDField()
    kind = models.CharField(max_length=40)
    schema = models.PositiveIntegerField()
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    content = models.CharField(max_length=64, null=True)
    handling = models.CharField(max_length=64, null=True)
    number = models.CharField(max_length=60, null=True)
    label = models.CharField(max_length=40, null=True)
    state = models.CharField(max_length=40, null=True)
    owner = models.UUIDField(null=True)
    site = models.UUIDField(null=True)
    due = models.DateField(null=True)
    effective_from = models.DateTimeField(null=True)
    effective_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_version"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["uid"], condition=models.Q(seq_to=None), name="ledger_version_current"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["uid", "seq_from"], name="ledger_version_uid"),
            models.Index(fields=["kind", "number", "seq_from"], name="ledger_version_kind"),
            models.Index(fields=["of", "kind"], name="ledger_version_of"),
        ]


class Head(Guarded):
    """The last entry, and what the ledger was born as. One row; its lock gives every entry its place."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    origin = models.CharField(max_length=120)
    purpose = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField(default=1)
    home = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "ledger_head"


class Checkpoint(Guarded):
    """A signed statement of size and root of the tree (C2SP tlog-checkpoint), with the compact tree to grow from."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    frontier = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_checkpoint"


class Journal(Guarded):
    """The access journal: reads of confidential records, sign-ins, refusals, prints. Sealed into the ledger."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    person = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    detail = models.CharField(max_length=400, default="")
    address = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "ledger_journal"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["at"], name="ledger_journal_at")]


class JournalSeal(Guarded):
    """Rows first..last of the journal lie under `root`; the same figures stand in ledger entry `seq`."""

    first = models.BigIntegerField(primary_key=True)
    last = models.BigIntegerField()
    count = models.BigIntegerField()
    root = models.CharField(max_length=64)
    seq = models.BigIntegerField()

    class Meta:
        db_table = "ledger_journal_seal"
