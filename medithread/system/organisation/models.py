"""Facts of the founding act, of identities, accountability, roles, access reviews and exceptions (5.5.1; 21 CFR 11.10, 11.100)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.fields import CodesField
from medithread.kernel.identity.models import Person, Site
from medithread.kernel.identity.roles import ROLE_NAMES, Role
from medithread.kernel.records.models import Part, Record

ROLE_CHOICES = [(role.value, ROLE_NAMES[role]) for role in Role]


def a_person(words: Any, **options: Any) -> Any:
    """A reference to a person."""
    return models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=words, **options)


class Founding(Record):
    """The act by which two people bring a company to life: each verifies and appoints the other (R11). Once, for ever."""

    company = models.CharField(_("Company"), max_length=200, null=True)
    first = a_person(_("First person"))
    second = a_person(_("Second person"))
    first_verified_how = models.CharField(_("How the second person verified the identity of the first"), max_length=300, null=True)
    first_verified_on = models.DateField(_("First person verified on"), null=True)
    second_verified_how = models.CharField(_("How the first person verified the identity of the second"), max_length=300, null=True)
    second_verified_on = models.DateField(_("Second person verified on"), null=True)
    first_roles = CodesField(_("Roles of the first person, given by the second"), null=True)
    second_roles = CodesField(_("Roles of the second person, given by the first"), null=True)
    statement = models.TextField(_("Accountability statement of both"), null=True)
    statement_version = models.CharField(_("Version of the statement"), max_length=20, null=True)
    letter = models.BooleanField(_("Letter to the authority wanted"), null=True)
    in_scope_from = models.DateField(_("Records are judged from"), null=True)
    # handling
    letter_sent_on = models.DateField(_("Letter sent on"), null=True)

    class Meta:
        verbose_name = _("founding act")
        verbose_name_plural = _("founding act")


class IdentityCheck(Record):
    """One person's identity, verified by a named other before it may stand under signatures (11.100(b))."""

    class Occasion(models.TextChoices):
        FIRST = "first", _("Before the first signature")
        AGAIN = "again", _("Again, after a loss or a long pause")

    person = a_person(_("Whose identity"))
    occasion = models.CharField(_("Occasion"), max_length=8, choices=Occasion.choices, null=True)
    looked_at = models.CharField(_("What was looked at"), max_length=120, null=True, help_text=_("Kind of document, such as passport; not its number."))
    checked_on = models.DateField(_("On"), null=True)
    place = models.CharField(_("How and where"), max_length=200, null=True, help_text=_("In person, or by video; where."))

    class Meta:
        verbose_name = _("identity verification")
        verbose_name_plural = _("identity verifications")


class Acceptance(Record):
    """One person accepts what an electronic signature means here, by the first signature of that person (11.10(j))."""

    person = a_person(_("Who accepts"))
    statement = models.TextField(_("Statement"), null=True)
    statement_version = models.CharField(_("Version"), max_length=20, null=True)

    class Meta:
        verbose_name = _("accountability statement")
        verbose_name_plural = _("accountability statements")


class RoleProposal(Record):
    """A role that nobody may give alone, proposed by one and confirmed by a second person's signature (11.10(g))."""

    person = a_person(_("For whom"))
    role = models.CharField(_("Role"), max_length=8, choices=ROLE_CHOICES, null=True)
    at_site = models.ForeignKey(Site, models.PROTECT, to_field="uid", null=True, related_name="+", verbose_name=_("At the site"))
    valid_from = models.DateTimeField(_("From"), null=True)
    valid_to = models.DateTimeField(_("Until"), null=True)
    because = models.TextField(_("Why"), null=True)

    class Meta:
        verbose_name = _("role proposal")
        verbose_name_plural = _("role proposals")


class AccessReview(Record):
    """Who may do what, looked at every six months and attested (11.10(d), 11.300(b))."""

    as_of = models.DateTimeField(_("As of"), null=True)
    conclusion = models.TextField(_("Conclusion"), null=True)

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")


class AccessLine(Part):
    """One person in an access review: what was found, and what is to be done."""

    class Outcome(models.TextChoices):
        KEEP = "keep", _("Keep")
        CHANGE = "change", _("Change")
        END = "end", _("End")

    record = models.ForeignKey(AccessReview, models.PROTECT, related_name="lines")
    person = a_person(_("Person"))
    account = models.CharField(_("Account"), max_length=200, null=True)
    roles = models.CharField(_("Roles"), max_length=300, null=True)
    last_seen = models.DateField(_("Last seen"), null=True)
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome.choices, null=True)
    remark = models.CharField(_("Remark"), max_length=300, null=True)


class IndependenceException(Record):
    """A departure from one rule of independence, signed by top management, with reason and end (R9)."""

    rule = models.CharField(_("Rule"), max_length=60, null=True)
    person = a_person(_("For whom (empty: everybody)"))
    second = a_person(_("Second person who compensates"))
    because = models.TextField(_("Why"), null=True)
    valid_from = models.DateField(_("From"), null=True)
    valid_until = models.DateField(_("Until"), null=True)
    # handling
    compensation = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("independence exception")
        verbose_name_plural = _("independence exceptions")
        indexes: ClassVar[list[Any]] = [models.Index(fields=["valid_until"], name="exception_until")]
