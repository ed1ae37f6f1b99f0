"""A whole form: its groups of controls, filled with a record or with what was typed, and with what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel.base.refusal import No
from medithread.kernel.records.kinds import Kind, PartSpec, field_label
from medithread.kernel.records.models import Record

from .plan import groups_of, needed
from .typed import count_of, said
from .widgets import Choices, Widget, widget

BLANK_ROWS = 2
NO_ABSENCE = ("title",)
USUAL = ("", "open", "no")
NOBODY = {"owner": gettext_lazy("nobody"), "deputy": gettext_lazy("nobody"), "site": gettext_lazy("none")}


@dataclass
class RowForm:
    """One row of a part: a control per field, and whether it is to go."""

    number: int
    uid: str
    lock: str
    controls: list[Widget]
    remove: bool


@dataclass
class PartForm:
    """The rows of a part with some blank ones at the end."""

    name: str
    label: str
    heads: list[str]
    rows: list[RowForm]
    errors: list[No] = field(default_factory=list)

    @property
    def filled(self) -> bool:
        return any(row.uid or any(control.value for control in row.controls) for row in self.rows)


@dataclass
class GroupForm:
    """A stretch of the form."""

    title: str
    controls: list[Widget]
    parts: list[PartForm]
    first: bool = False

    @property
    def rich(self) -> bool:
        return any(control.sort == "rich" for control in self.controls)

    @property
    def runs(self) -> list[list[Widget]]:
        """Controls in rows: short ones that are always known stand side by side."""
        found: list[list[Widget]] = []
        for control in self.controls:
            short = control.sort in ("select", "date", "number") and not control.may_be_absent
            if short and found and found[-1][-1].sort in ("select", "date", "number") and not found[-1][-1].may_be_absent:
                found[-1].append(control)
            else:
                found.append([control])
        return found

    @property
    def folded(self) -> bool:
        """Nothing is given, needed or wrong here: the group waits behind its title."""
        if self.first or self.rich or not self.title or any(part.errors or part.filled for part in self.parts):
            return False
        return not any(control.errors or control.need or control.absent or control.value not in USUAL for control in self.controls)


@dataclass
class Form:
    """A form as the page shows it. `others` are refusals that belong to no field."""

    groups: list[GroupForm]
    others: list[No]
    nos: list[tuple[str, No]]
    rich: bool


def build(kind: Kind[Any], record: Record | None, raw: QueryDict, zone: str, nos: Sequence[No] = (), *, more_rows: str = "") -> Form:
    """The form of a kind, filled with `raw`."""
    maker = _Maker(kind, record, raw, zone, nos, more_rows)
    groups = [maker.group(group.title, group.fields, group.parts) for group in groups_of(kind, record)]
    found = [group for group in groups if group.controls or group.parts]
    for group in found[:1]:
        group.first = True
    placed = {control.name for group in found for control in group.controls} | {part.name for group in found for part in group.parts}
    others = [no for no in nos if no.field.partition(".")[0] not in placed and no.field not in ("number", "reason")]
    links = [(f"id_{no.field.partition('.')[0]}" if no not in others and no.field else "", no) for no in nos]
    return Form(found, others, links, any(control.sort == "rich" for group in found for control in group.controls))


class _Maker:
    def __init__(self, kind: Kind[Any], record: Record | None, raw: QueryDict, zone: str, nos: Sequence[No], more_rows: str) -> None:
        self.kind, self.record, self.raw, self.zone, self.nos, self.more_rows = kind, record, raw, zone, nos, more_rows
        self.choices, self.needed = Choices(), needed(kind, record)

    def group(self, title: str, fields: tuple[str, ...], parts: tuple[str, ...]) -> GroupForm:
        specs = [part for name in parts if (part := self.kind.part(name)) is not None]
        return GroupForm(title, [self.control(name) for name in fields], [self.part(part) for part in specs])

    def control(self, name: str) -> Widget:
        column = self.kind.model._meta.get_field(name)
        made = widget(column, name, said(column, name, self.raw), self.choices, self.zone, label=field_label(self.kind, name), empty=NOBODY.get(name, ""))
        made.may_be_absent = name in self.kind.absent_codec_fields and name not in NO_ABSENCE
        made.absent, made.reason = self.raw.get(f"{name}__absent", ""), self.raw.get(f"{name}__reason", "")
        made.errors = [no for no in self.nos if no.field == name]
        if name in self.needed:
            made.need = _("needed for “%(move)s”") % {"move": self.needed[name]}
        if made.sort == "rich":
            self.document(made)
        return made

    def document(self, made: Widget) -> None:
        """What the editor begins with: what was typed, else what is stored."""
        import json

        typed = self.raw.get(f"{made.name}_json", "")
        stored = getattr(self.record, made.name, None) if self.record is not None else None
        try:
            made.document = json.loads(typed) if typed else json.loads(stored) if stored and "take" not in self.raw else None
        except ValueError:
            made.document = None

    def part(self, part: PartSpec) -> PartForm:
        count = count_of(self.raw, part.name)
        rows = [self.row(part, number) for number in range(count + (BLANK_ROWS if self.more_rows in ("", part.name) else 0))]
        heads = [widget(column, name, "", self.choices, self.zone).label for name, column in part.codec.fields.items()]
        errors = [no for no in self.nos if no.field.partition(".")[0] == part.name]
        return PartForm(part.name, str(part.label), heads, rows, errors)

    def row(self, part: PartSpec, number: int) -> RowForm:
        prefix = f"part-{part.name}-{number}-"
        controls = [widget(column, prefix + name, self.raw.get(prefix + name, ""), self.choices, self.zone, empty="–") for name, column in part.codec.fields.items()]
        return RowForm(number, self.raw.get(prefix + "uid", ""), self.raw.get(prefix + "lock", ""), controls, bool(self.raw.get(prefix + "remove")))
