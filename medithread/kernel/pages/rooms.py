"""The ladder of escape: a room brings its own page for its own kind, where the generic one does not do (house.md §4).

First a template: `<app>/<kind>.html`, which extends `pages/record.html`, is taken when it is there. Then a page of its own:
`replace_page(Document, "print", view)`; the view still writes by the verbs. And tabs beside the generic ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import select_template

from medithread.kernel.base.refusal import Words
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.models import Record

PageName = Literal["record", "print", "revise", "edit", "new", "list"]
PageView = Callable[..., HttpResponseBase]
MOST_LINES = 3


@dataclass(frozen=True)
class Tab:
    """A page of the room beside Record, Thread, History and Print; `url` takes number and edition."""

    label: Words
    url: str
    shown: Callable[[Any], bool] = lambda _record: True


_pages: dict[tuple[str, str], PageView] = {}
_tabs: dict[str, list[Tab]] = {}


def _code(model: type[Record]) -> str:
    return model._meta.model_name or ""


def replace_page(model: type[Record], page: PageName, view: PageView) -> None:
    """Show another page for a kind. `view(request, record)`; for `new` and `list` it is `view(request, kind)`."""
    _pages[(_code(model), page)] = view


def own_page(request: HttpRequest, kind: Kind[Any], page: PageName, subject: Any) -> HttpResponseBase | None:
    """The answer of the room's own page, if it has one."""
    view = _pages.get((kind.code, page))
    return view(request, subject) if view else None


def add_tab(model: type[Record], tab: Tab) -> None:
    """Put a tab over the records of a kind."""
    _tabs.setdefault(_code(model), []).append(tab)


def tabs_of(record: Record) -> Iterable[Tab]:
    return (tab for tab in _tabs.get(record.kind, ()) if tab.shown(record))


def record_template(kind: Kind[Any]) -> Any:
    """The room's template of a record, else the generic one."""
    return select_template([f"{kind.model._meta.app_label}/{kind.code}.html", "pages/record.html"])


@dataclass(frozen=True)
class MenuRoom:
    """A room with the kinds that have a list of their own."""

    label: str
    name: str
    kinds: tuple[Kind[Any], ...]

    @property
    def folded(self) -> bool:
        """Many lists stand behind one line of the menu."""
        return len(self.kinds) > MOST_LINES


def menu_rooms(wing: str) -> list[MenuRoom]:
    """The rooms of a wing, ordered by the clauses of the standard."""
    found: dict[str, list[Kind[Any]]] = {}
    for kind in kinds():
        if kind.wing == wing and kind.child_of is None:
            found.setdefault(kind.model._meta.app_label, []).append(kind)
    rooms = [MenuRoom(label, str(apps.get_app_config(label).verbose_name), tuple(several)) for label, several in found.items()]
    return sorted(rooms, key=lambda room: [int(part) for part in room.kinds[0].clause.split(".") if part.isdigit()])


def menu_room(label: str) -> MenuRoom | None:
    """The room of an app, if it has any list."""
    for wing in {kind.wing for kind in kinds()}:
        for room in menu_rooms(wing):
            if room.label == label:
                return room
    return None
