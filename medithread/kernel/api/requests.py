"""Reading requests: who asks (token or session), what the body says, which row is meant."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refused
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Token
from medithread.kernel.ledger.journal import journal
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import visible

MOST_BYTES = 8 * 1024 * 1024


class NotSignedIn(Refused):
    """No usable token."""

    status = 401
    title = _("Sign in with a token")


class BadBody(Refused):
    """The body cannot be read."""

    status = 400
    title = _("This request cannot be read")


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: `Authorization: Bearer …`, or the session for reading. Raises NotSignedIn."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return _by_token(request, header.removeprefix("Bearer ").strip())
    account = getattr(request, "user", None)
    if isinstance(account, Account) and account.usable and request.method in ("GET", "HEAD"):
        return Actor(person=account.person, session=request.session.session_key or "", address=_address(request), scopes=frozenset({"read"}))
    raise NotSignedIn(No("token.missing", _("This address takes a token."), fix=_("Make one on the page “My account”.")))


def _by_token(request: HttpRequest, secret: str) -> Actor:
    at = now()
    token = Token.objects.select_related("person__account").filter(digest=hashlib.sha256(secret.encode()).hexdigest()).first()
    if token is None or token.revoked_at is not None or token.expires_at <= at or not token.person.account.usable:
        raise NotSignedIn(No("token.invalid", _("This token is unknown, expired or revoked."), fix=_("Make a new one on the page “My account”.")))
    if token.last_used != at.date():
        with door_open():
            Token.objects.filter(pk=token.pk).update(last_used=at.date())
    return Actor(person=token.person, session=f"token:{token.uid}", address=_address(request), scopes=frozenset(token.scopes.split()))


def _address(request: HttpRequest) -> str:
    return str(getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", ""))


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body. Raises BadBody for anything else."""
    if request.content_type != "application/json":
        raise BadBody(No("body.type", _("The body must be application/json.")))
    if len(request.body) > MOST_BYTES:
        raise BadBody(No("body.large", _("The body is larger than 8 MB."), fix=_("Upload long texts as files.")))
    try:
        found = json.loads(request.body.decode() or "{}", parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError) as error:
        raise BadBody(No("body.json", _("The body is not valid JSON."))) from error
    if not isinstance(found, dict):
        raise BadBody(No("body.object", _("The body must be a JSON object.")))
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def take(body: dict[str, Any], **wanted: type | tuple[type, ...]) -> list[Any]:
    """Values by name, type-checked; what is not wanted is refused, what is missing is None."""
    stray = set(body) - set(wanted)
    if stray:
        raise BadBody(No("body.unknown", _("“%(name)s” is not known here.") % {"name": sorted(stray)[0][:60]}, field=sorted(stray)[0][:60]))
    for name, kind in wanted.items():
        value = body.get(name)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is int)):
            raise BadBody(No("body.value", _("“%(name)s” has the wrong type.") % {"name": name}, field=name))
    return [body.get(name) for name in wanted]


def kind_named(code: str) -> Kind[Any]:
    """The kind of an address. Raises NotFound."""
    found = next((kind for kind in kinds() if kind.code == code), None)
    if found is None:
        raise NotFound()
    return found


def record_named(actor: Actor, kind: Kind[Any], uid: UUID) -> Any:
    """The record of an address, when this actor may see it. Raises NotFound."""
    found = kind.model.objects.select_related("series", "parent", "owner", "site").filter(visible(actor), uid=uid).first()
    if found is None:
        raise nothing(actor, Record.objects.filter(uid=uid, kind=kind.code))
    return found


def nothing(actor: Actor, rows: Any) -> NotFound:
    """The same answer for what is not there and for what is not for this actor; an attempt on the latter is journalled (T-10d-4)."""
    hidden = rows.first()
    if hidden is not None:
        journal("refused", person=actor.uid, subject=hidden.uid, detail=f"read {hidden.number}", address=actor.address)
    return NotFound()


def parent_named(actor: Actor, kind: Kind[Any], raw: str | None) -> Record | None:
    """The record that a child belongs to."""
    if raw is None or kind.child_of is None:
        return None
    try:
        rows = kind.child_of.objects.select_related("series").filter(uid=UUID(raw))
    except ValueError:
        raise NotFound() from None
    found = rows.filter(visible(actor)).first()
    if found is None:
        raise nothing(actor, rows)
    return found  # type: ignore[no-any-return]


def may_read(actor: Actor) -> None:
    if "read" not in actor.scopes:
        raise NotAllowed(No("scope.read", _("This token may not read.")))
