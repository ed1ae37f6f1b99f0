"""Proving a statement: the second component is checked before the transaction and yields a one-use proof (11.200)."""

from datetime import timedelta

from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import canonical
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, No, Refusal
from medithread.kernel.identity.models import Account
from medithread.kernel.ledger.genesis import purpose
from medithread.kernel.ledger.journal import journal

from .models import Intent

TRIES = 5
LOCKED = timedelta(minutes=30)


def simulated(intent: Intent) -> Intent:
    """A proof without a person, for stories told in a demo ledger only; it says so in its method for ever."""
    if purpose() != "demo":
        raise LedgerBroken(No("sign.simulated", _("Simulated signatures exist in demo companies only.")))
    return _proved(intent, "simulated", {"simulated": True})


def by_password(intent: Intent, password: str) -> Intent:
    """Prove with the password of the person's account. Raises Refusal; five failures lock signing and tell security."""
    account = Account.objects.filter(person=intent.person).first()
    if account is None or not account.usable:
        raise Refusal(No("sign.no-account", _("This person has no usable account.")))
    _not_locked(account)
    if not check_password(password, account.password):
        _failed(account, intent)
        raise Refusal(No("sign.wrong", _("This is not the right password."), field="password", fix=_("Nothing was signed. Try again.")))
    _cleared(account)
    return _proved(intent, "password", {"account": str(account.uid)})


def _proved(intent: Intent, method: str, evidence: dict[str, object]) -> Intent:
    intent.method, intent.evidence = method, canonical(evidence).decode()  # type: ignore[arg-type]
    with door_open():
        intent.save(update_fields=["method", "evidence"])
    return intent


def _not_locked(account: Account) -> None:
    if account.signing_locked_until is not None and clock.now() < account.signing_locked_until:
        raise Refusal(No("sign.locked", _("Signing is locked after several failed attempts."), fix=_("Wait half an hour, or ask a quality approver.")))


def _failed(account: Account, intent: Intent) -> None:
    account.signing_failures += 1
    if account.signing_failures >= TRIES:
        account.signing_failures, account.signing_locked_until = 0, clock.now() + LOCKED
    account.save(update_fields=["signing_failures", "signing_locked_until"])
    journal("sign.failed", person=intent.person_id, subject=intent.record.uid, detail=f"{intent.move}: wrong component")


def _cleared(account: Account) -> None:
    if account.signing_failures or account.signing_locked_until:
        account.signing_failures, account.signing_locked_until = 0, None
        account.save(update_fields=["signing_failures", "signing_locked_until"])
