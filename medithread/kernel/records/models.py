"""The spine: series, editions, parts, choices, links. Every kind of record is a child table of `Record` (kernel.md §1)."""

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.fields import AbsentField, CodesField
from medithread.kernel.base.guard import Guarded, GuardedQuerySet, Thing
from medithread.kernel.identity.models import Person, Site

if TYPE_CHECKING:
    from .kinds import Kind


class Counter(Guarded):
    """The last number given out under a name (`document:SOP`, `idea:2026`). Numbers are never used twice."""

    name = models.CharField(max_length=80, primary_key=True)
    last = models.BigIntegerField(default=0)


class Series(Thing):
    """What a number belongs to; its editions are rows of `Record`."""

    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["number"], name="series_number")]

    def __str__(self) -> str:
        return self.number


class FormerNumber(Thing):
    """A number the series had before (R3); search finds it."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="former_numbers")
    number = models.CharField(max_length=60, db_index=True)


class Confidentiality(models.TextChoices):
    OPEN = "open", _("Open to everybody here")
    CONFIDENTIAL = "confidential", _("Confidential")
    PERSONAL = "personal", _("Personal or health data")


R = TypeVar("R", bound="Record")


class RecordQuerySet(GuardedQuerySet):
    """Records of one kind, with the joins that every page needs."""

    def rows(self) -> "RecordQuerySet":
        return self.select_related("series", "owner", "site")


class RecordManager(models.Manager.from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """Names the kind in every query: the indexes of the spine begin with it, so that a list page reads fifty rows and not all."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.model is Record else rows.filter(kind=self.model._meta.model_name)


class Record(Thing):
    """One edition of a numbered thing. Kinds add their content; nothing is written here except by verbs."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="editions")
    kind = models.CharField(max_length=40)
    number = models.CharField(_("Number"), max_length=60)
    edition = models.PositiveIntegerField(default=1)
    label = models.CharField(_("Version"), max_length=40, default="")
    title = models.CharField(_("Title"), max_length=300, null=True)
    lock = models.PositiveIntegerField(default=1)
    state = models.CharField(_("State"), max_length=40)
    state_since = models.DateTimeField(_("In this state since"))
    owner = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("Owner"))
    deputy = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("Deputy"))
    site = models.ForeignKey(Site, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("Site"))
    due = models.DateField(_("Due"), null=True)
    confidentiality = models.CharField(_("Confidentiality"), max_length=16, choices=Confidentiality.choices, default=Confidentiality.OPEN)
    created_at = models.DateTimeField(_("Created"))
    created_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(_("Changed"))
    digest = models.CharField(max_length=64, null=True)
    parents = CodesField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    scope = models.CharField(_("In force for"), max_length=80, default="")
    effective_from = models.DateTimeField(_("In force from"), null=True)
    effective_to = models.DateTimeField(_("In force until"), null=True)
    adopted = models.BooleanField(_("Adopted"), default=False)
    retain_until = models.DateField(_("Keep until"), null=True)
    hold = models.BooleanField(_("Legal hold"), default=False)
    absent = AbsentField(default=dict)

    objects: ClassVar[Any] = RecordManager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["series", "edition"], name="record_series_edition"),
            models.UniqueConstraint(
                fields=["series", "scope"],
                condition=models.Q(effective_from__isnull=False, effective_to__isnull=True),
                name="record_one_in_force",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["kind", "number", "id"], name="record_kind_number"),
            models.Index(fields=["kind", "state", "number"], name="record_kind_state"),
            models.Index(fields=["kind", "due", "id"], name="record_kind_due"),
            models.Index(fields=["kind", "title", "id"], name="record_kind_title"),
            models.Index(fields=["kind", "changed_at", "id"], name="record_kind_changed"),
            models.Index(fields=["owner", "due"], name="record_owner_due"),
            models.Index(fields=["number"], name="record_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}".strip()

    @property
    def declared(self) -> "Kind[Any]":
        from .kinds import kind_of

        return kind_of(self.kind)

    @property
    def whole(self) -> "Record":
        """This record as its own kind (one query when it came as a bare spine row)."""
        if type(self) is not Record:
            return self
        return self.declared.model.objects.rows().get(pk=self.pk)  # type: ignore[no-any-return]


class Part(Guarded):
    """A pure row of a record: steps, reviewers, inputs. It has no life of its own."""

    uid = models.UUIDField(unique=True)
    order = models.PositiveIntegerField(default=0)
    lock = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["order", "id"]


class Scope(Guarded):
    """What a record is about, for visibility and filters: product family, market, process. Rooms fill it."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="scopes")
    dimension = models.CharField(max_length=40)
    value = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["record", "dimension", "value"], name="record_scope")]


class Choice(Thing):
    """One word of a controlled vocabulary (R24). Retired, never deleted, so that old records still read."""

    vocabulary = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["vocabulary", "code"], name="choice_code")]

    def __str__(self) -> str:
        return self.name


class Link(Thing):
    """A typed thread from a record to a series, pinned to one edition where the meaning asks for it."""

    meaning = models.CharField(max_length=40)
    source = models.ForeignKey(Record, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Series, models.PROTECT, related_name="links_in")
    pinned = models.ForeignKey(Record, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, null=True)
    removed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["meaning", "source", "target"], condition=models.Q(removed=False), name="link_once"),
        ]


class Comment(Thing):
    """A remark on a record, on the text it had then."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="comments")
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    digest = models.CharField(max_length=64, null=True)
    resolved = models.BooleanField(default=False)


class Given(Thing):
    """A record given to an inspector or an external person for limited days (SR-10b-2)."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="given")
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()


class WorkingCopy(Guarded):
    """A private, expiring draft of a form, outside the ledger. A stale or lapsed form comes back from here."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="+")
    key = models.CharField(max_length=120)
    body = models.TextField()
    lock = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["person", "key"], name="working_copy")]
