"""My account: password, factors, sign-ins, tokens, delegations, absences, what I may sign."""

from typing import Any
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound
from medithread.kernel.identity.models import Absence, Account, Delegation, Passkey, Person, RecoveryCode, SignIn, Token
from medithread.kernel.identity.roles import role_name
from medithread.kernel.pages import times
from medithread.kernel.pages.frame import reversed_or_empty
from medithread.kernel.signing import passkey, totp
from medithread.kernel.verbs import people, people_accounts, people_attempts, people_factors, people_roles, people_sessions, people_tokens
from medithread.kernel.verbs.people_rights import has_accepted, right_of

from .answers import act_and_return, form_page, the_actor
from .dates import end_of, start_of
from .forms import AbsenceForm, AppForm, ChangePasswordForm, DelegationForm, PasskeyForm, PasswordForm, ReasonForm, TestForm, TokenForm
from .people_views import only_those_who_work_here
from .session import ceremony, ceremony_state, current, forget
from .sign_in import SEED, app_words


def me(request: HttpRequest) -> Person:
    """The person who asks. Raises NotFound for programs."""
    person = the_actor(request).person
    if person is None:
        raise NotFound()
    return person


def my_account(request: HttpRequest) -> Account:
    """The account behind this page. Raises NotFound."""
    account = Account.objects.select_related("person").filter(person=me(request)).first()
    if account is None:
        raise NotFound()
    return account


def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own access on one page."""
    mine, person, at = my_account(request), me(request), now()
    right = right_of(person)
    context = {
        "accountability": reversed_or_empty("accountability"), "account": mine, "person": person, "right": right, "accepted": has_accepted(right), "zone": times.home_zone(),
        "holds": [(role_name(hold.role), hold) for hold in the_actor(request).holds()],
        "keys": Passkey.objects.filter(person=person, revoked_at=None).order_by("added_at"), "due_keys": {key.pk for key in people_factors.keys_to_test()},
        "codes": RecoveryCode.objects.filter(account=mine, used_at=None).count(),
        "sign_ins": people_sessions.open_ones(mine), "here": current(request), "tokens": Token.objects.filter(person=person, revoked_at=None, expires_at__gt=at).order_by("created_at"),
        "given": Delegation.objects.filter(giver=person, valid_to__gt=at).select_related("taker"), "taken": Delegation.objects.filter(taker=person, valid_to__gt=at).select_related("giver"),
        "absences": Absence.objects.filter(person=person, last__gte=at.date()).order_by("first"),
    }  # fmt: skip
    return render(request, "identity_pages/account.html", context)


def page(request: HttpRequest, form: Any, act: Any, **options: Any) -> HttpResponseBase:
    """A form of this page."""
    return form_page(request, form, act, **{"done": reverse("account"), "back": reverse("account"), "back_words": _("My account"), **options})


# --- secrets and factors ------------------------------------------------------------------------------------------------
def password(request: HttpRequest) -> HttpResponseBase:
    """Change one's password; other sign-ins end."""

    def change(data: dict[str, Any]) -> None:
        people_accounts.change_password(the_actor(request), data["old"], data["password"], keep=current(request))
        update_session_auth_hash(request, my_account(request))

    return page(request, ChangePasswordForm(request.POST or None), change, title=_("Change your password"), button=_("Change password"), said=_("Your password is changed; you were signed out everywhere else."))


def add_app(request: HttpRequest) -> HttpResponseBase:
    """Enrol an authenticator app."""
    seed = request.session.setdefault(SEED, totp.new_seed())

    def add(data: dict[str, Any]) -> None:
        people_attempts.confirm_password(me(request), data["own"])
        people_factors.add_totp(the_actor(request), seed, data["code"])
        del request.session[SEED]

    return page(
        request, AppForm(request.POST or None), add, title=_("Add an authenticator app"), button=_("Add this app"), said=_("The app is your second factor now."),
        template="identity_pages/app.html", base="pages/shell.html", **app_words(seed, my_account(request)),
    )  # fmt: skip


def drop_app(request: HttpRequest) -> HttpResponseBase:
    """Remove the app."""

    def drop(data: dict[str, Any]) -> None:
        people_attempts.confirm_password(me(request), data["own"])
        people_factors.drop_totp(the_actor(request))

    return page(request, PasswordForm(request.POST or None), drop, title=_("Remove the authenticator app"), button=_("Remove it"), said=_("The app is removed."))


def add_passkey(request: HttpRequest) -> HttpResponseBase:
    """Enrol a passkey: the browser makes it, the password shows who asked for it."""
    mine = my_account(request)

    def add(data: dict[str, Any]) -> None:
        people_attempts.confirm_password(mine.person, data["own"])
        people_factors.add_passkey(the_actor(request), state, passkey.parsed_answer(data["credential"]), label=data["label"])

    state = ceremony_state(request) if request.method == "POST" else {}
    return page(
        request, PasskeyForm(request.POST or None), add, title=_("Add a passkey"), button=_("Add a passkey"), said=_("The passkey is added: you can sign in and sign with it."),
        template="identity_pages/passkey.html", options=ceremony(request, passkey.registration(mine.person, mine.username)),
    )  # fmt: skip


def my_key(request: HttpRequest, uid: UUID) -> Passkey:
    """One of one's own keys. Raises NotFound."""
    found: Passkey | None = Passkey.objects.filter(uid=uid, person=me(request), revoked_at=None).first()
    if found is None:
        raise NotFound()
    return found


