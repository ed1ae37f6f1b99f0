"""Second factors and keys: enrolled, tested, revoked, lost (11.200(a)(1), 11.300(b), (c), (e))."""

import base64
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Passkey, Person, RecoveryCode
from medithread.kernel.identity.roles import ADMINISTRATORS
from medithread.kernel.identity.secrets import fingerprint, seal
from medithread.kernel.identity.tell import alert, tell
from medithread.kernel.signing import totp
from medithread.kernel.signing.passkey import registered

from .people import again, because, needs, stop_access
from .people_accounts import invitation, spend
from .people_attempts import confirm_password
from .people_rights import suspend
from .unit import Act, unit

CODES = 10
TEST_EVERY = timedelta(days=365)


def add_totp(who: Actor | Person, seed: str, code: str) -> Account:
    """Enrol an authenticator app: `code` shows that the app has the seed. Raises Refusal."""
    with unit(who, "enrol app") as act:
        account = _own(act)
        step = totp.counter_of(seed, code)
        if step is None:
            raise Refusal(No("totp.code", _("This code is not right."), field="code", fix=_("Check the clock of your device and type the next code.")))
        account.totp_sealed, account.totp_last = seal(seed), step
        act.put("edit", account, factor="totp")
    tell([account.person], _("A second factor was added"), _("An authenticator app was added to your account. If this was not you, tell your system administrator at once."))
    return account


def enrol_by_link(secret: str, password: str, seed: str, code: str) -> Account:
    """Enrol an app with a link, when a role asks for a second factor before the next sign-in. The link alone is not enough. Raises Refusal."""
    found = invitation(secret)
    person = confirm_password(found.account.person, password).person
    with unit(Actor(person=person), "enrol by link") as act:
        spend(act, found)
        return add_totp(act.actor, seed, code)


def drop_totp(who: Actor | Person) -> Account:
    """Remove one's authenticator app. Raises Refusal."""
    with unit(who, "remove app") as act:
        account = again(_account(act.actor.person))
        account.totp_sealed, account.totp_last = "", 0
        act.put("edit", account, factor="totp removed")
    tell([account.person], _("A second factor was removed"), _("The authenticator app was removed from your account. If this was not you, tell your system administrator at once."))
    return account


def add_passkey(who: Actor | Person, state: Mapping[str, Any], answer: Any, *, label: str) -> Passkey:
    """Enrol a passkey; enrolment is a ledger entry with its public key. Raises Refusal."""
    made = registered(state, answer)
    with unit(who, "enrol passkey") as act:
        account = _own(act)
        if Passkey.objects.filter(credential=made.credential).exists():
            raise Refusal(No("passkey.known", _("This passkey is registered already.")))
        passkey = Passkey(
            person=account.person, credential=made.credential, public_key=made.public_key, label=label.strip()[:80] or str(_("Passkey")),
            rp_id=settings.HOST, sign_count=made.sign_count, backup_eligible=made.backup_eligible, added_at=act.at,
        )  # fmt: skip
        act.put("create", passkey)
    tell([account.person], _("A passkey was added"), _("The passkey “%(label)s” was added to your account. If this was not you, tell your system administrator at once.") % {"label": passkey.label})
    return passkey


def revoke_passkey(who: Actor | Person, passkey: Passkey, *, reason: str) -> Passkey:
    """Revoke one's own passkey, or another's as an administrator; signatures made with it stay valid. Raises NotAllowed, Refusal."""
    with unit(who, "revoke passkey", passkey.person.uid) as act:
        if act.actor.uid != passkey.person.uid:
            needs(act, *ADMINISTRATORS)
        fresh = again(passkey)
        if fresh.revoked_at is None:
            fresh.revoked_at = act.at
            act.put("edit", fresh, note=because(reason))
    tell([fresh.person], _("A passkey was revoked"), _("The passkey “%(label)s” was removed from your account.") % {"label": fresh.label})
    return fresh


