"""A browser's session and the sign-in behind it."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from medithread.kernel.identity.models import Account, SignIn
from medithread.kernel.pages.form.kept import LAPSED
from medithread.kernel.verbs import people_sessions

SIGN_IN, LAPSED_NAME, PENDING, CEREMONY = "sign_in", "lapsed_name", "pending_code", "ceremony"


def begin(request: HttpRequest, account: Account, method: str) -> SignIn:
    """Sign this browser in. What another person typed before is not shown to this one. Raises Refusal."""
    before = current(request)
    found = people_sessions.open_sign_in(account, method=method, address=address(request), browser=request.headers.get("User-Agent", ""))
    if request.session.get(LAPSED_NAME) != account.username:
        request.session.pop(LAPSED, None)
    for name in (LAPSED_NAME, PENDING, CEREMONY):
        request.session.pop(name, None)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    request.session[SIGN_IN] = str(found.uid)
    if before is not None:
        people_sessions.end(before, "replaced")
    return found


def forget(request: HttpRequest, lapsed: SignIn | None = None) -> None:
    """Sign this browser out; of a lapsed sign-in the name and an unsent form are kept for the same person."""
    for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY, SIGN_IN, PENDING, CEREMONY):
        request.session.pop(name, None)
    request.session.cycle_key()
    if lapsed is not None:
        request.session[LAPSED_NAME] = lapsed.account.username
    request.user = AnonymousUser()


def current(request: HttpRequest) -> SignIn | None:
    """The sign-in of this request."""
    found: SignIn | None = getattr(request, "sign_in", None)
    return found


def address(request: HttpRequest) -> str:
    """Where the request comes from."""
    from medithread.kernel.pages.middleware import address_of

    return address_of(request)


def back_to(request: HttpRequest, default: str = "/") -> str:
    """The page of this site that the person wanted."""
    there = request.POST.get("next") or request.GET.get("next", "")
    return there if url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure()) else default


def ceremony(request: HttpRequest, options: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Keep the state of a passkey ceremony; answers the options for the page."""
    request.session[CEREMONY] = options[1]
    return options[0]


def ceremony_state(request: HttpRequest) -> dict[str, Any]:
    """The state of the ceremony under way, used once."""
    found: dict[str, Any] = request.session.pop(CEREMONY, {"challenge": "", "user_verification": "required"})
    return found
