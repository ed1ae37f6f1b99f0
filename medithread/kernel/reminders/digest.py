"""The daily digest: what waits for a person, with the reason why; and the escalation of what stays late."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.ledger.genesis import is_born
from medithread.kernel.pages import times
from medithread.kernel.pages.waiting import Item, is_open, work_of
from medithread.kernel.records.models import Record
from medithread.kernel.records.parameters import Parameter, declare, whole, whole_number
from medithread.kernel.work.jobs import Progress, job
from medithread.kernel.work.mail import mail
from medithread.kernel.work.schedules import every

declare(Parameter("reminders.hour", "reminders", "6", gettext_lazy("Hour of the daily mail, in the time of the first site"), whole_number(0, 23)))
declare(Parameter("reminders.escalate_days", "reminders", "7", gettext_lazy("Days late after which the manager is told"), whole_number(1, 365)))
CANNOT_WAIT = timedelta(days=2)


@job("reminders.digest", tries=3)
def digest(progress: Progress) -> str:
    """Mail everybody once a day what waits; what cannot wait goes at once. Run every hour; each mail has a key, so nothing goes twice."""
    if not is_born():
        return ""
    zone = times.home_zone()
    day, hour = times.today(zone), now().astimezone(times.zone(zone)).hour
    people = [account.person for account in Account.objects.filter(is_active=True).select_related("person") if account.usable and account.person.email]
    for place, person in enumerate(people):
        progress(place, len(people))
        _remind(person, day, daily=hour >= whole("reminders.hour"))
    escalate(day)
    return ""


def _remind(person: Person, day: date, *, daily: bool) -> None:
    work = work_of(Actor(person=person))
    for item in work.pressing:
        if item.due is not None and item.due <= day + CANNOT_WAIT and item.move is not None:
            mail(person, _("%(number)s waits for your signature") % {"number": item.record.number}, _line(item, day), key=f"urgent:{item.record.uid}:{item.record.lock}:{person.uid}"[:120])
    if daily and work.pressing:
        groups = ((_("Your signature is asked"), work.asked), (_("Late"), work.late), (_("Due soon"), work.due), (_("Reviews due"), work.reviews), (_("Came back to you"), work.returned))
        text = "\n\n".join(_group(words, items, day) for words, items in groups if items)
        mail(person, ngettext("%(n)d thing waits for you", "%(n)d things wait for you", len(work.pressing)) % {"n": len(work.pressing)}, f"{text}\n\n{settings.ORIGIN}/", key=f"digest:{person.uid}:{day}")


def _group(words: str, items: Iterable[Item], day: date) -> str:
    return "\n".join([words, *(f"  {_line(item, day)}" for item in items)])


def _line(item: Item, day: date) -> str:
    due = f" · {item.due} ({times.distance(item.due, day)})" if item.due else ""
    return f"{item.record.number} {item.record.title} — {item.why}{due}\n  {address(item.record)}"


def address(record: Record) -> str:
    return f"{settings.ORIGIN}/r/{record.number}/{record.edition}"


def escalate(day: date) -> int:
    """Tell the manager of the owner, once per due date, what stays late. Answers how many were told of."""
    before, count = day - timedelta(days=whole("reminders.escalate_days")), 0
    late = Record.objects.filter(is_open(), due__lt=before, owner__manager__isnull=False).select_related("owner__manager", "series")
    for record in late.order_by("due")[:500]:
        owner = record.owner
        with override(settings.LANGUAGE_CODE):
            words = _("%(number)s “%(title)s” of %(owner)s was due on %(due)s and is still open.\n%(address)s") % {
                "number": record.number, "title": record.title, "owner": owner.name, "due": record.due, "address": address(record),
            }
        mail(owner.manager, _("%(number)s stays late") % {"number": record.number}, words, key=f"late:{record.uid}:{record.due}")
        count += 1
    return count


every("reminders.digest", timedelta(hours=1))
