"""Version labels: `v3` once approved, `v3.2` before that; a company's own labels go on as they began (R3)."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Document

_NUMBERED = re.compile(r"(.*?)(\d{1,9})((?:\.0+)*)")
_LETTERED = re.compile(r"(|.*[^A-Za-z])([A-Z]{1,2})")
NOT_YET = ("draft", "in_review", "rejected", "void")


def version_label(document: "Document") -> str:
    """The label of an edition in its present state. Each round of review begins a new minor number."""
    if document.adopted:
        return document.label
    coming = _coming(document)
    if document.state not in NOT_YET:
        return coming
    minor = _minor(document.label, coming)
    if minor is None:
        minor = _last_minor(document, coming)
    return f"{coming}.{minor + 1 if document.state == 'draft' else minor}"


def next_label(label: str) -> str:
    """`v3` → `v4`, `Rev C` → `Rev D`, `2.0` → `3.0`, `007` → `008`; empty where a label cannot be counted on."""
    numbered = _NUMBERED.fullmatch(label)
    if numbered:
        before, figures, after = numbered.groups()
        return f"{before}{str(int(figures) + 1).zfill(len(figures))}{after}"
    lettered = _LETTERED.fullmatch(label)
    return lettered[1] + _next_letters(lettered[2]) if lettered else ""


def _next_letters(letters: str) -> str:
    """A → B, Z → AA, AZ → BA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    found, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def _coming(document: "Document") -> str:
    """The label that this edition has once it is approved."""
    if document.edition == 1:
        return "v1"
    earlier = type(document).objects.filter(series=document.series_id, edition__lt=document.edition).exclude(state__in=NOT_YET)
    last: str | None = earlier.order_by("-edition").values_list("label", flat=True).first()
    return next_label(last or "")[:34] or f"v{document.edition}"


def _minor(label: str, coming: str) -> int | None:
    head, _dot, tail = label.rpartition(".")
    return int(tail) if head == coming and tail.isdigit() else None


def _last_minor(document: "Document", coming: str) -> int:
    """Drafts that were given up keep their labels: a new one goes on counting."""
    if document.edition == 1:
        return 0
    labels = type(document).objects.filter(series=document.series_id, state__in=NOT_YET).exclude(uid=document.uid).values_list("label", flat=True)
    return max((minor for label in labels if (minor := _minor(label, coming)) is not None), default=0)
