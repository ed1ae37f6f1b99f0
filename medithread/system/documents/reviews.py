"""Periodic reviews: which are due, which were opened, and how a heap of them can be spread (R21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.visible import visible
from medithread.kernel.signing.models import Served
from medithread.kernel.verbs import move, unit

from .models import Document
from .rules import in_force_now
from .who import CONTROL, OPENED_WITHIN, opened_since

SOON = timedelta(days=30)
MOST = 300
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """A document whose review is due, and whether this person has opened it lately."""

    document: Document
    opened: bool


def due(actor: Actor, *, mine: bool = True, until: date | None = None) -> list[Due]:
    """Documents in force whose review falls due within 30 days (or until a day), those of this person or all that she controls."""
    at = now()
    rows = Document.objects.filter(visible(actor, at), in_force_now(at), review_due__lte=until or at.date() + SOON)
    if mine or CONTROL(actor, None, at) is not None:
        rows = rows.filter(owner=actor.uid) | rows.filter(deputy=actor.uid)
    found = list(rows.rows().defer("body").order_by("review_due", "number")[:MOST])
    served = Served.objects.filter(person__uid=actor.uid, record__in=found, at__gt=at - OPENED_WITHIN).order_by("at")
    last = {(row.record_id, row.digest): row.at for row in served}
    return [Due(document, last.get((document.pk, document.digest or ""), NEVER) >= opened_since(document, at)) for document in found]


def confirm(actor: Actor, documents: Sequence[Document]) -> int:
    """Confirm several unchanged in one act: all of them or, when one was not opened, none. Raises NotAllowed, Refusal."""
    with unit(actor, "confirm reviews"):
        for document in sorted(documents, key=lambda d: d.pk):
            move(actor, document, "confirm")
    return len(documents)


def spread(documents: Sequence[Document], first: date, last: date) -> list[tuple[Document, date]]:
    """Even dates between two days, those due longest first. Raises Refusal for days in the wrong order or in the past."""
    if first < now().date() or last < first:
        raise Refusal(No("spread.days", _("Choose two days from today on, the first before the last."), field="last"))
    step = (last - first) / max(len(documents) - 1, 1)
    ordered = sorted(documents, key=lambda d: (d.review_due or date.min, d.number))
    return [(document, first + step * place) for place, document in enumerate(ordered)]


def apply_spread(actor: Actor, plan: Sequence[tuple[Document, date]], reason: str) -> int:
    """Move the review dates as planned, each with the reason. Raises NotAllowed, Refusal."""
    if not reason.strip():
        raise Refusal(No("spread.reason", _("Say why the reviews are spread."), field="reason"))
    with unit(actor, "spread reviews"):
        for document, day in sorted(plan, key=lambda pair: pair[0].pk):
            move(actor, document, "reschedule", reason=reason, review_due=day)
    return len(plan)


def chosen(actor: Actor, numbers: Sequence[str]) -> list[Any]:
    """Documents in force by their numbers, those that this person may see."""
    at = now()
    return list(Document.objects.filter(visible(actor, at), in_force_now(at), number__in=list(numbers)[:MOST]).defer("body"))
