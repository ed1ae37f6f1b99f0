"""What was typed: raw form data as values, absences and rows for a verb; what cannot be read is refused beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.refusal import No
from medithread.kernel.records.kinds import Kind, PartSpec
from medithread.kernel.records.models import Record
from medithread.kernel.text.errors import TextError
from medithread.kernel.text.markdown import from_markdown

from .. import times
from .plan import fields_of, parts_of

MOST_ROWS = 500


@dataclass
class Typed:
    """Ready for a verb: `values` by field, `absent` by field, `parts` by name; `nos` tells what could not be read, `losses` what was left out of a text."""

    values: dict[str, Any] = field(default_factory=dict)
    absent: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    nos: list[No] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def typed(kind: Kind[Any], record: Record | None, raw: QueryDict, zone: str) -> Typed:
    """Read a form. Only fields that were sent are touched."""
    found = Typed()
    for name in fields_of(kind, record):
        if raw.get(f"take__{name}") != "theirs":
            _field(kind, name, raw, zone, found)
    for name in parts_of(kind, record):
        part = kind.part(name)
        if part is not None and f"part-{name}-n" in raw and raw.get(f"take__{name}") != "theirs":
            found.parts[name] = rows_typed(part, raw, zone)
    return found


def _field(kind: Kind[Any], name: str, raw: QueryDict, zone: str, found: Typed) -> None:
    absence = raw.get(f"{name}__absent")
    if absence:
        found.values[name] = None
        found.absent[name] = {"code": absence, "reason": raw.get(f"{name}__reason", "")}
        return
    if absence is not None and name in kind.absent_codec_fields:
        found.absent[name] = {"code": ""}
    if name not in raw and f"{name}_json" not in raw:
        return
    column = kind.model._meta.get_field(name)
    if isinstance(column, RichTextField):
        _rich(name, raw, found)
    else:
        found.values[name] = value_typed(column, said(column, name, raw), zone)


def said(column: Any, name: str, raw: QueryDict) -> str:
    """What was sent for a field; of several boxes that were ticked all."""
    return ", ".join(filter(None, raw.getlist(name))) if isinstance(column, CodesField) else str(raw.get(name, ""))


def _rich(name: str, raw: QueryDict, found: Typed) -> None:
    """The document of the editor, or without script its Markdown."""
    document = raw.get(f"{name}_json", "").strip()
    if document:
        found.values[name] = document
        return
    try:
        found.values[name], losses = from_markdown(raw.get(name, ""))
        found.losses.extend(str(loss) for loss in losses)
    except TextError as error:
        found.nos.append(No(f"text.{error.code}", str(error), field=name, fix=_("Look at the place named, and correct the marks.")))


def value_typed(column: Any, text: str, zone: str) -> Any:
    """One raw value. Times are meant in the zone of the site; the codec reads the rest."""
    text = text.strip()
    if isinstance(column, models.DateTimeField) and text:
        return _instant(text, zone)
    return text


def _instant(text: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=times.zone(zone))).isoformat()


def rows_typed(part: PartSpec, raw: Mapping[str, Any], zone: str) -> list[dict[str, Any]]:
    """The rows of a part: known ones by uid, new ones where anything was filled in."""
    rows = []
    for number in range(count_of(raw, part.name)):
        row = _row(part, raw, f"part-{part.name}-{number}-", zone)
        filled = any(value not in (None, "") for name, value in row.items() if name in part.fields)
        if row.get("uid") or (filled and not row.get("remove")):
            rows.append(row)
    return rows


def count_of(raw: Mapping[str, Any], name: str) -> int:
    """How many rows the form has."""
    text = str(raw.get(f"part-{name}-n", "0"))
    return min(int(text), MOST_ROWS) if text.isdigit() and len(text) < 6 else 0


def _row(part: PartSpec, raw: Mapping[str, Any], prefix: str, zone: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: value_typed(column, str(raw.get(prefix + name, "")), zone) for name, column in part.codec.fields.items() if prefix + name in raw}
    for name in ("uid", "lock"):
        if raw.get(prefix + name):
            row[name] = raw[prefix + name]
    if raw.get(prefix + "remove"):
        row["remove"] = True
    return row


def raw_of(kind: Kind[Any], record: Any, zone: str) -> QueryDict:
    """A record as its form would send it unchanged."""
    from .widgets import raw_value

    found = QueryDict(mutable=True)
    for name in fields_of(kind, record):
        column = kind.model._meta.get_field(name)
        found[name] = raw_value(column, getattr(record, column.attname), zone)
        why = record.absent.get(name)
        if why:
            found[f"{name}__absent"], found[f"{name}__reason"] = why.get("code", ""), why.get("reason", "")
    for name in parts_of(kind, record):
        part = kind.part(name)
        if part is not None and record.pk:
            _raw_rows(part, record, found, zone)
    return found


def _raw_rows(part: PartSpec, record: Any, found: QueryDict, zone: str) -> None:
    from .widgets import raw_value

    rows = list(getattr(record, part.name).all())
    found[f"part-{part.name}-n"] = str(len(rows))
    for number, row in enumerate(rows):
        prefix = f"part-{part.name}-{number}-"
        found[prefix + "uid"], found[prefix + "lock"] = str(row.uid), str(row.lock)
        for name, column in part.codec.fields.items():
            found[prefix + name] = raw_value(column, getattr(row, column.attname), zone)
