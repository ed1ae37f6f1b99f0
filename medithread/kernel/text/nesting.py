"""Turns the flat marks of a line of text into nested spans, for the formats that nest (HTML, Markdown)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from medithread.kernel.text.inline import MARKS, Node


@dataclass(frozen=True, slots=True)
class Span:
    """A mark over a stretch of nodes and spans."""

    mark: str
    href: str
    inside: tuple[Nested, ...]


Nested: TypeAlias = Node | Span

_Key: TypeAlias = tuple[str, str]


def nest(content: list[Node], without: frozenset[str] = frozenset()) -> tuple[Nested, ...]:
    """The inline content with its marks nested, except those in `without`; the mark that reaches furthest is outermost."""
    keys = [frozenset(_key(mark) for mark in node.get("marks", ()) if mark["type"] not in without) for node in content]
    return _nest(list(zip(content, keys, strict=True)))


def _key(mark: Node) -> _Key:
    return mark["type"], mark.get("attrs", {}).get("href", "")


def _nest(items: list[tuple[Node, frozenset[_Key]]]) -> tuple[Nested, ...]:
    done: list[Nested] = []
    at = 0
    while at < len(items):
        node, marks = items[at]
        if not marks:
            done.append(node)
            at += 1
            continue
        end, _, (name, href) = max((_reach(items, at, key), -MARKS.index(key[0]), key) for key in marks)
        done.append(Span(name, href, _nest([(inner, rest - {(name, href)}) for inner, rest in items[at:end]])))
        at = end
    return tuple(done)


def _reach(items: list[tuple[Node, frozenset[_Key]]], at: int, key: _Key) -> int:
    end = at
    while end < len(items) and key in items[end][1]:
        end += 1
    return end
