"""What the address of a list asks for: a saved view, filters, words, order, columns, a page by its key, a day in the past."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict

from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind, View
from medithread.kernel.records.listing import Ask

from ..waiting import asked_of

RESERVED = frozenset({"q", "sort", "after", "back", "view", "col", "keep", "on", "known"})
ALWAYS = ("number", "title")
EXTRA = ("label", "state", "owner", "site", "due", "effective_from", "changed_at", "created_at")
DEEPEST = 25


@dataclass(frozen=True)
class Asked:
    """A list as it is asked for."""

    kind: Kind[Any]
    params: QueryDict
    ask: Ask
    view: View | None
    columns: tuple[str, ...]

    def address(self, **changes: Any) -> str:
        """The same list with something else changed; None takes a parameter away."""
        params = self.params.copy()
        for name in ("after", "back", "keep"):
            params.pop(name, None)
        for name, value in changes.items():
            params.pop(name, None)
            if value is not None:
                params[name] = value
        return f"?{params.urlencode()}" if params else "?"

    @property
    def following(self) -> str:
        """Keys of the pages before, for the way back."""
        keys = [key for key in self.params.get("back", "").split(".") if key]
        here = self.params.get("after") or "start"
        return ".".join([*keys, here][-DEEPEST:])

    @property
    def before(self) -> str | None:
        """The address of the page before; None on the first one."""
        keys = [key for key in self.params.get("back", "").split(".") if key]
        if not keys:
            return self.address() if self.params.get("after") else None
        last = keys[-1]
        return self.address(after=None if last == "start" else last, back=".".join(keys[:-1]) or None)

    def sorting(self, column: str) -> tuple[str, str]:
        """(address, aria-sort) of a column's head."""
        now = self.ask.sort
        ordered = "ascending" if now == column else "descending" if now == f"-{column}" else ""
        return self.address(sort=f"-{column}" if now == column else column), ordered

    @property
    def query(self) -> str:
        """The question without its page, for exports."""
        params = self.params.copy()
        for name in ("after", "back", "keep"):
            params.pop(name, None)
        return urlencode([(name, value) for name, values in params.lists() for value in values])


def asked(request: HttpRequest, kind: Kind[Any]) -> Asked:
    """Read the address. Without any parameter the first view of the kind is meant."""
    params = request.GET.copy()
    own = {name: ",".join(v for v in params.getlist(name) if v) for name in params if name not in RESERVED}
    view = _view(kind, params.get("view"), bare=not any(own.values()) and "q" not in params)
    filters = {**(dict(view.filters) if view else {}), **{name: value for name, value in own.items() if value or (view and name in view.filters)}}
    ask = Ask(filters=filters, words=params.get("q", "")[:300], sort=params.get("sort") or "number", after=params.get("after", "")[:500])
    return Asked(kind, params, ask, view, columns_of(request, kind))


def _view(kind: Kind[Any], code: str | None, *, bare: bool) -> View | None:
    if code is None:
        return kind.views[0] if bare and kind.views else None
    return next((view for view in kind.views if view.code == code), None)


def with_waiting(kind: Kind[Any], actor: Actor, ask: Ask) -> Kind[Any]:
    """The kind with the filter `waiting=me`, whose answer takes signature plans and not only columns."""
    if "waiting" not in ask.filters or "waiting" in kind.filter_by:
        return kind
    waiting = [item.record.pk for item in asked_of(actor, only=kind)]
    return replace(kind, filter_by={**kind.filter_by, "waiting": lambda _value, _actor, _at: Q(pk__in=waiting)})


def column_choices(kind: Kind[Any]) -> list[str]:
    """Columns that a list of this kind can show, in their order."""
    return list(dict.fromkeys([*ALWAYS, *kind.columns, *(name for name in EXTRA if name != "label" or kind.shape == "controlled")]))


def columns_of(request: HttpRequest, kind: Kind[Any]) -> tuple[str, ...]:
    """The columns chosen in the address, else those kept for this person's browser, else the declared ones."""
    choices = column_choices(kind)
    chosen = request.GET.getlist("col") or request.COOKIES.get(cookie_name(kind), "").split(".")
    found = [name for name in choices if name in chosen]
    declared = [name for name in choices if name in kind.columns]
    return tuple(dict.fromkeys([*ALWAYS, *(found or declared)]))


def cookie_name(kind: Kind[Any]) -> str:
    return f"cols-{kind.code}"
