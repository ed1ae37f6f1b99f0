"""What the text package says when content is refused, and what it lists when something could not be carried."""

from __future__ import annotations

from dataclasses import dataclass


class TextError(ValueError):
    """Content that cannot be taken.

    `code` is stable (for tests, the API and translations), `message` an English sentence that says what is wrong and
    what to do, `path` the place inside the JSON (`content/3/content/0`) or the part of a file; empty when it is the whole.
    """

    def __init__(self, code: str, message: str, path: str = "") -> None:
        super().__init__(f"{code}: {message}" + (f" ({path})" if path else ""))
        self.code = code
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a source that the canonical text does not hold: a stable code, a sentence that names it, and its place."""

    code: str
    message: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.message} ({self.place})" if self.place else self.message


def shortened(text: str, length: int = 80) -> str:
    """One line of at most `length` characters, for naming a thing in a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
