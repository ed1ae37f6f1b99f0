"""Pages of other parts of the kernel that the frame shows: administration, the person's menu, the top of the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from medithread.kernel.base.refusal import Words
from medithread.kernel.identity.actor import Actor

Where = Literal["top", "administration", "person", "system", "management", "resources", "realization", "improvement"]


def everybody(_actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class Place:
    """One link of the frame, also below the rooms of a wing: `url` is the name of its address, `may` tells who sees it, `words` helps search to find it."""

    name: Words
    url: str
    icon: str
    where: Where
    may: Callable[[Actor], bool] = everybody
    words: str = ""


_places: dict[str, Place] = {}


def add_place(place: Place) -> None:
    """Put a page into the frame; called once, when the app is ready."""
    _places[place.url] = place


def places(where: Where | None = None) -> tuple[Place, ...]:
    """Pages in the order of their registration."""
    return tuple(place for place in _places.values() if where is None or place.where == where)
