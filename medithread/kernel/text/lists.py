"""Folds numbered lines, as Word keeps its lists, into nested lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from medithread.kernel.text.inline import Node


@dataclass(slots=True)
class Line:
    """One line of a flat list. `number` is the value of an ordered line (None for a bullet), `style` "" or one of a A i I.

    A line that `goes_on` has no number of its own: its content belongs to the item before it at this level or above.
    """

    level: int
    number: int | None
    content: list[Node]
    style: str = ""
    goes_on: bool = False


Flat: TypeAlias = Node | Line


@dataclass(slots=True)
class _Open:
    level: int
    node: Node
    style: str
    expected: int
    items: list[Node] = field(default_factory=list)


def fold(flat: Iterable[Flat]) -> list[Node]:
    """The blocks with every run of lines made into nested lists.

    An ordered line whose number is not the next one begins a new list that starts there, so no number changes.
    """
    done: list[Node] = []
    stack: list[_Open] = []
    for part in flat:
        if isinstance(part, Line):
            _add(done, stack, part)
        else:
            stack.clear()
            done.append(part)
    return done


def _add(done: list[Node], stack: list[_Open], line: Line) -> None:
    while stack and stack[-1].level > line.level:
        stack.pop()
    if line.goes_on:
        (stack[-1].items[-1]["content"] if stack else done).extend(line.content)
        return
    if stack and stack[-1].level == line.level and not _continues(stack[-1], line):
        stack.pop()
    if not stack or stack[-1].level < line.level:
        opened = _open(line)
        (stack[-1].items[-1]["content"] if stack else done).append(opened.node)
        stack.append(opened)
    stack[-1].items.append({"type": "listItem", "content": line.content})
    stack[-1].expected = (line.number or 0) + 1


def _continues(opened: _Open, line: Line) -> bool:
    if line.number is None:
        return bool(opened.node["type"] == "bulletList")
    return bool(opened.node["type"] == "orderedList") and opened.expected == line.number and opened.style == line.style


def _open(line: Line) -> _Open:
    items: list[Node] = []
    node: Node = {"type": "bulletList", "content": items}
    if line.number is not None:
        node = {"type": "orderedList", "content": items, "attrs": {"start": line.number, **({"type": line.style} if line.style else {})}}
    return _Open(line.level, node, line.style, 0, items)
