"""Pages of this room: the founding act, the accountability statement, the access review, proposing a role, verifying a person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound, Refused
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity_pages.answers import form_page, put_refusal, the_actor
from medithread.kernel.identity_pages.dates import end_of, start_of
from medithread.kernel.identity_pages.people_views import only_those_who_work_here
from medithread.kernel.pages import times
from medithread.kernel.pages.addresses import of_record
from medithread.kernel.signing.statement import ACCOUNTABILITY, STATEMENT_VERSION
from medithread.kernel.verbs import people_coverage
from medithread.kernel.verbs.people_rights import has_accepted, right_of

from . import acts
from .forms import AnswerForm, BeginForm, LetterForm, ProposeForm, SignForm, VerifyForm
from .models import AccessLine, AccessReview, Founding, IdentityCheck
from .rules import is_founded


# --- founding -----------------------------------------------------------------------------------------------------------
def founding(request: HttpRequest) -> HttpResponseBase:
    """The page for two: begin, answer, sign; gone once the company is founded."""
    actor = the_actor(request)
    found = Founding.objects.filter(state__in=("open", "complete")).order_by("-id").first()
    if found is not None and found.state == "complete":
        return redirect(of_record(found))
    if found is None and is_founded():
        raise NotFound()
    if found is None:
        return _begin(request, actor)
    if actor.uid not in (found.first_id, found.second_id):
        raise NotFound()
    return _answer(request, actor, found) if request.POST.get("act") == "answer" else _sign(request, actor, found)


def _begin(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    def begin(data: dict[str, Any]) -> Founding:
        second = {name: data.pop(name) for name in ("name", "email", "function", "username")}
        return acts.begin_founding(actor, second=second, **data)

    today = times.today(times.home_zone())
    form = BeginForm(request.POST or None, initial={"in_scope_from": today, "second_verified_on": today})
    return form_page(
        request, form, begin, title=_("Found the company"), button=_("Begin, and invite the second person"), done=reverse("founding"), template="organisation/begin.html",
        said=_("Begun. The second person has a link by mail."),
    )  # fmt: skip


def _answer(request: HttpRequest, actor: Actor, found: Founding) -> HttpResponseBase:
    """What the second person states of the first."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            verbs.edit(actor, found, lock=found.lock, **form.cleaned_data)
            return redirect("founding")
        except Refused as refusal:
            put_refusal(form, refusal)
    return _founding_page(request, actor, found, answer=form, status=422)


def _sign(request: HttpRequest, actor: Actor, found: Founding) -> HttpResponseBase:
    """The three signatures of one founder."""
    form = SignForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                signed = acts.sign_founding(actor, found, **form.cleaned_data)
                messages.success(request, _("The company is founded.") if signed.state == "complete" else _("You have signed. The other person signs now."))
                return redirect("founding")
        except Refused as refusal:
            put_refusal(form, refusal)
    return _founding_page(request, actor, found, sign=form, status=status)


def _founding_page(request: HttpRequest, actor: Actor, found: Founding, *, answer: Any = None, sign: Any = None, status: int = 200) -> HttpResponse:
    fresh = Founding.objects.select_related("first", "second").get(pk=found.pk)
    mine = fresh.signatures.filter(person=actor.person, digest=fresh.digest or "")
    is_second = actor.uid == fresh.second_id
    if is_second and answer is None:
        answer = AnswerForm(initial={"first_roles": fresh.first_roles, "first_verified_on": fresh.first_verified_on or times.today(times.home_zone()), "first_verified_how": fresh.first_verified_how})
    context = {
        "found": fresh, "content": mark_safe(acts.serve(actor, fresh)), "signed": {s.person.name for s in fresh.signatures.filter(digest=fresh.digest or "").select_related("person")},
        "mine": mine.exists(), "is_second": is_second, "answer": answer, "form": sign or SignForm(), "ready": fresh.first_verified_how is not None, "zone": times.home_zone(),
    }  # fmt: skip
    return render(request, "organisation/found_company.html", context, status=status)


def letter(request: HttpRequest) -> HttpResponseBase:
    """The letter to the authority, to print and sign by hand; afterwards the day it was sent (11.100(c))."""
    only_those_who_work_here(request)
    found = Founding.objects.filter(state="complete").select_related("first", "second").first()
    if found is None:
        raise NotFound()
    return form_page(
        request, LetterForm(request.POST or None), lambda data: acts.note_letter(the_actor(request), found, data["sent_on"]), title=_("Letter to the authority"), button=_("Note it"),
        done=reverse("letter"), said=_("Noted."), template="organisation/letter.html", found=found, today=times.today(times.home_zone()), back=of_record(found), back_words=found.number,
    )  # fmt: skip


