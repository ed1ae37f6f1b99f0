"""The lines of the bench. Each is a function of the context that answers its figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .context import Context
from .figures import Figure

Call = Callable[[Context], Iterable[Figure]]
MODULES = ("chain", "creates", "export", "lists", "pdf", "records", "search", "statements", "users", "writers")
BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Line:
    """One line: its name, on which databases it is measured."""

    name: str
    call: Call
    databases: tuple[str, ...]


LINES: dict[str, Line] = {}


def line(name: str, *, databases: tuple[str, ...] = BOTH) -> Callable[[Call], Call]:
    """Register a line. They run in the order in which the modules of bench/lines declare them, the small data sets first."""

    def keep(call: Call) -> Call:
        LINES[name] = Line(name, call, databases)
        return call

    return keep


def load() -> dict[str, Line]:
    """All lines, in the order in which they are measured."""
    import importlib

    for module in MODULES:
        importlib.import_module(f"bench.lines.{module}")
    order = ("create", "statements", "writers", "pdf", "search", "export", "record", "list-200k", "chain", "replay", "users", "list-1m")
    return {name: LINES[name] for name in order if name in LINES}
