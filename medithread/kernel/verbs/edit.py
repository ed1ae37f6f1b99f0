"""edit: change fields, parts and handling of a record in an editable state."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.refusal import No, NotAllowed, Refusal, Stale
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import EDITABLE_HANDLING, KEEPING, Kind, kind_of
from medithread.kernel.records.lifecycle import By
from medithread.kernel.records.models import Record
from medithread.kernel.search.index import index

from .fetch import locked
from .fields import apply, check_rules, clean_values
from .parts import apply_parts
from .unit import Act, unit
from .who import any_of, owner, role

M = TypeVar("M", bound=Record)
KEEPERS = role(Role.QA, Role.MR, Role.DOC, Role.RA, Role.TM)
EDITORS = any_of(owner(), role(Role.QA, Role.DOC, Role.MR))


def edit(
    who: Actor | Person,
    record: M,
    *,
    lock: int | None = None,
    reason: str = "",
    absent: Mapping[str, Mapping[str, str]] | None = None,
    parts: Mapping[str, list[dict[str, Any]]] | None = None,
    **values: Any,
) -> M:
    """Change a record. `lock` is the counter of the copy that was edited; it may be left out when only rows with locks change.

    A reason is asked once when a stored value is overwritten after the first state (R8). Raises NotAllowed, Refusal, Stale.
    """
    kind = kind_of(record)
    with unit(who, f"edit {record.number}", record.uid) as act:
        fresh: M = locked(act, record)
        _may_edit(act, kind, fresh, values)
        _is_current(fresh, lock, values, absent, parts)
        before, due = kind.content_codec.encode(fresh), fresh.due
        held, kept = fresh.hold, fresh.retain_until
        changed = apply(kind, fresh, clean_values(kind, values), absent or {}, by=act.actor)
        _may_keep_shorter(act, fresh, held=held, kept=kept)
        rows = apply_parts(kind, fresh, parts or {})
        if not changed and not rows:
            return _same(record, fresh)
        check_rules(kind, fresh)
        note = _reasoned(kind, fresh, before, changed, reason)
        if due is not None and "due" in changed:
            _due_only_by_extension(kind, fresh, reason)
        act.save(kind, fresh, content=rows or bool(changed - _handling(kind)))
        index(kind, fresh)
        act.log("edit", fresh, note=note, fields=sorted(changed) + (["parts"] if rows else []))
    return _same(record, fresh)


def _handling(kind: Kind[Any]) -> set[str]:
    return {*EDITABLE_HANDLING, *kind.handling}


def editor_of(kind: Kind[Any]) -> By:
    """Who may edit this kind."""
    return kind.lifecycle.edit_by or EDITORS


def _may_edit(act: Act, kind: Kind[Any], record: Record, values: Mapping[str, Any]) -> None:
    no = editor_of(kind)(act.actor, record, act.at)
    if no is not None:
        raise NotAllowed(no)
    free = KEEPING if kind.lifecycle.state(record.state).final else _handling(kind)
    if record.state not in kind.lifecycle.editable and not (values and set(values) <= set(free)):
        state = kind.lifecycle.condition(record, act.at).name
        raise Refusal(No("edit.state", _("In the state “%(state)s” the content is fixed.") % {"state": state}, fix=_("Revise it, or take it back first.")))


def _may_keep_shorter(act: Act, record: Record, *, held: bool, kept: date | None) -> None:
    """Who writes a record may keep it longer; lifting a hold or keeping it shorter is for those who answer for records (ISO 13485 4.2.5)."""
    shorter = kept is not None and (record.retain_until is None or record.retain_until < kept)
    no = KEEPERS(act.actor, record, act.at) if (held and not record.hold) or shorter else None
    if no is not None:
        field = "hold" if held and not record.hold else "retain_until"
        text = _("Lifting a legal hold, or keeping a record for a shorter time, takes quality, document control, regulatory affairs or top management.")
        raise NotAllowed(No("keep.shorter", text, field=field, fix=_("Ask one of them, and say why.")))


def _is_current(record: Record, lock: int | None, values: Mapping[str, Any], absent: Any, parts: Any) -> None:
    if lock is None and not values and not absent and parts:
        return
    if lock != record.lock:
        raise Stale(record, dict(values))


def _reasoned(kind: Kind[Any], record: Record, before: Mapping[str, Json], changed: set[str], reason: str) -> dict[str, Json]:
    overwritten = sorted(name for name in changed if name in before)
    first = record.state == kind.lifecycle.start
    if overwritten and not first and not reason.strip():
        raise Refusal(No("edit.reason", _("Stored values are overwritten: say why."), field="reason", fix=_("Choose or write a reason.")))
    return {"reason": reason.strip()[:1000]} if reason.strip() else {}


def _due_only_by_extension(kind: Kind[Any], record: Record, reason: str) -> None:
    """A due date that was set is never lost silently; moving it needs a reason (R7)."""
    if not reason.strip() and record.state != kind.lifecycle.start:
        raise Refusal(No("extend.reason", _("A due date is moved: say why."), field="reason"))


def _same(given: M, fresh: M) -> M:
    """The caller's object shows what was written."""
    given.__dict__.update({key: value for key, value in fresh.__dict__.items() if key != "_prefetched_objects_cache"})
    return given
