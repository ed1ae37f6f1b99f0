"""A refusal as a page: what stands against it, where, and the ways out."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotFound, Refused
from medithread.kernel.records.models import Record

from .addresses import of_record
from .frame import reversed_or_empty

LINKS = {"people": "people", "accountability": "accountability"}


def way_out(no: No, record: Record | None = None) -> str:
    """The address that a refusal's way out points to, where there is such a page."""
    if no.link == "record":
        return of_record(record) if record is not None else ""
    name = LINKS.get(no.link, no.link)
    if not name or name.startswith("/"):
        return name
    return reversed_or_empty(name)


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The refusal with its status. `back` leads to where the person came from."""
    template = "pages/missing.html" if isinstance(refusal, NotFound) else "pages/refused.html"
    record = getattr(request, "record", None)
    nos = [{"no": no, "address": way_out(no, record)} for no in refusal.nos]
    context: dict[str, Any] = {"refusal": refusal, "nos": nos, "back": came_from(request), "record": None if isinstance(refusal, NotFound) else record}
    return render(request, template, context, status=refusal.status)


def came_from(request: HttpRequest) -> str:
    """The page of this site that the person came from, never another site's."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc == request.get_host() and referer.path and referer.path != request.path:
        return referer.path + (f"?{referer.query}" if referer.query else "")
    return "/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django gives it)
    """Django's 404 in our look."""
    return refused_page(request, NotFound(No("not-found", _("There is no page at this address, or you may not see it."))))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django gives it)
    """Django's 403 in our look."""
    return render(request, "pages/plain.html", {"title": _("You may not do this"), "text": _("Nothing was changed.")}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django gives it)
    """Django's 400 in our look."""
    return render(request, "pages/plain.html", {"title": _("This request cannot be read"), "text": _("Go back, reload the page and try again.")}, status=400)


def fault(request: HttpRequest) -> HttpResponse:
    """Our own fault. The page asks the database nothing: it may be the reason."""
    return render(None, "pages/fault.html", {"address": request.path}, status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django gives it)
    """The form's one-time token did not fit: most often a page that was open over a sign-in."""
    return render(request, "pages/plain.html", {"title": _("This form was open too long"), "text": _("Go back, reload the page and send it again. What you typed was kept as a draft where the form says so.")}, status=403)
