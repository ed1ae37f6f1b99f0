"""Addresses of records and lists. A slash in a number is written `~`, which no number holds."""

from typing import Any

from django.urls import reverse

from medithread.kernel.records.kinds import Kind, kind_of, kinds
from medithread.kernel.records.models import Record


class NumberConverter:
    """A record's number in an address."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._~\-]{0,59}"

    def to_python(self, value: str) -> str:
        return value.replace("~", "/")

    def to_url(self, value: str) -> str:
        return value.replace("/", "~")


class KindConverter:
    """The code of a declared kind; anything else is no such address."""

    regex = "[a-z0-9_]+"

    def to_python(self, value: str) -> Kind[Any]:
        if value not in {kind.code for kind in kinds()}:
            raise ValueError(value)
        return kind_of(value)

    def to_url(self, value: Kind[Any] | str) -> str:
        return value if isinstance(value, str) else value.code


def of_record(record: Record, page: str = "record", *args: Any) -> str:
    """Where an edition is shown, or one of its pages (`edit`, `history`, `move` with its name …)."""
    if kind_of(record).shape == "controlled":
        return reverse(f"{page}-of", args=[record.number, record.edition, *args])
    return reverse(page, args=[record.number, *args])


def of_number(number: str, edition: str = "") -> str:
    """Where a number is shown: what is in force, or the edition asked for."""
    return reverse("record-of", args=[number, edition]) if edition.isdigit() else reverse("record", args=[number])


def of_kind(kind: Kind[Any] | str) -> str:
    """The list of a kind."""
    return reverse("list", args=[kind])


def image_url(record: Record, sha256: str) -> str:
    """Where a picture in a text of this edition is served."""
    return reverse("image", args=[record.number, record.edition, sha256])
