"""give and take back: a record shown to an inspector or an external person for limited days (SR-10b-2)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.models import Given, Record

from .fetch import locked
from .unit import unit
from .who import role

GIVERS = role(Role.QA, Role.MR, Role.RA)
LONGEST = timedelta(days=31)


def give(who: Actor | Person, record: Record, to: Person, *, until: datetime) -> Given:
    """Let a person who sees little else read this edition until an instant, at most 31 days ahead. Raises NotAllowed, Refusal."""
    with unit(who, f"give {record.number}", record.uid) as act:
        fresh = locked(act, record)
        no = GIVERS(act.actor, fresh, act.at)
        if no is not None:
            raise NotAllowed(no)
        if not act.at < until <= act.at + LONGEST:
            raise Refusal(No("give.until", _("Choose an end within the next 31 days."), field="until"))
        if act.actor.person is None:
            raise NotAllowed(No("give.person", _("A program does not give records.")))
        made = Given(record=fresh, person=to, given_by=act.actor.person, valid_from=act.at, valid_to=until)
        act.put("create", made, to=str(to.uid))
    return made


def take_back(who: Actor | Person, given: Given) -> None:
    """End it now. Raises NotAllowed."""
    with unit(who, f"take back {given.record.number}", given.record.uid) as act:
        fresh = locked(act, given.record)
        no = GIVERS(act.actor, fresh, act.at)
        if no is not None:
            raise NotAllowed(no)
        made = Given.objects.get(pk=given.pk)
        made.valid_to = min(made.valid_to, act.at)
        act.put("edit", made)
