"""The part of an export for an inspector: which subjects and which values go along; all other values are withheld."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from medithread.kernel.files.models import Attachment
from medithread.kernel.identity.models import Passkey, Site
from medithread.kernel.ledger.models import Entry, Manifest, Version
from medithread.kernel.ledger.stream import batches
from medithread.kernel.ledger.voice import KIND
from medithread.kernel.records.models import Record
from medithread.kernel.signing.models import Signature

ALONG = ("link", "attachment", "signature")
OF_PEOPLE = frozenset({"name", "function", "external"})


@dataclass
class Part:
    """What is given. `things` are uids of rows that go along whole, `people` those of whom only name and function are told."""

    records: frozenset[UUID]
    things: set[UUID] = field(default_factory=set)
    people: set[UUID] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)

    def has(self, uid: str) -> bool:
        found = UUID(uid)
        return found in self.records or found in self.things or found in self.people


def part_of(records: Collection[UUID]) -> Part:
    """Everything that is needed to read and prove these records."""
    part = Part(frozenset(records))
    part.things = set(Version.objects.filter(of__in=records, kind__in=ALONG).values_list("uid", flat=True))
    attached = Attachment.objects.filter(record__uid__in=records)
    part.files = set(attached.values_list("file_id", flat=True)) | _renditions(records)
    part.things |= set(Version.objects.filter(kind="file", uid__in=attached.values("file__uid")).values_list("uid", flat=True))
    part.people = _people(records)
    part.things |= set(Passkey.objects.filter(person__uid__in=part.people).values_list("uid", flat=True)) | set(Site.objects.values_list("uid", flat=True))
    part.marks = _marks(part)
    return part


def _renditions(records: Collection[UUID]) -> set[str]:
    statements = Signature.objects.filter(record__uid__in=records).values_list("statement", flat=True)
    return {json.loads(statement).get("rendition", "") for statement in statements if statement.startswith("{")}


def _people(records: Collection[UUID]) -> set[UUID]:
    rows = Record.objects.filter(uid__in=records).values_list("owner", "deputy", "created_by")
    found = {uid for row in rows for uid in row}
    found |= {uid for row in Signature.objects.filter(record__uid__in=records).values_list("person", "behalf_of") for uid in row}
    found |= set(Entry.objects.filter(of__in=records).values_list("actor", flat=True))
    return found - {None}


def _marks(part: Part) -> set[str]:
    """Commitments whose values are given."""
    whole: set[str] = set()
    of_people: set[str] = set()
    asked = list(part.records | part.things | part.people)
    for some in batches(asked, 500):
        for subject, body in Entry.objects.filter(subject__in=some).values_list("subject", "body").iterator():
            header = json.loads(bytes(body))
            digests = {header.get(name) for name in ("content", "handling", "note")} - {None}
            (of_people if subject in part.people else whole).update(digests)
    for body in Entry.objects.filter(kind=f"{KIND}@1").values_list("body", flat=True).iterator():
        whole |= {json.loads(bytes(body)).get("note")} - {None}
    return _named(whole, None) | _named(of_people, OF_PEOPLE)


def _named(digests: set[str], paths: frozenset[str] | None) -> set[str]:
    found: set[str] = set()
    for some in batches(sorted(digests), 500):
        for body in Manifest.objects.filter(digest__in=some).values_list("body", flat=True):
            found |= {mark for path, mark in json.loads(body).items() if paths is None or path in paths}
    return found
