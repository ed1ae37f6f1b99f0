"""One clock for everything. Only a demo ledger may run on simulated time (kernel/ledger checks it)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_simulated: ContextVar[datetime | None] = ContextVar("simulated", default=None)


def now() -> datetime:
    """The instant now, in UTC, to the microsecond."""
    return _simulated.get() or datetime.now(UTC)


def is_simulated() -> bool:
    """True while a story is told in simulated time."""
    return _simulated.get() is not None


@contextmanager
def simulated(at: datetime) -> Iterator[None]:
    """Let the clock stand at `at`. The ledger refuses entries made under it unless it was born as a demo."""
    token = _simulated.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _simulated.reset(token)


def tick(step: timedelta = timedelta(seconds=1)) -> None:
    """Move simulated time on; the real clock cannot be moved."""
    at = _simulated.get()
    if at is not None:
        _simulated.set(at + step)


def text(at: datetime) -> str:
    """The one written form of an instant: `2026-11-22T09:21:48.123456Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(value: str) -> datetime:
    """Read the written form back. Raises ValueError for anything else."""
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
