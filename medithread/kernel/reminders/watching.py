"""Watching a record: whoever wants to be told at once gets a mail when it moves or is signed (R27)."""

import json
from datetime import timedelta

from django.utils.translation import gettext as _

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.models import Entry, Head
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record, Series
from medithread.kernel.records.visible import may_see
from medithread.kernel.work.jobs import Progress, job
from medithread.kernel.work.mail import mail
from medithread.kernel.work.models import Pointer, Watch
from medithread.kernel.work.schedules import every

from .digest import address

NAME = "reminders.watch"


def watch(person: Person, series: Series, *, on: bool) -> None:
    """Begin or end watching."""
    if on:
        Watch.objects.get_or_create(person=person, series=series)
    else:
        Watch.objects.filter(person=person, series=series).delete()


@job(NAME, tries=3)
def tell_watchers(_progress: Progress) -> None:
    """Go through the entries since the last time; the mails of an entry have keys, so a second run sends none twice."""
    head = Head.objects.values_list("seq", flat=True).first() or 0
    pointer, new = Pointer.objects.get_or_create(name=NAME, defaults={"seq": head})
    if new or not Watch.objects.exists():
        Pointer.objects.filter(pk=pointer.pk).update(seq=head)
        return
    entries = Entry.objects.filter(seq__gt=pointer.seq, seq__lte=head, verb__in=("move", "signed", "revise")).order_by("seq")[:2000]
    last = head
    for entry in entries:
        last = entry.seq
        _tell(entry)
    Pointer.objects.filter(pk=pointer.pk).update(seq=last if len(entries) == 2000 else head)


def _tell(entry: Entry) -> None:
    record = Record.objects.filter(uid=entry.of).select_related("series").first()
    if record is None:
        return
    header = json.loads(bytes(entry.body))
    state = kind_of(record).lifecycle.state(header["to"]).name if "to" in header else _("signed") if entry.verb == "signed" else _("a new version is begun")
    for watcher in Watch.objects.filter(series=record.series).exclude(person__uid=str(entry.actor)).select_related("person"):
        if may_see(Actor(person=watcher.person), record):
            subject = _("%(number)s: %(state)s") % {"number": record.number, "state": state}
            mail(watcher.person, subject, f"{record.number} {record.title}\n{address(record)}", key=f"watch:{entry.seq}:{watcher.person.uid}")


every(NAME, timedelta(minutes=1))
