"""Appending to the ledger: values are committed to, then, under the head's lock, entries get their place in the chain.

The bytes are specified in docs/spec/ledger.md. `Writer.finish` is the last thing a unit of work does before it commits.
"""

import json
from collections.abc import Mapping, Sequence
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

FORMAT = 1
TOLERANCE = timedelta(seconds=60)
VERSION_COLUMNS = ("number", "label", "state", "owner", "site", "due", "effective_from", "effective_to")


@dataclass
class Draft:
    """An entry before it has its place. `handling` None means: as before; the content is weighed beforehand."""

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
    content_digest: str | None = None
    handling_digest: str | None = None
    note_digest: str | None = None


@dataclass(frozen=True)
class Head:
    """The end of the chain while its lock is held."""

    seq: int
    hash: str
    at: datetime
    purpose: str
    now: datetime


def lock_head() -> Head:
    """Take the last lock of the unit and read the clock under it (database clock on PostgreSQL, so that nodes agree)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT seq, hash, at, purpose, clock_timestamp() FROM ledger_head WHERE id = 1 FOR UPDATE")
        else:
            cursor.execute("SELECT seq, hash, at, purpose, NULL FROM ledger_head WHERE id = 1")
        row = cursor.fetchone()
    if row is None:
        raise LedgerBroken(No("ledger.unborn", _("This database has no ledger yet."), fix=_("Run `medithread migrate` and found the company.")))
    at = row[2] if isinstance(row[2], datetime) else datetime.fromisoformat(row[2])
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if clock.is_simulated():
        if row[3] != "demo":
            raise LedgerBroken(No("ledger.simulated", _("Simulated time is for demo companies only.")))
        return Head(row[0], row[1], at, row[3], clock.now())
    return Head(row[0], row[1], at, row[3], row[4] or clock.now())


class Writer:
    """Collects what one unit of work has to say, commits to the values, and at the end writes everything at once.

    Unchanged values keep their commitment, so a content that did not change keeps its digest.
    """

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._values: list[tuple[str, bytes, str]] = []
        self._fresh: dict[str, str] = {}
        self._manifests: dict[str, dict[str, str]] = {}
        self._digests: dict[UUID, tuple[str | None, str | None]] = {}

    def born(self, subject: UUID) -> None:
        """Say that a subject is new, so that nothing earlier is looked for."""
        self._digests[subject] = (None, None)

    def weigh_content(self, subject: UUID, content: Mapping[str, Json]) -> str | None:
        """The digest of a subject's content (docs/spec/ledger.md); None when it is empty."""
        before, handling = self._before(subject)
        digest = self._weigh(content, before)
        self._digests[subject] = (digest, handling)
        return digest

    def add(self, draft: Draft) -> None:
        """Queue an entry. Its content must have been weighed, its handling is weighed here."""
        content, handling = self._before(draft.subject)
        if draft.handling is not None:
            handling = self._weigh({"handling": dict(draft.handling)}, handling)
            self._digests[draft.subject] = (content, handling)
        draft.content_digest, draft.handling_digest = content, handling
        draft.note_digest = self._weigh(draft.note, None)
        self.drafts.append(draft)

    def finish(self, *, act: UUID, actor: UUID | None, stamp: Mapping[str, Json]) -> list[int]:
        """Write values, manifests and entries; returns the places. The last step before the commit."""
        insert_many("ledger_value", ("commitment", "salt", "body"), self._values)
        bodies = [(digest, canonical(dict(manifest)).decode()) for digest, manifest in self._manifests.items()]
        insert_many("ledger_manifest", ("digest", "body"), bodies)
        return _chain(self.drafts, act=act, actor=actor, stamp=stamp)

    def _before(self, subject: UUID) -> tuple[str | None, str | None]:
        from .models import Version

        if subject not in self._digests:
            row = Version.objects.filter(uid=subject, seq_to=None).values_list("content", "handling").first()
            self._digests[subject] = row or (None, None)
        return self._digests[subject]

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


def _chain(drafts: Sequence[Draft], *, act: UUID, actor: UUID | None, stamp: Mapping[str, Json]) -> list[int]:
    head = lock_head()
    late = head.at - head.now
    seq, link, rows = head.seq, head.hash, []
    for draft in drafts:
        seq += 1
        body = canonical(_header(draft, seq=seq, prev=link, at=head.now, act=act, actor=actor, stamp=stamp, late=late))
        link = leaf(body).hex()
        rows.append((seq, body, link, to_db(head.now), to_db(act), draft.verb, f"{draft.kind}@{draft.schema}", to_db(draft.subject), to_db(draft.of), to_db(actor)))
    insert_many("ledger_entry", ("seq", "body", "hash", "at", "act", "verb", "kind", "subject", "of", "actor"), rows)
    _versions(drafts, head.seq + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s, at = %s WHERE id = 1", [seq, link, to_db(max(head.now, head.at))])
    return list(range(head.seq + 1, seq + 1))


def _header(
    draft: Draft, *, seq: int, prev: str, at: datetime, act: UUID, actor: UUID | None, stamp: Mapping[str, Json], late: timedelta
) -> dict[str, Json]:
    header: dict[str, Json] = {
        "v": FORMAT, "seq": seq, "prev": prev, "at": clock.text(at), "act": str(act), "verb": draft.verb,
        "kind": f"{draft.kind}@{draft.schema}", "subject": str(draft.subject), **stamp, **draft.header,
    }
    optional: dict[str, Json] = {
        "actor": str(actor) if actor else None,
        "of": str(draft.of) if draft.of != draft.subject else None,
        "content": draft.content_digest,
        "handling": draft.handling_digest,
        "note": draft.note_digest,
        "clock_behind_us": late // timedelta(microseconds=1) if late > timedelta(0) else None,
    }
    header.update({key: value for key, value in optional.items() if value is not None})
    return header


def _versions(drafts: Sequence[Draft], first: int) -> None:
    """Close the versions that these entries replace and open the new ones; within one unit the last entry stands."""
    last: dict[UUID, tuple[int, Draft]] = {}
    for place, draft in enumerate(drafts):
        if draft.versioned:
            last[draft.subject] = (first + place, draft)
    old = [uid for uid, (_seq, draft) in last.items() if not _born_here(uid, drafts)]
    if old:
        from .models import Version

        for uid in old:
            Version.objects.filter(uid=uid, seq_to=None).update(seq_to=last[uid][0])
    rows = [
        (to_db(uid), to_db(draft.of), draft.kind, draft.schema, seq, draft.content_digest, draft.handling_digest, *(to_db(draft.columns.get(name)) for name in VERSION_COLUMNS))
        for uid, (seq, draft) in last.items()
        if draft.verb != "destroy"
    ]
    insert_many("ledger_version", ("uid", "of", "kind", "schema", "seq_from", "content", "handling", *VERSION_COLUMNS), rows)


def _born_here(uid: UUID, drafts: Sequence[Draft]) -> bool:
    return any(draft.verb == "create" and draft.subject == uid for draft in drafts)

