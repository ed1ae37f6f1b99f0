"""What a person may see: one SQL predicate for lists, counts, search, threads, exports (kernel.md §5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import Role

from .kinds import kinds
from .models import Confidentiality, Record

NOTHING = Q(pk__in=())


def visible(actor: Actor, at: datetime | None = None) -> Q:
    """A filter on spine columns. Agents see all; inspectors what is in force or given to them; the rest by site and class."""
    if actor.agent is not None:
        return Q()
    holds = actor.holds()
    if actor.person is None or not holds:
        return NOTHING
    at = at or now()
    if {h.role for h in holds} <= {Role.INSP.value, Role.XT.value}:
        return _limited(actor, at)
    place = _at(actor.sites())
    return place & (_open_to(actor) | Q(owner=actor.person.uid) | Q(deputy=actor.person.uid))


def _at(sites: set[UUID] | None) -> Q:
    """At these sites (None: at all), or at none in particular."""
    return Q() if sites is None else Q(site=None) | Q(site__in=sites)


def _open_to(actor: Actor) -> Q:
    """What is open, and what is confidential where this actor holds a reader's role: a reader at one site is none at another."""
    found = Q(confidentiality=Confidentiality.OPEN)
    for kind in kinds():
        held = [h.site for h in actor.holds() if h.role in kind.confidential_readers]
        if held:
            found |= Q(kind=kind.code) & _at(None if None in held else {site for site in held if site})
    return found


def _limited(actor: Actor, at: datetime) -> Q:
    from .models import Given

    given = Given.objects.filter(person__uid=actor.uid, valid_from__lte=at, valid_to__gt=at, record=OuterRef("pk"))
    allowed = Q(Exists(given)) | Q(owner=actor.uid)
    if actor.has(Role.INSP):
        allowed |= Q(effective_from__lte=at, confidentiality=Confidentiality.OPEN) & (Q(effective_to=None) | Q(effective_to__gt=at))
    return allowed


def may_see(actor: Actor, record: Record) -> bool:
    """The same question for one record at hand."""
    if actor.agent is not None:
        return True
    return bool(Record.objects.filter(visible(actor), pk=record.pk).exists())


def seen_by(actor: Actor, model: type[Record]) -> Any:
    """The records of a kind that this actor may see."""
    return model.objects.filter(visible(actor))
