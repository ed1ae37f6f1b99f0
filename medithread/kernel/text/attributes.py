"""The attributes of one node, taken strictly: every name known, every value of its kind and within its bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from medithread.kernel.text.errors import TextError
from medithread.kernel.text.inline import Node, one_line

# What editors emit beside the facts of a node; it carries no meaning and is dropped.
_PRESENTATION = frozenset({"textAlign", "colwidth", "align", "title", "src", "height", "class", "target", "rel", "tight", "id"})


class Attributes:
    """The attributes of a node at `path`; TextError for a name that is neither known nor mere presentation."""

    def __init__(self, node: Node, path: str, *known: str) -> None:
        values = node.get("attrs")
        self.path = path
        self.values: Mapping[str, object] = {} if values is None else values
        if not isinstance(self.values, dict):
            raise TextError("text.attrs", "Attributes must be an object.", path)
        unknown = {str(name) for name, value in self.values.items() if value is not None} - set(known) - _PRESENTATION
        if unknown:
            raise TextError("text.attr", f"The attribute {min(unknown)[:40]!r} is not known for {node['type']}.", path)

    def integer(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds, or None when it is not given."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise TextError("text.number", f"{name} must be a whole number from {least} to {most}.", self._place(name))
        return value

    def text(self, name: str, most: int) -> str:
        """One line of at most `most` characters; empty when it is not given."""
        value = self.values.get(name)
        line = "" if value is None else one_line(value, self._place(name))
        if len(line) > most:
            raise TextError("text.long", f"{name} may be at most {most} characters long.", self._place(name))
        return line

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        value = self.values.get(name)
        if value not in known:
            raise TextError("text.choice", f"{name} must be one of {', '.join(known)}.", self._place(name))
        return str(value)

    def matching(self, name: str, pattern: re.Pattern[str], message: str) -> str:
        """One line that matches the pattern; `message` says what is expected."""
        line = self.text(name, 200)
        if not pattern.fullmatch(line):
            raise TextError(f"text.{name}", message, self._place(name))
        return line

    def _place(self, name: str) -> str:
        return f"{self.path}/attrs/{name}"
