"""The words of a file that stays a file (ODT, PDF), for search and reading."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from medithread.kernel.text.errors import Loss
from medithread.kernel.text.inline import printable

CHARACTERS = 20_000_000
"""The longest text that is taken from a file."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Plain text (Unicode NFC, LF), number of pages (0 where a file does not say), title, and what the reader must know."""

    text: str
    pages: int
    title: str
    losses: list[Loss]


def tidy(text: str) -> str:
    """Text as it is stored: no control characters, no spaces at line ends, at most one empty line in a row."""
    text = unicodedata.normalize("NFC", printable(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")))
    lines: list[str] = []
    for line in (line.rstrip() for line in text.split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n")
