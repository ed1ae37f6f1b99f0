"""Roles: who holds what, what a role demands at sign-in; sites; “Can we still work?” (R10)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound
from medithread.kernel.identity.models import Grant, Person, RolePolicy, Site
from medithread.kernel.identity.roles import GRANTERS, ROLE_NAMES, Role, role_name
from medithread.kernel.ledger.models import Journal
from medithread.kernel.pages import times
from medithread.kernel.verbs import people, people_coverage, people_roles

from .answers import form_page, the_actor
from .forms import AheadForm, ChangeSiteForm, PolicyForm, SiteForm
from .people_views import only_those_who_work_here
from .places import administers


def roles(request: HttpRequest) -> HttpResponse:
    """The matrix: people down, roles across; below what each role demands."""
    only_those_who_work_here(request)
    at = now()
    held: dict[Person, dict[str, str]] = {}
    grants = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), valid_from__lte=at, person__left_on=None).select_related("person", "site").order_by("person__name", "person__id")
    for grant in grants:
        cell = held.setdefault(grant.person, {})
        cell[grant.role] = ", ".join(filter(None, [cell.get(grant.role, ""), grant.site.code if grant.site else _("all")]))
    used = [role for role in Role if any(role.value in cells for cells in held.values())]
    policies = {policy.role: policy for policy in RolePolicy.objects.all()}
    context = {
        "used": [(role.value, ROLE_NAMES[role]) for role in used],
        "rows": [(person, [cells.get(role.value, "") for role in used]) for person, cells in held.items()],
        "all": [(role.value, ROLE_NAMES[role], policies.get(role.value), sum(role.value in cells for cells in held.values())) for role in Role],
        "grants": the_actor(request).has(*GRANTERS),
    }
    return render(request, "identity_pages/roles.html", context)


def policy(request: HttpRequest, role: str) -> HttpResponseBase:
    """What holders of a role need at sign-in."""
    only_those_who_work_here(request)
    if role not in {r.value for r in Role}:
        raise NotFound()
    found = RolePolicy.objects.filter(role=role).first()
    initial = {"second_factor": found.second_factor, "idle_minutes": found.idle_minutes} if found else {}
    return form_page(
        request, PolicyForm(request.POST or None, initial=initial), lambda data: people_roles.set_policy(the_actor(request), role, **data),
        title=_("Sign-in of “%(role)s”") % {"role": role_name(role)}, button=_("Set it"), done=reverse("roles"), said=_("Set; it holds from the next sign-in."),
        back=reverse("roles"), back_words=_("Roles"),
    )  # fmt: skip


def sites(request: HttpRequest) -> HttpResponse:
    """The sites with their zones."""
    only_those_who_work_here(request)
    return render(request, "identity_pages/sites.html", {"sites": Site.objects.order_by("code"), "grants": the_actor(request).has(*GRANTERS)})


def add_site(request: HttpRequest) -> HttpResponseBase:
    """A new site."""
    only_those_who_work_here(request)
    return form_page(
        request, SiteForm(request.POST or None), lambda data: people.add_site(the_actor(request), **data), title=_("Add a site"), button=_("Add"), done=reverse("sites"),
        said=_("The site is added."), back=reverse("sites"), back_words=_("Sites"),
    )  # fmt: skip


def change_site(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Name or zone of a site."""
    only_those_who_work_here(request)
    site = Site.objects.filter(uid=uid).first()
    if site is None:
        raise NotFound()
    form = ChangeSiteForm(request.POST or None, initial={"name": site.name, "zone": site.zone})
    return form_page(
        request, form, lambda data: people.change_site(the_actor(request), site, **data), title=_("Change %(site)s") % {"site": site.code}, button=_("Save"), done=reverse("sites"),
        said=_("Saved."), back=reverse("sites"), back_words=_("Sites"),
    )  # fmt: skip


def coverage(request: HttpRequest) -> HttpResponse:
    """Which steps nobody could make, or one person only: now, on a day to come, or without somebody."""
    only_those_who_work_here(request)
    form = AheadForm(request.GET or None)
    data: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    at = _noon(data.get("on"))
    without = [data["without"].uid] if data.get("without") else []
    found = people_coverage.findings(at, without=without)
    alone: dict[Person, list[people_coverage.Finding]] = {}
    for finding in found:
        if not finding.nobody:
            alone.setdefault(finding.people[0], []).append(finding)
    context = {"form": form, "nobody": [finding for finding in found if finding.nobody], "alone": sorted(alone.items(), key=lambda item: -len(item[1])), "at": at, "without": data.get("without"), "zone": times.home_zone()}
    return render(request, "identity_pages/coverage.html", context)


ATTEMPTS = {
    "sign-in.failed": gettext_lazy("sign-in failed"), "sign-in.locked": gettext_lazy("sign-in locked"), "sign-in.turned-away": gettext_lazy("turned away while locked"),
    "sign.failed": gettext_lazy("signing failed"), "sign.locked": gettext_lazy("signing locked"), "refused": gettext_lazy("refused"),
}  # fmt: skip


def attempts(request: HttpRequest) -> HttpResponse:
    """What failed lately: sign-ins, signings, refused acts (11.300(d)). The latest 200 of 30 days; counts by kind."""
    if not administers(the_actor(request)):
        raise NotAllowed(No("attempts.who", _("This page is for those who look after accounts.")))
    rows = Journal.objects.filter(what__in=ATTEMPTS, at__gte=now() - timedelta(days=30))
    counts = [(ATTEMPTS[what], count) for what, count in rows.values_list("what").annotate(count=Count("id")).order_by("what")]
    latest = list(rows.order_by("-id")[:200])
    names = dict(Person.objects.filter(uid__in={row.person for row in latest if row.person}).values_list("uid", "name"))
    shown = [(row, ATTEMPTS[row.what], names.get(row.person, ""), row.what.endswith("locked")) for row in latest]
    return render(request, "identity_pages/attempts.html", {"rows": shown, "counts": counts, "zone": times.home_zone()})


def _noon(day: Any) -> datetime:
    return now() if day is None else datetime.combine(day, time(12), tzinfo=UTC)
