"""API tokens: shown once, kept as hashes, with scopes and an end (11.10(d))."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person, Token
from medithread.kernel.identity.roles import ADMINISTRATORS
from medithread.kernel.identity.secrets import fingerprint, new_secret
from medithread.kernel.identity.tell import tell

from .people import again, because, needs
from .unit import unit

SCOPES = ("read", "write", "sign")
LONGEST = 365
PREFIX = "mt_"


def make_token(who: Actor | Person, *, label: str, scopes: tuple[str, ...], days: int) -> tuple[Token, str]:
    """A token of one's own and its secret, which is shown this once. Raises Refusal."""
    with unit(who, "make token") as act:
        person = act.actor.person
        if person is None or act.actor.session.startswith("token:"):
            raise Refusal(No("token.person", _("A person makes tokens, signed in on a page.")))
        if not label.strip():
            raise Refusal(No("token.label", _("Say what the token is for."), field="label"))
        if not scopes or set(scopes) - set(SCOPES):
            raise Refusal(No("token.scopes", _("Choose what the token may do."), field="scopes"))
        if not 1 <= days <= LONGEST:
            raise Refusal(No("token.days", _("A token ends after 1 to 365 days."), field="days"))
        secret = PREFIX + new_secret()
        token = Token(
            person=person, label=label.strip()[:80], digest=fingerprint(secret), scopes=" ".join(s for s in SCOPES if s in scopes),
            created_at=act.at, expires_at=act.at + timedelta(days=days),
        )  # fmt: skip
        act.put("create", token)
    tell([person], _("A token was made"), _("The API token “%(label)s” was made for your account. If this was not you, tell your system administrator at once.") % {"label": token.label})
    return token, secret


def revoke_token(who: Actor | Person, token: Token, *, reason: str) -> Token:
    """Revoke one's own token, or another's as an administrator; it stops with the commit. Raises NotAllowed, Refusal."""
    with unit(who, "revoke token", token.person.uid) as act:
        if act.actor.uid != token.person.uid:
            needs(act, *ADMINISTRATORS)
        fresh = again(token)
        if fresh.revoked_at is None:
            fresh.revoked_at = act.at
            act.put("edit", fresh, note=because(reason))
    return fresh
