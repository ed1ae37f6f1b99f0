"""Accounts: opened, invited, closed. An administrator never knows a secret of another person (11.100(a), 11.200(a)(2), 11.300(a))."""

import re
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medithread import __version__
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Grant, Invitation, Person, SignIn, login_name
from medithread.kernel.identity.roles import ADMINISTRATORS, Role
from medithread.kernel.identity.secrets import fingerprint, new_secret
from medithread.kernel.identity.tell import tell

from .people import again, because, fill, needs, shut
from .people_attempts import confirm_password, forget, name_key, too_many
from .unit import Act, unit

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,148}[a-z0-9])?")
LIFE = {"invite": timedelta(hours=72), "reset": timedelta(hours=2), "enrol": timedelta(hours=24)}
PATH = "/invitation/{secret}/"


def open_account(who: Actor | Person, person: Person, *, username: str, valid_until: datetime | None = None) -> Account:
    """Give a person a way to sign in; the link to choose a password goes to their own address. Raises NotAllowed, Refusal.

    Names are compared in one form (NFKC, case folded) and are never given twice, not even after the account was closed.
    """
    name = fit_name(username)
    try:
        with unit(who, "open account", person.uid) as act:
            needs(act, *ADMINISTRATORS)
            account = blank_account(act, person, name, valid_until)
            send_invitation(act, account, "invite")
    except IntegrityError as error:
        raise Refusal(_taken()) from error
    return account


def fit_name(raw: str) -> str:
    """The one form of a sign-in name. Raises Refusal for look-alike letters and for names in use or used before."""
    name = login_name(raw)
    if not NAME.fullmatch(name) or not unicodedata.is_normalized("NFKC", raw.strip()):
        raise Refusal(No("account.name", _("A sign-in name is made of the letters a to z, digits, dot, hyphen, underscore, + and @."), field="username"))
    if Account.objects.filter(username=name).exists():
        raise Refusal(_taken())
    return name


def _taken() -> No:
    return No("account.taken", _("This sign-in name is or was somebody's; names are never used again."), field="username", fix=_("Choose another name."))


def blank_account(act: Act, person: Person, name: str, valid_until: datetime | None = None) -> Account:
    """An account without a password. Raises Refusal."""
    if Account.objects.filter(person=person).exists():
        raise Refusal(No("account.second", _("This person has an account already; one person signs in one way."), fix=_("Reactivate that one, or send a new link.")))
    if person.left_on is not None and person.left_on < act.at.date():
        raise Refusal(No("account.left", _("This person has left.")))
    account = Account(uid=uuid7(), person=person, username=name, valid_until=valid_until)
    account.set_unusable_password()
    act.put("create", account)
    return account


def send_link(who: Actor | Person, account: Account, purpose: str = "reset") -> None:
    """Send the person a new one-use link: `invite`, `reset` the password, or `enrol` a second factor. Raises NotAllowed, Refusal."""
    with unit(who, f"link {purpose}", account.person.uid) as act:
        if act.actor.uid != account.person.uid and act.actor.agent is None:
            needs(act, *ADMINISTRATORS)
        send_invitation(act, again(account), purpose)


def send_invitation(act: Act, account: Account, purpose: str) -> None:
    """Within a unit: a new link, mailed to the person's own address once it is committed. Raises Refusal."""
    person = account.person
    if not person.email:
        raise Refusal(No("invite.no-email", _("The link goes to the person's own address, and there is none."), field="email", fix=_("Add the e-mail address first.")))
    secret = make_link(act, account, purpose)
    text = _("Hello %(name)s,\n\nopen this link once to sign in to Medithread; it ends after %(hours)d hours.\n\n%(link)s\n\nIf you did not expect it, tell your system administrator.") % {
        "name": person.name, "hours": LIFE[purpose] // timedelta(hours=1), "link": settings.ORIGIN + PATH.format(secret=secret),
    }  # fmt: skip
    transaction.on_commit(lambda: tell([person], _("Your link to Medithread"), text))


def make_link(act: Act, account: Account, purpose: str) -> str:
    """A one-use secret of which only the hash is kept; earlier links of the account end."""
    if not account.usable:
        raise Refusal(No("invite.closed", _("This account is closed."), fix=_("Reactivate it first.")))
    Invitation.objects.filter(account=account, used_at=None, expires_at__gt=act.at).update(expires_at=act.at)
    secret = new_secret()
    Invitation(account=account, digest=fingerprint(secret), purpose=purpose, expires_at=act.at + LIFE[purpose]).save()
    act.note("invite", account, purpose=purpose)
    return secret


def invitation(secret: str) -> Invitation:
    """The open invitation of a link. Raises Refusal when it was used, has ended or never was."""
    found = Invitation.objects.filter(digest=fingerprint(secret), used_at=None, expires_at__gt=now()).select_related("account__person").first()
    if found is None or not found.account.usable:
        raise Refusal(No("invite.gone", _("This link has been used or has ended."), fix=_("Ask for a new one on the sign-in page."), link="cannot-sign-in"))
    return found  # type: ignore[no-any-return]


def redeem(secret: str, password: str) -> Account:
    """Choose a password with a link. All sign-ins of the account end. Raises Refusal."""
    found = invitation(secret)
    account: Account = found.account
    fit_password(password, account)
    hashed = make_password(password)
    with unit(Actor(person=account.person), "choose password", account.uid) as act:
        spend(act, found)
        _set_password(act, account, hashed, purpose=found.purpose)
    tell([account.person], _("Your password was chosen"), _("A password for your account was just chosen with the link sent to you. If this was not you, tell your system administrator at once."))
    return account


