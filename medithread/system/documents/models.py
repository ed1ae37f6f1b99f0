"""Facts of a controlled document (domain/forms.md §2; ISO 13485 4.2.4). Every content field is NULL until looked at."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import ROLE_NAMES, Role
from medithread.kernel.records.models import Part, Record


class DocumentType(models.TextChoices):
    QM = "QM", _("Quality manual")
    POL = "POL", _("Policy")
    SOP = "SOP", _("Procedure")
    WI = "WI", _("Work instruction")
    FRM = "FRM", _("Form")
    SPEC = "SPEC", _("Specification")
    DWG = "DWG", _("Drawing")
    LBL = "LBL", _("Label")
    PLN = "PLN", _("Plan")


class ChangeClass(models.TextChoices):
    EDITORIAL = "editorial", _("Editorial: nothing to learn")
    NOTIFY = "notify", _("Notify: tell those concerned")
    READ = "read", _("Read the changes")
    RETRAIN = "retrain", _("Train again")


def audience_roles() -> list[tuple[str, Any]]:
    """Roles that can be bound to know a document: everybody who works here. Inspectors read, and are not trained."""
    return [(role.value, ROLE_NAMES[role]) for role in Role if role is not Role.INSP]


class Document(Record):
    """One version of a controlled document."""

    type = models.CharField(_("Type"), max_length=8, choices=DocumentType.choices, null=True)
    purpose = models.TextField(_("Purpose"), null=True)
    applies_to = models.TextField(_("Scope"), null=True)
    body = RichTextField(_("Text"), null=True)
    clauses = CodesField(_("Clauses"), null=True)
    fulfils = CodesField(_("Is the procedure for"), null=True)
    process = models.CharField(_("Process"), max_length=120, null=True)
    audience = CodesField(_("Who must know it"), null=True, known=audience_roles)
    language = models.CharField(_("Language"), max_length=12, null=True)
    change_reason = models.TextField(_("Why this version"), null=True)
    change_class = models.CharField(_("Class of change"), max_length=12, choices=ChangeClass.choices, null=True)
    impact_product = models.TextField(_("Product touched?"), null=True)
    impact_process = models.TextField(_("Process or validation touched?"), null=True)
    impact_regulatory = models.TextField(_("Regulation or registration touched?"), null=True)
    impact_supplier = models.TextField(_("Supplier touched?"), null=True)
    impact_risk = models.TextField(_("Risk file touched?"), null=True)
    impact_training = models.TextField(_("Training needed?"), null=True)
    change_request = models.CharField(_("Change request"), max_length=120, null=True, help_text=_("Its number, where product, process, validation, regulation, a supplier or several owners are touched."))
    planned_from = models.DateTimeField(_("Planned to be in force from"), null=True)
    limited_to = models.CharField(_("In force only for"), max_length=200, null=True, help_text=_("Lots, orders, sites or markets, such as “from lot 2609-A”. Empty: for everything."))
    review_months = models.PositiveSmallIntegerField(_("Review every … months"), null=True)
    import_note = models.TextField(_("Not carried over from the file"), null=True)
    source = models.CharField(_("Adopted from"), max_length=120, null=True)
    approved_on = models.DateField(_("Approved there on"), null=True)
    protocol = models.CharField(_("Adopted under"), max_length=60, null=True)
    # handling
    review_due = models.DateField(_("Next review"), null=True)
    confirmed_at = models.DateTimeField(_("Confirmed unchanged"), null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes: ClassVar[list[Any]] = [models.Index(fields=["type"], name="document_type"), models.Index(fields=["review_due"], name="document_review")]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Remember the text as it was loaded, so that only a changed one is gone through again."""
        found = super().from_db(db, field_names, values, **options)
        found.__dict__["body_before"] = found.__dict__.get("body")
        return found

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saving a changed text ties it to the records it names, whichever door it came through."""
        super().save(*args, **kwargs)
        if "body" in self.__dict__ and self.body != self.__dict__.get("body_before"):
            from .references import follow

            follow(self)
            self.__dict__["body_before"] = self.body

    @property
    def is_file(self) -> bool:
        """A document that stays the file it was brought as: there is no text of its own."""
        return self.body is None


class Reviewer(Part):
    """Who reviews a version: a person by name or whoever holds a role; equal order means at the same time."""

    record = models.ForeignKey(Document, models.PROTECT, related_name="reviewers")
    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("Person"))
    role = models.CharField(_("Role"), max_length=8, null=True, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    round = models.PositiveSmallIntegerField(_("Round"), null=True)


class HistoricApproval(Part):
    """Who approved an adopted version elsewhere: shown as such, never as a signature of this system (R1)."""

    record = models.ForeignKey(Document, models.PROTECT, related_name="historic_approvals")
    name = models.CharField(_("Name"), max_length=120, null=True)
    function = models.CharField(_("Function"), max_length=120, null=True)
    on = models.DateField(_("On"), null=True)


from .adoption.models import AdoptedVersion, Adoption, AdoptionFile  # noqa: E402
from .external.models import External  # noqa: E402

__all__ = ["AdoptedVersion", "Adoption", "AdoptionFile", "ChangeClass", "Document", "DocumentType", "External", "HistoricApproval", "Reviewer"]
