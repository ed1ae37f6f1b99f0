"""What must hold of external documents, and what follows when they move (ISO 13485 4.2.4 f, forms.md §2)."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.identity.models import Site
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.lifecycle import Plan, Slot
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.revise import revise
from medithread.kernel.verbs.who import role

from ..rules import add_months
from .models import External

CHECK_MONTHS = 12
GAPS = ("gap_assessment", "gap_actions")
# What a new edition does not take over from the one before.
FRESH = ("issue", "gap_assessment", "gap_actions", "transition_on")


def gap_is_assessed(external: External) -> No | None:
    """A new edition is worked by only when it is known what it changes here."""
    if external.edition == 1:
        return None
    name = next((name for name in GAPS if getattr(external, name) is None and name not in external.absent), None)
    if name is not None:
        return No("external.gap", _("What the new edition changes for us is not assessed."), field=name, fix=_("State it, or say why it does not apply."))
    if external.transition_on is None:
        return No("external.transition", _("The day from which we work by it is missing."), field="transition_on", fix=_("Give the date; today or later."))
    return None


def transition_is_ahead(external: External) -> No | None:
    """Never from a day before the approval (R16)."""
    if external.edition > 1 and external.transition_on is not None and external.transition_on < now().astimezone(zone_of(external)).date():
        return No("external.transition-passed", _("The day from which we work by it has passed."), field="transition_on", fix=_("Give today or a later day."))
    return None


def owner_is_named(external: External) -> No | None:
    """Somebody looks after it."""
    return None if external.owner_id else No("external.owner", _("Nobody owns it."), field="owner", fix=_("Choose an owner."))


def is_current(external: External) -> No | None:
    """Only what is worked by is checked for a newer edition."""
    return None if holds_now(external, now()) else No("external.not-current", _("This edition is not the one worked by."), fix=_("Look at the current edition."))


def gap_plan(external: External) -> Plan:
    """Regulatory affairs approves the assessment of a new edition; the first one is only registered."""
    return (Slot("approved", role(Role.RA), label=_("Regulatory affairs, gap assessment")),) if external.edition > 1 else ()


def put_in_use(act: Any, external: External) -> None:
    """From the transition day (never before now) we work by it, and no longer by the edition before."""
    start = max(_start_of(external), act.at)
    before = Record.objects.filter(series=external.series_id, scope=external.scope, effective_to=None, effective_from__isnull=False).exclude(pk=external.pk).first()
    if before is not None:
        start = max(start, before.effective_from)
        act.touch("supersede", before, effective_to=start, state="accepted")
    external.effective_from, external.effective_to = start, None
    _checked(act.at, external, start)


def note_check(act: Any, external: External) -> None:
    """It was looked for a newer edition, and there is none."""
    _checked(act.at, external, act.at)


def _checked(at: datetime, external: External, start: datetime) -> None:
    external.checked_at = at
    external.check_due = add_months(start, external.check_months or CHECK_MONTHS)


def open_next(act: Any, external: External) -> None:
    """The new edition is registered beside the one worked by, for its gap assessment."""
    revise(act.actor, external, blank=FRESH)


def drop_next(act: Any, external: External) -> None:
    """It was no new edition after all: its registration is given up."""
    for record in External.objects.filter(series=external.series_id, state="registered"):
        act.touch("void", record, state="void", state_since=act.at)


def end_use(act: Any, external: External) -> None:
    """Withdrawn: nobody works by it from this instant."""
    if external.effective_from is not None and (external.effective_to is None or external.effective_to > act.at):
        external.effective_to = max(act.at, external.effective_from)
    external.check_due = None


def zone_of(record: Record) -> ZoneInfo:
    """The zone of the record's site, or of the company's first site (R16)."""
    found = record.site.zone if record.site is not None else Site.objects.order_by("id").values_list("zone", flat=True).first()
    return ZoneInfo(found or "UTC")


def _start_of(external: External) -> datetime:
    if external.transition_on is None:
        return now()
    return datetime.combine(external.transition_on, time(), zone_of(external))


def issue_label(external: External) -> str:
    """The issuer's own word for the edition."""
    return (external.issue or "")[:40]


def holds_now(external: Any, at: datetime) -> bool:
    return external.effective_from is not None and external.effective_from <= at and (external.effective_to is None or at < external.effective_to)


def is_past(external: Any, at: datetime) -> bool:
    return external.effective_to is not None and external.effective_to <= at


def current_query(at: datetime) -> Q:
    return Q(effective_from__lte=at) & (Q(effective_to=None) | Q(effective_to__gt=at))


def past_query(at: datetime) -> Q:
    return Q(effective_to__lte=at)


def check_query(_value: str, _actor: Any, at: datetime) -> Q:
    """Worked by, with a check for a newer edition due within 30 days."""
    return Q(state__in=("accepted", "found"), check_due__lte=at.date() + timedelta(days=30)) & current_query(at)
