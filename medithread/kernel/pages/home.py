"""My work, the home of everyone; the colours without script; health."""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from medithread import __version__
from medithread.kernel.base.refusal import NotFound
from medithread.kernel.ledger.models import Head

from . import times
from .access import public
from .fetch import the_actor
from .lists.view import may_create
from .rooms import menu_room
from .waiting import recent, remember, unsaved, work_of

YEAR = timedelta(days=365)


def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, each with the reason why it is here."""
    actor = the_actor(request)
    work = work_of(actor)
    remember(actor, work)
    return render(request, "pages/mywork.html", {"work": work, "recent": recent(actor), "unsaved": unsaved(actor), "zone": times.home_zone()})


def room(request: HttpRequest, label: str) -> HttpResponse:
    """All lists of a room that has many."""
    found = menu_room(label)
    if found is None:
        raise NotFound()
    actor = the_actor(request)
    lists = [(kind, reverse("new", args=[kind]) if may_create(actor, kind) else "") for kind in found.kinds]
    return render(request, "pages/room.html", {"room": found, "lists": lists})


@public
@require_POST
def colours(request: HttpRequest) -> HttpResponseBase:
    """Light, dark or as the system has it, kept in a cookie that the page's script may read."""
    back = request.headers.get("Referer", "/")
    there = back if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()) else "/"
    answer = redirect(there)
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark"):
        answer.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


@public
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the ledger is born; 503 otherwise."""
    try:
        head = Head.objects.first()
    except DatabaseError:
        return JsonResponse({"database": "gone", "ledger": None, "version": __version__}, status=503)
    if head is None:
        return JsonResponse({"database": "ok", "ledger": None, "version": __version__}, status=503)
    return JsonResponse({"database": "ok", "ledger": {"seq": head.seq, "hash": head.hash}, "version": __version__})
