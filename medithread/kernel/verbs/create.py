"""create: a new series with its first edition, or a child record."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Record, Series
from medithread.kernel.records.numbering import check_hand_given, next_number
from medithread.kernel.search.index import index

from .content import record_content
from .fields import apply, check_rules, clean_values
from .parts import apply_parts
from .unit import Act, unit

M = TypeVar("M", bound=Record)


def create(
    who: Actor | Person,
    model: type[M],
    *,
    number: str | None = None,
    parent: Record | None = None,
    absent: Mapping[str, Mapping[str, str]] | None = None,
    parts: Mapping[str, list[dict[str, Any]]] | None = None,
    uid: UUID | None = None,
    **values: Any,
) -> M:
    """Make a record in its first state. `number` is hand-given; without it the next free one is assigned (R3).

    Raises NotAllowed, Refusal.
    """
    kind: Kind[M] = kind_of(model)
    with unit(who, f"create {kind.code}") as act:
        record = _blank(act, kind, parent, uid)
        _may_create(act, kind, record)
        apply(kind, record, clean_values(kind, values), absent or {}, by=act.actor)
        if record.owner_id is None and act.actor.person is not None:
            record.owner = act.actor.person
        check_rules(kind, record)
        _number(act, kind, record, number)
        act.insert(record, record_content(kind, record, new=True))
        if parts:
            apply_parts(kind, record, parts)
            act.save(kind, record)
        index(kind, record, new=True)
        act.log("create", record)
    return record


def _blank(act: Act, kind: Kind[M], parent: Record | None, uid: UUID | None) -> M:
    if kind.child_of is not None and (parent is None or kind_of(parent).model is not kind.child_of):
        raise Refusal(No("create.parent", _("This belongs to another record; open that one first.")))
    return kind.model(
        uid=uid or uuid7(), kind=kind.code, state=kind.lifecycle.start, state_since=act.at, created_at=act.at, changed_at=act.at,
        created_by=act.actor.uid, parent=parent if kind.child_of else None, absent={},
    )


def _may_create(act: Act, kind: Kind[M], record: M) -> None:
    no = kind.create_by(act.actor, record.parent, act.at)
    if no is not None:
        raise NotAllowed(no)


def _number(act: Act, kind: Kind[M], record: M, number: str | None) -> None:
    text = check_hand_given(number) if number else next_number(kind, record, act.at.year)
    record.series = Series.objects.create(kind=kind.code, number=text)
    record.number = text
    record.label = kind.label_draft(record) if kind.label_draft else ""
