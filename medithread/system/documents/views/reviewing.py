"""The periodic reviews of a person: open each, confirm those that need no change, spread what came at once."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal, Refused
from medithread.kernel.pages import times
from medithread.kernel.pages.fetch import the_actor

from ..kind import DOCUMENT
from ..reviews import apply_spread, chosen, confirm, due, spread
from ..who import CONTROL

YEAR = 365


def reviews(request: HttpRequest) -> HttpResponseBase:
    """What is due. A document can be confirmed here once it was opened."""
    actor = the_actor(request)
    request.room = DOCUMENT.code  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        try:
            count = confirm(actor, chosen(actor, request.POST.getlist("number")))
            messages.success(request, ngettext("%(n)d document is confirmed unchanged.", "%(n)d documents are confirmed unchanged.", count) % {"n": count})
            return redirect(request.get_full_path())
        except Refused as why:
            refused = why
    every = request.GET.get("of") == "all"
    rows = due(actor, mine=not every)
    context = {
        "rows": rows, "refused": refused, "every": every, "controls": CONTROL(actor, None, now()) is None, "opened": sum(row.opened for row in rows), "zone": times.home_zone(),
    }  # fmt: skip
    return render(request, "documents/reviews.html", context, status=refused.status if refused else 200)


def spreading(request: HttpRequest) -> HttpResponseBase:
    """A heap of reviews that fell due at once, for instance after an adoption, spread evenly over a year."""
    actor = the_actor(request)
    request.room = DOCUMENT.code  # type: ignore[attr-defined]
    rows = [row.document for row in due(actor, mine=False)]
    refused, plan = None, []
    try:
        first, last = _day(request, "first", 14), _day(request, "last", YEAR)
        plan = spread(rows, first, last)
        if request.method == "POST":
            count = apply_spread(actor, plan, request.POST.get("reason", ""))
            messages.success(request, ngettext("%(n)d review was given a new day.", "%(n)d reviews were given a new day.", count) % {"n": count})
            return redirect("reviews")
    except Refused as why:
        refused = why
    return _spread_page(request, plan, refused)


def _spread_page(request: HttpRequest, plan: list[Any], refused: Refused | None) -> HttpResponse:
    raw = request.POST if request.method == "POST" else request.GET
    today = times.today(times.home_zone())
    days = {"first": raw.get("first") or (today + timedelta(days=14)).isoformat(), "last": raw.get("last") or (today + timedelta(days=YEAR)).isoformat()}
    return render(request, "documents/spread.html", {"plan": plan, "refused": refused, "raw": raw, "days": days}, status=refused.status if refused else 200)


def _day(request: HttpRequest, name: str, ahead: int) -> date:
    raw = (request.POST if request.method == "POST" else request.GET).get(name, "").strip()
    try:
        return date.fromisoformat(raw) if raw else times.today(times.home_zone()) + timedelta(days=ahead)
    except ValueError as error:
        raise Refusal(No("spread.day", _("“%(text)s” is not a day such as 2026-11-22.") % {"text": raw[:40]}, field=name)) from error
