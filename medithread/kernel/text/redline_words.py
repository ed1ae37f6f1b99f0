"""Comparing words: how alike two texts are, the best pairing of two sequences, and the changed stretches of a line of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from cydifflib import SequenceMatcher

from medithread.kernel.text.inline import Node

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w[\w\u0300-\u036f]*(?:[.,:/’'\-]\w[\w\u0300-\u036f]*)*|[^\w\s]")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"\w+")
_CELLS = 20_000
_WORK = 20_000_000

Stretch: TypeAlias = tuple[bool, int, int, int, int]
"""Whether it is the same in both, from and to in the old, from and to in the new."""

Pair: TypeAlias = tuple[int | None, int | None]
SegmentKind: TypeAlias = Literal["same", "added", "removed", "formatted"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of running text and what became of it; `formatted` means the same words with other marks (the new ones are shown)."""

    kind: SegmentKind
    nodes: list[Node]


def word_set(text: str) -> frozenset[str]:
    """The different words of a text, in lower case."""
    return frozenset(_WORD.findall(text.lower()))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """0 (nothing in common) to 1 (the same words)."""
    if not one or not other:
        return float(one == other)
    if min(len(one), len(other)) * 4 < max(len(one), len(other)):
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def pair(old: int, new: int, score: Callable[[int, int], float], least: float) -> list[Pair]:
    """The order-keeping pairing of two sequences with the highest total score; pairs below `least` are not made.

    Long sequences are cut into proportional parts first, so the work grows with their length and not with its square.
    """
    if old * new <= _CELLS or min(old, new) < 2:
        return _pair(0, old, 0, new, score, least)
    parts = min(int((old * new / _CELLS) ** 0.5) + 1, old, new)
    cuts = [(old * part // parts, new * part // parts) for part in range(parts + 1)]
    return [found for (a, c), (b, d) in pairwise(cuts) for found in _pair(a, b, c, d, score, least)]


def _pair(i1: int, i2: int, j1: int, j2: int, score: Callable[[int, int], float], least: float) -> list[Pair]:
    if i1 == i2 or j1 == j2:
        return [(i, None) for i in range(i1, i2)] + [(None, j) for j in range(j1, j2)]
    best = [[0.0] * (j2 - j1 + 1) for _ in range(i2 - i1 + 1)]
    scores = [[score(i, j) for j in range(j1, j2)] for i in range(i1, i2)]
    for i in range(i2 - i1 - 1, -1, -1):
        for j in range(j2 - j1 - 1, -1, -1):
            both = best[i + 1][j + 1] + scores[i][j] if scores[i][j] >= least else -1.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    return _path(best, i1, i2, j1, j2)


def _path(best: list[list[float]], i1: int, i2: int, j1: int, j2: int) -> list[Pair]:
    """Walks the table of best totals; what is removed comes before what is added."""
    found: list[Pair] = []
    i = j = 0
    while i < i2 - i1 and j < j2 - j1:
        if best[i][j] == best[i + 1][j]:
            found.append((i1 + i, None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            found.append((None, j1 + j))
            j += 1
        else:
            found.append((i1 + i, j1 + j))
            i, j = i + 1, j + 1
    return found + [(at, None) for at in range(i1 + i, i2)] + [(None, at) for at in range(j1 + j, j2)]


def stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    """The stretches that are the same in both and those that are not.

    Sequences whose comparison would take too long, because few different items repeat very often, differ as a whole
    between their common beginning and end.
    """
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    i, j = len(old) - end, len(new) - end
    if start:
        yield True, 0, start, 0, start
    one, other = Counter(old[start:i]), Counter(new[start:j])
    if sum(count * other[key] for key, count in one.items()) > _WORK:
        yield False, start, i, start, j
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, old[start:i], new[start:j], autojunk=False).get_opcodes():
            yield tag == "equal", start + i1, start + i2, start + j1, start + j2
    if end:
        yield True, i, len(old), j, len(new)


def _common(old: list[str], new: list[str]) -> int:
    return next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))


@dataclass(slots=True)
class _Token:
    """A word or sign with the white space after it; `key` is what is compared."""

    key: str
    nodes: list[Node]


def segments(old: list[Node], new: list[Node], exact: bool = False) -> list[Segment]:
    """The running text of both, cut where words were added, removed or formatted otherwise.

    White space goes with the word before it and makes no difference of its own, unless `exact` (for code).
    """
    before, after = _tokens(old, exact), _tokens(new, exact)
    found: list[Segment] = []
    for same, i1, i2, j1, j2 in stretches([token.key for token in before], [token.key for token in after]):
        if same:
            found += _equal(before[i1:i2], after[j1:j2])
            continue
        found += [Segment("removed", _merged(before[i1:i2]))] if i1 < i2 else []
        found += [Segment("added", _merged(after[j1:j2]))] if j1 < j2 else []
    return found


def _tokens(content: list[Node], exact: bool) -> list[_Token]:
    found: list[_Token] = []
    for node in content:
        if node["type"] == "text":
            _cut(node, found)
        else:
            found.append(_Token(f"\0{node['type']} {sorted(node.get('attrs', {}).items())}", [node]))
    if exact:
        for token in found:
            token.key = "".join(node["text"] for node in token.nodes)
    return found


def _cut(node: Node, found: list[_Token]) -> None:
    text: str = node["text"]
    at = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches always
    if at:
        if not found:
            found.append(_Token("", []))
        found[-1].nodes.append({**node, "text": text[:at]})
    while at < len(text):
        word = _TOKEN.match(text, at)
        end = word.end() if word else at + 1
        after = _SPACE.match(text, end).end()  # type: ignore[union-attr]
        found.append(_Token(text[at:end], [{**node, "text": text[at:after]}]))
        at = after


def _equal(old: list[_Token], new: list[_Token]) -> list[Segment]:
    runs: list[tuple[SegmentKind, list[_Token]]] = []
    for one, other in zip(old, new, strict=True):
        same = one.nodes[0].get("marks") == other.nodes[0].get("marks")
        kind: SegmentKind = "same" if same else "formatted"
        if not runs or runs[-1][0] != kind:
            runs.append((kind, []))
        runs[-1][1].append(other)
    return [Segment(kind, _merged(tokens)) for kind, tokens in runs]


def _merged(tokens: list[_Token]) -> list[Node]:
    done: list[Node] = []
    for node in (node for token in tokens for node in token.nodes):
        if done and node["type"] == "text" == done[-1]["type"] and node.get("marks") == done[-1].get("marks"):
            done[-1] = {**done[-1], "text": done[-1]["text"] + node["text"]}
        else:
            done.append(node)
    return done
