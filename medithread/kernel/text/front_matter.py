"""The YAML front matter of a Markdown file, read as a small safe subset: words and lists of words, nothing else."""

from __future__ import annotations

import re
from typing import TypeAlias

FrontMatter: TypeAlias = dict[str, "str | list[str]"]

_KEY = re.compile(r"([A-Za-z0-9_][\w .-]*?)\s*:(?:\s+(.*))?$")
_ITEM = re.compile(r"\s*-\s+(.*)$")
_COMMENT = re.compile(r"\s+#.*$")


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The keys between the two `---` at the top, and the body; an empty mapping when there is no front matter.

    Values are text or lists of text. What goes beyond that (nested mappings, anchors, block text) is kept as its own lines.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != "---":
        return {}, text
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        return {}, text
    return _read(lines[1:end]), "\n".join(lines[end + 1 :]).lstrip("\n")


def _read(lines: list[str]) -> FrontMatter:
    groups: list[tuple[str, str, list[str]]] = []
    for line in lines:
        if match := _KEY.match(line):
            groups.append((match[1], match[2] or "", []))
        elif groups:
            groups[-1][2].append(line)
    return {key: _value(first, below) for key, first, below in groups}


def _value(first: str, below: list[str]) -> str | list[str]:
    """The value of a key from the rest of its line and the lines below it."""
    first = first.strip()
    below = [line for line in below if line.strip() and not line.lstrip().startswith("#")]
    if first.startswith("[") and first.endswith("]"):
        return [_plain(part) for part in _parts(first[1:-1])]
    items = [match[1] for line in below if (match := _ITEM.match(line))]
    if below and not first and len(items) == len(below):
        return [_plain(item) for item in items]
    if below:
        joint = " " if first.startswith(">") else "\n"
        return joint.join(line.strip() for line in ([] if first[:1] in ("|", ">") else [first] if first else []) + below)
    return _plain(first)


def _parts(text: str) -> list[str]:
    found = re.findall(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]+)\s*(?:,|$)""", text)
    return [part.strip() for part in found if part.strip()]


def _plain(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text[1:-1])
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return "" if text in ("null", "~") else _COMMENT.sub("", text)
