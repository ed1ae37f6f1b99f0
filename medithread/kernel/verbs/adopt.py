"""adopt: editions that came into being elsewhere, with their own numbers, labels and dates (R1–R3).

They are written as pending editions, in a state of the kind that is neither in force nor final. `take_up`, a consequence of the
signed migration protocol, makes all of them at once what they are. Nothing here is a signature of this system.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.files.models import Attachment, StoredFile
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Confidentiality, FormerNumber, Record, Series
from medithread.kernel.records.numbering import check_hand_given

from .attach import ROLES
from .content import record_content
from .fields import apply, check_rules, clean_values
from .parts import apply_parts
from .unit import Act, unit
from .who import role

M = TypeVar("M", bound=Record)
ADOPTERS = role(Role.QA, Role.MR, Role.DOC)


@dataclass(frozen=True)
class Brought:
    """A stored file that comes with an adopted edition."""

    file: StoredFile
    name: str
    role: str = "evidence"
    note: str = ""


@dataclass(frozen=True)
class TakenUp:
    """What a pending edition becomes: its state, and since when and until when it was in force."""

    record: Record
    state: str
    effective_from: datetime
    effective_to: datetime | None = None
    handling: Mapping[str, Any] = field(default_factory=dict)


def adopt(
    who: Actor | Person,
    model: type[M],
    *,
    uid: UUID,
    number: str,
    label: str,
    state: str,
    former: Iterable[str] = (),
    files: Sequence[Brought] = (),
    absent: Mapping[str, Mapping[str, str]] | None = None,
    parts: Mapping[str, list[dict[str, Any]]] | None = None,
    **values: Any,
) -> M:
    """Write one pending edition; of several editions of a number the older comes first. The same `uid` is written once.

    Until it is taken up it has no owner and is closed to everybody but quality. Raises NotAllowed, Refusal.
    """
    kind: Kind[M] = kind_of(model)
    with unit(who, f"adopt {number}") as act:
        there: M | None = model.objects.filter(uid=uid).first()
        if there is not None:
            return there
        _may_adopt(act, kind, state)
        record = _blank(act, kind, uid, state)
        apply(kind, record, clean_values(kind, values), absent or {}, by=act.actor)
        check_rules(kind, record)
        _place(act, kind, record, number, label, former)
        _write(act, kind, record, files, parts or {})
        act.log("adopt", record, label=record.label)
    return record


def _write(act: Act, kind: Kind[Any], record: Record, files: Sequence[Brought], parts: Mapping[str, list[dict[str, Any]]]) -> None:
    """The row, its files and parts; the content is weighed once, when all of it is there."""
    act.writer.born(record.uid)
    record.save(force_insert=True)
    _bring(act, record, files)
    apply_parts(kind, record, parts)
    record.digest = act.writer.weigh_content(record.uid, record_content(kind, record))
    Record.objects.filter(pk=record.pk).update(digest=record.digest)


def take_up(act: Act, taken: Sequence[TakenUp]) -> None:
    """Make pending editions what they are, all in this unit. Everything must be pending still. Raises Refusal."""
    for one in sorted(taken, key=lambda t: t.record.pk):
        record = one.record
        record.state, record.state_since = one.state, act.at
        record.effective_from, record.effective_to = one.effective_from, one.effective_to
        record.confidentiality = Confidentiality.OPEN
        for name, value in one.handling.items():
            setattr(record, name, value)
        record.lock += 1
        record.changed_at = act.at
        changed = ("state", "state_since", "effective_from", "effective_to", "confidentiality", "lock", "changed_at", *one.handling)
        record.save(update_fields=changed)
        act.log("take up", record)


def give_up(act: Act, records: Sequence[Record], state: str) -> None:
    """Pending editions that nobody will take up: an aborted adoption is voided with the reason of its act."""
    for record in sorted(records, key=lambda r: r.pk):
        record.state, record.state_since = state, act.at
        record.lock += 1
        record.changed_at = act.at
        record.save(update_fields=("state", "state_since", "lock", "changed_at"))
        act.log("void", record)


def _may_adopt(act: Act, kind: Kind[Any], state: str) -> None:
    no = ADOPTERS(act.actor, None, act.at)
    if no is not None:
        raise NotAllowed(no)
    life = kind.lifecycle
    if kind.shape != "controlled" or state == life.start or state in life.editable or life.state(state).final:
        raise Refusal(No("adopt.kind", _("Editions of this kind cannot be adopted in this state.")))


def _blank(act: Act, kind: Kind[M], uid: UUID, state: str) -> M:
    return kind.model(
        uid=uid, kind=kind.code, state=state, state_since=act.at, created_at=act.at, changed_at=act.at, created_by=act.actor.uid,
        adopted=True, absent={}, confidentiality=Confidentiality.CONFIDENTIAL,
    )


def _place(act: Act, kind: Kind[Any], record: Record, number: str, label: str, former: Iterable[str]) -> None:
    """Give the edition its series, its place in it and its own label."""
    series = _series(act, kind, record, number, former)
    label = label.strip()[:40]
    others = Record.objects.filter(series=series)
    if not label or others.filter(label__iexact=label, state=record.state).exists():
        raise Refusal(No("adopt.label", _("%(number)s has no version label, or the label stands twice.") % {"number": number}, field="label"))
    last = others.order_by("-edition").values_list("edition", flat=True).first() or 0
    record.series, record.number, record.edition, record.label = series, series.number, last + 1, label


def _series(act: Act, kind: Kind[Any], record: Record, number: str, former: Iterable[str]) -> Series:
    """The series of the number: a new one, or one that holds nothing but pending editions and such as were given up."""
    series: Series | None = Series.objects.filter(number=number.strip(), kind=kind.code).first()
    if series is not None and not Record.objects.filter(_lives(kind, record), series=series).exists():
        return series
    made: Series = Series.objects.create(kind=kind.code, number=check_hand_given(number))
    for old in former:
        act.put("create", FormerNumber(series=made, number=check_hand_given(old)))
    return made


def _lives(kind: Kind[Any], record: Record) -> Q:
    """Editions that make a number taken: written here, taken up once, or neither pending nor given up."""
    given_up = [state.code for state in kind.lifecycle.states if state.final]
    return Q(adopted=False) | Q(effective_from__isnull=False) | ~Q(state__in=(record.state, *given_up))


def _bring(act: Act, record: Record, files: Sequence[Brought]) -> None:
    for one in files:
        if one.role not in ROLES:
            raise ValueError(one.role)
        made = Attachment(record=record, file=one.file, name=one.name[:200], role=one.role, note=one.note[:300] or None, added_by=act.actor.person, added_at=act.at)
        act.put("create", made, sha256=one.file.sha256)
