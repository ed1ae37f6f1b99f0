"""People, accounts, sites, roles. A Person is never deleted; an Account is how one of them signs in."""

import unicodedata
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import Guarded, Thing
from medithread.kernel.base.uid import uuid7

from .roles import ROLE_NAMES, Role


class Site(Thing):
    """A place of the company with its own time zone (ISO 13485 4.2, R16: dates are site-local)."""

    code = models.CharField(_("Code"), max_length=12, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    zone = models.CharField(_("Time zone"), max_length=60, default="Europe/Paris")

    def __str__(self) -> str:
        return self.code


class Person(Thing):
    """A human being who does something here: employee, trainee, operator, external, inspector. Never deleted."""

    name = models.CharField(_("Name"), max_length=120)
    email = models.EmailField(_("E-mail"), max_length=200, null=True, blank=True)
    function = models.CharField(_("Function"), max_length=120, null=True, blank=True)
    external = models.BooleanField(_("External"), default=False)
    left_on = models.DateField(_("Left on"), null=True, blank=True)
    manager = models.ForeignKey("self", models.PROTECT, to_field="uid", null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class Agent(Thing):
    """A program that acts under an authority: worker, importer, checkpoint keeper."""

    name = models.CharField(max_length=60, unique=True)
    version = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=login_name(username or ""))


def login_name(raw: str) -> str:
    """One form for look-alike sign-in names: NFKC, case folded (11.300(a))."""
    return unicodedata.normalize("NFKC", raw).casefold().strip()


class Account(AbstractBaseUser):
    """A way to sign in. The name is never used again for anybody else (11.100(a))."""

    uid = models.UUIDField(unique=True)
    person = models.OneToOneField(Person, models.PROTECT, to_field="uid", related_name="account")
    username = models.CharField(_("Sign-in name"), max_length=150, unique=True)
    is_active = models.BooleanField(default=True)
    valid_until = models.DateTimeField(null=True)
    must_verify = models.BooleanField(default=False)
    last_seen = models.DateTimeField(null=True)
    signing_failures = models.PositiveIntegerField(default=0)
    signing_failed_since = models.DateTimeField(null=True)
    signing_locked_until = models.DateTimeField(null=True)
    totp_sealed = models.TextField(default="", blank=True)
    totp_last = models.BigIntegerField(default=0)

    USERNAME_FIELD = "username"
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The name is kept in its one form only, so that the database itself refuses look-alikes."""
        self.username = login_name(self.username)
        super().save(*args, **kwargs)

    @property
    def usable(self) -> bool:
        """May this account be used at all today?"""
        left = self.person.left_on
        return self.is_active and (self.valid_until is None or now() < self.valid_until) and (left is None or now().date() <= left)


class Passkey(Thing):
    """A WebAuthn credential of one person; enrolment is a ledger entry (11.200(a)(1), 11.300(b)-(c))."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="passkeys")
    credential = models.CharField(max_length=700, unique=True)
    public_key = models.TextField()
    label = models.CharField(max_length=80)
    rp_id = models.CharField(max_length=200)
    sign_count = models.BigIntegerField(default=0)
    backup_eligible = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class Grant(Thing):
    """A role held by a person, at a site or everywhere, between two instants (11.10(d), (g))."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="grants")
    role = models.CharField(_("Role"), max_length=8, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    site = models.ForeignKey(Site, models.PROTECT, to_field="uid", null=True, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["person", "role"])]

    def __str__(self) -> str:
        return f"{self.role} @ {self.site.code}" if self.site else self.role

    def holds_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Delegation(Thing):
    """One person acts for another in one role between two instants; shown in every signature made under it."""

    giver = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="delegations_given")
    taker = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="delegations_taken")
    role = models.CharField(max_length=8, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    reason = models.CharField(max_length=300)


class SigningRight(Thing):
    """Whether a person may sign: identity verified and accountability statement accepted (11.10(j), 11.100(b))."""

    person = models.OneToOneField(Person, models.PROTECT, to_field="uid", related_name="signing_right")
    verified_by = models.ForeignKey(Person, models.PROTECT, to_field="uid", null=True, related_name="+")
    verified_how = models.CharField(max_length=300, null=True)
    verified_at = models.DateTimeField(null=True)
    statement_version = models.CharField(max_length=20, null=True)
    accepted_at = models.DateTimeField(null=True)


class Token(Thing):
    """An API token: only its hash is stored. Scopes: read, write, sign."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)


class Invitation(Guarded):
    """A one-use link to set or reset the secrets of an account; the administrator never knows them (11.200(a)(2))."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class RecoveryCode(Guarded):
    """A one-use code that stands in for a lost second factor at sign-in, never at signing."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class Absence(Thing):
    """Days on which a person is away, so that it can be seen who stands in (R10, R13). No reason is kept."""

    person = models.ForeignKey(Person, models.PROTECT, to_field="uid", related_name="absences")
    first = models.DateField(_("From"))
    last = models.DateField(_("Until"))


class RolePolicy(Thing):
    """What the company asks of everybody who holds a role: a second factor at sign-in, a shorter idle time (11.10(d))."""

    role = models.CharField(_("Role"), max_length=8, unique=True, choices=[(r.value, ROLE_NAMES[r]) for r in Role])
    second_factor = models.BooleanField(_("Second factor needed"), default=False)
    idle_minutes = models.PositiveSmallIntegerField(_("Idle minutes"), null=True)


class SignIn(models.Model):
    """One continuous period of access: who, since when, from where. Ended by sign-out, lock, time or somebody's act."""

    uid = models.UUIDField(default=uuid7, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="sign_ins")
    method = models.CharField(max_length=20)
    address = models.CharField(max_length=64, default="")
    browser = models.CharField(max_length=200, default="")
    idle_minutes = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, default="")

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["account", "ended_at"], name="sign_in_open")]

    @property
    def words(self) -> str:
        """The browser as people know it: “Firefox, Windows”."""
        names = ((("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
                 (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"), ("Linux", "Linux")))  # fmt: skip
        return ", ".join(name for group in names for name in [next((name for mark, name in group if mark in self.browser), "")] if name)


class Throttle(models.Model):
    """Failed attempts under one name or from one address, and how long it is locked (11.300(d))."""

    key = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    turned_away = models.PositiveIntegerField(default=0)
