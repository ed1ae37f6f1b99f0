"""Which fields a form shows, in which groups, for which state."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from medithread.kernel.records.kinds import KEEPING, Kind
from medithread.kernel.records.models import Record

from ..content import section_fields, text_fields

WHO_AND_WHEN = ("owner", "deputy", "site", "due")


@dataclass(frozen=True)
class Group:
    """A stretch of the form."""

    title: str
    fields: tuple[str, ...]
    parts: tuple[str, ...] = ()


def groups_of(kind: Kind[Any], record: Record | None) -> list[Group]:
    """All groups of a form: content where it may be written, handling always."""
    found = []
    if record is None or record.state in kind.lifecycle.editable:
        for title, names in section_fields(kind):
            fields = tuple(name for name in names if kind.part(name) is None)
            found.append(Group(title, fields, tuple(name for name in names if kind.part(name) is not None)))
        placed = {name for group in found for name in group.parts}
        found.extend(Group("", (name,)) for name in text_fields(kind))
        found.extend(Group(str(part.label), (), (part.name,)) for part in kind.parts if part.name not in placed)
    over = record is not None and kind.lifecycle.state(record.state).final
    return [*found, *([] if over else [Group(_("Who and when"), WHO_AND_WHEN)]), Group(_("Keeping"), KEEPING)]


def fields_of(kind: Kind[Any], record: Record | None) -> list[str]:
    """Names of all fields of a form, without rows."""
    return [name for group in groups_of(kind, record) for name in group.fields]


def parts_of(kind: Kind[Any], record: Record | None) -> list[str]:
    """Names of all parts of a form."""
    return [name for group in groups_of(kind, record) for name in group.parts]


def needed(kind: Kind[Any], record: Record | None) -> dict[str, str]:
    """Field → the label of the first move from the present state that needs it."""
    state = record.state if record is not None else kind.lifecycle.start
    found: dict[str, str] = {}
    for move in kind.lifecycle.moves:
        for name in kind.required.get(move.name, ()):
            if state in move.starts:
                found.setdefault(name, str(move.label or move.name))
    return found
