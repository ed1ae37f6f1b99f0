"""Every request of a signed-in browser: is its sign-in still open, or has it lapsed?"""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from medithread.kernel.identity.models import Account
from medithread.kernel.verbs import people_sessions

from .session import SIGN_IN, address, forget

Answer = Callable[[HttpRequest], HttpResponseBase]


class SignInMiddleware:
    """`request.sign_in`, and `request.user` only while it is open. Stands after AuthenticationMiddleware, before ActorMiddleware."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.sign_in = None  # type: ignore[attr-defined]
        if SESSION_KEY in request.session:
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        if SIGN_IN not in request.session:
            self._open(request)
            return
        found, lapsed = people_sessions.alive(request.session[SIGN_IN])
        if found is None or str(found.account.pk) != request.session[SESSION_KEY]:
            forget(request, lapsed)
            return
        request.sign_in = found  # type: ignore[attr-defined]
        request.user = found.account

    def _open(self, request: HttpRequest) -> None:
        """A session that the framework opened (a test client) gets its sign-in on the first request."""
        account = request.user
        if not isinstance(account, Account) or not account.usable:
            forget(request)
            return
        found = people_sessions.open_sign_in(account, method="session", address=address(request))
        request.session[SIGN_IN] = str(found.uid)
        request.sign_in = found  # type: ignore[attr-defined]
