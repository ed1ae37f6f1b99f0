"""What upper rooms offer on a person's page: verify the identity, propose a role."""

from collections.abc import Callable
from dataclasses import dataclass

from medithread.kernel.base.refusal import Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person


@dataclass(frozen=True)
class PersonLink:
    """A link on a person's page: where it leads, and to whom it is shown."""

    words: Words
    icon: str
    address: Callable[[Person], str]
    may: Callable[[Actor, Person], bool]


_links: list[PersonLink] = []


def add_link(link: PersonLink) -> None:
    """Offer it; called once, when the app is ready."""
    _links.append(link)


def links_for(actor: Actor, person: Person) -> list[tuple[PersonLink, str]]:
    """The links that this actor sees on this person's page, with their addresses."""
    return [(link, link.address(person)) for link in _links if link.may(actor, person)]
