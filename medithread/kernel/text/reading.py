"""What can be read off a canonical document: its outline, its words, the files and records it names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from medithread.kernel.text.inline import Node
from medithread.kernel.text.schema import Doc

_TYPED_NUMBER = re.compile(r"(?:\d+(?:\.\d+)*[.)]?|[A-Z][.)]|[IVX]+[.)])(?=\s|\u00a0)")
_BETWEEN_BLOCKS = {"tableRow": "\t"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the outline: `id` is stable while the words of the heading stay, `number` as in "2.1"."""

    id: str
    level: int
    number: str
    text: str
    path: tuple[int, ...]


def nodes(node: Node, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Node]]:
    """Every node below this one in reading order, with its path of positions."""
    for index, child in enumerate(node.get("content", ())):
        yield (*path, index), child
        yield from nodes(child, (*path, index))


def outline(doc: Doc) -> list[Heading]:
    """All headings. Where most of them begin with a number of their own, `number` stays empty: they are numbered already."""
    found = [(path, node["attrs"]["level"], plain_text(node)) for path, node in nodes(doc) if node["type"] == "heading"]
    typed = sum(1 for _, _, text in found if _TYPED_NUMBER.match(text))
    numbers = _numbers([level for _, level, _ in found]) if typed * 2 <= len(found) else [""] * len(found)
    ids = _ids([text for _, _, text in found])
    return [Heading(id_, level, number, text, path) for id_, number, (path, level, text) in zip(ids, numbers, found, strict=True)]


def _numbers(levels: list[int]) -> list[str]:
    """Decimal numbers; a level that was skipped is not counted, so that no "1.0.1" comes up."""
    numbers: list[str] = []
    open_levels: list[tuple[int, int]] = []
    for level in levels:
        count = 1
        while open_levels and open_levels[-1][0] >= level:
            count = open_levels.pop()[1] + 1
        open_levels.append((level, count))
        numbers.append(".".join(str(number) for _, number in open_levels))
    return numbers


def _ids(texts: list[str]) -> list[str]:
    """Words in lower case joined by hyphens, as in GitHub's documents; the second of a name gets "-1" and so on."""
    seen: Counter[str] = Counter()
    ids: list[str] = []
    for text in texts:
        name = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", text.lower())).strip().replace(" ", "-") or "section"
        while name in seen:
            seen[name] += 1
            name = f"{name}-{seen[name] - 1}"
        seen[name] += 1
        ids.append(name)
    return ids


def plain_text(node: Node) -> str:
    """The words alone: blocks on lines of their own, the cells of a row divided by tabs; images give their alternative text."""
    kind = node["type"]
    if kind == "text":
        return str(node["text"])
    if kind == "hardBreak":
        return "\n"
    if kind == "recordLink":
        return " ".join(filter(None, (node["attrs"]["number"], node["attrs"].get("edition", ""))))
    if kind == "image":
        return str(node["attrs"].get("alt", ""))
    parts = [plain_text(child) for child in node.get("content", ())]
    return "".join(parts) if kind in ("paragraph", "heading", "codeBlock") else _BETWEEN_BLOCKS.get(kind, "\n").join(parts)


def words(doc: Doc) -> int:
    """The number of words."""
    return len(plain_text(doc).split())


def files(doc: Doc) -> list[str]:
    """The SHA-256 of every image, each once, in reading order."""
    return list(dict.fromkeys(node["attrs"]["file"] for _, node in nodes(doc) if node["type"] == "image"))


def record_numbers(doc: Doc) -> list[str]:
    """The number of every record linked to, each once, in reading order."""
    return list(dict.fromkeys(node["attrs"]["number"] for _, node in nodes(doc) if node["type"] == "recordLink"))


def is_empty(doc: Doc) -> bool:
    """True when the document holds nothing a reader could see."""
    seen = {"text", "image", "recordLink", "table", "horizontalRule", "codeBlock"}
    return not any(node["type"] in seen for _, node in nodes(doc))
