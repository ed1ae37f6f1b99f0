"""Roles given and taken, delegation, what a role demands at sign-in (11.10(d), (g); R9, R10)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from medithread.kernel.base.canon import Json
from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Delegation, Grant, Person, RolePolicy, Site
from medithread.kernel.identity.roles import ADMINISTRATORS, GRANTERS, TECHNICAL, Role, role_name
from medithread.kernel.identity.tell import tell

from .people import again, because, needs
from .people_coverage import breaks, waiting_only_for
from .unit import Act, unit

SLACK = timedelta(minutes=5)
INSPECTION = timedelta(days=90)
DELEGATION = timedelta(days=366)


def grant(
    who: Actor | Person, person: Person, role: str, *, site: Site | None = None, valid_from: datetime | None = None, valid_to: datetime | None = None,
    reason: str = "",
) -> Grant:  # fmt: skip
    """Give a role, now or from a later instant. Raises NotAllowed, Refusal.

    Quality, management representative and top management give every role to others. A system administrator gives the technical
    role only. Whatever one may not give alone is proposed and confirmed by a second person's signature (11.10(g), T-10g-3).
    """
    with unit(who, f"grant {role}", person.uid) as act:
        _may_grant(act, person, role, site)
        made = put_grant(act, person, role, site=site, valid_from=valid_from, valid_to=valid_to, by=act.actor.person, reason=reason)
    tell([person], _("You were given a role"), _("You now hold the role “%(role)s”.") % {"role": role_name(role)})
    return made


def _may_grant(act: Act, person: Person, role: str, site: Site | None) -> None:
    needs(act, *ADMINISTRATORS)
    own = holds_itself(act.actor, GRANTERS, site)
    if act.actor.uid != person.uid and (own or (role in TECHNICAL and holds_itself(act.actor, (Role.IT,), site))):
        return
    raise NotAllowed(
        No(
            "grant.second-person", _("You cannot give this role alone: a second authorised person confirms it by signature."),
            field="role", fix=_("Propose it; quality, the management representative or top management confirms."), link="role-proposal",
        )
    )  # fmt: skip


def holds_itself(actor: Actor, roles: Collection[str], site: Site | None = None) -> bool:
    """Holds one of the roles in its own right, everywhere or at this very site; a delegated right gives no rights away."""
    wanted = {str(role) for role in roles}
    return any(h.role in wanted and h.behalf_of is None and (h.site is None or (site is not None and h.site == site.uid)) for h in actor.holds())


def put_grant(
    act: Act, person: Person, role: str, *, by: Person | None, site: Site | None = None, valid_from: datetime | None = None,
    valid_to: datetime | None = None, confirmed_by: Person | None = None, reason: str = "",
) -> Grant:  # fmt: skip
    """Within a unit whose actor was found to be allowed: check the role and write it. Raises Refusal."""
    start = max(valid_from or act.at, act.at)
    if valid_from is not None and valid_from < act.at - SLACK:
        raise Refusal(No("grant.past", _("A role cannot begin in the past."), field="valid_from"))
    if valid_to is not None and valid_to <= start:
        raise Refusal(No("grant.end", _("The role would end before it begins."), field="valid_to"))
    _fits(person, role, start, valid_to, site)
    made = Grant(person=person, role=role, site=site, valid_from=start, valid_to=valid_to, granted_by=by, confirmed_by=confirmed_by)
    note: dict[str, Json] = {"reason": reason.strip()[:500]} if reason.strip() else {}
    act.put("create", made, note=note, role=role)
    return made


def _fits(person: Person, role: str, start: datetime, end: datetime | None, site: Site | None) -> None:
    if role not in {r.value for r in Role}:
        raise Refusal(No("grant.role", _("There is no such role."), field="role", fix=_("Choose one from the list.")))
    if person.left_on is not None and person.left_on < start.date():
        raise Refusal(No("grant.left", _("This person has left.")))
    held = open_grants(person, start)
    if held.filter(role=role).filter(Q(site=None) | Q(site=site)).exists():
        raise Refusal(No("grant.twice", _("The person holds this role already."), field="role"))
    inspector = Role.INSP.value
    if (role == inspector and held.exclude(role=inspector).exists()) or (role != inspector and held.filter(role=inspector).exists()):
        raise Refusal(No("grant.inspector", _("An inspector holds no other role."), field="role", fix=_("Withdraw the other role first.")))
    if role == inspector and (end is None or end - start > INSPECTION):
        raise Refusal(No("grant.inspector-end", _("An inspector's access ends within 90 days."), field="valid_to", fix=_("Give the last day of the inspection.")))


def open_grants(person: Person, at: datetime) -> Any:
    """Grants of a person that hold at an instant or later."""
    return Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at), person=person)


def withdraw(who: Actor | Person, given: Grant, *, reason: str, despite: bool = False) -> Grant:
    """Take a role away, now. One that is still needed is refused with the list; `despite` takes it all the same (R10).

    The last holder of a role that may give roles is never lost: nobody could give any again. Raises NotAllowed, Refusal.
    """
    with unit(who, "withdraw role", given.person.uid) as act:
        fresh = again(given)
        _may_withdraw(act, fresh)
        note = because(reason)
        if fresh.valid_to is not None and fresh.valid_to <= act.at:
            raise Refusal(No("withdraw.over", _("This role has ended already.")))
        _someone_can_grant(act, fresh)
        needed = still_needed(fresh, act.at)
        if needed and not despite:
            raise Refusal(*needed)
        fresh.valid_to = max(act.at, fresh.valid_from)
        act.put("edit", fresh, note=note, despite=[no.code for no in needed])
    tell([fresh.person], _("A role was withdrawn"), _("You no longer hold the role “%(role)s”.") % {"role": role_name(fresh.role)})
    return fresh


def _may_withdraw(act: Act, given: Grant) -> None:
    """Those who may give it; and everybody may lay down a role of their own."""
    if act.actor.uid == given.person.uid or (given.role in TECHNICAL and holds_itself(act.actor, (Role.IT,), given.site)):
        return
    needs(act, *GRANTERS)
    if not holds_itself(act.actor, GRANTERS, given.site):
        raise NotAllowed(No("withdraw.site", _("Your role covers another site only."), fix=_("Ask somebody whose role covers all sites.")))


def _someone_can_grant(act: Act, given: Grant) -> None:
    valid = Q(valid_to=None) | Q(valid_to__gt=act.at)
    others = Grant.objects.filter(valid, role__in=[r.value for r in GRANTERS], site=None, person__account__is_active=True, person__left_on=None)
    if given.role in GRANTERS and not others.exclude(uid=given.uid).exists():
        raise Refusal(No("withdraw.last", _("Nobody could give a role any more."), fix=_("Give quality, management representative or top management to somebody else first.")))


def still_needed(given: Grant, at: datetime) -> list[No]:
    """What would stand still without this role: steps nobody else could make, and records that wait for this person alone."""
    nos = [
        No("role.last-holder", _("Nobody else could do this: %(step)s.") % {"step": need.words}, fix=_("Give the role to somebody else first."))
        for need in breaks(at, dropping=[given.uid])
    ]
    waiting = waiting_only_for(given.person, at, dropping=[given.uid])
    if waiting:
        numbers = ", ".join(dict.fromkeys(record.number for record in waiting[:10]))
        text = ngettext("%(n)d record waits for a signature that only this person can give: %(numbers)s.", "%(n)d records wait for signatures that only this person can give: %(numbers)s.", len(waiting))
        nos.append(No("role.open-slots", text % {"n": len(waiting), "numbers": numbers}, fix=_("Have them signed, or give the role to somebody else first.")))
    return nos


def delegate(who: Actor | Person, taker: Person, role: str, *, valid_from: datetime | None = None, valid_to: datetime, reason: str) -> Delegation:
    """Let somebody act in one's own name in one role until an instant; it ends by itself and shows in every signature.

    Nobody gives on more than they hold in their own right, nor longer. Raises Refusal.
    """
    with unit(who, f"delegate {role}", taker.uid) as act:
        giver = act.actor.person
        start = max(valid_from or act.at, act.at)
        if giver is None or giver.uid == taker.uid:
            raise Refusal(No("delegate.self", _("Choose another person."), field="taker"))
        if not start < valid_to <= start + DELEGATION:
            raise Refusal(No("delegate.dates", _("A delegation ends, within a year at the latest."), field="valid_to"))
        covering = Q(valid_to=None) | Q(valid_to__gte=valid_to)
        if not Grant.objects.filter(covering, person=giver, role=role, valid_from__lte=start).exists():
            raise Refusal(No("delegate.more", _("You do not hold this role yourself for the whole time."), field="role", fix=_("Choose a role of your own, or an earlier end.")))
        held = {g.role for g in open_grants(taker, start)}
        if taker.left_on is not None or Role.INSP.value in held:
            raise Refusal(No("delegate.taker", _("This person cannot act for you."), field="taker", fix=_("Choose somebody who works here.")))
        made = Delegation(giver=giver, taker=taker, role=role, valid_from=start, valid_to=valid_to, reason=str(because(reason)["reason"])[:300])
        act.put("create", made, role=role)
    tell([taker], _("A role was delegated to you"), _("You act for %(giver)s as “%(role)s” until %(end)s.") % {"giver": giver.name, "role": role_name(role), "end": f"{valid_to:%Y-%m-%d %H:%M} UTC"})
    return made


def end_delegation(who: Actor | Person, given: Delegation, *, reason: str) -> Delegation:
    """End a delegation before its time: giver, taker, or whoever may give roles. Raises NotAllowed, Refusal."""
    with unit(who, "end delegation", given.giver.uid) as act:
        if act.actor.uid not in (given.giver.uid, given.taker.uid):
            needs(act, *GRANTERS)
        fresh = again(given)
        if fresh.valid_to > act.at:
            fresh.valid_to = max(act.at, fresh.valid_from)
            act.put("edit", fresh, note=because(reason))
    return fresh


def set_policy(who: Actor | Person, role: str, *, second_factor: bool, idle_minutes: int | None, reason: str) -> RolePolicy:
    """What holders of a role need at sign-in (T-10d-5). Raises NotAllowed, Refusal."""
    with unit(who, f"policy {role}") as act:
        needs(act, *GRANTERS)
        if role not in {r.value for r in Role}:
            raise Refusal(No("grant.role", _("There is no such role."), field="role"))
        if idle_minutes is not None and not 1 <= idle_minutes <= 24 * 60:
            raise Refusal(No("policy.idle", _("Idle minutes: 1 to 1440."), field="idle_minutes"))
        policy = RolePolicy.objects.filter(role=role).first()
        verb = "edit" if policy else "create"
        policy = policy or RolePolicy(role=role)
        policy.second_factor, policy.idle_minutes = second_factor, idle_minutes
        act.put(verb, policy, note=because(reason))
    return policy


def dropped_by(person: Person, at: datetime) -> list[UUID]:
    """The grants that end when this person goes."""
    return [given.uid for given in open_grants(person, at)]
