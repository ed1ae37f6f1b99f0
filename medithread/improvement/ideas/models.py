"""Facts of an improvement idea and of an action that follows from it (8.5.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.records.models import Record


class Idea(Record):
    """Something that somebody wants to make better."""

    class Source(models.TextChoices):
        WORK = "work", _("Daily work")
        AUDIT = "audit", _("Audit")
        REVIEW = "review", _("Management review")
        CUSTOMER = "customer", _("Customer")
        OTHER = "other", _("Other")

    class Outcome(models.TextChoices):
        BETTER = "better", _("It got better")
        SAME = "same", _("No difference seen")
        WORSE = "worse", _("It got worse")

    source = models.CharField(_("Where it comes from"), max_length=16, choices=Source.choices, null=True)
    description = models.TextField(_("What could be better"), null=True)
    benefit = models.TextField(_("What it would bring"), null=True)
    decision = models.TextField(_("Decision"), null=True)
    outcome = models.CharField(_("Outcome"), max_length=16, choices=Outcome.choices, null=True)
    result = models.TextField(_("What was seen"), null=True)

    class Meta:
        verbose_name = _("improvement idea")
        verbose_name_plural = _("improvement ideas")


class Action(Record):
    """One thing to do, with owner, date and evidence."""

    task = models.TextField(_("What to do"), null=True)
    evidence = models.TextField(_("What was done, and where it shows"), null=True)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
