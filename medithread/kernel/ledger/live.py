"""Live rows as the ledger sees them. The packages above say which tables these are; verification and export read them here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from medithread.kernel.base.canon import Json

from .report import Report


@dataclass(slots=True)
class Row:
    """One live row, written with today's codec. `digest` "": the table keeps none. `name` is what people call it;
    `broken` says why the row cannot be read at all.
    """

    uid: str
    name: str
    content: dict[str, Json]
    handling: dict[str, Json] | None = None
    digest: str | None = ""
    broken: str = ""


class Source(Protocol):
    """One kind of live rows."""

    code: str
    schema: int
    table: str

    def batches(self, size: int = 500) -> Iterator[list[Row]]:
        """All rows, in lists."""
        ...

    def lost(self) -> Iterable[str]:
        """Uids that the ledger has a current version of and the table has no row for."""
        ...

    def torn(self) -> Iterable[tuple[str, str, str]]:
        """(uid, field, table) of rows that refer by key to a row of a table that is not there."""
        ...

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the content."""
        ...

    def is_blank(self, path: str, value: Json) -> bool:
        """Is this what a disposed path holds? Nothing, or the placeholder of a column that cannot be empty."""
        ...


@dataclass
class Above:
    """What the packages above have declared: sources of live rows, and further checks."""

    sources: list[Callable[[], Iterable[Source]]] = field(default_factory=list)
    checks: dict[str, Callable[[Report], None]] = field(default_factory=dict)


ABOVE = Above()


def sources() -> list[Source]:
    """Every kind of live rows, records first."""
    return [source for give in ABOVE.sources for source in give()]


def declare(give: Callable[[], Iterable[Source]], checks: Mapping[str, Callable[[Report], None]]) -> None:
    """Called once by the package that owns the live tables."""
    if not ABOVE.sources:
        ABOVE.sources.append(give)
        ABOVE.checks.update(checks)
