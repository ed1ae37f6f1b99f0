"""A set of parameters of one area, and its values."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.records.models import Part, Record


class ParameterSet(Record):
    """One edition of the parameters of an area."""

    area = models.CharField(_("Area"), max_length=40, null=True)
    why = models.TextField(_("Why this change"), null=True)

    class Meta:
        verbose_name = _("parameter set")
        verbose_name_plural = _("parameters")


class Setting(Part):
    """One value that differs from the default."""

    record = models.ForeignKey(ParameterSet, models.PROTECT, related_name="settings")
    key = models.CharField(_("Parameter"), max_length=80, null=True)
    value = models.CharField(_("Value"), max_length=200, null=True)
