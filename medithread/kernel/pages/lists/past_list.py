"""A list as it was: read from the ledger's versions, known on a day, or in force on a day."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.asof import DISPOSED, contents_of, list_at
from medithread.kernel.ledger.models import Version
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import visible

from ..past import Past, condition_then
from .asked import Asked


def past_list(request: HttpRequest, actor: Actor, question: Asked, past: Past, zone: str) -> HttpResponse:
    """The page of a list as it was. Filters by state and owner hold for that time."""
    kind = question.kind
    uids = Record.objects.filter(visible(actor), kind=kind.code).values("uid")
    in_force_on = past.instant if past.on is not None and kind.shape == "controlled" else None
    found = list_at(kind.code, past.seq, in_force_on, uids=uids, where=_where(question, actor, past), after=request.GET.get("after", "")[:120])
    context = {
        "kind": kind, "asked": question, "past": past, "zone": zone, "rows": past_rows(kind, found.rows, past),
        "next": question.address(after=found.next, back=question.following) if found.next else "", "in_force": in_force_on is not None,
    }  # fmt: skip
    return render(request, "pages/list_past.html", context)


def _where(question: Asked, actor: Actor, past: Past) -> Q:
    """State and owner as filters on versions; a state that time brings is worked out for that instant."""
    found = Q()
    states = question.ask.filters.get("state", "")
    if states and not (question.view and past.on is not None):
        either = Q(pk__in=())
        for code in states.split(","):
            either |= question.kind.lifecycle.query(code, past.instant)
        found &= either
    if question.ask.filters.get("owner") == "me":
        found &= Q(owner=actor.uid)
    return found


def past_rows(kind: Kind[Any], versions: list[Version], past: Past) -> list[dict[str, Any]]:
    """The rows with title, owner and state of that time: three queries for a page."""
    titles = contents_of({version.content for version in versions if version.content}, {"title"})
    owners = dict(Person.objects.filter(uid__in={version.owner for version in versions if version.owner}).values_list("uid", "name"))
    editions = dict(Record.objects.filter(uid__in=[version.uid for version in versions]).values_list("uid", "edition"))
    rows = []
    for version in versions:
        title = titles.get(version.content or "", {}).get("title", "")
        rows.append(
            {
                "version": version,
                "title": "" if title is DISPOSED else title,
                "owner": owners.get(version.owner, ""),
                "edition": editions.get(version.uid),
                "condition": condition_then(kind, version, past.instant),
            }
        )
    return rows
