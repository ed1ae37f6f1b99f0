"""What must hold of documents, and what follows when they move (ISO 13485 4.2.4; R1-R3, R6, R12, R16, R19, R21)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import sha256
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.files.models import Attachment
from medithread.kernel.identity.roles import ROLE_NAMES, Role, role_name
from medithread.kernel.pages import times
from medithread.kernel.records.lifecycle import Plan, Slot
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.who import all_of, owner, person, role
from medithread.kernel.work.jobs import enqueue

from .models import ChangeClass, Document, DocumentType
from .who import NOT_AUTHOR

TOP = frozenset({DocumentType.QM, DocumentType.POL})
MOST_REVIEWERS = 12
IMPACTS = ("impact_product", "impact_process", "impact_regulatory", "impact_supplier", "impact_risk", "impact_training")


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
    open_ones = [name for name in IMPACTS if getattr(document, name) is None and name not in document.absent]
    if open_ones:
        return No("document.impact", _("%(n)d impact questions are not answered.") % {"n": len(open_ones)}, field=open_ones[0], fix=_("Answer each, also when nothing is touched."))
    return None


def reviewers_are_named(document: Document) -> No | None:
    """Each reviewer row names a person or a role, and not the same one twice in one round."""
    rows = list(document.reviewers.all())
    if len(rows) > MOST_REVIEWERS:
        return No("document.reviewers-many", _("There are more than %(n)d reviewers.") % {"n": MOST_REVIEWERS}, field="reviewers", fix=_("Name roles instead of persons."))
    seen = set()
    for row in rows:
        if row.person_id is None and row.role is None:
            return No("document.reviewer", _("A reviewer row names nobody."), field="reviewers", fix=_("Choose a person or a role, or remove the row."))
        who = (row.person_id, row.role, row.round)
        if who in seen:
            return No("document.reviewer-twice", _("A reviewer is named twice in the same round."), field="reviewers", fix=_("Remove one of the rows."))
        seen.add(who)
    return None


def claims_nothing_adopted(document: Document) -> No | None:
    """Only an adoption says that a version was approved elsewhere. What a revision took along goes when it is sent to review."""
    if document.adopted or document.edition > 1:
        return None
    if document.source or document.approved_on or document.protocol or document.historic_approvals.exists():
        return No("document.not-adopted", _("This version was not adopted: it has no approval elsewhere."), field="source", fix=_("Leave these fields empty, or adopt it under a migration protocol."))
    return None


def owner_is_there(document: Document) -> No | None:
    """The owner approves: there is one, and she has not left."""
    person = document.owner
    if person is None or (person.left_on is not None and person.left_on < now().date()):
        return No("document.owner", _("The owner is missing or has left the company."), field="owner", fix=_("Choose another owner."))
    return None


def is_in_force(document: Document) -> No | None:
    """Only what is in force is confirmed."""
    if not is_effective(document, now()):
        return No("document.not-in-force", _("This version is not in force."), fix=_("Look at the version that is."))
    return None


def is_not_superseded(document: Document) -> No | None:
    """What has been superseded is history already."""
    if is_superseded(document, now()):
        return No("document.superseded", _("This version was superseded already."), fix=_("Look at the version that is in force."))
    return None


def move_review(act: Any, document: Document) -> None:
    """A review is moved to a day that comes, at most five years away. Raises Refusal."""
    if document.review_due is None or not act.at.date() <= document.review_due <= add_months(act.at, 60):
        raise Refusal(No("document.review-day", _("The review can be moved to a day from today on, within five years."), field="review_due"))


def approval_plan(document: Document) -> Plan:
    """Reviews as planned by the author, then quality and owner (manual and policy: top management), who confirm the class of change."""
    slots = [_review_slot(row) for row in document.reviewers.all()] if document.pk else []
    last = max((slot.order for slot in slots), default=0) + 1
    if document.type in TOP:
        slots.append(Slot("approved", all_of(role(Role.TM), NOT_AUTHOR), key="top", label=_confirming(document, _("Top management")), order=last))
    else:
        slots.append(Slot("approved", all_of(role(Role.QA), NOT_AUTHOR), key="quality", label=_confirming(document, _("Quality")), order=last))
        slots.append(Slot("approved", owner(), key="owner", label=_("Owner"), order=last))
    return tuple(slots)


def _confirming(document: Document, who: Any) -> Any:
    """The author's class decides, the approver confirms it by signing under these words (R12)."""
    if not document.change_class or document.edition == 1:
        return who
    return _("%(who)s, confirming “%(class)s”") % {"who": who, "class": ChangeClass(document.change_class).label}


def _review_slot(row: Any) -> Slot:
    """A slot belongs to its row and to whom the row names: another name later is another slot, so that no signature moves over."""
    who = person(row.person_id) if row.person_id else role(Role(row.role)) if row.role else role(Role.QA)
    label = row.person.name if row.person_id else role_name(row.role) if row.role else ROLE_NAMES[Role.QA]
    key = "review-" + sha256(f"{row.uid}/{row.person_id}/{row.role}".encode())[:8]
    return Slot("reviewed", who, key=key, label=label, order=row.round or 0)


def answer_editorial(act: Any, document: Document) -> None:
    """An editorial change touches nothing: each open impact question is answered so, in the content that is signed (R19)."""
    if document.edition == 1 or document.change_class != ChangeClass.EDITORIAL:
        return
    none = {"code": "not_applicable", "reason": _("Not touched: the change is editorial")}
    answers = {name: {**none, "reason": str(none["reason"])} for name in IMPACTS if getattr(document, name) is None and name not in document.absent}
    if answers:
        document.absent = {**document.absent, **answers}
        act.save(document.declared, document)


def shed(act: Any, document: Document) -> None:
    """A version written here carries nothing that was true of an adopted or brought version before it: no approvals elsewhere, no foreign file."""
    if document.adopted or document.edition == 1:
        return
    document.source = document.approved_on = document.protocol = None
    document.absent = {name: why for name, why in document.absent.items() if name not in ("source", "approved_on", "protocol")}
    document.historic_approvals.all().delete()
    for one in _of_earlier_versions(document):
        one.removed = True
        act.put("edit", one, note={"reason": "belongs to an earlier version"})
    act.save(document.declared, document)


def _of_earlier_versions(document: Document) -> Any:
    """Evidence, and where there is a text of its own also the original file, that came along from an earlier version."""
    earlier = Attachment.objects.filter(record__series=document.series_id, record__edition__lt=document.edition, removed=False)
    roles = ("evidence",) if document.is_file else ("evidence", "original")
    return document.attachments.filter(removed=False, role__in=roles, file__in=earlier.filter(role__in=roles).values("file"))


def put_in_force(act: Any, document: Document) -> None:
    """On approval the instant is fixed, never before now, and what went before ends at the same instant (R16)."""
    start = max(document.planned_from or act.at, act.at)
    before = in_force_open(document).exclude(pk=document.pk).first()
    if before is not None:
        start = max(start, before.effective_from)
    document.effective_from, document.effective_to = start, None
    for old in [*([before] if before else []), *superseded_by_link(document)]:
        act.touch("supersede", old, effective_to=max(start, old.effective_from))
    document.review_due = add_months(_there(document, start), document.review_months) if document.review_months else None
    enqueue("documents.rendition", key=f"rendition:{document.uid}", title=f"{document.number} {document.label}: PDF/A", record=str(document.uid))


def in_force_open(document: Document) -> Any:
    """Editions of the series that are or will be in force without an end, for the same scope."""
    return Record.objects.filter(series=document.series_id, scope=document.scope, effective_to=None, effective_from__isnull=False)


def superseded_by_link(document: Document) -> list[Record]:
    """Editions of other numbers that this version says it supersedes."""
    series = document.links_out.filter(meaning="supersedes", removed=False).values_list("target", flat=True)
    return list(Record.objects.filter(series__in=list(series), kind=document.kind, effective_to=None, effective_from__isnull=False))


def end_now(act: Any, document: Document) -> None:
    """A document made obsolete is in force no longer than this instant. One that was still to come gives its place back."""
    if document.effective_from is not None and document.effective_from > act.at:
        document.effective_to = document.effective_from
        _give_back(act, document)
    elif document.effective_from is not None and (document.effective_to is None or document.effective_to > act.at):
        document.effective_to = act.at
    document.review_due = None


def _give_back(act: Any, document: Document) -> None:
    """The version that was to end when this one began goes on without an end."""
    Record.objects.filter(pk=document.pk).update(effective_to=document.effective_to)
    before = Record.objects.filter(series=document.series_id, scope=document.scope, effective_to=document.effective_from, effective_from__lt=document.effective_from)
    old = before.exclude(pk=document.pk).first()
    if old is not None and not in_force_open(document).exists():
        act.touch("reinstate", old, effective_to=None)


def confirm_unchanged(act: Any, document: Document) -> None:
    """The periodic review found nothing to change: no new version, no training, only the next date (R21)."""
    months = document.review_months or _months_so_far(document)
    document.confirmed_at = act.at
    document.review_due = add_months(_there(document, act.at), months) if months else None


def _there(document: Document, at: datetime) -> datetime:
    """An instant in the time of the document's site: the day that people there call it."""
    return at.astimezone(times.zone(times.zone_name(document)))


def _months_so_far(document: Document) -> int:
    """An adopted version says no interval, only its next review: the stretch from its approval to that day goes on."""
    if document.review_due is None or document.effective_from is None:
        return 0
    begun = (document.confirmed_at or document.effective_from).date()
    return min(max(round((document.review_due - begun).days / 30.44), 1), 60)


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


def is_effective(document: Any, at: datetime) -> bool:
    return document.effective_from is not None and document.effective_from <= at and (document.effective_to is None or at < document.effective_to)


def is_superseded(document: Any, at: datetime) -> bool:
    return document.effective_to is not None and document.effective_to <= at


def effective_query(at: datetime) -> Q:
    return Q(effective_from__lte=at) & (Q(effective_to=None) | Q(effective_to__gt=at))


def superseded_query(at: datetime) -> Q:
    return Q(effective_to__lte=at)


def review_query(_value: str, _actor: Any, at: datetime) -> Q:
    """In force, with a periodic review that is due or overdue (R21)."""
    return in_force_now(at) & Q(review_due__lte=at.date() + timedelta(days=30))


def in_force_now(at: datetime) -> Q:
    """Documents that are in force at an instant."""
    return Q(state="approved") & effective_query(at) & ~Q(effective_from=F("effective_to"))
