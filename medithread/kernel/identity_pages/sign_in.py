"""Sign-in, second factor, sign-out, lock, links that choose a password (11.10(d), 11.200, 11.300)."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound, Refused
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.identity.roles import role_name
from medithread.kernel.ledger.genesis import purpose
from medithread.kernel.pages.access import public
from medithread.kernel.signing import passkey, totp
from medithread.kernel.verbs import people_accounts, people_attempts, people_factors, people_sessions

from .answers import form_page, put_refusal
from .forms import AppForm, CodeForm, InvitedForm, NameForm, SignInForm
from .session import LAPSED_NAME, PENDING, address, back_to, begin, ceremony, ceremony_state, current, forget

SEED = "new_seed"
PATIENCE = 300


@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Name and password, or a passkey; then back to the page that was wanted."""
    if current(request) is not None and request.method != "POST":
        return redirect(back_to(request))
    form = SignInForm(request.POST or None, initial={"username": request.session.get(LAPSED_NAME, "")})
    if request.method == "POST":
        try:
            return _by_passkey(request) if request.POST.get("credential") else _by_password(request, form)
        except Refused as refusal:
            put_refusal(form, refusal)
    return _sign_in_page(request, form)


def _sign_in_page(request: HttpRequest, form: SignInForm) -> HttpResponse:
    options = ceremony(request, passkey.request())
    context = {"form": form, "options": options, "next": back_to(request), "lapsed": request.session.get(LAPSED_NAME, ""), "demo_people": demo_people()}
    return render(request, "identity_pages/sign_in.html", context, status=422 if request.method == "POST" else 200)


def _by_passkey(request: HttpRequest) -> HttpResponseBase:
    used = passkey.asserted(ceremony_state(request), passkey.parsed_answer(request.POST["credential"]))
    account = Account.objects.select_related("person").filter(person=used.passkey.person).first()
    if account is None or not account.usable:
        raise people_attempts.wrong()
    begin(request, account, "passkey")
    return redirect(back_to(request))


def _by_password(request: HttpRequest, form: SignInForm) -> HttpResponseBase:
    if not form.is_valid():
        return _sign_in_page(request, form)
    account, asks_code = people_sessions.by_password(form.cleaned_data["username"], form.cleaned_data["password"], address(request))
    there = back_to(request)
    if asks_code:
        request.session[PENDING] = {"account": account.pk, "at": now().timestamp()}
        return redirect(f"{reverse('sign-in-code')}?next={there}")
    begin(request, account, "password")
    return redirect(there)


@public
def code(request: HttpRequest) -> HttpResponseBase:
    """The second factor, within five minutes of the first."""
    pending: dict[str, Any] = request.session.get(PENDING, {})
    account = Account.objects.select_related("person").filter(pk=pending.get("account", 0)).first()
    if account is None or now().timestamp() - pending["at"] > PATIENCE:
        return redirect("sign-in")

    def enter(data: dict[str, Any]) -> None:
        people_sessions.by_code(account, data["code"], address(request))
        begin(request, account, "code")

    return form_page(
        request, CodeForm(request.POST or None), enter, title=_("Your second factor"), button=_("Sign in"), done=back_to(request),
        template="identity_pages/gate_form.html", next=back_to(request), cancel=reverse("sign-in"),
    )  # fmt: skip


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this sign-in; nothing stays in the browser."""
    _end(request, "out")
    request.session.flush()
    return redirect("sign-in")


@require_POST
def lock(request: HttpRequest) -> HttpResponseBase:
    """Leave the desk: the sign-in ends, the name and the page stay for coming back."""
    found = current(request)
    _end(request, "lock")
    forget(request, found)
    return redirect(f"{reverse('sign-in')}?next={back_to(request)}")


def _end(request: HttpRequest, why: str) -> None:
    found = current(request)
    if found is not None:
        people_sessions.end(found, why)


# --- links --------------------------------------------------------------------------------------------------------------
@public
def cannot(request: HttpRequest) -> HttpResponseBase:
    """Whoever forgot the password gets a link by mail; the answer never tells whether the name exists."""
    words = _("If this name has an account with an e-mail address, a link was sent there. It may take a minute.")
    return form_page(
        request, NameForm(request.POST or None), lambda data: people_accounts.forgot(data["username"]), title=_("I cannot sign in"), button=_("Send me a link"),
        done=reverse("sign-in"), said=words, template="identity_pages/cannot.html",
    )  # fmt: skip


@public
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A one-use link: choose a password, or set up a second factor."""
    found = people_accounts.invitation(secret)
    if found.purpose == "enrol":
        return _enrol(request, secret, found.account)
    form = InvitedForm(request.POST or None)
    if found.purpose == "invite":
        del form.fields["lost"]
    return form_page(
        request, form, lambda data: _redeem(secret, data), title=_("Choose your password"), button=_("Keep this password"), done=lambda account: _welcome(request, account),
        template="identity_pages/gate_form.html", account=found.account, first=found.purpose == "invite",
    )  # fmt: skip


def _redeem(secret: str, data: dict[str, Any]) -> Account:
    account = people_accounts.redeem(secret, data["password"])
    if data.get("lost"):
        people_factors.lost(account.person, account.person, reason=_("reported with a new password"))
    return account


def _welcome(request: HttpRequest, account: Account) -> str:
    messages.success(request, _("Your password is set. Sign in with it now."))
    forget(request)
    request.session[LAPSED_NAME] = account.username
    return reverse("sign-in")


def _enrol(request: HttpRequest, secret: str, account: Account) -> HttpResponseBase:
    """A role asks for a second factor: set one up before the next sign-in. The password is asked, so that the link alone is not enough."""
    seed = request.session.setdefault(SEED, totp.new_seed())

    def enrol(data: dict[str, Any]) -> None:
        people_factors.enrol_by_link(secret, data["own"], seed, data["code"])
        del request.session[SEED]

    return form_page(
        request, AppForm(request.POST or None), enrol, title=_("Set up your second factor"), button=_("Keep this factor"), done=reverse("sign-in"),
        said=_("Your second factor is set up. Sign in now."), template="identity_pages/app.html", base="pages/bare.html", **app_words(seed, account),
    )  # fmt: skip


def app_words(seed: str, account: Account) -> dict[str, str]:
    """What an authenticator app needs: a picture to scan, and the same in letters."""
    picture = segno.make(totp.enrolment(seed, account.username), error="m").svg_data_uri(scale=5, border=2, light="#fff")
    return {"picture": picture, "seed": " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))}


# --- demo ---------------------------------------------------------------------------------------------------------------
def is_demo() -> bool:
    """Demo by its settings and by the birth of its ledger; either alone opens nothing."""
    return bool(settings.DEMO) and purpose() == "demo"


def demo_people() -> list[dict[str, Any]]:
    """Everybody of the demo company with what they do; nobody outside a demo."""
    if not is_demo():
        return []
    people = Person.objects.filter(account__is_active=True, left_on=None).prefetch_related("grants").select_related("account").order_by("id")[:40]
    return [{"person": person, "username": person.account.username, "roles": _roles(person)} for person in people]


def _roles(person: Person) -> str:
    at = now()
    return ", ".join(role_name(grant.role) for grant in person.grants.all() if grant.holds_at(at))


@public
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponseBase:
    """One click, in a demo company only. Raises NotFound elsewhere."""
    if not is_demo():
        raise NotFound()
    account = Account.objects.select_related("person").filter(username=request.POST.get("username", "")).first()
    if account is None or not account.usable:
        raise people_attempts.wrong()
    begin(request, account, "demo")
    return redirect(back_to(request))
