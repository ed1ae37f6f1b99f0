"""What every page needs round itself: rooms with what waits for me, the person, colours, the ledger's head, DEMO."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from medithread import __version__
from medithread.kernel.base.refusal import Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import role_name
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import Kind

from . import times
from .addresses import of_kind
from .places import Where, places
from .rooms import MenuRoom, menu_rooms
from .waiting import Counts, counts
from .words import editor_words, script_words

WINGS: tuple[tuple[Where, str, Words, str], ...] = (
    ("system", "4", _("Quality system"), "file-text"),
    ("management", "5", _("Management"), "presentation"),
    ("resources", "6", _("Resources"), "users-round"),
    ("realization", "7", _("Realisation"), "factory"),
    ("improvement", "8", _("Improvement"), "lightbulb"),
)


@dataclass(frozen=True)
class Room:
    """One line of the menu."""

    name: Words
    address: str
    icon: str
    here: bool = False
    count: int = 0
    late: bool = False


@dataclass(frozen=True)
class Wing:
    """A chapter of the standard with its rooms."""

    chapter: str
    name: Words
    rooms: list[Room]


def reversed_or_empty(name: str) -> str:
    """The address of a page that another part of the kernel may bring; empty while it is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Frame:
    """Read from the templates as `frame`; everything is worked out only when it is shown."""

    version = __version__

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.theme = request.COOKIES.get("theme") if request.COOKIES.get("theme") in ("light", "dark") else ""
        self.nav = request.COOKIES.get("nav") if request.COOKIES.get("nav") in ("icons", "full") else ""
        self.keys_off = request.COOKIES.get("keys") == "off"

    @cached_property
    def language(self) -> str:
        return get_language() or "en"

    @cached_property
    def words(self) -> dict[str, str]:
        return script_words() | (editor_words() if getattr(self.request, "with_editor", False) else {})

    @cached_property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @cached_property
    def person(self) -> Person | None:
        return self.actor.person if self.actor else None

    @cached_property
    def roles(self) -> str:
        """The roles held now, in words."""
        held = sorted({h.role for h in self.actor.holds()}) if self.actor else []
        return ", ".join(role_name(code) for code in held)

    @cached_property
    def head(self) -> Head | None:
        found: Head | None = Head.objects.first()
        return found

    @property
    def demo(self) -> bool:
        return self.head is not None and self.head.purpose == "demo"

    @cached_property
    def zone(self) -> str:
        return times.home_zone()

    @cached_property
    def counts(self) -> Counts:
        return counts(self.actor, self.head.origin) if self.actor and self.head else Counts()

    @property
    def asked(self) -> int:
        return self.counts.asked

    @property
    def late(self) -> int:
        return self.counts.late

    @cached_property
    def top(self) -> list[Room]:
        mine = Room(_("My work"), reverse("my-work"), "inbox", self.request.path == "/", self.counts.total, self.late > 0)
        return [mine, *self._places("top")]

    @cached_property
    def wings(self) -> list[Wing]:
        found = []
        for code, chapter, name, icon in WINGS:
            rooms = [*(line for room in menu_rooms(code) for line in self._lines(room, icon)), *self._places(code)]
            if rooms:
                found.append(Wing(chapter, name, rooms))
        return found

    def _lines(self, room: MenuRoom, icon: str) -> list[Room]:
        """The lines of a room: one for each of its lists, or one for all."""
        lines = [self._room(kind, icon) for kind in room.kinds]
        if not room.folded:
            return lines
        here = any(line.here for line in lines) or self.request.path == reverse("room", args=[room.label])
        return [Room(room.name, reverse("room", args=[room.label]), icon, here, sum(line.count for line in lines), any(line.late for line in lines))]

    def _room(self, kind: Kind[Any], icon: str) -> Room:
        address = of_kind(kind)
        waiting = self.counts.of.get(kind.code, (0, False))
        here = getattr(self.request, "room", None) == kind.code or self.request.path.startswith(address)
        return Room(kind.plural, address, getattr(kind, "icon", "") or icon, here, *waiting)

    @cached_property
    def administration(self) -> list[Room]:
        return self._places("administration")

    @cached_property
    def person_links(self) -> list[Room]:
        return self._places("person")

    @property
    def sign_out(self) -> str:
        return reversed_or_empty("sign-out")

    def _places(self, where: Where) -> list[Room]:
        return list(self._open(where))

    def _open(self, where: Where) -> Iterator[Room]:
        for place in places(where):
            address = reversed_or_empty(place.url)
            if address and self.actor and place.may(self.actor):
                yield Room(place.name, address, place.icon, self.request.path.startswith(address))


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor."""
    return {"frame": Frame(request)}
