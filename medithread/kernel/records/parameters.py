"""Parameters of the company: declared in code with default and limits, set by a controlled record (kernel.md §6).

The kernel reads them here; the room system/parameters holds them and plugs itself in as the source.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Words

Source = Callable[[], tuple[Mapping[str, str], str]]


@dataclass(frozen=True)
class Parameter:
    """One value that a company sets. `check` answers None or says no to a text."""

    key: str
    area: str
    default: str
    meaning: Words
    check: Callable[[str], No | None]


_declared: dict[str, Parameter] = {}
_source: list[Source] = []
_memo: ContextVar[list[tuple[Mapping[str, str], str]] | None] = ContextVar("parameters", default=None)


def declare(parameter: Parameter) -> Parameter:
    """Put a parameter on the shelf; called once, from a room or the kernel."""
    if parameter.key in _declared:
        raise RuntimeError(f"parameter {parameter.key} is declared twice")
    _declared[parameter.key] = parameter
    return parameter


def declared() -> Mapping[str, Parameter]:
    return _declared


def set_source(source: Source) -> None:
    """Where values come from: answers (key → value, stamp of the editions in force)."""
    _source[:] = [source]


@contextmanager
def read_once() -> Iterator[None]:
    """Within a unit of work the values are read at most once."""
    token = _memo.set([])
    try:
        yield
    finally:
        _memo.reset(token)


def _in_force() -> tuple[Mapping[str, str], str]:
    memo = _memo.get()
    if memo:
        return memo[0]
    found = _source[0]() if _source else ({}, "")
    if memo is not None:
        memo.append(found)
    return found


def value(key: str) -> str:
    """The value in force now, or the default."""
    return _in_force()[0].get(key, _declared[key].default)


def whole(key: str) -> int:
    """A whole-number parameter."""
    return int(value(key))


def stamp() -> str:
    """The editions that an act is done under: `PAR-0001@3,PAR-0002@1`; empty while all is default."""
    return _in_force()[1]


def whole_number(low: int, high: int) -> Callable[[str], No | None]:
    """A check for whole numbers within limits."""

    def in_range(text: str) -> No | None:
        if text.isdigit() and low <= int(text) <= high:
            return None
        return No("parameter.range", _("This must be a whole number from %(low)d to %(high)d.") % {"low": low, "high": high})

    return in_range
