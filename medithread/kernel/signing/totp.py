"""Time-based one-time codes (RFC 6238): seeds, enrolment address, and codes that are taken once."""

import re

import pyotp
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.identity.models import Account
from medithread.kernel.identity.secrets import unseal

PERIOD = 30
WINDOW = 1


def new_seed() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def enrolment(seed: str, name: str) -> str:
    """The `otpauth:` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=_("Medithread"))


def counter_of(seed: str, code: str, *, after: int = 0) -> int | None:
    """The time step a code belongs to, now or one step beside it, and later than `after`; None when it fits none."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    present = int(now().timestamp()) // PERIOD
    totp = pyotp.TOTP(seed)
    steps = range(max(present - WINDOW, after + 1), present + WINDOW + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(digits, totp.at(step * PERIOD))), None)


def take(account: Account, code: str) -> int | None:
    """Use a code up: answers its time step, or None when it is wrong or was used before, also by a request at the same time."""
    if not account.totp_sealed:
        return None
    step = counter_of(unseal(account.totp_sealed), code, after=account.totp_last)
    if step is None or not Account.objects.filter(pk=account.pk, totp_last__lt=step).update(totp_last=step):
        return None
    return step
