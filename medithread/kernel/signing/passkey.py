"""Passkeys (WebAuthn): registration, sign-in, and signatures whose challenge is the hash of the statement signed.

A passkey is bound to one person; the authenticator must have verified its user (PIN or body feature), so that it counts as two
components (21 CFR 11.200(a)(1)). Origin and relying party come from MEDITHREAD_ORIGIN.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from fido2.cbor import decode, encode
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.models import Passkey, Person
from medithread.kernel.identity.tell import alert

# ES256, EdDSA, RS256: what authenticators make and what the verifier checks without further libraries.
ALGORITHMS = (-7, -8, -257)
TIMEOUT: Any = 120_000
REQUIRED = UserVerificationRequirement.REQUIRED
Garbage = (ValueError, KeyError, TypeError, AttributeError, IndexError, NotImplementedError)


@dataclass(frozen=True)
class Registered:
    """A new credential, checked."""

    credential: str
    public_key: str
    sign_count: int
    backup_eligible: bool


@dataclass(frozen=True)
class Assertion:
    """A checked use of a passkey. `evidence` is all that is needed to check it again without us."""

    passkey: Passkey
    evidence: dict[str, Any]


def challenge_of(statement: str) -> bytes:
    """What the authenticator signs: SHA-256 of the statement's bytes."""
    return hashlib.sha256(statement.encode()).digest()


def _server() -> Fido2Server:
    server = Fido2Server(PublicKeyCredentialRpEntity(id=settings.HOST, name="Medithread"), verify_origin=lambda origin: origin == settings.ORIGIN)
    server.allowed_algorithms = [entry for entry in server.allowed_algorithms if entry.alg in ALGORITHMS]
    server.timeout = TIMEOUT
    return server


def _described(keys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(key.credential)) for key in keys]


def keys_of(person: Person) -> list[Passkey]:
    """The passkeys of a person that were not revoked and belong to this address."""
    return list(Passkey.objects.filter(person=person, revoked_at=None, rp_id=settings.HOST).order_by("added_at"))


def registration(person: Person, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options for the browser and the state to keep: a discoverable credential with user verification."""
    user = PublicKeyCredentialUserEntity(id=person.uid.bytes, name=name, display_name=person.name)
    options, state = _server().register_begin(
        user, _described(keys_of(person)), resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
    )
    return dict(options), _plain(state)


def registered(state: Mapping[str, Any], answer: Any) -> Registered:
    """Check what the authenticator made. Raises Refusal."""
    try:
        data = _server().register_complete(dict(state), RegistrationResponse.from_dict(answer))
        credential = data.credential_data
        algorithm = credential.public_key[3] if credential else None
    except Garbage as error:
        raise Refusal(No("passkey.registration", _("The passkey could not be registered."), fix=_("Try again, or use another key."))) from error
    if credential is None or algorithm not in ALGORITHMS:
        raise Refusal(No("passkey.algorithm", _("This key makes signatures of a kind that is not taken here."), fix=_("Use another key.")))
    not_refused(data.is_backup_eligible())
    return Registered(websafe_encode(credential.credential_id), websafe_encode(encode(dict(credential.public_key))), data.counter, data.is_backup_eligible())


def not_refused(backup_eligible: bool) -> None:
    """The company may refuse keys that a vendor's cloud can copy (MEDITHREAD_REFUSE_SYNCED_KEYS). Raises Refusal."""
    if backup_eligible and settings.REFUSE_SYNCED_KEYS:
        raise Refusal(
            No(
                "passkey.synced", _("This passkey can be copied to other devices (synced). Your company takes only keys that stay on one device."),
                fix=_("Use a security key, or your password."),
            )
        )


def request(challenge: bytes | None = None, keys: Iterable[Passkey] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options for the browser and the state to keep. Without keys any discoverable passkey of this address may answer."""
    described = None if keys is None else _described(keys)
    options, state = _server().authenticate_begin(described, user_verification=REQUIRED, challenge=challenge)
    return dict(options), _plain(state)


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"challenge": str(state["challenge"]), "user_verification": str(state["user_verification"])}


def asserted(state: Mapping[str, Any], answer: Any, *, person: Person | None = None) -> Assertion:
    """Check the answer of an authenticator; with `person` only that person's keys count. Raises Refusal."""
    parsed = parsed_assertion(answer)
    wanted = websafe_encode(parsed.raw_id)
    passkey = Passkey.objects.select_related("person").filter(credential=wanted, revoked_at=None, rp_id=settings.HOST).first()
    if passkey is None or (person is not None and passkey.person.uid != person.uid):
        raise _failed()
    known = AttestedCredentialData.create(Aaguid.NONE, websafe_decode(passkey.credential), CoseKey.parse(_cose(passkey)))
    try:
        _server().authenticate_complete(dict(state), [known], parsed)
    except Garbage as error:
        raise _failed() from error
    _counted(passkey, parsed.response.authenticator_data.counter)
    return Assertion(passkey, _evidence(passkey, parsed))


def parsed_assertion(answer: Any) -> AuthenticationResponse:
    """What the browser sent, in its parts. Raises Refusal for anything else."""
    try:
        parsed: AuthenticationResponse = AuthenticationResponse.from_dict(answer)
        websafe_encode(parsed.raw_id)
    except Garbage as error:
        raise _failed() from error
    return parsed


def statement_signed(statement: str, answer: Any, person: Person) -> Assertion:
    """A signature: the challenge must be the hash of the statement, the key this person's. Raises Refusal."""
    state = {"challenge": websafe_encode(challenge_of(statement)), "user_verification": str(REQUIRED)}
    assertion = asserted(state, answer, person=person)
    not_refused(bool(assertion.evidence["backup_eligible"]))
    return assertion


def _failed() -> Refusal:
    return Refusal(No("passkey.wrong", _("The passkey did not fit: unknown, revoked, another person's, or its user was not verified."), fix=_("Try again, or choose another way.")))


def _counted(passkey: Passkey, counter: int) -> None:
    """A counter that did not grow says that a key was cloned (WebAuthn 6.1.1); synced keys keep it at zero. Raises Refusal."""
    with door_open():
        grown = counter == 0 and passkey.sign_count == 0
        grown = grown or bool(Passkey.objects.filter(pk=passkey.pk, sign_count__lt=counter).update(sign_count=counter))
    if not grown:
        alert(passkey.person, _("A key may have been copied"), _("The key “%(key)s” of %(name)s was used with a counter that did not grow. Revoke it unless you can explain it.") % {"key": passkey.label, "name": passkey.person.name})
        raise Refusal(No("passkey.cloned", _("This key counts as copied: its counter did not grow."), fix=_("Report it as lost and register another key.")))


def _evidence(passkey: Passkey, parsed: AuthenticationResponse) -> dict[str, Any]:
    """What is kept with a signature; see `prove.by_passkey` for the meaning of each name."""
    data = parsed.response.authenticator_data
    return {
        "credential": passkey.credential,
        "public_key_cose": passkey.public_key,
        "alg": _cose(passkey)[3],
        "rp_id": passkey.rp_id,
        "authenticator_data": websafe_encode(bytes(data)),
        "client_data_json": websafe_encode(bytes(parsed.response.client_data)),
        "signature": websafe_encode(parsed.response.signature),
        "backup_eligible": data.is_backup_eligible(),
        "backed_up": data.is_backed_up(),
    }


def _cose(passkey: Passkey) -> dict[int, Any]:
    """The enrolled key as a COSE_Key map."""
    return cast(dict[int, Any], decode(websafe_decode(passkey.public_key)))


def parsed_answer(text: str) -> Any:
    """The JSON that the page's script put into the form; None when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None
