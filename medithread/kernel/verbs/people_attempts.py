"""Counting failed attempts per name and per address, locking, and telling those concerned (11.300(d)).

The same answer is given for an unknown name, a wrong password and a locked or closed account.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import sha256
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.models import Account, Person, Throttle, login_name
from medithread.kernel.identity.tell import alert
from medithread.kernel.ledger.journal import journal

TRIES = 5
FROM_ADDRESS = 50
WINDOW = timedelta(minutes=10)
LOCKED = timedelta(minutes=15)


def wrong() -> Refusal:
    """The one neutral answer."""
    return Refusal(
        No(
            "sign-in.wrong", _("The name or the password is not right, or the account is locked for a while."), field="username",
            fix=_("Try again, or choose “I cannot sign in”."),
        )
    )


def checked(username: str, password: str, address: str = "") -> Account:
    """The usable account with this name and password. Raises Refusal, always in the same words, in about the same time."""
    name = login_name(username)[:150]
    not_flooded(address)
    account = Account.objects.select_related("person").filter(username=name).first()
    key = name_key(name)
    locked = is_locked(key)
    if not _same(password, account) or locked or account is None or not account.usable:
        if not locked:
            failed(key, account.person if account else None, address, "password")
        raise wrong()
    forget(key)
    return account


def _same(password: str, account: Account | None) -> bool:
    """Compare, and spend the same time when there is nothing to compare with."""
    if account is None or not account.has_usable_password():
        check_password(password, _nobody())
        return False
    return account.check_password(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return make_password("nobody has this password")


def confirm_password(person: Person | None, password: str) -> Account:
    """One's own password again before secrets change. Counted like a sign-in. Raises Refusal."""
    account = Account.objects.select_related("person").filter(person=person).first()
    if account is None or not account.usable:
        raise Refusal(No("account.none", _("There is no usable account.")))
    key = name_key(account.username)
    locked = is_locked(key)
    if locked or not _same(password, account):
        if not locked:
            failed(key, account.person, "", "confirmation")
        raise Refusal(No("password.wrong", _("This is not your password, or it is locked for a while."), field="password", fix=_("Nothing was changed. Try again.")))
    forget(key)
    return account


def name_key(name: str) -> str:
    return f"name:{sha256(name.encode())[:40]}"


def not_flooded(address: str) -> None:
    """Too many failures from one address, whatever the names. Raises Refusal."""
    if address and is_locked(f"address:{address}"):
        raise Refusal(No("sign-in.address", _("Too many failed attempts from this address."), fix=_("Wait a quarter of an hour.")))


def is_locked(key: str) -> bool:
    """Is this name or address locked now? An attempt against a lock is counted and does not lengthen it."""
    return bool(Throttle.objects.filter(key=key, locked_until__gt=now()).update(turned_away=F("turned_away") + 1))


def locked_until(account: Account) -> datetime | None:
    """Until when sign-in by password is locked for an account."""
    found = Throttle.objects.filter(key=name_key(account.username), locked_until__gt=now()).first()
    return found.locked_until if found else None


def failed(key: str, owner: Person | None, address: str, what: str) -> None:
    """Count and journal a failure; the fifth within ten minutes locks and is told. Not called for attempts against a lock."""
    journal("sign-in.failed", person=owner.uid if owner else None, detail=what, address=address)
    if address:
        too_many(f"address:{address}", FROM_ADDRESS, WINDOW)
    if too_many(key, TRIES, WINDOW) and owner is not None:
        journal("sign-in.locked", person=owner.uid, detail=what, address=address)
        alert(
            owner, _("Sign-in locked after failed attempts"),
            _("%(n)d attempts to sign in as %(name)s failed within ten minutes, the last from %(address)s. Sign-in by password is locked for a quarter of an hour.")
            % {"n": TRIES, "name": owner.name, "address": address or "?"},
        )  # fmt: skip


def too_many(key: str, most: int, window: timedelta) -> bool:
    """Count one more under a key. True when this one reached the limit or it was reached before; then it is locked."""
    at = now()
    with transaction.atomic():
        rows = Throttle.objects.filter(key=key)
        row = (rows.select_for_update() if connection.vendor == "postgresql" else rows).first()
        if row is None:
            row, _new = Throttle.objects.get_or_create(key=key, defaults={"since": at})
        if row.locked_until is not None and at < row.locked_until:
            return True
        if at - row.since > window or row.locked_until is not None:
            row.failures, row.since, row.locked_until = 0, at, None
        row.failures += 1
        reached = row.failures >= most
        if reached:
            row.locked_until = at + max(LOCKED, window)
        row.save()
    return reached


def forget(key: str) -> None:
    """A success: failures under this key no longer count; what was turned away meanwhile is noted."""
    row = Throttle.objects.filter(key=key).first()
    if row is None:
        return
    if row.turned_away:
        journal("sign-in.turned-away", detail=f"{row.turned_away} attempts while locked")
    row.delete()
