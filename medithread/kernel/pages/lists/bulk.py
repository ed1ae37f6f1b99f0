"""One step on several records: shown once more, then made one by one; what was refused is told by record."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from medithread.kernel import verbs
from medithread.kernel.base.refusal import No, Refusal, Refused
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.lifecycle import Move
from medithread.kernel.records.visible import seen_by

from ..fetch import the_actor, typed_text
from .view import bulk_moves

MOST = 200


@dataclass(frozen=True)
class Outcome:
    """One record, and why not where it was refused."""

    record: Any
    refusal: Refused | None


def bulk(request: HttpRequest, kind: Kind[Any]) -> HttpResponse:
    """First POST: shows what was picked. Second (`sure`): makes the step on each."""
    move = _move(kind, request.POST.get("act", ""))
    rows = _picked(request, kind)
    context: dict[str, Any] = {"kind": kind, "move": move, "rows": rows}
    if request.POST.get("sure") != "yes":
        return render(request, "pages/bulk.html", context)
    reason = typed_text(request, "reason")
    if move.reason and not reason.strip():
        context["error"] = _("Say why.")
        return render(request, "pages/bulk.html", context, status=422)
    context["outcomes"] = [_one(request, row, move, reason) for row in rows]
    return render(request, "pages/bulk.html", context)


def _move(kind: Kind[Any], name: str) -> Move[Any]:
    found = next((move for move in bulk_moves(kind) if move.name == name), None)
    if found is None:
        raise Refusal(No("bulk.move", _("This step cannot be made on several records at once.")))
    return found


def _picked(request: HttpRequest, kind: Kind[Any]) -> list[Any]:
    uids = []
    for raw in request.POST.getlist("pick")[:MOST]:
        try:
            uids.append(UUID(raw))
        except ValueError:
            continue
    rows = list(seen_by(the_actor(request), kind.model).filter(uid__in=uids).rows().order_by("number"))
    if not rows:
        raise Refusal(No("bulk.none", _("Nothing was selected."), fix=_("Go back and tick the rows.")))
    return rows


def _one(request: HttpRequest, row: Any, move: Move[Any], reason: str) -> Outcome:
    lock = request.POST.get(f"lock-{row.uid}", "")
    try:
        verbs.move(the_actor(request), row, move.name, lock=int(lock) if lock.isdigit() and len(lock) < 10 else None, reason=reason)
    except Refused as refusal:
        return Outcome(row, refusal)
    return Outcome(row, None)
