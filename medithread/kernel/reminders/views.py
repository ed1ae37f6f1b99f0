"""One page: be told when a record moves, and show it to an inspector or an external person for limited days."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal, Refused
from medithread.kernel.identity.models import Grant, Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.pages.addresses import of_record
from medithread.kernel.pages.fetch import find, the_actor
from medithread.kernel.records.models import Given, Record
from medithread.kernel.verbs.give import GIVERS, give, take_back
from medithread.kernel.work.models import Watch

from .watching import watch


def share(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """Show what is watched and given; a POST changes one of them."""
    record = find(request, number, edition)
    refused = None
    if request.method == "POST":
        try:
            _act(request, record)
            return redirect("share", number=number, edition=edition)
        except Refused as why:
            refused = why
    return render(request, "reminders/share.html", _context(request, record, refused), status=refused.status if refused else 200)


def _act(request: HttpRequest, record: Record) -> None:
    actor, act = the_actor(request), request.POST.get("act", "")
    if act in ("watch", "unwatch") and actor.person is not None:
        watch(actor.person, record.series, on=act == "watch")
        messages.success(request, _("You are told when %(number)s moves.") % {"number": record.number} if act == "watch" else _("You are no longer told."))
    elif act == "give":
        to, days = Person.objects.filter(uid__in=_readers(), pk=_whole(request.POST.get("person")) or 0).first(), _whole(request.POST.get("days"))
        if to is None or days is None:
            raise Refusal(No("give.whom", _("Choose a person and a number of days."), field="person"))
        give(actor, record, to, until=now() + timedelta(days=min(days, 400)))
        messages.success(request, _("%(name)s can read it now.") % {"name": to.name})
    elif act == "take-back":
        found = Given.objects.filter(pk=_whole(request.POST.get("given")) or 0, record=record).first()
        if found is not None:
            take_back(actor, found)


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdecimal() and len(raw) < 12 else None


def _readers() -> Any:
    """People who see little else: inspectors and externals."""
    return Grant.objects.filter(role__in=(Role.INSP.value, Role.XT.value), valid_from__lte=now()).exclude(valid_to__lte=now()).values("person__uid")


def _context(request: HttpRequest, record: Record, refused: Refused | None) -> dict[str, Any]:
    actor = the_actor(request)
    may = GIVERS(actor, record, now()) is None
    return {
        "record": record, "refused": refused, "back": of_record(record), "watching": Watch.objects.filter(person__uid=actor.uid, series=record.series).exists(),
        "may_give": may, "people": Person.objects.filter(uid__in=_readers()).order_by("name") if may else (),
        "given": Given.objects.filter(record=record, valid_to__gt=now()).select_related("person", "given_by").order_by("valid_to") if may else (),
    }
