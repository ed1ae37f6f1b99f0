"""Proving a statement with what a person types: sign-in name, password, one-time code."""

from . import prove
from .models import Intent


def prove_by_words(intent: Intent, *, username: str, password: str, code: str) -> Intent:
    """Prove with name and password, or with password and one-time code when one is given. Raises Refusal."""
    if code.strip():
        return prove.by_totp(intent, password, code)
    return prove.by_password(intent, password, username)
