"""What crosses into the typesetting process: only text, numbers and bytes. Imports nothing but the standard library."""

from dataclasses import dataclass, field
from typing import Any


class Fault(Exception):
    """A job that cannot be done, with the code of `errors.SENTENCES` and a detail for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True)
class Job:
    """One document to set.

    `data` is what appears on the page, `plain` what goes into the file's own data (title, alternative texts, addresses);
    `images` are the pictures by name; `timestamp` is the file's creation date in Unix seconds.
    """

    template: str
    data: dict[str, Any]
    plain: dict[str, Any]
    timestamp: int
    images: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Overlay:
    """What a print act lays over each page of a finished PDF; `data` are the words for `overlay.typ`."""

    data: dict[str, Any]
    timestamp: int


@dataclass(frozen=True)
class Cover:
    """A cover (a job of `report.typ`) to be put before the pages of a foreign PDF, with the words for their header and footer."""

    job: Job
    overlay: Overlay
    foreign: bytes
