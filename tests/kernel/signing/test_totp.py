"""Codes of an app: six digits, one step of tolerance, each once (RFC 6238)."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from medithread.kernel.base.clock import simulated
from medithread.kernel.identity.models import Account
from medithread.kernel.identity.secrets import seal, unseal
from medithread.kernel.signing import totp
from tests.company import Company

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = datetime(2026, 11, 22, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("late", "fits"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_one_step_of_tolerance(late: int, fits: bool) -> None:
    code = pyotp.TOTP(SEED).at(AT)
    with simulated(AT + timedelta(seconds=late)):
        assert (totp.counter_of(SEED, code) is not None) is fits


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
def test_other_than_six_digits_is_no_code(code: str) -> None:
    assert totp.counter_of(SEED, code) is None


def test_blanks_do_not_matter() -> None:
    with simulated(AT):
        code = pyotp.TOTP(SEED).at(AT)
        assert totp.counter_of(SEED, f"{code[:3]} {code[3:]}") is not None


def test_a_code_is_used_up(company: Company) -> None:
    Account.objects.filter(username="quinn").update(totp_sealed=seal(SEED))
    with simulated(AT):
        code, account = pyotp.TOTP(SEED).at(AT), Account.objects.get(username="quinn")
        assert totp.take(account, code) is not None
        assert totp.take(account, code) is None, "the same object, as in two requests at once"
        assert totp.take(Account.objects.get(username="quinn"), code) is None
        assert totp.take(Account.objects.get(username="mara"), code) is None


def test_seeds_are_sealed(settings: object) -> None:
    sealed = seal(SEED)
    assert SEED not in sealed
    assert unseal(sealed) == SEED
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another key " * 6  # type: ignore[attr-defined]
    assert unseal(sealed) == SEED
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="another secret key"):
        unseal(sealed)


def test_the_address_for_the_app() -> None:
    address = totp.enrolment(totp.new_seed(), "quinn")
    assert address.startswith("otpauth://totp/Medithread:quinn?secret=")
