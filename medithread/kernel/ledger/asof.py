"""As of: what was there at a place of the ledger (known on), and what was in force at an instant (in force on). kernel.md §3, R2.

Nothing here asks who may see it: callers give the uids that the person may see today.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from .models import Entry, Manifest, Value, Version

Content = dict[str, Any]


class Disposed:
    """A value that a signed disposal has blanked: its commitment is still in the chain, its words are not."""

    def __repr__(self) -> str:
        return "DISPOSED"


DISPOSED = Disposed()


def seq_at(instant: datetime) -> int:
    """The last place of the ledger that was written up to an instant; 0 before the first."""
    place: int | None = Entry.objects.filter(at__lte=instant).order_by("-at", "-seq").values_list("seq", flat=True).first()
    return place or 0


def version_at(uid: UUID, seq: int) -> Version | None:
    """What was true of a subject when entry `seq` had been written; None before its birth."""
    found: Version | None = Version.objects.filter(_there(seq), uid=uid).first()
    return found


def content_at(uid: UUID, seq: int) -> Content | None:
    """{path: value} of a subject's content as it was known at `seq`; None before its birth. Blanked values are `DISPOSED`."""
    version = version_at(uid, seq)
    if version is None:
        return None
    return content_of(version.content) if version.content else {}


def handling_at(uid: UUID, seq: int) -> Content | None:
    """State, owner, due date and the rest of the handling as they were known at `seq`."""
    version = version_at(uid, seq)
    if version is None:
        return None
    found = content_of(version.handling).get("handling") if version.handling else None
    return dict(found) if isinstance(found, dict) else {}


def content_of(digest: str) -> Content:
    """{path: value} of one content digest; empty when the ledger does not have it."""
    return contents_of([digest]).get(digest, {})


def contents_of(digests: Iterable[str], paths: Iterable[str] | None = None) -> dict[str, Content]:
    """The contents of several digests in two queries; `paths` reads only those."""
    wanted = None if paths is None else set(paths)
    manifests = manifests_of(digests)
    marks = {mark for manifest in manifests.values() for path, mark in manifest.items() if wanted is None or path in wanted}
    bodies = values_of(marks)
    return {
        digest: {path: bodies.get(mark, DISPOSED) for path, mark in manifest.items() if wanted is None or path in wanted}
        for digest, manifest in manifests.items()
    }


def manifests_of(digests: Iterable[str]) -> dict[str, dict[str, str]]:
    """Digest → {path: commitment}."""
    rows = Manifest.objects.filter(digest__in=set(digests)).values_list("digest", "body")
    return {digest: json.loads(body) for digest, body in rows}


def values_of(marks: Iterable[str]) -> dict[str, Any]:
    """Commitment → value, or `DISPOSED`."""
    found: dict[str, Any] = {}
    whole = list(set(marks))
    for at in range(0, len(whole), 5_000):
        rows = Value.objects.filter(commitment__in=whole[at : at + 5_000]).values_list("commitment", "body")
        found.update({mark: DISPOSED if body is None else json.loads(body) for mark, body in rows})
    return found


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Paths whose commitment differs between two manifests: path → (before, after)."""
    return {path: (before.get(path), after.get(path)) for path in sorted({*before, *after}) if before.get(path) != after.get(path)}


@dataclass(frozen=True)
class PastList:
    """A list as it was: one page of versions by number; `next` is the key of the following page."""

    rows: list[Version]
    next: str


def list_at(kind: str, seq: int, in_force_on: datetime | None = None, *, uids: Any = None, where: Q | None = None, after: str = "", limit: int = 50) -> PastList:
    """The records of a kind as they were known at `seq`, by number; with `in_force_on` only what was in force at that instant.

    `uids` narrows to records that may be seen (a list or a subquery); `after` is the number and place of the last row shown.
    """
    rows = Version.objects.filter(_there(seq), kind=kind)
    if in_force_on is not None:
        rows = rows.filter(Q(effective_to=None) | Q(effective_to__gt=in_force_on), effective_from__lte=in_force_on)
    if where is not None:
        rows = rows.filter(where)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    if after:
        number, _mark, place = after.rpartition("!")
        rows = rows.filter(Q(number__gt=number) | Q(number=number, seq_from__gt=int(place) if place.isdigit() and len(place) < 19 else 0))
    found = list(rows.order_by("number", "seq_from")[: limit + 1])
    following = f"{found[limit - 1].number}!{found[limit - 1].seq_from}" if len(found) > limit else ""
    return PastList(found[:limit], following)


def edition_in_force(uids: Any, seq: int, on: datetime) -> Version | None:
    """Of several editions, the one that was in force at an instant, as known at `seq`."""
    rows = Version.objects.filter(_there(seq), Q(effective_to=None) | Q(effective_to__gt=on), uid__in=uids, effective_from__lte=on)
    found: Version | None = rows.order_by("-effective_from").first()
    return found


def _there(seq: int) -> Q:
    return (Q(seq_to=None) | Q(seq_to__gt=seq)) & Q(seq_from__lte=seq)
