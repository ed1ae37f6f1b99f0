"""How much a request may bring. What is too much is refused by its announced length, before a byte of it is taken to the disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponseBase]
STRANGER = 1024 * 1024
FILES_AT_ONCE = 5


class SizeMiddleware:
    """Stands before everything that reads a body. Who shows neither a session nor a token may send what fits into a form."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        most = most_bytes(request)
        return too_large(request, most) if announced(request) > most else self.get_response(request)


def announced(request: HttpRequest) -> int:
    """The length that the request says it has; 0 when it says none (then nothing is read)."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text[:15]) if text.isascii() and text.isdigit() else 0


def most_bytes(request: HttpRequest) -> int:
    """Several of the largest files at once, for those who are known."""
    known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    return settings.MAX_UPLOAD * FILES_AT_ONCE if known else STRANGER


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413 in words, as a page or as problem+json."""
    size, limit, file = (f"{bytes_ / 1024**2:,.0f}" for bytes_ in (announced(request), most, settings.MAX_UPLOAD))
    title = _("This is too large: %(size)s MB were sent, %(limit)s MB are taken at once.") % {"size": size, "limit": limit}
    fix = _("A single file may have %(file)s MB. Make it smaller, or send its parts one by one.") % {"file": file}
    if request.path.startswith("/api/"):
        answer: HttpResponse = JsonResponse({"type": "about:blank", "title": title, "status": 413, "refusals": [{"code": "body.large", "text": title, "field": "", "fix": fix}]}, status=413)
        answer.headers["Content-Type"] = "application/problem+json"
    else:
        answer = render(None, "pages/too_large.html", {"title": title, "fix": fix}, status=413)
    answer.headers["Connection"] = "close"
    return answer
