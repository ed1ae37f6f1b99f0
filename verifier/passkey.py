"""Passkey signatures (WebAuthn assertions) checked offline (docs/spec/signature.md)."""

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from . import cbor

ES256, EDDSA, RS256 = -7, -8, -257
PRESENT_AND_VERIFIED = 0b101


def unpadded(text: str) -> bytes:
    """Base64url without padding. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def evidence_holds(evidence: dict[str, Any], statement: str | None) -> str:
    """Empty when the authenticator's signature holds, else what is wrong. `statement` None: it is withheld, the challenge is not compared."""
    try:
        client, data = unpadded(evidence["client_data_json"]), unpadded(evidence["authenticator_data"])
        about, signature = json.loads(client), unpadded(evidence["signature"])
        key = cbor.decode(unpadded(evidence["public_key_cose"]))
        if not verified(key, signature, data + hashlib.sha256(client).digest()):
            return "the signature does not hold for this key"
        if about["type"] != "webauthn.get":
            return "it is not the answer to a request"
        if statement is not None and unpadded(about["challenge"]) != hashlib.sha256(statement.encode()).digest():
            return "the challenge is not the hash of the statement"
        if data[:32] != hashlib.sha256(evidence["rp_id"].encode()).digest():
            return "it was made for another address"
        if data[32] & PRESENT_AND_VERIFIED != PRESENT_AND_VERIFIED:
            return "the authenticator did not verify its user"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return f"it cannot be read ({error})"
    return ""


def verified(key: dict[int, Any], signature: bytes, message: bytes) -> bool:
    """Does the signature hold for a COSE_Key? ES256, EdDSA with Ed25519, RS256. Raises ValueError, KeyError for other keys."""
    try:
        if key[3] == ES256 and key[-1] == 1:
            numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"), ec.SECP256R1())
            numbers.public_key().verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif key[3] == EDDSA and key[-1] == 6:
            ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify(signature, message)
        elif key[3] == RS256:
            public = rsa.RSAPublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-1], "big")).public_key()
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise ValueError(f"a key of kind {key[3]}")
    except InvalidSignature:
        return False
    return True
