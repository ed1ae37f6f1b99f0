"""Lifecycles as tables: states, moves, who may, what must hold, which signatures (kernel.md §4, §6)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from django.db.models import Q

from medithread.kernel.base.refusal import No, Words

if TYPE_CHECKING:
    from medithread.kernel.identity.actor import Actor

    from .models import Record

M = TypeVar("M", bound="Record")
Rule = Callable[[M], No | None]
By = Callable[["Actor", "Record | None", datetime], No | None]


class Doer(Protocol):
    """The unit of work, as consequences and reactions see it."""

    actor: "Actor"
    at: datetime

    def create(self, model: Any, **values: Any) -> Any: ...
    def link(self, source: Any, target: Any, meaning: str, **options: Any) -> Any: ...


@dataclass(frozen=True)
class Slot:
    """One signature that a plan asks for: its meaning, who may give it, and in which round (equal rounds are parallel)."""

    meaning: str
    by: By
    key: str = ""
    label: Words = ""
    order: int = 0
    distinct_from: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.key or self.meaning


Plan = tuple[Slot, ...]


def plan(*slots: Slot) -> Plan:
    """A fixed signature plan. A plan that depends on the record is a function of it."""
    return slots


@dataclass(frozen=True)
class Move(Generic[M]):
    """One allowed step. `asks` are fields that the person fills in with the move; `reason` makes it a reasoned decision."""

    name: str
    start: str | tuple[str, ...]
    to: str
    label: Words = ""
    by: By | None = None
    needs: tuple[Rule[M], ...] = ()
    signatures: Plan | Callable[[M], Plan] = ()
    reason: bool = False
    asks: tuple[str, ...] = ()
    consequences: tuple[Callable[[Any, M], None], ...] = ()
    protective: bool = False
    back: bool = False
    after: Words = ""

    @property
    def starts(self) -> tuple[str, ...]:
        return (self.start,) if isinstance(self.start, str) else self.start

    def plan_for(self, record: M) -> Plan:
        return self.signatures(record) if callable(self.signatures) else self.signatures


@dataclass(frozen=True)
class State:
    """A condition a record can be in. `tone` gives the tag its colour and shape; `final` ends the life."""

    code: str
    name: Words
    tone: str = ""
    final: bool = False
    path: bool = True


@dataclass(frozen=True)
class Derived:
    """A condition that follows from time (R16): effective, superseded. `holds` and `query` say the same thing."""

    state: State
    stored: str
    holds: Callable[[Any, datetime], bool]
    query: Callable[[datetime], Q]


@dataclass(frozen=True)
class Lifecycle(Generic[M]):
    """The whole life of a kind as one table."""

    start: str
    states: tuple[State, ...]
    moves: tuple[Move[M], ...]
    editable: frozenset[str]
    derived: tuple[Derived, ...] = ()
    edit_by: By | None = None
    _by_code: dict[str, State] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_code.update({s.code: s for s in (*self.states, *(d.state for d in self.derived))})

    def state(self, code: str) -> State:
        return self._by_code[code]

    def move(self, name: str) -> Move[M] | None:
        return next((move for move in self.moves if move.name == name), None)

    def condition(self, record: "Record", at: datetime) -> State:
        """What the record is at an instant, time included."""
        for derived in self.derived:
            if derived.stored == record.state and derived.holds(record, at):
                return derived.state
        return self._by_code[record.state]

    def query(self, code: str, at: datetime) -> Q:
        """The same as a filter on spine columns."""
        for derived in self.derived:
            if derived.state.code == code:
                return Q(state=derived.stored) & derived.query(at)
        plain = Q(state=code)
        for derived in self.derived:
            if derived.stored == code:
                plain &= ~derived.query(at)
        return plain