# --- accountability and identity ----------------------------------------------------------------------------------------
def accountability(request: HttpRequest) -> HttpResponseBase:
    """What an electronic signature means here: read it, and accept it by signature."""
    actor = the_actor(request)
    right = right_of(actor.person) if actor.person else None
    return form_page(
        request, SignForm(request.POST or None), lambda data: acts.accept(actor, **data), title=_("What your signature means"), button=_("Accept by signature"), done=reverse("account"),
        said=_("Accepted. You can sign now."), template="organisation/accountability.html", statement=ACCOUNTABILITY, version=STATEMENT_VERSION, right=right,
        accepted=has_accepted(right), zone=times.home_zone(), back=reverse("account"), back_words=_("My account"),
    )  # fmt: skip


def a_person(uid: str | UUID) -> Person:
    """A person by uid. Raises NotFound."""
    try:
        found: Person | None = Person.objects.filter(uid=UUID(str(uid))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound()
    return found


def verify(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Say how a person's identity was verified; the signature follows on the record."""
    only_those_who_work_here(request)
    person, actor = a_person(uid), the_actor(request)
    right = right_of(person)

    def begin(data: dict[str, Any]) -> IdentityCheck:
        occasion = IdentityCheck.Occasion.AGAIN if right is not None and right.verified_by else IdentityCheck.Occasion.FIRST
        return verbs.create(actor, IdentityCheck, title=_("Identity of %(name)s") % {"name": person.name}, person=person.uid, occasion=occasion.value, **data)

    form = VerifyForm(request.POST or None, initial={"checked_on": times.today(times.home_zone())})
    return form_page(
        request, form, begin, title=_("Verify who %(name)s is") % {"name": person.name}, button=_("Go on to the signature"), done=of_record,
        back=reverse("person", args=[person.uid]), back_words=person.name, words=_("Before a person's first signature, and again after a loss, somebody else verifies the identity and signs that."),
    )  # fmt: skip


def propose(request: HttpRequest) -> HttpResponseBase:
    """Propose a role; a second authorised person confirms it."""
    only_those_who_work_here(request)

    def begin(data: dict[str, Any]) -> Any:
        return acts.propose_role(the_actor(request), data["person"], data["role"], because=data["because"], site=data["site"], valid_from=start_of(data["first"]), valid_to=end_of(data["last"]))

    form = ProposeForm(request.POST or None, initial={"person": request.GET.get("person", "")})
    return form_page(
        request, form, begin, title=_("Propose a role"), button=_("Propose"), done=of_record, back=reverse("people"), back_words=_("People"),
        words=_("Quality, the management representative or top management confirm it by signature: neither who proposed it nor who gets it."),
    )  # fmt: skip


# --- access review ------------------------------------------------------------------------------------------------------
def access_review(request: HttpRequest) -> HttpResponse:
    """When the next one is due, the open one with its people, and those attested."""
    only_those_who_work_here(request)
    review = AccessReview.objects.filter(state="open").first()
    due = acts.review_due()
    context = {
        "review": review, "lines": _lines(request, review), "outcomes": AccessLine.Outcome.choices, "due": due, "late": due is not None and due < now().date(),
        "past": AccessReview.objects.filter(state="closed").order_by("-state_since")[:20], "zone": times.home_zone(),
        "findings": people_coverage.findings() if review else (), "nos": getattr(request, "nos", ()),
    }  # fmt: skip
    return render(request, "organisation/access_review.html", context, status=422 if context["nos"] else 200)


def _lines(request: HttpRequest, review: AccessReview | None) -> list[AccessLine]:
    """The people of the open review; what was typed and could not be saved is kept."""
    found = list(review.lines.select_related("person")) if review else []
    for line in found if request.method == "POST" else ():
        line.outcome = request.POST.get(f"outcome-{line.uid}", line.outcome or "")
        line.remark = request.POST.get(f"remark-{line.uid}", line.remark or "")
    return found


@require_POST
def begin_review(request: HttpRequest) -> HttpResponseBase:
    """Open a review with everybody's access as it is now."""
    acts.begin_review(the_actor(request))
    return redirect("access-review")


@require_POST
def judge(request: HttpRequest) -> HttpResponseBase:
    """Save what was said of each person, and the conclusion."""
    review = AccessReview.objects.filter(state="open").first()
    if review is None:
        raise NotFound()
    rows = [
        {"uid": str(line.uid), "lock": request.POST.get(f"lock-{line.uid}", line.lock), "outcome": request.POST.get(f"outcome-{line.uid}", ""), "remark": request.POST.get(f"remark-{line.uid}", "")}
        for line in review.lines.all()
    ]
    try:
        verbs.edit(the_actor(request), review, lock=review.lock, conclusion=request.POST.get("conclusion", ""), parts={"lines": rows})
    except Refused as refusal:
        request.nos = refusal.nos  # type: ignore[attr-defined]
        return access_review(request)
    messages.success(request, _("Saved."))
    return redirect(of_record(review) if request.POST.get("then") == "sign" else "access-review")