def spend(act: Act, found: Invitation) -> None:
    """Use a link up; of two at the same time one wins. Raises Refusal."""
    if not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=act.at):
        raise Refusal(No("invite.gone", _("This link has been used or has ended.")))


def fit_password(password: str, account: Account) -> None:
    """Length, common passwords, likeness to the name. Raises Refusal."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refusal(*(No("password.weak", message, field="password") for message in error.messages)) from error


def _set_password(act: Act, account: Account, hashed: str, *, keep: SignIn | None = None, purpose: str = "change") -> None:
    account.password = hashed
    act.put("edit", account, password=purpose)
    SignIn.objects.filter(account=account, ended_at=None).exclude(uid=keep.uid if keep else uuid7()).update(ended_at=act.at, ended_by="password")


def change_password(who: Actor | Person, old: str, new: str, *, keep: SignIn | None = None) -> None:
    """Change one's own password; other sign-ins end, `keep` stays. Raises Refusal."""
    person = who.person if isinstance(who, Actor) else who
    account = confirm_password(person, old)
    fit_password(new, account)
    hashed = make_password(new)
    with unit(who, "change password", account.uid) as act:
        _set_password(act, account, hashed, keep=keep)
    tell([account.person], _("Your password was changed"), _("The password of your account was just changed. If this was not you, tell your system administrator at once."))


def forgot(username: str) -> None:
    """Send a link to whoever has this name; at most three in an hour. Nothing tells whether the name exists."""
    account = Account.objects.select_related("person").filter(username=login_name(username)).first()
    if account is None or not account.usable or not account.person.email or too_many(f"forgot:{account.pk}", 4, timedelta(hours=1)):
        return
    send_link(Actor(person=account.person), account, "invite" if not account.has_usable_password() else "reset")


def deactivate(who: Actor | Person, account: Account, *, reason: str) -> Account:
    """Close an account at once: sessions and tokens stop, history and name stay. Raises NotAllowed, Refusal."""
    with unit(who, "deactivate", account.person.uid) as act:
        needs(act, *ADMINISTRATORS)
        fresh = again(account)
        shut(act, fresh, because(reason))
    return fresh


def reactivate(who: Actor | Person, account: Account, *, reason: str, valid_until: datetime | None = None) -> Account:
    """Open a closed account again, for the same person; a new link is needed to sign in. Raises NotAllowed, Refusal."""
    with unit(who, "reactivate", account.person.uid) as act:
        needs(act, *ADMINISTRATORS)
        fresh = again(account)
        if fresh.person.uid == act.actor.uid:
            raise NotAllowed(No("account.self", _("Another administrator reactivates your account.")))
        fresh.is_active, fresh.valid_until = True, valid_until
        fresh.set_unusable_password()
        act.put("edit", fresh, note=because(reason))
        send_invitation(act, fresh, "invite")
    return fresh


def unlock(who: Actor | Person, account: Account, *, reason: str) -> None:
    """Lift the locks on sign-in and signing after looking into the attempts; never one's own. Raises NotAllowed, Refusal."""
    with unit(who, "unlock", account.person.uid) as act:
        needs(act, *ADMINISTRATORS)
        if account.person.uid == act.actor.uid:
            raise NotAllowed(No("account.self", _("Another administrator lifts your lock.")))
        forget(name_key(account.username))
        Account.objects.filter(pk=account.pk).update(signing_failures=0, signing_failed_since=None, signing_locked_until=None)
        act.note("unlock", account, note=because(reason))


def limit(who: Actor | Person, account: Account, *, valid_until: datetime | None, reason: str) -> Account:
    """Set or move the day on which an account ends by itself (inspectors, externals). Raises NotAllowed, Refusal."""
    with unit(who, "limit account", account.person.uid) as act:
        needs(act, *ADMINISTRATORS)
        fresh = again(account)
        fresh.valid_until = valid_until
        act.put("edit", fresh, note=because(reason))
    return fresh


def setup_agent() -> Agent:
    """The program in whose name the first account is made."""
    found = Agent.objects.filter(name="setup").first()
    if found is None:
        with door_open():
            found = Agent(name="setup", version=__version__)
        with unit(Actor(agent=found)) as act:
            act.put("create", found)
    return found


def first_account(*, name: str, email: str, username: str = "") -> tuple[Account, str]:
    """The first account of a new installation, a system administrator, with the path of the link to choose a password.

    Raises Refusal when there is an account already. Before the founding act (R11) nobody can sign anything.
    """
    if Account.objects.exists():
        raise Refusal(No("account.first", _("This installation has accounts already."), fix=_("An administrator opens further ones.")))
    wanted = fit_name(username or email)
    with unit(Actor(agent=setup_agent()), "first account") as act:
        person = add_first_person(act, name, email)
        act.put("create", Grant(person=person, role=Role.IT.value, valid_from=act.at))
        account = blank_account(act, person, wanted)
        secret = make_link(act, account, "invite")
    return account, PATH.format(secret=secret)


def add_first_person(act: Act, name: str, email: str) -> Person:
    """A person made by the set-up program, checked like any other."""
    person = Person()
    fill(person, {"name": name, "email": email})
    act.put("create", person)
    return person
