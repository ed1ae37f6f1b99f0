"""People: the list, one person with account and roles, and what may be done about them (11.10(d), (g))."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refusal
from medithread.kernel.identity.models import Absence, Account, Delegation, Grant, Passkey, Person, SignIn
from medithread.kernel.identity.roles import role_name
from medithread.kernel.pages import times
from medithread.kernel.pages.frame import reversed_or_empty
from medithread.kernel.verbs import people, people_accounts, people_attempts, people_coverage, people_factors, people_roles, people_sessions
from medithread.kernel.verbs.people_rights import has_accepted, right_of
from medithread.kernel.verbs.unit import unit

from .answers import act_and_return, form_page, the_actor
from .dates import end_of, start_of
from .forms import AccountForm, ChangePersonForm, GrantForm, LeaveForm, LimitForm, NewPersonForm, ReasonForm, WithdrawForm
from .person_links import links_for
from .places import administers, works_here
from .rows import account_state, rows_of


def only_those_who_work_here(request: HttpRequest) -> None:
    """Inspectors and limited externals see no list of people. Raises NotAllowed."""
    if not works_here(the_actor(request)):
        raise NotAllowed(No("people.limited", _("This page is for people who work here.")))


def the_person(request: HttpRequest, uid: UUID) -> Person:
    """A person by uid. Raises NotFound, NotAllowed."""
    only_those_who_work_here(request)
    found: Person | None = Person.objects.filter(uid=uid).select_related("manager").first()
    if found is None:
        raise NotFound()
    return found


def listed(request: HttpRequest) -> HttpResponse:
    """Everybody, with roles, site, second component, last seen and state."""
    only_those_who_work_here(request)
    words, gone = request.GET.get("q", "").strip()[:100], request.GET.get("gone") == "yes"
    back = request.GET.get("sort") == "-name"
    found = Person.objects.order_by(*(("-name", "-id") if back else ("name", "id")))
    if not gone:
        found = found.filter(Q(left_on=None) | Q(left_on__gte=now().date()))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(function__icontains=words) | Q(email__icontains=words))
    rows = rows_of(list(found[:500]))
    return render(request, "identity_pages/people.html", {"rows": rows, "q": words, "gone": gone, "back": back, "administers": administers(the_actor(request)), "zone": times.home_zone()})


def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person: what is known, account, right to sign, roles, delegations; to the right what can be done."""
    person, at = the_person(request, uid), now()
    account = Account.objects.filter(person=person).first()
    right = right_of(person)
    grants = Grant.objects.filter(person=person).select_related("site", "granted_by", "confirmed_by").order_by("valid_to", "role")
    context = {
        "person": person, "account": account, "state": account_state(account, person), "right": right, "accepted": has_accepted(right), "zone": times.home_zone(),
        "grants": [(role_name(grant.role), grant, grant.valid_to is None or grant.valid_to > at) for grant in grants],
        "delegations": Delegation.objects.filter(Q(giver=person) | Q(taker=person), valid_to__gt=at).select_related("giver", "taker"),
        "absences": Absence.objects.filter(person=person, last__gte=at.date()).order_by("first"),
        "keys": Passkey.objects.filter(person=person, revoked_at=None), "open": SignIn.objects.filter(account=account, ended_at=None).count() if account else 0,
        "locked": people_attempts.locked_until(account) if account else None, "administers": administers(the_actor(request)), "links": links_for(the_actor(request), person),
    }  # fmt: skip
    return render(request, "identity_pages/person.html", context)


def page(request: HttpRequest, person: Person, form: Any, act: Callable[[dict[str, Any]], Any], **options: Any) -> HttpResponseBase:
    """A form about a person."""
    there = reverse("person", args=[person.uid])
    return form_page(request, form, act, **{"done": there, "back": there, "back_words": person.name, **options})


# --- the person ---------------------------------------------------------------------------------------------------------
def add(request: HttpRequest) -> HttpResponseBase:
    """A new person, with or without an account."""
    only_those_who_work_here(request)
    actor = the_actor(request)

    def make(data: dict[str, Any]) -> Person:
        username = data.pop("username")
        manager = data.pop("manager")
        with unit(actor, "add person"):
            person = people.add_person(actor, manager=manager.uid if manager else None, **data)
            if username:
                people_accounts.open_account(actor, person, username=username)
        return person

    return form_page(
        request, NewPersonForm(request.POST or None), make, title=_("Add a person"), button=_("Add"), back=reverse("people"), back_words=_("People"),
        done=lambda person: reverse("person", args=[person.uid]), said=_("The person is added."),
    )  # fmt: skip


