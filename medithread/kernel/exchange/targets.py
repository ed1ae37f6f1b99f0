"""What the columns of a table can become in a kind: its fields, its number, its owner by name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from medithread.kernel.base.fields import RichTextField
from medithread.kernel.base.refusal import No
from medithread.kernel.identity.models import Account, Person, Site, login_name
from medithread.kernel.records.kinds import EDITABLE_HANDLING, Kind, field_label
from medithread.kernel.text.markdown_in import from_markdown

from .values import DateOrder, Unclear, parse_bool, parse_date, parse_decimal, parse_instant, settle_date_order, settle_decimal_mark


@dataclass(frozen=True)
class Target:
    """Where a column can go."""

    name: str
    label: str
    field: models.Field[Any, Any] | None = None


def targets(kind: Kind[Any]) -> list[Target]:
    """All places of a kind that a column can fill."""
    fields = [(name, kind.content_codec.fields[name]) for name in kind.content_fields]
    fields += [(name, kind.handling_codec.fields[name]) for name in EDITABLE_HANDLING]
    return [Target("number", _("Number"))] + [Target(name, field_label(kind, name), field) for name, field in fields]


def suggest(kind: Kind[Any], columns: Sequence[str]) -> dict[str, str]:
    """Column → target for the columns whose names speak for themselves; each target once."""
    known: dict[str, str] = {}
    for target in targets(kind):
        known.setdefault(_plain(target.label), target.name)
        known.setdefault(_plain(target.name), target.name)
    found: dict[str, str] = {}
    for column in columns:
        near = difflib.get_close_matches(_plain(column), list(known), 1, cutoff=0.84)
        if near and known[near[0]] not in found.values():
            found[column] = known[near[0]]
    return found


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in flat if c.isalnum())


class Reader:
    """Reads cells into values for one target each; the column as a whole settles the order of dates and the decimal mark."""

    def __init__(self, kind: Kind[Any], samples: dict[str, list[str]]) -> None:
        self._fields = {target.name: target.field for target in targets(kind)}
        self._order = {name: _settled(settle_date_order(texts)) for name, texts in samples.items()}
        self._mark = {name: _settled(settle_decimal_mark(texts)) for name, texts in samples.items()}
        self._people: dict[str, UUID] | None = None

    def read(self, name: str, text: str) -> Any:
        """The value, an `Unclear` or a `No`. An empty cell is None: not yet looked at."""
        field = self._fields.get(name)
        if not text.strip():
            return None
        if field is None:
            return text.strip()
        if isinstance(field, models.ForeignKey):
            return self._site(field, text) if field.related_model is Site else self._person(field, text)
        return self._plain(name, field, text)

    def _plain(self, name: str, field: models.Field[Any, Any], text: str) -> Any:
        order: DateOrder | None = self._order.get(name)
        if isinstance(field, models.DateTimeField):
            return parse_instant(text, order=order)
        if isinstance(field, models.DateField):
            return parse_date(text, order=order)
        if isinstance(field, models.BooleanField):
            return parse_bool(text)
        if isinstance(field, models.DecimalField):
            return parse_decimal(text, decimal_mark=self._mark.get(name))
        if isinstance(field, RichTextField):
            return from_markdown(text)[0]
        return _choice(field, text) if field.choices else text

    def _person(self, field: models.Field[Any, Any], text: str) -> UUID | No:
        if self._people is None:
            self._people = _people()
        found = self._people.get(login_name(text))
        return found or No("import.person", _("Nobody here is called “%(name)s”.") % {"name": text.strip()[:60]}, field=field.name)

    def _site(self, field: models.Field[Any, Any], text: str) -> UUID | No:
        found = Site.objects.filter(models.Q(code__iexact=text.strip()) | models.Q(name__iexact=text.strip())).first()
        return found.uid if found else No("import.site", _("There is no site “%(name)s”.") % {"name": text.strip()[:60]}, field=field.name)


def _settled(found: Any) -> Any:
    return None if isinstance(found, Unclear) else found


def _choice(field: models.Field[Any, Any], text: str) -> str:
    """A choice by its code or by its words."""
    words = {_plain(str(label)): code for code, label in field.flatchoices}
    return str(words.get(_plain(text), text.strip()))


def _people() -> dict[str, UUID]:
    """Sign-in names, addresses and unambiguous names, folded."""
    rows: Iterable[Person] = Person.objects.all()
    found: dict[str, UUID] = {}
    doubled = set()
    for person in rows:
        name = login_name(person.name)
        if name in found:
            doubled.add(name)
        found[name] = person.uid
        if person.email:
            found[login_name(person.email)] = person.uid
    for name in doubled:
        del found[name]
    found.update({login_name(account.username): account.person_id for account in Account.objects.all()})
    return found
