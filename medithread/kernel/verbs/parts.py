"""Parts of a record: rows are added, changed and removed by uid; a row changed by somebody else meanwhile is stale."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Nos, Refusal, Stale
from medithread.kernel.base.uid import uuid7
from medithread.kernel.records.codec import Unfit
from medithread.kernel.records.kinds import Kind, PartSpec
from medithread.kernel.records.models import Part, Record

MAX_ROWS = 2_000


def apply_parts(kind: Kind[Any], record: Record, parts: Mapping[str, list[dict[str, Any]]]) -> bool:
    """Apply row changes per part. A row is {uid?, lock?, order?, remove?, field: value …}. Answers whether anything changed."""
    changed = False
    for name, rows in parts.items():
        spec = kind.part(name)
        if spec is None or not isinstance(rows, list) or len(rows) > MAX_ROWS:
            raise Refusal(No("parts.unknown", _("There are no rows of this name here."), field=name))
        changed |= _apply(spec, record, rows)
    return changed


def _apply(spec: PartSpec, record: Record, rows: list[dict[str, Any]]) -> bool:
    there = {row.uid: row for row in getattr(record, spec.name).all()}
    last = max((row.order for row in there.values()), default=0)
    changed = False
    for raw in rows:
        uid = _uid(raw.get("uid"), spec)
        row = there.get(uid) if uid else None
        if uid and row is None:
            raise Stale(record, code="stale.row")
        if row is None and not raw.get("remove"):
            last += 1
            row = spec.model(uid=uuid7(), order=last, **{"record": record})
            changed |= _fill(spec, row, raw, new=True)
        elif row is not None:
            changed |= _change(spec, record, row, raw)
    return changed


def _uid(raw: Any, spec: PartSpec) -> UUID | None:
    if raw in (None, ""):
        return None
    try:
        return UUID(str(raw))
    except ValueError as error:
        raise Refusal(No("parts.uid", _("This row cannot be found."), field=spec.name)) from error


def _change(spec: PartSpec, record: Record, row: Part, raw: dict[str, Any]) -> bool:
    if "lock" in raw and str(raw["lock"]) != str(row.lock):
        raise Stale(record, code="stale.row")
    if raw.get("remove"):
        row.delete()
        return True
    return _fill(spec, row, raw, new=False)


def _fill(spec: PartSpec, row: Part, raw: dict[str, Any], *, new: bool) -> bool:
    nos, changed = Nos(), new
    for name in spec.fields:
        if name not in raw:
            continue
        try:
            value = spec.codec.clean(name, raw[name])
        except Unfit as unfit:
            nos.add(No(unfit.no.code, unfit.no.text, field=f"{spec.name}.{name}", fix=unfit.no.fix))
            continue
        attribute = spec.codec.fields[name].attname
        if getattr(row, attribute) != value:
            setattr(row, attribute, value)
            changed = True
    if str(raw.get("order", row.order)).isdigit() and int(raw.get("order", row.order)) != row.order:
        row.order, changed = min(int(raw["order"]), 100_000), True
    nos.raise_any()
    if changed:
        row.lock += 0 if new else 1
        row.save()
    return changed
