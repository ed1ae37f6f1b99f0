"""An authenticator in software: makes passkeys and signs challenges, with every flag to be chosen by the test."""

import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

F = AuthenticatorData.FLAG
PRESENT_AND_VERIFIED = F.UP | F.UV


@dataclass
class Authenticator:
    """One key. `synced` sets backup-eligible and -state; `step` is how far its counter goes with each use."""

    synced: bool = False
    step: int = 1
    counter: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: os.urandom(32))

    def _flags(self, flags: F) -> F:
        return flags | F.BE | F.BS if self.synced else flags

    def _rp_hash(self) -> bytes:
        return sha256(settings.HOST.encode())

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def register(self, options: dict[str, Any], *, flags: F = PRESENT_AND_VERIFIED, origin: str = "") -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as the page's script sends it."""
        public = options.get("publicKey", options)
        data = AttestedCredentialData.create(Aaguid.NONE, self.credential, ES256.from_cryptography_key(self.key.public_key()))  # type: ignore[no-untyped-call]
        auth = AuthenticatorData.create(self._rp_hash(), self._flags(flags | F.AT), self.counter, bytes(data))
        client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, websafe_decode(public["challenge"]), origin or settings.ORIGIN)
        attestation = AttestationObject.create("none", auth, {})
        return self._answer({"clientDataJSON": websafe_encode(bytes(client)), "attestationObject": websafe_encode(bytes(attestation)), "transports": ["internal"]})

    def sign(self, challenge: bytes, *, flags: F = PRESENT_AND_VERIFIED, origin: str = "", user: bytes = b"") -> dict[str, Any]:
        """What `navigator.credentials.get` gives for a challenge."""
        self.counter += self.step
        auth = AuthenticatorData.create(self._rp_hash(), self._flags(flags), self.counter)
        client = CollectedClientData.create(CollectedClientData.TYPE.GET, challenge, origin or settings.ORIGIN)
        signature = self.key.sign(bytes(auth) + sha256(bytes(client)), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": websafe_encode(bytes(client)), "authenticatorData": websafe_encode(bytes(auth)), "signature": websafe_encode(signature)}
        if user:
            response["userHandle"] = websafe_encode(user)
        return self._answer(response)
