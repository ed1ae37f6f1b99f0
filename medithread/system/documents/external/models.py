"""Facts of an external document (domain/forms.md §2). An edition here is an edition of the issuer."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.fields import CodesField
from medithread.kernel.records.models import Record


class Sort(models.TextChoices):
    STANDARD = "standard", _("Standard")
    LAW = "law", _("Law or regulation")
    GUIDANCE = "guidance", _("Guidance")
    CUSTOMER = "customer", _("Customer document")
    SUPPLIER = "supplier", _("Supplier document")
    OTHER = "other", _("Other")


class External(Record):
    """One edition of a document that somebody else issues."""

    sort = models.CharField(_("Kind"), max_length=12, choices=Sort.choices, null=True)
    issuer = models.CharField(_("Issuer"), max_length=120, null=True)
    identifier = models.CharField(_("Identifier"), max_length=120, null=True)
    issue = models.CharField(_("Edition or date"), max_length=40, null=True)
    products = models.TextField(_("Products it applies to"), null=True)
    markets = CodesField(_("Markets"), null=True)
    distribution = models.TextField(_("Licence, copies and where they are"), null=True)
    gap_assessment = models.TextField(_("What the new edition changes for us"), null=True)
    gap_actions = models.TextField(_("What is to be done"), null=True)
    transition_on = models.DateField(_("We work by it from"), null=True)
    check_months = models.PositiveSmallIntegerField(_("Look for a new edition every … months"), null=True)
    # handling
    checked_at = models.DateTimeField(_("Currency last checked"), null=True)
    checked_where = models.CharField(_("Where it was looked up"), max_length=200, null=True)
    check_due = models.DateField(_("Next check"), null=True)

    class Meta:
        verbose_name = _("external document")
        verbose_name_plural = _("external documents")
        indexes: ClassVar[list[Any]] = [models.Index(fields=["sort"], name="external_sort"), models.Index(fields=["check_due"], name="external_check")]
