"""What must hold of documents, and what follows when they move (ISO 13485 4.2.4; R1-R3, R12, R16, R19)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.identity.roles import ROLE_NAMES, Role
from medithread.kernel.records.lifecycle import Plan, Slot
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.who import all_of, any_of, did, independent, not_, owner, person, role

from .models import ChangeClass, Document, DocumentType

AUTHOR = any_of(did("create"), did("edit"), did("revise"))
NOT_AUTHOR = independent(
    "document.author-not-sole-approver",
    not_(AUTHOR, "document.author", _("Who wrote this version does not approve it alone."), _("Another approver signs; in a very small company a compensation can be recorded.")),
)
TOP = frozenset({DocumentType.QM, DocumentType.POL})


def is_filled(document: Document) -> No | None:
    """There is something to read: a text here, or a file."""
    if document.body is None and not document.attachments.filter(removed=False, role="original").exists():
        return No("document.empty", _("There is no text and no file yet."), field="body", fix=_("Write it, or bring a file."))
    return None


def review_is_planned(document: Document) -> No | None:
    """An interval for the periodic review, or a reason why none (R21)."""
    if document.review_months is None and "review_months" not in document.absent:
        return No("document.review", _("No interval for the periodic review."), field="review_months", fix=_("Give the months, or say why none."))
    if document.review_months is not None and not 1 <= document.review_months <= 60:
        return No("document.review-range", _("The review interval is 1 to 60 months."), field="review_months")
    return None


def planned_date_is_ahead(document: Document) -> No | None:
    """A date that passed unapproved is asked about, never back-dated (R16)."""
    if document.planned_from is not None and document.planned_from < now():
        return No(
            "document.date-passed", _("The planned date has passed without approval."), field="planned_from",
            fix=_("Take it back and set a new date, or leave it empty: in force on approval."),
        )
    return None


def impact_is_answered(document: Document) -> No | None:
    """Each impact question is answered, unless the change is editorial (R19). A first version asks none of a former one."""
    if document.edition == 1 or document.change_class == ChangeClass.EDITORIAL:
        return None
    names = ("impact_product", "impact_process", "impact_regulatory", "impact_supplier", "impact_risk", "impact_training")
    open_ones = [name for name in names if getattr(document, name) is None and name not in document.absent]
    if open_ones:
        return No("document.impact", _("%(n)d impact questions are not answered.") % {"n": len(open_ones)}, field=open_ones[0], fix=_("Answer each, also when nothing is touched."))
    return None


def reviewers_are_named(document: Document) -> No | None:
    """Each reviewer row names a person or a role."""
    for row in document.reviewers.all():
        if row.person_id is None and row.role is None:
            return No("document.reviewer", _("A reviewer row names nobody."), field="reviewers", fix=_("Choose a person or a role, or remove the row."))
    return None


def approval_plan(document: Document) -> Plan:
    """Reviews as planned by the author, then quality and owner (manual and policy: top management)."""
    slots = [_review_slot(row, place) for place, row in enumerate(document.reviewers.all())] if document.pk else []
    last = max((slot.order for slot in slots), default=0) + 1
    if document.type in TOP:
        slots.append(Slot("approved", all_of(role(Role.TM), NOT_AUTHOR), key="top", label=_("Top management"), order=last))
    else:
        slots.append(Slot("approved", all_of(role(Role.QA), NOT_AUTHOR), key="quality", label=_("Quality"), order=last))
        slots.append(Slot("approved", owner(), key="owner", label=_("Owner"), order=last))
    return tuple(slots)


def _review_slot(row: Any, place: int) -> Slot:
    who = person(row.person_id) if row.person_id else role(Role(row.role)) if row.role else role(Role.QA)
    label = row.person.name if row.person_id else ROLE_NAMES[Role(row.role)] if row.role else ROLE_NAMES[Role.QA]
    return Slot("reviewed", who, key=f"review{place + 1}", label=label, order=row.round or 0)


def put_in_force(act: Any, document: Document) -> None:
    """On approval the instant is fixed and the version before it ends at the same instant (R16); derived from time from then on."""
    start = max(document.planned_from or act.at, act.at)
    before = Record.objects.filter(series=document.series, scope=document.scope, effective_to=None, effective_from__isnull=False).exclude(pk=document.pk).first()
    if before is not None:
        start = max(start, before.effective_from)
        act.touch("supersede", before, effective_to=start)
    document.effective_from, document.effective_to = start, None
    document.review_due = add_months(start, document.review_months) if document.review_months else None


def end_now(act: Any, document: Document) -> None:
    """A document made obsolete is in force no longer than this instant."""
    if document.effective_from is not None and (document.effective_to is None or document.effective_to > act.at):
        document.effective_to = max(act.at, document.effective_from)
    document.review_due = None


def confirm_unchanged(act: Any, document: Document) -> None:
    """The periodic review found nothing to change: no new version, no training, only the next date (R21)."""
    document.confirmed_at = act.at
    document.review_due = add_months(act.at, document.review_months) if document.review_months else None


def add_months(start: datetime, months: int) -> Any:
    """The same day so many months later, or the last day of that month."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    first_of_next = datetime(year + month // 12, month % 12 + 1, 1).date()
    last = (first_of_next - timedelta(days=1)).day
    return start.date().replace(year=year, month=month, day=min(start.day, last))


def type_prefix(document: Document) -> str:
    """Documents are counted per type: SOP-0001."""
    return document.type or "SOP"


def version_label(document: Document) -> str:
    """`v3` once approved; before that `v3.2`: major to come, minor per round of review."""
    if document.adopted:
        return document.label
    if document.state in ("draft", "in_review", "rejected", "void"):
        minor = int(document.label.rpartition(".")[2]) if "." in document.label else 0
        if document.state == "in_review" or minor == 0:
            minor += 1
        return f"v{document.edition}.{minor}"
    return f"v{document.edition}"


def is_effective(document: Any, at: datetime) -> bool:
    return document.effective_from is not None and document.effective_from <= at and (document.effective_to is None or at < document.effective_to)


def is_superseded(document: Any, at: datetime) -> bool:
    return document.effective_to is not None and document.effective_to <= at


def effective_query(at: datetime) -> Q:
    return Q(effective_from__lte=at) & (Q(effective_to=None) | Q(effective_to__gt=at))


def superseded_query(at: datetime) -> Q:
    return Q(effective_to__lte=at)


def in_force_now(at: datetime) -> Q:
    """Documents that are in force at an instant."""
    return Q(state="approved") & effective_query(at) & ~Q(effective_from=F("effective_to"))
