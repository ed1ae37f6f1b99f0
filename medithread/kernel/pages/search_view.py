"""The search page, and what the one search box suggests while one types: records, pages, acts."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.models import Record
from medithread.kernel.search.find import Hit, find

from .addresses import of_kind, of_record
from .fetch import the_actor
from .frame import reversed_or_empty
from .lists.view import may_create
from .places import places

MOST = 30
SUGGESTED = 6


@dataclass(frozen=True)
class Found:
    """A hit as the page shows it."""

    record: Any
    address: str
    title: SafeString
    snippet: SafeString


@dataclass(frozen=True)
class Suggestion:
    """A page or an act that the words fit."""

    label: str
    address: str
    sort: str


def search(request: HttpRequest) -> HttpResponse:
    """Records of all kinds that this person may see, the words found marked."""
    words = request.GET.get("q", "").strip()[:300]
    code = request.GET.get("kind", "")
    known = {kind.code for kind in kinds()}
    actor = the_actor(request)
    hits = find(actor, words, limit=MOST, kind=code if code in known else "") if words else []
    context = {
        "query": words, "hits": [shown(hit) for hit in hits], "kinds": _facets(hits, code), "chosen": code, "full": len(hits) == MOST,
        "pages": suggestions(actor, words) if words and not code else [],
    }  # fmt: skip
    return render(request, "pages/search.html", context)


def _facets(hits: list[Hit], chosen: str) -> list[Kind[Any]]:
    """Kinds to narrow the search to: those that were found."""
    found = {hit.record.kind for hit in hits} | {chosen}
    return [kind for kind in kinds() if kind.code in found]


def shown(hit: Hit) -> Found:
    """A hit with its marked words as safe HTML."""
    return Found(hit.record, of_record(hit.record), mark_safe(hit.title), mark_safe(hit.snippet))


def suggestions(actor: Actor, words: str) -> list[Suggestion]:
    """Lists, new records and other pages whose names hold the words."""
    asked = words.casefold().split()
    found = []
    for label, address, sort in _pages(actor):
        if all(word in label.casefold() for word in asked):
            found.append(Suggestion(label, address, sort))
    return found[:SUGGESTED]


def _pages(actor: Actor) -> list[tuple[str, str, str]]:
    pages: list[tuple[str, str, str]] = [(_("My work"), reverse("my-work"), "page")]
    for kind in kinds():
        pages.append((kind.plural, of_kind(kind), "page"))
        if may_create(actor, kind):
            pages.append((_("New %(kind)s") % {"kind": kind.model._meta.verbose_name}, reverse("new", args=[kind]), "act"))
    for place in places():
        address = reversed_or_empty(place.url)
        if address and place.may(actor):
            pages.append((f"{place.name} {place.words}".strip(), address, "page"))
    return pages


def suggest(request: HttpRequest) -> HttpResponse:
    """What the search box shows while one types."""
    words = request.GET.get("q", "").strip()[:100]
    actor = the_actor(request)
    hits = [shown(hit) for hit in find(actor, words, limit=SUGGESTED)] if words else []
    return render(request, "pages/suggest.html", {"hits": hits, "pages": suggestions(actor, words) if words else [], "query": words})


def records_by_words(request: HttpRequest) -> JsonResponse:
    """For the editor's links: number, title and edition of records that fit."""
    words = request.GET.get("q", "").strip()[:100]
    rows = _unique([hit.record for hit in find(the_actor(request), words, limit=20)]) if words else []
    return JsonResponse([{"number": row.number, "title": row.title or "", "edition": row.label} for row in rows[:8]], safe=False)


def _unique(rows: list[Record]) -> list[Record]:
    seen: dict[str, Record] = {}
    for row in rows:
        seen.setdefault(row.number, row)
    return list(seen.values())


