"""The list of people, its facts gathered in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.identity.models import Absence, Account, Grant, Passkey, Person, SigningRight, Throttle
from medithread.kernel.identity.roles import role_name
from medithread.kernel.verbs.people_attempts import name_key


@dataclass(frozen=True)
class State:
    """A word and its tone."""

    word: str
    tone: str


@dataclass
class Row:
    """One person as the list shows it."""

    person: Person
    account: Account | None
    roles: str
    sites: str
    factors: str
    signs: bool
    state: State


def account_state(account: Account | None, person: Person, locked: datetime | None = None, away: bool = False) -> State:
    """What an account is worth now, in one word."""
    at = now()
    if person.left_on is not None and person.left_on < at.date():
        return State(_("left"), "gone")
    if account is None:
        return State(_("no account"), "")
    if not account.is_active:
        return State(_("closed"), "gone")
    if account.valid_until is not None and account.valid_until <= at:
        return State(_("over since %(day)s") % {"day": account.valid_until.date().isoformat()}, "gone")
    if locked is not None:
        return State(_("locked until %(time)s UTC") % {"time": f"{locked:%H:%M}"}, "bad")
    if not account.has_usable_password():
        return State(_("invited"), "ask")
    return State(_("away"), "warn") if away else State(_("active"), "good")


def rows_of(people: Sequence[Person]) -> list[Row]:
    """Rows in the order of the people."""
    at = now()
    accounts = {account.person.uid: account for account in Account.objects.filter(person__in=people).select_related("person")}
    grants: dict[object, list[Grant]] = {}
    for grant in Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), person__in=people, valid_from__lte=at).select_related("site", "person"):
        grants.setdefault(grant.person.uid, []).append(grant)
    keyed = set(Passkey.objects.filter(person__in=people, revoked_at=None).values_list("person__uid", flat=True))
    signers = set(SigningRight.objects.filter(person__in=people, verified_at__isnull=False, accepted_at__isnull=False).values_list("person__uid", flat=True))
    away = set(Absence.objects.filter(person__in=people, first__lte=at.date(), last__gte=at.date()).values_list("person__uid", flat=True))
    locks = dict(Throttle.objects.filter(locked_until__gt=at).values_list("key", "locked_until"))
    found = []
    for person in people:
        account, held = accounts.get(person.uid), grants.get(person.uid, [])
        locked = locks.get(name_key(account.username)) if account else None
        found.append(Row(person, account, _roles(held), _sites(held), _factors(account, person.uid in keyed), person.uid in signers, account_state(account, person, locked, person.uid in away)))
    return found


def _roles(held: list[Grant]) -> str:
    return ", ".join(sorted({role_name(grant.role) for grant in held}))


def _sites(held: list[Grant]) -> str:
    if not held:
        return ""
    return _("all") if any(grant.site is None for grant in held) else ", ".join(sorted({grant.site.code for grant in held if grant.site}))


def _factors(account: Account | None, keyed: bool) -> str:
    if account is None:
        return ""
    return ", ".join([*([_("passkey")] if keyed else []), *([_("code")] if account.totp_sealed else [])])
