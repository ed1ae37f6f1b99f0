"""The page of a list."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.lifecycle import Move
from medithread.kernel.records.listing import Listing, listing

from .. import times
from ..fetch import room_of, the_actor
from ..past import past_of
from ..rooms import own_page
from .asked import Asked, asked, column_choices, cookie_name, with_waiting
from .cells import heads, label_of, rows_shown
from .filters import menus
from .past_list import past_list

YEAR = 365 * 24 * 3600
EXPORTS = (("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("json", "JSON"))


def list_page(request: HttpRequest, kind: Kind[Any]) -> HttpResponseBase:
    """The records of a kind that this person may see. Raises Refusal for a filter that does not exist."""
    own = own_page(request, kind, "list", kind)
    return own if own is not None else generic(request, kind)


def generic(request: HttpRequest, kind: Kind[Any]) -> HttpResponseBase:
    """The generic list."""
    if request.GET.get("keep") == "columns":
        return keep_columns(request, kind)
    request.room = kind.code if kind.child_of is None else room_of(kind.model(kind=kind.code))  # type: ignore[attr-defined]
    actor = the_actor(request)
    zone = times.home_zone()
    question = asked(request, kind)
    past = past_of(request, zone)
    if past is not None:
        return past_list(request, actor, question, past, zone)
    found = listing(with_waiting(kind, actor, question.ask), actor, question.ask)
    context = {
        "kind": kind, "asked": question, "rows": rows_shown(actor, kind, question.columns, found.rows, zone), "heads": heads(question),
        "count": found.count, "count_words": count_words(kind, found), "next": question.address(after=found.next, back=question.following) if found.next else "",
        "menus": menus(question), "columns": [(name, label_of(kind, name), name in question.columns) for name in column_choices(kind) if name not in ("number", "title")],
        "may_create": may_create(actor, kind), "bulk": bulk_moves(kind), "filtered": bool(question.ask.words or any(v for v in question.ask.filters.values())),
        "zone": zone, "export_forms": EXPORTS, "today": times.today(zone),
    }  # fmt: skip
    return render(request, "pages/list.html", context)


def count_words(kind: Kind[Any], found: Listing) -> str:
    """“214 documents”; beyond a thousand, or a page of hits, nobody counts."""
    number = f"{found.stop:,}+" if found.more else f"{found.count:,}"
    name = kind.model._meta.verbose_name if found.count == 1 else kind.model._meta.verbose_name_plural
    return f"{number} {name}"


def may_create(actor: Actor, kind: Kind[Any]) -> bool:
    """May this person begin a record of this kind from its list?"""
    return kind.child_of is None and kind.create_by(actor, None, now()) is None


def bulk_moves(kind: Kind[Any]) -> list[Move[Any]]:
    """Moves that can be made on several records at once: forward ones that take no signature and ask for nothing."""
    return [move for move in kind.lifecycle.moves if not (move.signatures or move.asks or move.back or move.protective)]


def keep_columns(request: HttpRequest, kind: Kind[Any]) -> HttpResponse:
    """Keep the chosen columns for this browser."""
    chosen = [name for name in column_choices(kind) if name in request.GET.getlist("col")]
    question: Asked = asked(request, kind)
    answer = redirect(request.path + question.address(col=None))
    answer.set_cookie(cookie_name(kind), ".".join(chosen), max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer


