"""What waits for a person, and why: signatures asked, late and due records, reviews, returned drafts, unsaved forms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import F, Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from medithread.kernel.base.canon import sha256
from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Entry, Head
from medithread.kernel.records.kinds import Kind, kind_of, kinds
from medithread.kernel.records.lifecycle import Move, Slot
from medithread.kernel.records.models import Record, WorkingCopy
from medithread.kernel.records.visible import seen_by, visible
from medithread.kernel.signing.plans import fillable, state_of
from medithread.kernel.verbs.move import against

from . import times
from .addresses import of_record

SOON = timedelta(days=14)
REVIEW_SOON = timedelta(days=30)
MOST = 100
CANDIDATES = 40
FRESH = 20
WINDOW = 5_000


@dataclass(frozen=True)
class Item:
    """One thing to do: the record, why it is here, until when, and the signature it asks for."""

    record: Record
    why: str
    due: date | None = None
    move: Move[Any] | None = None

    @property
    def kind(self) -> Kind[Any]:
        return kind_of(self.record)


@dataclass
class Work:
    """Everything on the page “My work”, in its groups."""

    asked: list[Item] = field(default_factory=list)
    late: list[Item] = field(default_factory=list)
    due: list[Item] = field(default_factory=list)
    reviews: list[Item] = field(default_factory=list)
    returned: list[Item] = field(default_factory=list)
    mine: list[Item] = field(default_factory=list)

    @property
    def pressing(self) -> list[Item]:
        """What the counts of the frame count, each record once."""
        seen: dict[int, Item] = {}
        for item in (*self.asked, *self.late, *self.due, *self.reviews, *self.returned):
            seen.setdefault(item.record.pk, item)
        return list(seen.values())


@dataclass(frozen=True)
class Counts:
    """The figures of the frame: kind → (how many, some late)."""

    of: dict[str, tuple[int, bool]] = field(default_factory=dict)
    asked: int = 0
    late: int = 0
    total: int = 0


def work_of(actor: Actor) -> Work:
    """What waits for this person now."""
    work = Work(asked=list(asked_of(actor)))
    if actor.person is None:
        return work
    day = times.today(times.home_zone())
    for record in _due_soon(actor, day):
        late = record.due < day
        (work.late if late else work.due).append(Item(record, _role(actor, record), record.due))
    work.reviews = [Item(record, _("Periodic review: confirm it unchanged, or revise it"), record.review_due) for rows in _reviews(actor, day) for record in rows]
    work.returned = [Item(record, _("It came back to you"), record.due) for record in _came_back(actor)]
    shown = {item.record.pk for item in work.pressing}
    others = _mine(actor).exclude(pk__in=shown).order_by("-changed_at")[:20]
    work.mine = [Item(record, _role(actor, record), record.due) for record in others]
    return work


def counts(actor: Actor, origin: str) -> Counts:
    """The figures of the frame, worked out at most every 20 seconds while others write; after a write of one's own at once."""
    key = _key(actor, origin)
    found: Counts | None = cache.get(key)
    if found is None:
        found = figures(actor)
        cache.set(key, found, FRESH)
    return found


def forget(actor: Actor) -> None:
    """The person has written something: count anew."""
    cache.delete(_key(actor, _origin()))


def remember(actor: Actor, work: Work) -> None:
    """The figures of the frame follow from work that was just worked out."""
    cache.set(_key(actor, _origin()), count(work), FRESH)


def _origin() -> str:
    return Head.objects.values_list("origin", flat=True).first() or ""


def _key(actor: Actor, origin: str) -> str:
    return f"waiting:{sha256(origin.encode())[:16]}:{actor.uid}"


def count(work: Work) -> Counts:
    """Work as figures."""
    late = {item.record.pk for item in work.late}
    return _counted(((item.record.pk, item.record.kind, item.record.pk in late) for item in work.pressing), len(work.asked), len(late))


def figures(actor: Actor) -> Counts:
    """The same figures without the records: what every page can afford."""
    asked = [item.record for item in asked_of(actor)]
    found = [(record.pk, record.kind, False) for record in asked]
    late = 0
    if actor.person is not None:
        day = times.today(times.home_zone())
        due = [(pk, kind, on < day) for pk, kind, on in _due_soon(actor, day).values_list("pk", "kind", "due")]
        late = sum(is_late for _pk, _kind, is_late in due)
        found += due
        for rows in (*_reviews(actor, day), _came_back(actor)):
            found += [(pk, kind, False) for pk, kind in rows.values_list("pk", "kind")]
    return _counted(found, len(asked), late)


