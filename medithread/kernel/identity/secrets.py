"""Secrets: links and tokens that are shown once and kept as hashes, and seeds that are kept sealed."""

import base64
import hashlib
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


def new_secret() -> str:
    """256 random bits as one word for an address or a header."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def seal(text: str) -> str:
    """Encrypt a seed with a key made from the secret key, so that a copy of the database alone does not give it away."""
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), b"totp")).decode()


def unseal(sealed: str) -> str:
    """The seed again. Raises ValueError when it was sealed under a secret key that is no longer known."""
    raw = base64.urlsafe_b64decode(sealed)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret)).decrypt(raw[:NONCE], raw[NONCE:], b"totp").decode()
        except InvalidTag:
            continue
    raise ValueError("sealed under another secret key")


def _key(secret: str | bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"medithread second factor").derive(secret.encode() if isinstance(secret, str) else secret)
