"""Appending to the ledger: values are committed to, then, under the head's lock, entries get their place in the chain.

The bytes are specified in docs/spec/ledger.md. `Writer.finish` is the last thing a unit of work does before it commits.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import Json, canonical, commitment, leaf, new_salts, sha256
from medithread.kernel.base.refusal import LedgerBroken, No
from medithread.kernel.base.sql import insert_many, to_db

from .place import home

FORMAT = 1
TOLERANCE = timedelta(seconds=60)
ENTRY_COLUMNS = ("seq", "body", "hash", "at", "act", "verb", "kind", "subject", "of", "actor")
VERSION_COLUMNS = ("number", "label", "state", "owner", "site", "due", "effective_from", "effective_to")
RESERVED = frozenset({"act", "actor", "at", "clock_behind_us", "content", "handling", "kind", "note", "of", "prev", "seq", "shape", "subject", "v", "verb"})
OPENED = ("uid", "of", "kind", "schema", "seq_from", "content", "handling", *VERSION_COLUMNS)


@dataclass
class Draft:
    """An entry before it has its place. `handling` None means: as before; the content is weighed beforehand.

    `versioned` False is for entries that describe no row: they carry neither content nor handling. `later` is called with the
    place of the entry, still under the head's lock, for rows that must name it. `shape` is the schema that the content was
    written under, which a reshaping migration may have left behind.
    """

    verb: str
    kind: str
    schema: int
    subject: UUID
    of: UUID
    handling: Mapping[str, Json] | None = None
    note: Mapping[str, Json] = field(default_factory=dict)
    header: Mapping[str, Json] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    versioned: bool = True
    later: Callable[[int], None] | None = None
    shape: int = 0
    content_digest: str | None = None
    handling_digest: str | None = None
    note_digest: str | None = None

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(d for d in (self.content_digest, self.handling_digest, self.note_digest) if d)


@dataclass(frozen=True)
class Known:
    """What the ledger has of a subject: digests of content and handling, the schema of that content (0: today's), its kind."""

    content: str | None = None
    handling: str | None = None
    shape: int = 0
    kind: str = ""


@dataclass(frozen=True)
class Head:
    """The end of the chain while its lock is held."""

    seq: int
    hash: str
    at: datetime
    purpose: str
    now: datetime


def lock_head(*, moved: bool = False) -> Head:
    """Take the last lock of the unit and read the clock under it (database clock on PostgreSQL, so that nodes agree).

    Raises LedgerBroken before birth, for simulated time in a live ledger, and in a copied database unless `moved`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT seq, hash, at, purpose, home, clock_timestamp() FROM ledger_head WHERE id = 1 FOR UPDATE")
        else:
            cursor.execute("SELECT seq, hash, at, purpose, home, NULL FROM ledger_head WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        raise LedgerBroken(No("ledger.unborn", _("This database has no ledger yet."), fix=_("Run `medithread migrate` and found the company.")))
    if row[4] != home() and not moved:
        raise LedgerBroken(
            No("ledger.copy", _("This database is a copy: its ledger was written in another place."), fix=_("Start a new epoch here, with a reason, or go back to the original."))
        )
    if clock.is_simulated() and row[3] != "demo":
        raise LedgerBroken(No("ledger.simulated", _("Simulated time is for demo companies only.")))
    now = clock.now() if clock.is_simulated() or row[5] is None else row[5]
    return Head(row[0], row[1], _instant(row[2]), row[3], now)


def _instant(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Writer:
    """Collects what one unit of work has to say, commits to the values, and at the end writes everything at once.

    Unchanged values keep their commitment, so a content that did not change keeps its digest. Reading what was there before
    is safe because the caller holds the row lock of the subject; two edits of an unlocked thing cost new salts, nothing else.
    """

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._values: list[tuple[str, bytes, str]] = []
        self._fresh: dict[str, str] = {}
        self._manifests: dict[str, dict[str, str]] = {}
        self._known: dict[UUID, Known] = {}
        self._owed: set[UUID] = set()

    def born(self, subject: UUID) -> None:
        """Say that a subject is new, so that nothing earlier is looked for."""
        self._known[subject] = Known()

    def weigh_content(self, subject: UUID, content: Mapping[str, Json]) -> str | None:
        """The digest of a subject's content (docs/spec/ledger.md); None when it is empty."""
        before = self._before(subject)
        digest = self._weigh(content, before.content)
        self._known[subject] = Known(digest, before.handling, 0, before.kind)
        if digest != before.content:
            self._owed.add(subject)
        return digest

    def add(self, draft: Draft) -> None:
        """Queue an entry. Its content must have been weighed, its handling is weighed here."""
        if not RESERVED.isdisjoint(draft.header):
            raise ValueError(f"reserved words in a header: {sorted(RESERVED & set(draft.header))}")
        if draft.versioned:
            known = self._before(draft.subject)
            if known.kind not in ("", draft.kind):
                raise RuntimeError(f"{draft.subject} is a {known.kind} and cannot be a {draft.kind} too")
            handling = known.handling if draft.handling is None else self._weigh({"handling": dict(draft.handling)}, known.handling)
            self._known[draft.subject] = Known(known.content, handling, known.shape, draft.kind)
            draft.content_digest, draft.handling_digest, draft.shape = known.content, handling, known.shape or draft.schema
            self._owed.discard(draft.subject)
        draft.note_digest = self._weigh(draft.note, None)
        self.drafts.append(draft)

    def finish(self, *, act: UUID, actor: UUID | None, stamp: Mapping[str, Json]) -> list[int]:
        """Write values, manifests and entries; returns the places. The last step before the commit."""
        if self._owed:
            raise RuntimeError(f"saved but not logged: {', '.join(map(str, self._owed))}")
        manifests = self._fresh_manifests()
        marks = {mark for manifest in manifests.values() for mark in manifest.values()}
        insert_many("ledger_value", ("commitment", "salt", "body"), [row for row in self._values if row[0] in marks])
        _insert_manifests([(digest, canonical(dict(manifest)).decode()) for digest, manifest in manifests.items()])
        return _chain(self.drafts, act=act, actor=actor, stamp=stamp)

    def _fresh_manifests(self) -> dict[str, dict[str, str]]:
        """The manifests that entries name and the ledger does not have yet (a value taken back restores an earlier content)."""
        from .models import Manifest

        used = {digest for draft in self.drafts for digest in draft.digests}
        found = {digest: manifest for digest, manifest in self._manifests.items() if digest in used}
        doubtful = [digest for digest, manifest in found.items() if not any(mark in self._fresh for mark in manifest.values())]
        there = set(Manifest.objects.filter(digest__in=doubtful).values_list("digest", flat=True)) if doubtful else set()
        return {digest: manifest for digest, manifest in found.items() if digest not in there}

    def _before(self, subject: UUID) -> Known:
        from .models import Version

        if subject not in self._known:
            row = Version.objects.filter(uid=subject, seq_to=None).values_list("content", "handling", "schema", "kind").first()
            self._known[subject] = Known(*row) if row else Known()
        return self._known[subject]

    def _weigh(self, content: Mapping[str, Json], before: str | None) -> str | None:
        if not content:
            return None
        old = self._commitments(before) if before else {}
        salts = iter(new_salts(len(content)))
        manifest = {path: self._commit(canonical(value), old.get(path), next(salts)) for path, value in content.items()}
        digest = sha256(canonical(dict(manifest)))
        if digest != before:
            self._manifests[digest] = manifest
        return digest

    def _commitments(self, digest: str) -> dict[str, tuple[str, str | None]]:
        """path → (commitment, canonical value) of an earlier manifest; a disposed value is None."""
        from .models import Manifest, Value

        manifest = self._manifests.get(digest)
        if manifest is None:
            manifest = json.loads(Manifest.objects.values_list("body", flat=True).get(digest=digest))
        stored = [mark for mark in manifest.values() if mark not in self._fresh]
        bodies = dict(Value.objects.filter(commitment__in=stored).values_list("commitment", "body")) if stored else {}
        return {path: (mark, self._fresh.get(mark, bodies.get(mark))) for path, mark in manifest.items()}

    def _commit(self, body: bytes, old: tuple[str, str | None] | None, salt: bytes) -> str:
        text = body.decode()
        if old is not None and old[1] == text:
            return old[0]
        mark = commitment(salt, body)
        self._values.append((mark, salt, text))
        self._fresh[mark] = text
        return mark


def _insert_manifests(found: Sequence[tuple[str, str]]) -> None:
    """Two units that take the same value away at once make the same manifest; it is stored once."""
    if found and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            sql = "INSERT INTO ledger_manifest (digest, body) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING"
            cursor.execute(sql, [[digest for digest, _body in found], [body for _digest, body in found]])
    else:
        insert_many("ledger_manifest", ("digest", "body"), found)


def _chain(drafts: Sequence[Draft], *, act: UUID, actor: UUID | None, stamp: Mapping[str, Json]) -> list[int]:
    head = lock_head(moved=any(draft.verb == "epoch" for draft in drafts))
    late = head.at - head.now
    seq, link, rows = head.seq, head.hash, []
    for draft in drafts:
        seq += 1
        body = canonical(_header(draft, seq=seq, prev=link, at=head.now, act=act, actor=actor, stamp=stamp, late=late))
        link = leaf(body).hex()
        rows.append((seq, body, link, to_db(head.now), to_db(act), draft.verb, f"{draft.kind}@{draft.schema}", to_db(draft.subject), to_db(draft.of), to_db(actor)))
    insert_many("ledger_entry", ENTRY_COLUMNS, rows)
    _versions(drafts, head.seq + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s, at = %s WHERE id = 1", [seq, link, to_db(max(head.now, head.at))])
    places = list(range(head.seq + 1, seq + 1))
    for place, draft in zip(places, drafts, strict=True):
        if draft.later is not None:
            draft.later(place)
    return places


def _header(
    draft: Draft, *, seq: int, prev: str, at: datetime, act: UUID, actor: UUID | None, stamp: Mapping[str, Json], late: timedelta
) -> dict[str, Json]:
    header: dict[str, Json] = {
        **stamp, **draft.header, "v": FORMAT, "seq": seq, "prev": prev, "at": clock.text(at), "act": str(act), "verb": draft.verb,
        "kind": f"{draft.kind}@{draft.schema}", "subject": str(draft.subject),
    }
    optional: dict[str, Json] = {
        "actor": str(actor) if actor else None,
        "of": str(draft.of) if draft.of != draft.subject else None,
        "content": draft.content_digest,
        "handling": draft.handling_digest,
        "note": draft.note_digest,
        "shape": draft.shape if draft.content_digest and draft.shape != draft.schema else None,
        "clock_behind_us": late // timedelta(microseconds=1) if late > timedelta(0) else None,
    }
    header.update({key: value for key, value in optional.items() if value is not None})
    return header


def _versions(drafts: Sequence[Draft], first: int) -> None:
    """Close the versions that these entries replace and open the new ones; within one unit the last entry stands."""
    last: dict[UUID, tuple[int, Draft]] = {}
    born: set[UUID] = set()
    for place, draft in enumerate(drafts):
        if draft.content_digest or draft.handling_digest:
            last.pop(draft.subject, None)
            last[draft.subject] = (first + place, draft)
            if draft.verb == "create":
                born.add(draft.subject)
    with connection.cursor() as cursor:
        for uid, (seq, _draft) in last.items():
            if uid not in born:
                cursor.execute("UPDATE ledger_version SET seq_to = %s WHERE uid = %s AND seq_to IS NULL", [seq, to_db(uid)])
    rows = [
        (to_db(uid), to_db(draft.of), draft.kind, draft.shape, seq, draft.content_digest, draft.handling_digest, *(to_db(draft.columns.get(name)) for name in VERSION_COLUMNS))
        for uid, (seq, draft) in last.items()
    ]
    insert_many("ledger_version", OPENED, rows)