def change(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Name, address, function."""
    person = the_person(request, uid)
    initial = {name: getattr(person, name) for name in ("name", "email", "function", "manager", "external")}

    def save(data: dict[str, Any]) -> Person:
        reason, manager = data.pop("reason"), data.pop("manager")
        return people.change_person(the_actor(request), person, reason=reason, manager=manager.uid if manager else None, **data)

    return page(request, person, ChangePersonForm(request.POST or None, initial=initial), save, title=_("Change %(name)s") % {"name": person.name}, button=_("Save"), said=_("Saved."))


def leave(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The last day, with what would stand still afterwards."""
    person, at = the_person(request, uid), now()
    return page(
        request, person, LeaveForm(request.POST or None), lambda data: people.leave(the_actor(request), person, **data), title=_("%(name)s leaves") % {"name": person.name},
        button=_("Note the last day"), danger=True, said=_("Noted. On that day account, roles and delegations end; the history stays."),
        needs=people_coverage.breaks(at, without=[person.uid]), waiting=people_coverage.waiting_only_for(person, at, without=[person.uid]),
    )  # fmt: skip


# --- the account --------------------------------------------------------------------------------------------------------
def the_account(person: Person) -> Account:
    found = Account.objects.select_related("person").filter(person=person).first()
    if found is None:
        raise Refusal(No("account.none", _("This person has no account.")))
    return found


def open_account(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A way to sign in."""
    person = the_person(request, uid)
    return page(
        request, person, AccountForm(request.POST or None), lambda data: people_accounts.open_account(the_actor(request), person, username=data["username"], valid_until=end_of(data["until"])),
        title=_("Account for %(name)s") % {"name": person.name}, button=_("Open the account"), said=_("The account is open; a link to choose a password was sent."),
        words=_("You will not know the password: the link goes to %(email)s.") % {"email": person.email or _("the person's own address, which is still missing")},
    )  # fmt: skip


@require_POST
def send_link(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A new link to the person's own address."""
    person = the_person(request, uid)
    account = the_account(person)
    purpose = "reset" if account.has_usable_password() else "invite"
    return act_and_return(request, lambda: people_accounts.send_link(the_actor(request), account, purpose), done=reverse("person", args=[uid]), said=_("A link was sent to the person's own address."))


REASONED: dict[str, tuple[Any, Any, Any, Any]] = {
    "deactivate": (lambda: _("Close the account of %(name)s"), lambda: _("Close it now"), lambda: _("The account is closed: sessions and tokens have stopped."), people_accounts.deactivate),
    "reactivate": (lambda: _("Open the account of %(name)s again"), lambda: _("Open it again"), lambda: _("The account is open again; a link was sent."), people_accounts.reactivate),
    "unlock": (lambda: _("Lift the lock of %(name)s"), lambda: _("Lift the lock"), lambda: _("The lock is lifted."), people_accounts.unlock),
    "sign-out": (lambda: _("End all sign-ins of %(name)s"), lambda: _("End them"), lambda: _("All sign-ins have ended."), lambda who, account, *, reason: people_sessions.end_for(who, account, reason)),
    "lost": (
        lambda: _("%(name)s has lost a phone or key"), lambda: _("Revoke everything now"), lambda: _("Keys, sessions and tokens are revoked. A second person verifies the identity before new ones are taken."),
        lambda who, account, *, reason: people_factors.lost(who, account.person, reason=reason),
    ),
}  # fmt: skip


def reasoned(request: HttpRequest, uid: UUID, what: str) -> HttpResponseBase:
    """An act on an account that takes a reason."""
    person = the_person(request, uid)
    if what not in REASONED:
        raise NotFound()
    title, button, said, act = REASONED[what]
    account = the_account(person)
    return page(
        request, person, ReasonForm(request.POST or None), lambda data: act(the_actor(request), account, reason=data["reason"]), title=title() % {"name": person.name},
        button=button(), said=said(), danger=what in ("deactivate", "lost"),
    )  # fmt: skip


def limit(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The day on which an account ends by itself."""
    person = the_person(request, uid)
    account = the_account(person)
    return page(
        request, person, LimitForm(request.POST or None), lambda data: people_accounts.limit(the_actor(request), account, valid_until=end_of(data["until"]), reason=data["reason"]),
        title=_("Last day of the account of %(name)s") % {"name": person.name}, button=_("Set it"), said=_("Set."),
    )  # fmt: skip


# --- roles --------------------------------------------------------------------------------------------------------------
def grant(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Give a role."""
    person = the_person(request, uid)

    def give(data: dict[str, Any]) -> Grant:
        return people_roles.grant(
            the_actor(request), person, data["role"], site=data["site"], valid_from=start_of(data["first"]), valid_to=end_of(data["last"]), reason=data["reason"]
        )

    return page(
        request, person, GrantForm(request.POST or None), give, title=_("Give %(name)s a role") % {"name": person.name}, button=_("Give the role"), said=_("The role is given."),
        template="identity_pages/grant.html", about=person, proposal=reversed_or_empty("role-proposal"),
    )  # fmt: skip


def withdraw(request: HttpRequest, uid: UUID, grant_uid: UUID) -> HttpResponseBase:
    """Take a role away; what would stand still is shown before."""
    person = the_person(request, uid)
    given = Grant.objects.filter(uid=grant_uid, person=person).select_related("person", "site").first()
    if given is None:
        raise NotFound()
    form = WithdrawForm(request.POST or None)
    needed = people_roles.still_needed(given, now())
    if not needed:
        del form.fields["despite"]
    return page(
        request, person, form, lambda data: people_roles.withdraw(the_actor(request), given, reason=data["reason"], despite=data.get("despite", False)),
        title=_("Withdraw “%(role)s” from %(name)s") % {"role": role_name(given.role), "name": person.name}, button=_("Withdraw"), danger=True, said=_("The role is withdrawn."), nos=needed,
    )  # fmt: skip
