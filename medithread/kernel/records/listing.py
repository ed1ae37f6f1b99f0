"""Lists of one kind: filters from the declaration, sorting, keyset paging. Pages, API and exports ask the same question here."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Col
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Site

from .kinds import Kind
from .models import Record
from .visible import visible
from .words import ids_of_words

LIMIT = 50
MOST = 200
COUNT_STOP = 1_000
SORTS = ("number", "title", "due", "state", "changed_at", "created_at")


@dataclass(frozen=True)
class Ask:
    """What is asked of a list."""

    filters: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    sort: str = "number"
    after: str = ""
    limit: int = LIMIT


@dataclass(frozen=True)
class Listing:
    """One page of rows; `next` is the key of the following page; `count` is not counted beyond `stop`."""

    rows: list[Any]
    next: str
    count: int
    sort: str
    stop: int = COUNT_STOP

    @property
    def more(self) -> bool:
        """There are more than were counted."""
        return self.count > self.stop


def listing(kind: Kind[Any], actor: Actor, ask: Ask, *, counted: bool = True) -> Listing:
    """The rows of a page. Raises Refusal for a filter, sort or key that does not exist."""
    rows = matching(kind, actor, ask)
    column, down = _sort(kind, ask.sort)
    limit = max(1, min(ask.limit, MOST))
    beyond = rows.filter(_beyond(kind, column, down, ask.after)) if ask.after else rows
    found = list(beyond.rows().order_by(*_order(kind, column, down))[: limit + 1])
    following = _key(found[limit - 1], column) if len(found) > limit else ""
    count, stop = _count(rows, ask, len(found), limit) if counted else (0, COUNT_STOP)
    return Listing(found[:limit], following, count, ask.sort, stop)


def _count(rows: Any, ask: Ask, found: int, limit: int) -> tuple[int, int]:
    """How many there are, and where counting stopped. Hits of words are counted up to a page: to count more would open every text."""
    if ask.words.strip():
        return (limit + 1 if ask.after else found), limit
    return rows.order_by()[: COUNT_STOP + 1].count(), COUNT_STOP


def matching(kind: Kind[Any], actor: Actor, ask: Ask) -> Any:
    """Every row that this actor may see and that the filters let pass."""
    at = now()
    rows = kind.model.objects.filter(visible(actor, at))
    for name, value in ask.filters.items():
        if value:
            rows = rows.filter(_filter(kind, actor, name, value, at))
    if ask.words.strip():
        rows = rows.filter(ids_of_words(ask.words))
    return rows


def _filter(kind: Kind[Any], actor: Actor, name: str, value: str, at: datetime) -> Q:
    if name in kind.filter_by:
        return kind.filter_by[name](value, actor, at)
    if name == "state":
        return _states(kind, value, at)
    if name in ("owner", "deputy") and value == "me":
        return Q(**{name: actor.uid})
    if name == "site":
        return Q(site__in=Site.objects.filter(_site(value)).values("uid"))
    if name == "parent":
        return Q(parent__number=value)
    if name not in kind.filters:
        raise Refusal(No("list.filter", _("This list cannot be filtered by “%(name)s”.") % {"name": name[:40]}, field=name[:40]))
    return _plain(kind, name, value)


def _states(kind: Kind[Any], value: str, at: datetime) -> Q:
    known = {s.code for s in kind.lifecycle.states} | {d.state.code for d in kind.lifecycle.derived}
    found = Q(pk__in=())
    for code in value.split(","):
        if code not in known:
            raise Refusal(No("list.state", _("There is no state “%(code)s”.") % {"code": code[:40]}, field="state"))
        found |= kind.lifecycle.query(code, at)
    return found


def _site(value: str) -> Q:
    uid = _uid(value)
    return Q(uid=uid) if uid else Q(code=value)


def _uid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _plain(kind: Kind[Any], name: str, value: str) -> Q:
    column = kind.model._meta.get_field(name)
    if isinstance(column, models.ForeignKey):
        uid = _uid(value)
        if uid is None:
            raise Refusal(No("list.value", _("This is not an identifier."), field=name))
        return Q(**{name: uid})
    if isinstance(column, models.BooleanField):
        return Q(**{name: value.lower() in ("1", "yes", "true")})
    return Q(**{f"{name}__in": value.split(",")})


def _sort(kind: Kind[Any], sort: str) -> tuple[str, bool]:
    column, down = sort.removeprefix("-"), sort.startswith("-")
    if column not in SORTS and column not in kind.columns:
        raise Refusal(No("list.sort", _("This list cannot be sorted by “%(name)s”.") % {"name": column[:40]}, field="sort"))
    return column, down


def _nullable(kind: Kind[Any], column: str) -> bool:
    return bool(kind.model._meta.get_field(column).null)


def _order(kind: Kind[Any], column: str, down: bool) -> list[Any]:
    """The key of the spine itself stands last, as in its indexes; Django would name the child's copy of it, and the database would sort."""
    nulls = True if _nullable(kind, column) else None
    key = Col(Record._meta.db_table, Record._meta.pk)
    return [F(column).desc(nulls_last=nulls), key.desc()] if down else [F(column).asc(nulls_last=nulls), key.asc()]


def _key(row: Record, column: str) -> str:
    value = getattr(row, row._meta.get_field(column).attname)  # type: ignore[union-attr]
    text = value.isoformat() if hasattr(value, "isoformat") else None if value is None else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode().rstrip("=")


def _beyond(kind: Kind[Any], column: str, down: bool, after: str) -> Q:
    """Rows that come after the key. Written as a range and an exception, so that the index is used."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        key = None if value is None else kind.model._meta.get_field(column).to_python(value)
        pk = int(pk)
    except (ValueError, TypeError, binascii.Error, RecursionError, ValidationError) as error:
        raise Refusal(No("list.key", _("This page key is not one of ours."), field="after", fix=_("Start at the first page."))) from error
    towards = "lte" if down else "gte"
    at_or_before = "gte" if down else "lte"
    if key is None:
        return Q(**{f"{column}__isnull": True, "id__lt" if down else "id__gt": pk})
    found = Q(**{f"{column}__{towards}": key}) & ~Q(**{column: key, f"id__{at_or_before}": pk})
    return found | Q(**{f"{column}__isnull": True}) if _nullable(kind, column) else found