def tested(who: Actor | Person, passkey: Passkey, *, result: str) -> Passkey:
    """Record that a hardware key works and is unaltered (11.300(e)): by its owner or an administrator. Raises NotAllowed, Refusal."""
    with unit(who, "test key", passkey.person.uid) as act:
        if act.actor.uid != passkey.person.uid:
            needs(act, *ADMINISTRATORS)
        fresh = again(passkey)
        fresh.tested_at = act.at
        act.put("edit", fresh, note={"result": because(result)["reason"]})
    return fresh


def keys_to_test() -> list[Passkey]:
    """Device-bound keys whose yearly test is due; synced ones are no devices of ours to test."""
    before = now() - TEST_EVERY
    due = Q(tested_at__lte=before) | Q(tested_at=None, added_at__lte=before)
    found = Passkey.objects.filter(due, revoked_at=None, backup_eligible=False, person__left_on=None)
    return list(found.select_related("person").order_by("added_at"))


def new_codes(who: Actor | Person) -> list[str]:
    """Ten fresh recovery codes, shown once; earlier ones end. They stand in for a lost second factor at sign-in, never at signing."""
    codes = [_code() for _number in range(CODES)]
    with unit(who, "recovery codes") as act:
        account = _account(act.actor.person)
        RecoveryCode.objects.filter(account=account, used_at=None).update(used_at=act.at)
        for code in codes:
            RecoveryCode(account=account, digest=fingerprint(_bare(code))).save()
        act.note("recovery-codes", account)
    return codes


def _code() -> str:
    """80 random bits as four groups of four letters and digits."""
    text = base64.b32encode(os.urandom(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def _bare(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


def takes_code(account: Account, code: str) -> bool:
    """Use up a code of the app."""
    return totp.take(account, code) is not None


def uses_recovery_code(account: Account, code: str) -> bool:
    """Use up a recovery code; the owner is told."""
    with door_open():
        used = RecoveryCode.objects.filter(account=account, digest=fingerprint(_bare(code)), used_at=None).update(used_at=now())
    if used:
        left = RecoveryCode.objects.filter(account=account, used_at=None).count()
        tell([account.person], _("A recovery code was used"), _("A recovery code was used to sign in to your account; %(n)d are left. If this was not you, tell your system administrator at once.") % {"n": left})
    return bool(used)


def lost(who: Actor | Person, person: Person, *, reason: str) -> Account:
    """A phone or key is lost: its owner or an administrator revokes factors, sessions and tokens in one act (11.300(c)).

    Signing is suspended and nothing new can be enrolled until a second person has verified the identity again. Raises NotAllowed, Refusal.
    """
    with unit(who, "lost", person.uid) as act:
        if act.actor.uid != person.uid:
            needs(act, *ADMINISTRATORS)
        account, note = again(_account(person)), because(reason)
        for passkey in Passkey.objects.filter(person=person, revoked_at=None):
            passkey.revoked_at = act.at
            act.put("edit", passkey, note=note)
        RecoveryCode.objects.filter(account=account, used_at=None).update(used_at=act.at)
        account.totp_sealed, account.totp_last, account.must_verify = "", 0, True
        act.put("edit", account, note=note, factor="all revoked")
        stop_access(act, account, "lost")
        suspend(act, person, note)
    alert(person, _("Keys and sessions were revoked"), _("All keys, sessions and tokens of %(name)s were revoked: %(reason)s. New ones need a second person who verifies the identity.") % {"name": person.name, "reason": note["reason"]})
    return account


def _account(person: Person | None) -> Account:
    account = Account.objects.select_related("person").filter(person=person).first()
    if account is None or not account.usable:
        raise Refusal(No("account.none", _("There is no usable account.")))
    return account


def _own(act: Act) -> Account:
    """The actor's account, free to enrol. Raises NotAllowed after a loss that no second person has cleared."""
    account = again(_account(act.actor.person))
    if account.must_verify:
        raise NotAllowed(No("factor.verify", _("After a loss, a second person verifies who you are before new keys are taken."), fix=_("Ask a quality approver.")))
    return account