def _counted(rows: Iterable[tuple[int, str, bool]], asked: int, late: int) -> Counts:
    """Each record once; what belongs to another kind's records (actions of an idea) counts there."""
    seen: dict[int, tuple[str, bool]] = {}
    for pk, code, is_late in rows:
        seen[pk] = (code, is_late or seen.get(pk, ("", False))[1])
    of: dict[str, tuple[int, bool]] = {}
    for code, is_late in seen.values():
        kind = kind_of(code)
        code = kind_of(kind.child_of).code if kind.child_of else code
        number, some_late = of.get(code, (0, False))
        of[code] = (number + 1, some_late or is_late)
    return Counts(of, asked, late, len(seen))


def open_states(kind: Kind[Any]) -> list[str]:
    """States in which somebody has something to do: neither final nor resting until time or a revision ends them."""
    resting = {derived.stored for derived in kind.lifecycle.derived}
    return [state.code for state in kind.lifecycle.states if not state.final and state.code not in resting]


def is_open() -> Q:
    """Open records of all kinds, on the spine."""
    found = Q(pk__in=())
    for kind in kinds():
        found |= Q(kind=kind.code, state__in=open_states(kind))
    return found


def _mine(actor: Actor) -> "QuerySet[Any]":
    own = Q(owner=actor.uid) | Q(deputy=actor.uid)
    rows: QuerySet[Any] = Record.objects.rows().filter(visible(actor)).filter(own, is_open())
    return rows


def _role(actor: Actor, record: Record) -> str:
    if record.owner_id == actor.uid:
        return _("You own it")
    return _("You are the deputy of %(owner)s") % {"owner": record.owner}


def _due_soon(actor: Actor, day: date) -> "QuerySet[Any]":
    return _mine(actor).filter(due__lte=day + SOON).order_by("due", "number")[:MOST]


def _came_back(actor: Actor) -> "QuerySet[Any]":
    """Drafts that were returned to their first state."""
    starts = Q(pk__in=())
    for kind in kinds():
        if any(move.back and move.to == kind.lifecycle.start for move in kind.lifecycle.moves):
            starts |= Q(kind=kind.code, state=kind.lifecycle.start)
    return _mine(actor).filter(starts, state_since__gt=F("created_at")).order_by("-state_since")[:MOST]


def _reviews(actor: Actor, day: date) -> "Iterable[QuerySet[Any]]":
    """Per kind, the records in force whose periodic review this person owes."""
    for kind in kinds():
        if "review_due" in kind.handling:
            rows = review_due(kind, seen_by(actor, kind.model), day).filter(Q(owner=actor.uid) | Q(deputy=actor.uid))
            yield rows.rows().order_by("review_due")[:MOST]


def review_due(kind: Kind[Any], rows: Any, day: date) -> Any:
    """Records in force whose periodic review falls due within 30 days (R21)."""
    current = kind.lifecycle.query("effective", now()) if any(d.state.code == "effective" for d in kind.lifecycle.derived) else Q()
    return rows.filter(current, review_due__lte=day + REVIEW_SOON)


def asked_of(actor: Actor, only: Kind[Any] | None = None) -> Iterable[Item]:
    """Records whose next signature this person can give now; the longest waiting first."""
    at = now()
    if actor.person is None:
        return
    for kind in (only,) if only else _where_signatures_wait():
        moves = signing_moves(kind)
        for record in _candidates(actor, kind, moves):
            for move in moves:
                slots = asked_slots(actor, record, move, at)
                if slots:
                    yield Item(record, _signature_words(slots), record.due, move)


def signing_moves(kind: Kind[Any]) -> list[Move[Any]]:
    """Forward moves that take signatures."""
    return [move for move in kind.lifecycle.moves if move.signatures and not move.back]


