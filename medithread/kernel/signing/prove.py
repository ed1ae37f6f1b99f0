"""Proving a statement: the components are checked before the transaction and yield a one-use proof (11.200, 11.300(d)).

What each method proves: a passkey, that the holder of this key signed these very bytes, checkable by anyone later; a password or a
code, the word of this server that the person gave them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import Json, canonical
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, No, Refusal
from medithread.kernel.identity.models import Account, Person, login_name
from medithread.kernel.identity.tell import alert
from medithread.kernel.ledger.genesis import purpose
from medithread.kernel.ledger.journal import journal

from . import passkey, totp
from .models import Intent, SigningSession

TRIES = 5
WINDOW = timedelta(minutes=10)
LOCKED = timedelta(minutes=30)
CONTINUOUS = timedelta(minutes=15)


@dataclass(frozen=True)
class Proof:
    """Components that were checked, and what is kept of it."""

    method: str
    evidence: Mapping[str, Json] = field(default_factory=dict)


def simulated(intent: Intent) -> Intent:
    """A proof without a person, for stories told in a demo ledger only; it says so in its method for ever."""
    if purpose() != "demo":
        raise LedgerBroken(No("sign.simulated", _("Simulated signatures exist in demo companies only.")))
    return proven(intent, Proof("simulated", {"simulated": True}))


def asks_name(person: Person, session: str) -> bool:
    """Whether both components are asked: at the first signing of a session, and 15 minutes after the last (11.200(a)(1)(i)-(ii))."""
    found = SigningSession.objects.filter(session=session, person=person).first()
    return found is None or clock.now() - found.last_at > CONTINUOUS


def by_password(intent: Intent, password: str, username: str = "") -> Intent:
    """Prove with the password; with the sign-in name too where `asks_name` says so. Evidence: {account, components}.

    Raises Refusal; five failures within ten minutes lock signing for half an hour and are told to owner and security.
    """
    return proven(intent, password_proof(intent.person, intent.session, password, username, subject=intent.record.uid))


def by_totp(intent: Intent, password: str, code: str) -> Intent:
    """Prove with password and a code of the person's app, each code once. Evidence: {account, components, step}. Raises Refusal."""
    account = _account(intent.person)
    step = totp.take(account, code) if check_password(password, account.password) else None
    if step is None:
        _failed(account, intent.record.uid, "password and code")
        raise Refusal(No("sign.wrong", _("Password or code are not right, or the code was used before."), field="code", fix=_("Nothing was signed. Wait for the next code.")))
    _cleared(account)
    return proven(intent, Proof("totp", {"account": str(account.uid), "components": ["password", "code"], "step": step}))


def by_passkey(intent: Intent, answer: Any) -> Intent:
    """Prove with a passkey of the person. `answer` is the browser's PublicKeyCredential as JSON. Raises Refusal.

    The WebAuthn challenge is SHA-256(statement bytes, UTF-8, exactly as stored). Evidence, canonical JSON, binary values as
    base64url without padding:

    - `credential`: credential id; `public_key_cose`: COSE_Key (CBOR) of the enrolled key; `alg`: its COSE algorithm, an integer
      (-7 ES256, -8 EdDSA, -257 RS256); `rp_id`: relying party id, text
    - `authenticator_data`: SHA-256(rp_id) (32 bytes) ‖ flags (1; bit 0 user present, 2 user verified, 3 backup eligible,
      4 backed up) ‖ counter (4, big endian) ‖ …
    - `client_data_json`: JSON with `type` = "webauthn.get", `challenge` = base64url(SHA-256(statement)), `origin`
    - `signature`: over authenticator_data ‖ SHA-256(client_data_json), by the key above (ES256: DER)
    - `backup_eligible`, `backed_up`: the two flags again as booleans, for readers
    """
    account = _account(intent.person)
    try:
        used = passkey.statement_signed(intent.statement, answer, intent.person)
    except Refusal as refusal:
        _failed(account, intent.record.uid, f"passkey: {','.join(refusal.codes)}")
        raise
    _cleared(account)
    return proven(intent, Proof("passkey", used.evidence))


def password_proof(person: Person, session: str, password: str, username: str = "", *, subject: UUID | None = None) -> Proof:
    """Check name and password before a unit that signs several statements at once. Raises Refusal."""
    account = _account(person)
    named = asks_name(person, session)
    if named and not username.strip():
        raise Refusal(No("sign.both", _("Give your sign-in name too: this is your first signature in this session, or the last is a while ago."), field="username"))
    right_name = not username.strip() or login_name(username) == account.username
    if not check_password(password, account.password) or not right_name:
        _failed(account, subject, "name and password" if named else "password")
        raise Refusal(No("sign.wrong", _("The name or the password is not right."), field="password", fix=_("Nothing was signed. Try again.")))
    _cleared(account)
    components: list[Json] = ["name", "password"] if username.strip() else ["password"]
    return Proof("password", {"account": str(account.uid), "components": components})


def proven(intent: Intent, proof: Proof) -> Intent:
    """Put a proof on a statement."""
    intent.method, intent.evidence = proof.method, canonical(dict(proof.evidence)).decode()
    with door_open():
        intent.save(update_fields=["method", "evidence"])
    return intent


def _account(person: Person) -> Account:
    """The usable account of the signer, not locked for signing. Raises Refusal."""
    account = Account.objects.select_related("person").filter(person=person).first()
    if account is None or not account.usable:
        raise Refusal(No("sign.no-account", _("This person has no usable account.")))
    if account.signing_locked_until is not None and clock.now() < account.signing_locked_until:
        raise Refusal(No("sign.locked", _("Signing is locked after several failed attempts."), fix=_("Wait half an hour, or ask an administrator to look into it.")))
    return account


def _failed(account: Account, subject: UUID | None, what: str) -> None:
    """Count a failure within ten minutes; the fifth locks signing and is told at once (T-300d-1)."""
    at = clock.now()
    with transaction.atomic():
        rows = Account.objects.filter(pk=account.pk)
        row = (rows.select_for_update() if connection.vendor == "postgresql" else rows).get()
        if row.signing_failed_since is None or at - row.signing_failed_since > WINDOW:
            row.signing_failures, row.signing_failed_since = 0, at
        row.signing_failures += 1
        locked = row.signing_failures >= TRIES
        if locked:
            row.signing_failures, row.signing_failed_since, row.signing_locked_until = 0, None, at + LOCKED
        row.save(update_fields=["signing_failures", "signing_failed_since", "signing_locked_until"])
    journal("sign.failed", person=account.person.uid, subject=subject, detail=what)
    if locked:
        journal("sign.locked", person=account.person.uid, subject=subject, detail=what)
        alert(
            account.person, _("Signing locked after failed attempts"),
            _("%(n)d attempts to sign as %(name)s failed within ten minutes. Signing is locked for half an hour. If this was not you, tell quality at once.")
            % {"n": TRIES, "name": account.person.name},
        )  # fmt: skip


def _cleared(account: Account) -> None:
    if account.signing_failures or account.signing_locked_until:
        Account.objects.filter(pk=account.pk).update(signing_failures=0, signing_failed_since=None, signing_locked_until=None)
