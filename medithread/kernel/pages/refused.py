"""A refusal as a page: what stands against it, where, and the ways out."""

import errno
import sys
from typing import Any
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
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
    """Our own fault, or that of a database or disk that does not answer. The page asks the database nothing: it may be the reason."""
    gone = out_of_order(sys.exc_info()[1])
    status = 503 if gone else 500
    if request.path.startswith("/api/"):
        title = _("The database or the disk does not answer; nothing was written, try again") if gone else _("Something broke on our side")
        answer: HttpResponse = JsonResponse({"type": "about:blank", "title": str(title), "status": status, "refusals": []}, status=status)
        answer.headers["Content-Type"] = "application/problem+json"
    else:
        answer = render(None, "pages/fault.html", {"address": request.path, "gone": gone}, status=status)
    if gone:
        answer.headers["Retry-After"] = "10"
    return answer


def out_of_order(error: BaseException | None) -> bool:
    """Is it a database that is gone, locked or full, or a full disk? Then the same request may succeed later."""
    if isinstance(error, OSError) and not isinstance(error, ConnectionError | FileNotFoundError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
    return isinstance(error, OperationalError | InterfaceError)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  (Django gives it)
    """The form's one-time token did not fit: most often a page that was open over a sign-in."""
    return render(request, "pages/plain.html", {"title": _("This form was open too long"), "text": _("Go back, reload the page and send it again. What you typed was kept as a draft where the form says so.")}, status=403)
