"""Who asks, what may be loaded, and how a refusal is shown."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import Refused
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account

from .access import is_public
from .refused import bad_request, refused_page
from .waiting import forget

Answer = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"  # answers for itself, by token
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class PolicyMiddleware:
    """Content security policy without inline code, and no copies of pages in shared caches."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ActorMiddleware:
    """`request.actor`: the person behind the session, or a way to the sign-in page. Refusals become pages."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.client_address = address_of(request)  # type: ignore[attr-defined]
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.method == "POST" and request.actor is not None:  # type: ignore[attr-defined]
            forget(request.actor)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        if not request.path.startswith(API) and holds_nul(request):
            return bad_request(request)
        if request.actor is not None or is_public(view) or request.path.startswith(API):  # type: ignore[attr-defined]
            return None
        if request.method == "POST" and getattr(view, "keeps_form", False):
            from .form.kept import keep_lapsed

            keep_lapsed(request)
        return to_sign_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused_page(request, exception) if isinstance(exception, Refused) else None


def holds_nul(request: HttpRequest) -> bool:
    """No keyboard types NUL, and no database takes it."""
    return "\x00" in request.path or any("\x00" in value for _name, values in request.GET.lists() for value in values)


def actor_of(request: HttpRequest) -> Actor | None:
    """The acting person of a session whose account may still be used; otherwise nobody, and the session ends."""
    account = request.user
    if not isinstance(account, Account):
        return None
    person = account.person
    if not account.usable or (person.left_on is not None and person.left_on < now().date()):
        logout(request)
        return None
    return Actor(person=person, session=request.session.session_key or "", address=address_of(request))


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; a proxy is believed only when the settings say that there is one."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.PROXY else ""
    return (forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))[:64]


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Off to the sign-in page, and back here afterwards; scripts are told by a header."""
    try:
        there = reverse("sign-in")
    except NoReverseMatch:
        there = "/sign-in"
    script = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "/") if script else request.get_full_path()
    address = f"{there}?{urlencode({'next': _local(back)})}"
    if not script:
        return redirect(address)
    answer = HttpResponse(status=401)
    answer.headers["HX-Redirect"] = address
    return answer


def _local(address: str) -> str:
    """The part of an address behind the host."""
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
