"""Facts of a migration protocol: every file with its hash, every version with its own number, label, dates and approvers."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.fields import CodesField
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Part, Record


class Adoption(Record):
    """One migration protocol (MIG): a folder, its table and its evidence, signed once as a true copy."""

    source = models.CharField(_("Where it comes from"), max_length=120, null=True)
    remark = models.TextField(_("What is adopted, and why"), null=True)
    types = CodesField(_("Company numbers, such as QP=SOP"), null=True)
    listed = models.PositiveIntegerField(_("Documents that the source lists"), null=True)
    unused_reason = models.TextField(_("Files left out, because"), null=True)
    table_name = models.CharField(_("Table"), max_length=200, null=True)
    table_sha256 = models.CharField(max_length=64, null=True, verbose_name=_("SHA-256 of the table"))
    sample_size = models.PositiveIntegerField(_("Size of the sample"), null=True)
    sample_seed = models.CharField(_("Seed of the sample"), max_length=64, null=True)

    class Meta:
        verbose_name = _("migration protocol")
        verbose_name_plural = _("migration protocols")


class AdoptionFile(Part):
    """One file of the folder, whether it is adopted or not."""

    record = models.ForeignKey(Adoption, models.PROTECT, related_name="files")
    path = models.CharField(_("File"), max_length=300, null=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, null=True)
    size = models.BigIntegerField(_("Bytes"), null=True)
    media_type = models.CharField(_("Type"), max_length=120, null=True)
    trouble = models.TextField(_("Not accepted, because"), null=True)


class WasState(models.TextChoices):
    EFFECTIVE = "effective", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class AdoptedVersion(Part):
    """One version as the source has it. `line` is its row in the table, `unread` are cells that could not be read."""

    record = models.ForeignKey(Adoption, models.PROTECT, related_name="versions")
    line = models.PositiveIntegerField(_("Row"), null=True)
    number = models.CharField(_("Number"), max_length=80, null=True)
    title = models.CharField(_("Title"), max_length=300, null=True)
    type = models.CharField(_("Type"), max_length=40, null=True)
    label = models.CharField(_("Version"), max_length=40, null=True)
    was = models.CharField(_("State"), max_length=12, choices=WasState.choices, null=True)
    approved_on = models.DateField(_("Approved on"), null=True)
    effective_from = models.DateField(_("In force from"), null=True)
    effective_to = models.DateField(_("In force until"), null=True)
    review_due = models.DateField(_("Next review"), null=True)
    no_review = models.BooleanField(_("No periodic review"), null=True)
    approvers = models.TextField(_("Approved by"), null=True)
    owner = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("Owner"))
    source = models.CharField(_("Source"), max_length=120, null=True)
    file = models.CharField(_("File"), max_length=300, null=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, null=True)
    evidence = CodesField(_("Evidence"), null=True)
    former = CodesField(_("Former numbers"), null=True)
    clauses = CodesField(_("Clauses"), null=True)
    unread = CodesField(_("Cells that could not be read"), null=True)
    document = models.UUIDField(_("Document"), null=True)
    drawn = models.BooleanField(_("In the sample"), null=True)
    same = models.BooleanField(_("True copy?"), null=True)
    remark = models.CharField(_("Remark"), max_length=300, null=True)

    class Meta(Part.Meta):
        indexes: ClassVar[list[Any]] = [models.Index(fields=["document"], name="adopted_document")]
