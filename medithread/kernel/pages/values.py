"""Values as people read them, with the empties told apart: a value · unknown, because … · not yet looked at (kernel.md §1)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.identity.roles import Role, role_name
from medithread.kernel.records.codec import decimal_text
from medithread.kernel.records.kinds import Kind, PartSpec, field_label

from . import times

ABSENCES = {
    "unknown": gettext_lazy("Unknown"),
    "not_applicable": gettext_lazy("Not applicable"),
    "asked_unknown": gettext_lazy("Asked, unknown"),
    "withheld": gettext_lazy("Withheld"),
}


@dataclass(frozen=True)
class Shown:
    """A field as a page shows it. `sort`: text, rich, absent, unseen, date, person, disposed."""

    name: str
    label: str
    sort: str
    text: str = ""
    reason: str = ""
    doc: Any = None
    late: bool = False

    @property
    def given(self) -> bool:
        return self.sort not in ("unseen", "absent")


def shown(kind: Kind[Any], record: Any, name: str, zone: str) -> Shown:
    """One field of a record."""
    field = kind.model._meta.get_field(name)
    return show_value(field, getattr(record, name), record.absent, field_label(kind, name), zone)


def show_value(field: Any, value: Any, absent: Mapping[str, Mapping[str, str]], label: str, zone: str) -> Shown:
    """A Python value of a model field."""
    why = absent.get(field.name)
    if why is not None:
        return Shown(field.name, label, "absent", str(ABSENCES.get(why.get("code", ""), why.get("code", ""))), why.get("reason", ""))
    if value is None:
        return Shown(field.name, label, "unseen")
    if isinstance(field, RichTextField):
        return Shown(field.name, label, "rich", doc=json.loads(value) if isinstance(value, str) else value)
    sort = "date" if isinstance(value, date) and not isinstance(value, datetime) else "person" if field.is_relation else "text"
    return Shown(field.name, label, sort, text_of(field, value, zone))


def text_of(field: Any, value: Any, zone: str) -> str:
    """A value in one line or more of plain text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.choices and isinstance(value, str):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, datetime):
        return times.local(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(field, CodesField):
        return ", ".join(_code_name(field, code) for code in value)
    return str(value)


def _code_name(field: Any, code: str) -> str:
    """Codes that are roles are given their names."""
    if field.name == "audience" and code in Role.__members__:
        return f"{role_name(code)} ({code})"
    return code


@dataclass(frozen=True)
class Rows:
    """The rows of a part as a table."""

    name: str
    label: str
    heads: list[str]
    rows: list[list[Shown]]


def rows_of(part: PartSpec, record: Any, zone: str) -> Rows:
    """A part with the values of all its rows."""
    fields = list(part.codec.fields.values())
    heads = [head(field) for field in fields]
    rows = [[show_value(field, getattr(row, field.name), {}, head(field), zone) for field in fields] for row in getattr(record, part.name).all()]
    return Rows(part.name, str(part.label), heads, rows)


def head(field: "models.Field[Any, Any]") -> str:
    """A field's name as the head of a column."""
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]
