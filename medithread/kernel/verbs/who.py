"""Predicates for `by`: who may. Each answers None or says no with the way out."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import NO_QUALITY_RIGHT, ROLE_NAMES, Role
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.lifecycle import By
from medithread.kernel.records.models import Record
from medithread.kernel.signing.models import Compensation


def role(*roles: Role) -> By:
    """Holds one of the roles at the record's site, now, also by delegation."""

    def asks_role(actor: Actor, record: Record | None, _at: datetime) -> No | None:
        if actor.hold(roles, record.site_id if record else None):
            return None
        names = " / ".join(str(ROLE_NAMES[r]) for r in roles)
        return No("who.role", _("This takes the role %(roles)s.") % {"roles": names}, fix=_("Ask a person who holds it."))

    asks_role.__name__ = "role_" + "_".join(roles)
    return asks_role


def owner() -> By:
    """Is the owner or the deputy of the record."""

    def is_owner(actor: Actor, record: Record | None, _at: datetime) -> No | None:
        if record is not None and actor.person is not None and actor.uid in (record.owner_id, record.deputy_id):
            return None
        return No("who.owner", _("This is for the owner or the deputy."), fix=_("Ask the owner, or have the owner changed."))

    return is_owner


def anybody() -> By:
    """Any person with a role here, inspectors and pure administrators left out."""

    def works_here(actor: Actor, _record: Record | None, _at: datetime) -> No | None:
        if actor.agent is not None or {h.role for h in actor.holds()} - {r.value for r in NO_QUALITY_RIGHT}:
            return None
        return No("who.anybody", _("This takes a role in the quality system."), fix=_("Ask the quality manager for a role."))

    return works_here


def any_of(*options: By) -> By:
    """One of several."""

    def one_of(actor: Actor, record: Record | None, at: datetime) -> No | None:
        nos = [option(actor, record, at) for option in options]
        return None if None in nos else nos[0]

    return one_of


def all_of(*options: By) -> By:
    """All of several."""

    def each_of(actor: Actor, record: Record | None, at: datetime) -> No | None:
        return next((no for option in options if (no := option(actor, record, at))), None)

    return each_of


def not_(predicate: By, code: str, text: object, fix: object = "") -> By:
    """Anybody but those."""

    def none_of(actor: Actor, record: Record | None, at: datetime) -> No | None:
        return No(code, text, fix=fix) if predicate(actor, record, at) is None else None  # type: ignore[arg-type]

    return none_of


def did(*acts: str) -> By:
    """Has taken part in this edition: a verb (`create`, `edit`) or a move (`submit`), as the ledger has it."""

    def took_part(actor: Actor, record: Record | None, _at: datetime) -> No | None:
        if record is None:
            return None
        entries = Entry.objects.filter(subject=record.uid, actor=actor.uid)
        if entries.filter(Q(verb__in=acts)).exists():
            return None
        return No("who.did", _("This is for those who took part."))

    return took_part


def person(uid: object) -> By:
    """Is that very person."""

    def is_person(actor: Actor, _record: Record | None, _at: datetime) -> No | None:
        if actor.person is not None and str(actor.uid) == str(uid):
            return None
        return No("who.person", _("This is asked of another person by name."))

    return is_person


def agent() -> By:
    """Only a program that acts under an authority."""

    def is_agent(actor: Actor, _record: Record | None, _at: datetime) -> No | None:
        return None if actor.agent is not None else No("who.agent", _("The system does this by itself."))

    return is_agent


def independent(rule: str, predicate: By) -> By:
    """A rule of independence in mode “hard unless compensated” (R9): a compensation in force lets it pass."""

    def holds_or_compensated(actor: Actor, record: Record | None, at: datetime) -> No | None:
        no = predicate(actor, record, at)
        if no is None:
            return None
        found = Compensation.objects.filter(Q(person=None) | Q(person=actor.uid), rule=rule, valid_from__lte=at, valid_to__gt=at)
        return None if found.exists() else no

    return holds_or_compensated
