"""People and sites: added, changed, away, gone. A person is never deleted (11.10(d), 11.100(a))."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Nos, NotAllowed, NotFound, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Absence, Account, Delegation, Grant, Person, SignIn, Site, Token
from medithread.kernel.identity.roles import ADMINISTRATORS, GRANTERS, Role
from medithread.kernel.records.codec import Unfit

from .things import spec_of
from .unit import Act, unit
from .who import role

T = TypeVar("T", bound=models.Model)


def needs(act: Act, *roles: Role) -> None:
    """Only holders of one of these roles. Raises NotAllowed."""
    no = role(*roles)(act.actor, None, act.at)
    if no is not None:
        raise NotAllowed(no)


def again(thing: T) -> T:
    """The present row of a thing, locked until the unit ends. Raises NotFound."""
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True)  # foreign keys to it are checked at commit, while the ledger is locked
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def fill(thing: models.Model, values: Mapping[str, Any]) -> set[str]:
    """Set cleaned values; answers the names of stored values that were overwritten. Raises Refusal beside each field."""
    nos, overwritten, codec = Nos(), set(), spec_of(thing).codec
    for name, raw in values.items():
        try:
            value = codec.clean(name, raw)
        except Unfit as unfit:
            nos.add(unfit.no)
            continue
        attribute = codec.fields[name].attname
        if value is None and not codec.fields[name].null:
            nos.add(No("field.empty", _("This cannot be left empty."), field=name))
        elif getattr(thing, attribute) != value:
            if getattr(thing, attribute) not in (None, "", False):
                overwritten.add(name)
            setattr(thing, attribute, value)
    nos.raise_any()
    return overwritten


def because(reason: str, code: str = "reason") -> dict[str, Json]:
    """The note of an act that takes a reason. Raises Refusal without one."""
    words = reason.strip()[:500]
    if not words:
        raise Refusal(No(code, _("Say why."), field="reason", fix=_("One sentence is enough.")))
    return {"reason": words}


def add_person(who: Actor | Person, **values: Any) -> Person:
    """Add a person, with or without an account later: `name`, `email`, `function`, `external`, `manager`. Raises NotAllowed, Refusal."""
    with unit(who, "add person") as act:
        needs(act, *ADMINISTRATORS)
        person = Person()
        fill(person, {"name": None, **values})
        _address_is_free(person)
        act.put("create", person)
    return person


def change_person(who: Actor | Person, person: Person, *, reason: str = "", **values: Any) -> Person:
    """Change what is known of a person; signatures keep the name they were given under. Raises NotAllowed, Refusal."""
    with unit(who, "change person", person.uid) as act:
        needs(act, *ADMINISTRATORS)
        fresh = again(person)
        overwritten = fill(fresh, {name: value for name, value in values.items() if name != "left_on"})
        _address_is_free(fresh)
        act.put("edit", fresh, note=because(reason) if overwritten else {})
    return fresh


def _address_is_free(person: Person) -> None:
    """Links that set secrets go to this address; two people never share one."""
    if person.email and Person.objects.filter(email__iexact=person.email).exclude(uid=person.uid).exists():
        raise Refusal(No("person.email", _("Another person has this e-mail address."), field="email", fix=_("Each person needs an address of their own.")))


def leave(who: Actor | Person, person: Person, *, on: date, reason: str) -> Person:
    """Say that a person leaves on a day (their last). From then on nothing is possible in their name; history stays.

    A day that has come ends account, roles and delegations at once; a later one is done by the nightly job. Raises NotAllowed, Refusal.
    """
    with unit(who, "person leaves", person.uid) as act:
        needs(act, *ADMINISTRATORS)
        fresh = again(person)
        note = because(reason)
        fresh.left_on = on
        act.put("edit", fresh, note=note)
        if on <= act.at.date():
            end_everything(act, fresh, note)
    return fresh


def end_everything(act: Act, person: Person, note: Mapping[str, Json]) -> None:
    """Account, roles and delegations of somebody who has left end now."""
    for grant in Grant.objects.filter(person=person, valid_to=None) | Grant.objects.filter(person=person, valid_to__gt=act.at):
        grant.valid_to = max(act.at, grant.valid_from)
        act.put("edit", grant, note=note)
    given = Delegation.objects.filter(giver=person, valid_to__gt=act.at) | Delegation.objects.filter(taker=person, valid_to__gt=act.at)
    for delegation in given:
        delegation.valid_to = max(act.at, delegation.valid_from)
        act.put("edit", delegation, note=note)
    account = Account.objects.filter(person=person, is_active=True).first()
    if account is not None:
        shut(act, account, note)


def shut(act: Act, account: Account, note: Mapping[str, Json]) -> None:
    """Close an account: sessions and tokens stop with the commit."""
    account.is_active = False
    act.put("edit", account, note=note)
    stop_access(act, account, "deactivated")


def stop_access(act: Act, account: Account, why: str) -> None:
    """End all sign-ins and revoke all tokens of an account."""
    SignIn.objects.filter(account=account, ended_at=None).update(ended_at=act.at, ended_by=why)
    for token in Token.objects.filter(person=account.person, revoked_at=None):
        token.revoked_at = act.at
        act.put("edit", token)


def away(who: Actor | Person, person: Person, *, first: date, last: date) -> Absence:
    """Note days of absence of oneself, or of another as an administrator. No reason is kept. Raises NotAllowed, Refusal."""
    with unit(who, "absence", person.uid) as act:
        if act.actor.uid != person.uid:
            needs(act, *ADMINISTRATORS)
        if last < first:
            raise Refusal(No("absence.days", _("The last day lies before the first."), field="last"))
        absence = Absence(person=person, first=first, last=last)
        act.put("create", absence)
    return absence


def back(who: Actor | Person, absence: Absence) -> Absence:
    """End an absence with today, or take it back when it has not begun. Raises NotAllowed."""
    with unit(who, "absence ends", absence.person.uid) as act:
        if act.actor.uid != absence.person.uid:
            needs(act, *ADMINISTRATORS)
        fresh = again(absence)
        fresh.last = min(fresh.last, act.at.date())
        fresh.first = min(fresh.first, fresh.last)
        act.put("edit", fresh)
    return fresh


def is_away(person: Person, day: date | None = None) -> bool:
    """Is this person absent on a day?"""
    day = day or now().date()
    return bool(Absence.objects.filter(person=person, first__lte=day, last__gte=day).exists())


def add_site(who: Actor | Person, **values: Any) -> Site:
    """Add a site: `code`, `name`, `zone` (an IANA time zone). Raises NotAllowed, Refusal."""
    with unit(who, "add site") as act:
        needs(act, *GRANTERS)
        site = Site()
        fill(site, {"code": None, "name": None, **values})
        _site_is_sound(site)
        act.put("create", site)
    return site


def change_site(who: Actor | Person, site: Site, *, reason: str = "", **values: Any) -> Site:
    """Change a site's name or zone; the code stays for ever, it stands on records. Raises NotAllowed, Refusal."""
    with unit(who, "change site", site.uid) as act:
        needs(act, *GRANTERS)
        fresh = again(site)
        overwritten = fill(fresh, values)
        if "code" in overwritten:
            raise Refusal(No("site.code", _("The code of a site does not change."), field="code", fix=_("Change the name, or add another site.")))
        _site_is_sound(fresh)
        act.put("edit", fresh, note=because(reason) if overwritten else {})
    return fresh


def _site_is_sound(site: Site) -> None:
    nos = Nos()
    if Site.objects.filter(code__iexact=site.code).exclude(uid=site.uid).exists():
        nos.add(No("site.taken", _("There is a site with this code."), field="code", fix=_("Choose another code.")))
    if site.zone not in available_timezones():
        nos.add(No("site.zone", _("This time zone is not known."), field="zone", fix=_("Write it as Europe/Paris.")))
    nos.raise_any()
