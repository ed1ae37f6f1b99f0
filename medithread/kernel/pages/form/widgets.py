"""A field as a control: what it is called, what it holds, what may be chosen, what is wrong with it."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.refusal import No, Words
from medithread.kernel.identity.models import Person, Site
from medithread.kernel.records.codec import decimal_text
from medithread.kernel.records.models import Choice
from medithread.kernel.text.markdown import to_markdown

from .. import times
from ..values import ABSENCES

MOST = 500


@dataclass(frozen=True)
class Option:
    """One choice."""

    value: str
    label: str
    on: bool = False


@dataclass
class Widget:
    """A control. `sort`: text, long, rich, number, date, instant, select, radio, checks."""

    name: str
    label: str
    sort: str
    value: str = ""
    options: list[Option] = field(default_factory=list)
    hint: str = ""
    need: str = ""
    unit: str = ""
    css: str = ""
    document: Any = None
    absent: str = ""
    reason: str = ""
    may_be_absent: bool = False
    errors: list[No] = field(default_factory=list)
    limit: int | None = None

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def absences(self) -> list[Option]:
        return [Option(code, str(words), code == self.absent) for code, words in ABSENCES.items() if code != "withheld"]

    @property
    def described(self) -> str:
        """Ids of what explains the control."""
        found = [f"{self.id}_hint"] if self.hint else []
        found += [f"{self.id}_error"] if self.errors else []
        return " ".join([*found, *([f"{self.id}_unit"] if self.unit else [])])


class Choices:
    """People, sites and vocabularies to choose from, each read once per form."""

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        rows = Person.objects.filter(left_on=None).order_by("name").values_list("uid", "name", "function")[:MOST]
        return [(str(uid), f"{name}, {function}" if function else name) for uid, name, function in rows]

    @cached_property
    def sites(self) -> list[tuple[str, str]]:
        return [(str(uid), f"{name} ({code})") for uid, code, name in Site.objects.order_by("code").values_list("uid", "code", "name")]

    @cached_property
    def words(self) -> list[tuple[str, str]]:
        return [(str(uid), name) for uid, name in Choice.objects.filter(retired=False).order_by("vocabulary", "name").values_list("uid", "name")[:MOST]]

    def of(self, model: Any, value: str) -> list[tuple[str, str]]:
        """The pairs for a reference; a value that is chosen but no longer offered stays."""
        found = {Person: self.people, Site: self.sites}.get(model) if model is not Choice else self.words
        pairs = list(found or [])
        if value and value not in {uid for uid, _label in pairs}:
            row = _by_uid(model, value)
            pairs.append((value, str(row) if row else value))
        return pairs


def _by_uid(model: Any, value: str) -> Any:
    try:
        return model.objects.filter(uid=UUID(value)).first()
    except ValueError:
        return None


def raw_value(column: Any, value: Any, zone: str) -> str:
    """A stored value as the control shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(times.zone(zone)).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(column, CodesField):
        return ", ".join(value)
    if isinstance(column, RichTextField):
        return to_markdown(json.loads(value) if isinstance(value, str) else value)
    return str(value)


def widget(column: Any, name: str, value: str, choices: Choices, zone: str, *, label: str = "", empty: Words = "") -> Widget:
    """The control for a column, with its raw value; `empty` are the words for no choice."""
    none = empty or _("not yet looked at")
    made = Widget(name, label or _capital(str(column.verbose_name)), "text", value, hint=str(column.help_text or ""), limit=column.max_length)
    if isinstance(column, RichTextField):
        made.sort, made.limit = "rich", None
    elif isinstance(column, CodesField) and column.known is not None:
        made.sort, made.options = "checks", _boxes(column.known(), value)
    elif isinstance(column, CodesField):
        made.hint = made.hint or _("Several are separated by commas.")
    elif column.is_relation:
        made.sort, made.options, made.css = "select", _options(choices.of(column.related_model, value), value, none), "w-half"
    elif isinstance(column, models.BooleanField):
        made.sort, made.options = "radio", _options([("yes", _("Yes")), ("no", _("No"))], value, none if column.null else "")
    elif column.choices:
        made.sort, made.options, made.css = "select", _options(list(column.flatchoices), value, none if column.null else ""), "w-half"
    else:
        _plain(made, column, zone)
    return made


def _plain(made: Widget, column: Any, zone: str) -> None:
    if isinstance(column, models.DateTimeField):
        made.sort, made.css, made.unit = "instant", "w-half", zone
    elif isinstance(column, models.DateField):
        made.sort, made.css = "date", "w-date"
    elif isinstance(column, models.IntegerField | models.DecimalField):
        made.sort, made.css = "number", "w-num"
    elif isinstance(column, models.TextField):
        made.sort = "long"
    elif column.max_length and column.max_length <= 40:
        made.css = "w-half"


def _options(pairs: list[tuple[Any, Any]], value: str, empty: Words) -> list[Option]:
    first = [Option("", str(empty), not value)] if empty else []
    return [*first, *(Option(str(code), str(words), str(code) == value) for code, words in pairs)]


def _boxes(pairs: list[tuple[str, Any]], value: str) -> list[Option]:
    """A box for each known code, and for each that stands there and is known no longer, as it was written."""
    on = [part.strip() for part in value.split(",") if part.strip()]
    strange = [(code, code) for code in on if code not in {known for known, _words in pairs}]
    return [Option(code, str(words), code in on) for code, words in [*sorted(pairs, key=lambda pair: str(pair[1])), *strange]]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
