"""One family of refusals. Each carries codes, sentences, the field and the way out; nobody catches `Exception`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class No:
    """A rule's no: `code` for ledger, API and tests; `text` and `fix` for people; `field` where it belongs."""

    code: str
    text: Words
    field: str = ""
    fix: Words = ""
    link: str = ""


class Refused(Exception):
    """Base of all refusals; `nos` is never empty."""

    status = 409
    title: Words = _("This is not possible now")

    def __init__(self, *nos: No) -> None:
        self.nos = nos
        super().__init__("; ".join(f"{no.code}: {no.text}" for no in nos))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(no.code for no in self.nos)


class Refusal(Refused):
    """The rules say no."""

    status = 422


class NotAllowed(Refused):
    """This person may not do that."""

    status = 403
    title = _("You may not do this")


class NotFound(Refused):
    """There is no such thing, or this person may not see it."""

    status = 404
    title = _("There is nothing here for you")

    def __init__(self, *nos: No) -> None:
        super().__init__(*(nos or (No("not-found", _("There is no such record, or you may not see it.")),)))


class Stale(Refused):
    """The copy that was edited is no longer the current one. Carries both versions."""

    title = _("Somebody else changed this in the meantime")

    def __init__(self, record: Any, yours: dict[str, Any] | None = None, code: str = "stale") -> None:
        self.record = record
        self.yours = yours or {}
        super().__init__(No(code, self.title, fix=_("Compare both versions, keep what is right, and save again.")))


class LedgerBroken(Refused):
    """The ledger does not verify, or its clock cannot be trusted: the system fails closed."""

    status = 503
    title = _("The ledger needs attention before anything can be written")


@dataclass
class Nos:
    """Collects several refusals before one is raised."""

    kind: type[Refused] = Refusal
    found: list[No] = field(default_factory=list)

    def add(self, *nos: No | None) -> None:
        self.found.extend(no for no in nos if no is not None)

    def extend(self, nos: Iterable[No | None]) -> None:
        self.add(*nos)

    def raise_any(self) -> None:
        if self.found:
            raise self.kind(*self.found)
