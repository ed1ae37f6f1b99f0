"""The menus of filters above a list, made from the declaration."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from medithread.kernel.identity.models import Person, Site
from medithread.kernel.records.kinds import Kind, field_label

from .asked import Asked

MOST_PEOPLE = 300


@dataclass(frozen=True)
class Option:
    """One box of a menu."""

    value: str
    label: str
    on: bool


@dataclass(frozen=True)
class Menu:
    """One filter: several boxes, or one of several (`single`)."""

    name: str
    label: str
    options: list[Option] = field(default_factory=list)
    single: bool = False

    @property
    def set(self) -> str:
        """What is chosen, in words."""
        return ", ".join(option.label for option in self.options if option.on and option.value)

    @property
    def many(self) -> bool:
        return len(self.options) > 12


def menus(asked: Asked) -> list[Menu]:
    """The menus of a kind's declared filters."""
    found = []
    for name in asked.kind.filters:
        menu = _menu(asked.kind, name, asked.ask.filters.get(name, ""))
        if menu is not None:
            found.append(menu)
    return found


def _menu(kind: Kind[Any], name: str, value: str) -> Menu | None:
    if name == "state":
        return Menu(name, _("State"), [Option(code, label, code in value.split(",")) for code, label in states(kind)])
    column = kind.model._meta.get_field(name)
    label = field_label(kind, name)
    if isinstance(column, models.ForeignKey):
        return _of_reference(column, name, label, value)
    if isinstance(column, models.BooleanField):
        return _single(name, label, [("yes", _("Yes")), ("no", _("No"))], value)
    if column.choices:
        chosen = value.split(",")
        return Menu(name, label, [Option(str(code), str(words), code in chosen) for code, words in column.flatchoices])
    return _single(name, label, [(value, value)], value) if value else None


def states(kind: Kind[Any]) -> list[tuple[str, str]]:
    """(code, name) of all states, those that time brings behind their stored one."""
    found: list[tuple[str, str]] = []
    for state in kind.lifecycle.states:
        found.append((state.code, str(state.name)))
        found.extend((d.state.code, str(d.state.name)) for d in reversed(kind.lifecycle.derived) if d.stored == state.code)
    return found


def _of_reference(column: Any, name: str, label: str, value: str) -> Menu | None:
    if column.related_model is Person:
        people = [(str(uid), person) for uid, person in Person.objects.filter(left_on=None).order_by("name").values_list("uid", "name")[:MOST_PEOPLE]]
        return _single(name, label, [("me", _("Me")), *people], value)
    if column.related_model is Site:
        sites = [(code, site) for code, site in Site.objects.order_by("code").values_list("code", "name")]
        return _single(name, label, sites, value) if len(sites) > 1 else None
    return None


def _single(name: str, label: str, pairs: list[tuple[str, str]], value: str) -> Menu:
    options = [Option("", _("Any"), not value), *(Option(code, words, code == value) for code, words in pairs)]
    return Menu(name, label, options, single=True)
