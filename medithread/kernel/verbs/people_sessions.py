"""Sign-ins: opened after one or two factors, ended by sign-out, lock, idleness, age or somebody's act (11.10(d))."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Passkey, RolePolicy, SignIn
from medithread.kernel.identity.roles import ADMINISTRATORS
from medithread.kernel.ledger.journal import journal

from .people import because, needs
from .people_accounts import send_link
from .people_attempts import checked, failed, forget, is_locked, name_key, not_flooded, wrong
from .people_factors import takes_code, uses_recovery_code
from .unit import unit

STEP = timedelta(seconds=60)


def policies(account: Account) -> list[RolePolicy]:
    """The policies of the roles held now."""
    roles = {hold.role for hold in Actor(person=account.person).holds()}
    return list(RolePolicy.objects.filter(role__in=roles))


def by_password(username: str, password: str, address: str = "") -> tuple[Account, bool]:
    """First factor. Answers the account and whether a code is still to be asked. Raises Refusal.

    Where a role demands a second factor and there is none, a link to set one up goes to the person's own address (T-10d-5).
    """
    account = checked(username, password, address)
    if account.totp_sealed:
        return account, True
    if any(policy.second_factor for policy in policies(account)):
        if Passkey.objects.filter(person=account.person, revoked_at=None).exists():
            raise Refusal(No("sign-in.factor", _("Your role asks for a second factor: sign in with your passkey.")))
        send_link(Actor(person=account.person), account, "enrol")
        raise Refusal(No("sign-in.factor", _("Your role asks for a second factor, and you have none."), fix=_("Open the link that was just sent to you and set one up.")))
    return account, False


def by_code(account: Account, code: str, address: str = "") -> None:
    """Second factor: a code of the app, or a recovery code. Raises Refusal."""
    not_flooded(address)
    key = name_key(account.username)
    locked = is_locked(key)
    if not locked and (takes_code(account, code) or uses_recovery_code(account, code)):
        forget(key)
        return
    if not locked:
        failed(key, account.person, address, "code")
    raise Refusal(No("sign-in.code", _("This code is not right, was used before, or the account is locked for a while."), field="code", fix=_("Wait for the next code of your app.")))


def open_sign_in(account: Account, *, method: str, address: str = "", browser: str = "") -> SignIn:
    """Begin a period of access. Raises Refusal when the account was closed in the meantime."""
    if not account.usable:
        raise wrong()
    at = now()
    idle = min([settings.IDLE_MINUTES, *(p.idle_minutes for p in policies(account) if p.idle_minutes)])
    made = SignIn.objects.create(
        account=account, method=method, address=address[:64], browser=browser[:200], idle_minutes=idle,
        started_at=at, seen_at=at, ends_at=at + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )  # fmt: skip
    Account.objects.filter(pk=account.pk).update(last_seen=at)
    journal("sign-in", person=account.person.uid, detail=method, address=address)
    return made


def alive(uid: str) -> tuple[SignIn | None, SignIn | None]:
    """The open sign-in of a session, or the one that lapsed: (open, lapsed). One query; seen is noted once a minute."""
    found = SignIn.objects.select_related("account__person").filter(uid=uid).first()
    if found is None or found.ended_at is not None:
        return None, found
    at = now()
    why = _lapse(found)
    if why:
        end(found, why)
        return None, found
    if at - found.seen_at > STEP:
        SignIn.objects.filter(pk=found.pk).update(seen_at=at)
        Account.objects.filter(pk=found.account.pk).update(last_seen=at)
    return found, None


def _lapse(found: SignIn) -> str:
    at = now()
    if not found.account.usable:
        return "closed"
    if at >= found.ends_at:
        return "age"
    return "idle" if at - found.seen_at > timedelta(minutes=found.idle_minutes) else ""


def end(found: SignIn, why: str) -> None:
    """End one period of access: `out`, `lock`, `idle`, `age`, `closed`."""
    if SignIn.objects.filter(pk=found.pk, ended_at=None).update(ended_at=now(), ended_by=why):
        journal("sign-out", person=found.account.person.uid, detail=why, address=found.address)


def end_others(account: Account, keep: SignIn | None) -> int:
    """Sign out everywhere else. Answers how many sign-ins ended."""
    open_ones = SignIn.objects.filter(account=account, ended_at=None).exclude(uid=keep.uid if keep else uuid7())
    count = open_ones.update(ended_at=now(), ended_by="everywhere")
    journal("sign-out", person=account.person.uid, detail=f"everywhere: {count}")
    return count


def end_for(who: Actor, account: Account, reason: str) -> None:
    """An administrator ends all sign-ins of somebody. Raises NotAllowed, Refusal."""
    with unit(who, "end sign-ins", account.person.uid) as act:
        needs(act, *ADMINISTRATORS)
        SignIn.objects.filter(account=account, ended_at=None).update(ended_at=act.at, ended_by="administrator")
        act.note("sign-out", account, note=because(reason))


def open_ones(account: Account) -> list[SignIn]:
    """One's own open sign-ins, the latest first."""
    at = now()
    return list(SignIn.objects.filter(Q(ends_at__gt=at), account=account, ended_at=None).order_by("-seen_at"))
