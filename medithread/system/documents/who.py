"""Who writes, reviews and confirms a document, as predicates for its lifecycle (R4, R6, R9, R21)."""

import json
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import EDITABLE_HANDLING, kind_of
from medithread.kernel.records.lifecycle import By
from medithread.kernel.records.models import Record
from medithread.kernel.signing.models import Served
from medithread.kernel.verbs.who import any_of, independent, not_, owner, role

from .models import Document

CONTROL = role(Role.QA, Role.DOC, Role.MR)
OPENED_WITHIN = timedelta(days=30)


def writer() -> By:
    """Has begun this version: wrote its first draft or opened the revision."""

    def began(actor: Actor, record: Record | None, _at: datetime) -> No | None:
        if record is not None and record.created_by == actor.uid and not record.adopted:
            return None
        return No("document.writer", _("This is for whoever writes this version, or the owner."), fix=_("Ask the author or the owner."))

    return began


def has_written() -> By:
    """Has a hand in the content of this version: began it or changed it. Remarks, links and dates are no authorship."""

    def wrote(actor: Actor, record: Record | None, at: datetime) -> No | None:
        if record is None or writer()(actor, record, at) is None:
            return None
        handling = {*EDITABLE_HANDLING, *kind_of(record).handling}
        bodies = Entry.objects.filter(subject=record.uid, actor=actor.uid, verb="edit").values_list("body", flat=True)
        if any(set(json.loads(bytes(body)).get("fields", ())) - handling for body in bodies):
            return None
        return No("who.did", _("This is for those who took part."))

    return wrote


NOT_AUTHOR = independent(
    "document.author-not-sole-approver",
    not_(has_written(), "document.author", _("Who wrote this version does not approve it alone."), _("Another approver signs; in a very small company a compensation can be recorded.")),
)


def reviewer() -> By:
    """Is named as a reviewer of this version, by name or by a role held now."""

    def reviews(actor: Actor, record: Record | None, _at: datetime) -> No | None:
        rows = record.reviewers.all() if isinstance(record, Document) and record.pk else ()
        if any(row.person_id == actor.uid or (row.role and actor.hold((row.role,), record.site_id if record else None)) for row in rows):
            return None
        return No("document.reviewer-only", _("This is for the reviewers and approvers of this version."), fix=_("Write a comment; the reviewers see it."))

    return reviews


def opened_since(record: Record, at: datetime) -> datetime:
    """From when on an opening counts for a periodic review: within 30 days, after it came into force and was confirmed last."""
    return max(moment for moment in (at - OPENED_WITHIN, record.effective_from, getattr(record, "confirmed_at", None)) if moment is not None)


def opened() -> By:
    """Was served this very content for this review: nobody confirms unseen (R21)."""

    def has_opened(actor: Actor, record: Record | None, at: datetime) -> No | None:
        if record is not None:
            seen = Served.objects.filter(person__uid=actor.uid, record=record.pk, digest=record.digest or "", at__gte=opened_since(record, at))
            if seen.exists():
                return None
        return No("document.not-opened", _("You have not opened this document lately."), fix=_("Open it, then confirm."), link="read")

    return has_opened


WRITERS = any_of(owner(), writer(), CONTROL)
RETURNERS = any_of(reviewer(), owner(), role(Role.QA, Role.DOC, Role.MR, Role.TM))