def revoke_passkey(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Remove a key."""
    key = my_key(request, uid)
    return page(
        request, ReasonForm(request.POST or None), lambda data: people_factors.revoke_passkey(the_actor(request), key, reason=data["reason"]),
        title=_("Remove “%(key)s”") % {"key": key.label}, button=_("Remove it"), said=_("The passkey is removed; signatures made with it stay valid."),
    )  # fmt: skip


def test_passkey(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Note the yearly test of a hardware key (11.300(e))."""
    key = my_key(request, uid)
    return page(
        request, TestForm(request.POST or None), lambda data: people_factors.tested(the_actor(request), key, result=data["result"]),
        title=_("Test of “%(key)s”") % {"key": key.label}, button=_("Note the test"), said=_("The test is noted; the next is due in a year."),
    )  # fmt: skip


def codes(request: HttpRequest) -> HttpResponseBase:
    """Fresh recovery codes, shown once."""

    def make(data: dict[str, Any]) -> list[str]:
        people_attempts.confirm_password(me(request), data["own"])
        return people_factors.new_codes(the_actor(request))

    return page(
        request, PasswordForm(request.POST or None), make, title=_("New recovery codes"), button=_("Make ten codes"),
        words=_("Each of them stands in once for your second factor when you sign in, never when you sign. Earlier codes end."),
        done=lambda made: render(request, "identity_pages/once.html", {"title": _("Your recovery codes"), "lines": made, "words": _("Print them or keep them where your phone is not. They are shown this once.")}),
    )  # fmt: skip


def lost(request: HttpRequest) -> HttpResponseBase:
    """A phone or key is lost: everything is revoked in one act."""

    def report(data: dict[str, Any]) -> None:
        people_factors.lost(the_actor(request), me(request), reason=data["reason"])
        forget(request)

    words = _("All your keys, apps, recovery codes, sessions and tokens stop at once, here too. Signing waits until a second person has verified who you are; until then no new key is taken. Your password stays: change it too if somebody may know it.")
    return page(
        request, ReasonForm(request.POST or None), report, title=_("I lost my phone or key"), button=_("Revoke everything now"), danger=True, words=words,
        done=reverse("sign-in"), said=_("Everything is revoked. You can sign in with your password; ask quality to verify who you are."),
    )  # fmt: skip


# --- sign-ins and tokens ------------------------------------------------------------------------------------------------
@require_POST
def end_sign_in(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Sign out one other browser."""
    found = SignIn.objects.filter(uid=uid, account=my_account(request)).first()
    if found is None:
        raise NotFound()
    return act_and_return(request, lambda: people_sessions.end(found, "elsewhere"), done=reverse("account"), said=_("Signed out there."))


@require_POST
def end_others(request: HttpRequest) -> HttpResponseBase:
    """Sign out everywhere else."""
    return act_and_return(request, lambda: people_sessions.end_others(my_account(request), current(request)), done=reverse("account"), said=_("Signed out everywhere else."))


def add_token(request: HttpRequest) -> HttpResponseBase:
    """Make a token for programs; its secret is shown once."""

    def make(data: dict[str, Any]) -> tuple[Token, str]:
        people_attempts.confirm_password(me(request), data["own"])
        return people_tokens.make_token(the_actor(request), label=data["label"], scopes=tuple(data["scopes"]), days=data["days"])

    return page(
        request, TokenForm(request.POST or None), make, title=_("New token"), button=_("Make the token"),
        words=_("A program that has it acts in your name, with your roles, within what you tick."),
        done=lambda made: render(request, "identity_pages/once.html", {"title": _("Your token “%(label)s”") % {"label": made[0].label}, "lines": [made[1]], "words": _("It is shown this once. Put it into the program's secrets, never into mail or code.")}),
    )  # fmt: skip


@require_POST
def revoke_token(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Revoke a token."""
    token = Token.objects.filter(uid=uid, person=me(request)).first()
    if token is None:
        raise NotFound()
    return act_and_return(request, lambda: people_tokens.revoke_token(the_actor(request), token, reason=_("by its owner")), done=reverse("account"), said=_("The token is revoked."))


# --- delegation and absence ---------------------------------------------------------------------------------------------
def delegate(request: HttpRequest) -> HttpResponseBase:
    """Let somebody act in one's name until a day. Its list of people is for those who work here."""
    only_those_who_work_here(request)
    actor = the_actor(request)
    own = sorted({hold.role for hold in actor.holds() if hold.behalf_of is None})

    def give(data: dict[str, Any]) -> Any:
        return people_roles.delegate(actor, data["taker"], data["role"], valid_from=start_of(data["first"]), valid_to=end_of(data["last"]) or now(), reason=data["reason"])

    form = DelegationForm(request.POST or None, roles=own)
    return page(request, form, give, title=_("Delegate a role"), button=_("Delegate"), said=_("Delegated; it ends by itself."), words=_("It shows in every signature given under it: “for …”. You keep the role yourself."))


@require_POST
def end_delegation(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """End a delegation now."""
    found = Delegation.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound()
    return act_and_return(request, lambda: people_roles.end_delegation(the_actor(request), found, reason=_("ended by hand")), done=reverse("account"), said=_("The delegation is ended."))


def away(request: HttpRequest) -> HttpResponseBase:
    """Note days away, and see what would stand still."""
    words = _("No reason is asked for. “Can we still work?” shows what only you can do, so that you can delegate it before.")
    return page(request, AbsenceForm(request.POST or None), lambda data: people.away(the_actor(request), me(request), **data), title=_("Days away"), button=_("Note them"), said=_("Noted."), words=words)


@require_POST
def come_back(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """End an absence with today."""
    found = Absence.objects.filter(uid=uid, person=me(request)).first()
    if found is None:
        raise NotFound()
    return act_and_return(request, lambda: people.back(the_actor(request), found), done=reverse("account"), said=_("Welcome back."))