def _where_signatures_wait() -> list[Kind[Any]]:
    """Kinds of which any record stands before a signature: one short statement, however many rooms there are."""
    signed = {kind.code: (kind, sorted({start for move in signing_moves(kind) for start in move.starts})) for kind in kinds()}
    asked = [(code, starts) for code, (_kind, starts) in signed.items() if starts]
    one = "SELECT %s WHERE EXISTS (SELECT 1 FROM records_record WHERE kind = %s AND state IN ({}))"
    sql = " UNION ALL ".join(one.format(", ".join(["%s"] * len(starts))) for _code, starts in asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, [word for code, starts in asked for word in (code, code, *starts)])
        return [signed[row[0]][0] for row in cursor.fetchall()]


def _candidates(actor: Actor, kind: Kind[Any], moves: list[Move[Any]]) -> Iterable[Record]:
    starts = {start for move in moves for start in move.starts}
    if not starts:
        return ()
    rows = seen_by(actor, kind.model).filter(state__in=starts).rows().order_by("state_since").prefetch_related("signatures", *prefetched(kind))
    found: Iterable[Record] = rows[:CANDIDATES]
    return found


def prefetched(kind: Kind[Any]) -> list[str]:
    """Names that bring the rows of all parts, with whom they name, in one query each."""
    found = []
    for part in kind.parts:
        found.append(part.name)
        found.extend(f"{part.name}__{name}" for name, of in part.codec.fields.items() if isinstance(of.related_model, type) and issubclass(of.related_model, Model))
    return found


def asked_slots(actor: Actor, record: Record, move: Move[Any], at: datetime) -> tuple[Slot, ...]:
    """The slots this person may fill now with one signature; none when a rule stands against the move."""
    if record.state not in move.starts or (move.by and move.by(actor, record, at)):
        return ()
    signatures = sorted((s for s in record.signatures.all() if s.move == move.name), key=lambda s: s.at)
    mine, _nos = fillable(actor, record, state_of(record, move, signatures), at)
    if not mine or next(iter(against(record.declared, record, move, asked=False)), None):
        return ()
    return mine


def _signature_words(slots: tuple[Slot, ...]) -> str:
    from medithread.kernel.signing.meanings import MEANINGS

    words = ", ".join(str(slot.label or MEANINGS.get(slot.meaning, slot.meaning)) for slot in slots)
    return _("Your signature “%(meaning)s” is asked: %(slots)s") % {"meaning": MEANINGS.get(slots[0].meaning, slots[0].meaning), "slots": words}


def recent(actor: Actor) -> list[Record]:
    """What this person last worked on, within the last 5,000 entries of the ledger."""
    head = Head.objects.values_list("seq", flat=True).first() or 0
    codes = [f"{kind.code}@{kind.schema}" for kind in kinds()]
    subjects = Entry.objects.filter(seq__gt=head - WINDOW, actor=actor.uid, kind__in=codes).order_by("-seq").values_list("of", flat=True)[:60]
    uids = list(dict.fromkeys(subjects))[:8]
    rows = {record.uid: record for record in Record.objects.rows().filter(visible(actor), uid__in=uids)}
    return [rows[uid] for uid in uids if uid in rows]


@dataclass(frozen=True)
class Unsaved:
    """A form that was begun and not saved: what it is of, where to go on, since when."""

    label: str
    address: str
    saved_at: datetime


def unsaved(actor: Actor) -> list[Unsaved]:
    """Forms that were begun and not saved, the latest first."""
    copies = list(WorkingCopy.objects.filter(person__uid=actor.uid, saved_at__gt=now() - timedelta(days=30)).order_by("-saved_at")[:20])
    uids = [copy.key.partition(":")[2] for copy in copies if copy.key.startswith("edit:")]
    rows = {str(row.uid): row for row in Record.objects.filter(visible(actor), uid__in=uids)}
    return [found for copy in copies if (found := _unsaved(copy, rows))]


def _unsaved(copy: WorkingCopy, rows: dict[str, Record]) -> Unsaved | None:
    sort, _mark, rest = copy.key.partition(":")
    if sort == "edit":
        record = rows.get(rest)
        return Unsaved(f"{record.number} {record.title or ''}", of_record(record, "edit"), copy.saved_at) if record else None
    code, _mark, parent = rest.partition(":")
    kind = next((kind for kind in kinds() if kind.code == code), None)
    if kind is None:
        return None
    label = _("New %(kind)s") % {"kind": kind.model._meta.verbose_name}
    return Unsaved(label, reverse("new", args=[kind]) + (f"?parent={parent}" if parent else ""), copy.saved_at)
