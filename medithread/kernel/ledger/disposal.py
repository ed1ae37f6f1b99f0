"""Disposal in the ledger: which commitments stand for a path, and blanking them under an entry that names them (docs/spec/ledger.md).

What may be disposed of, and by whose authority, is decided by the verb (verbs/dispose.py).
"""

import json
from collections.abc import Collection

from django.db import connection

from medithread.kernel.base.canon import canonical, sha256
from medithread.kernel.base.sql import insert_many

from .models import Entry, Manifest, Value
from .stream import absent, batches

NOTE = "note"
KIND = "disposal"


def marks_of(subject: str, paths: Collection[str]) -> set[str]:
    """Commitments of every value that a subject ever had at these paths, blank ones left out. The path `note` means all its notes."""
    digests, notes = _digests(subject)
    found: set[str] = set()
    for names in batches(sorted(digests | (notes if NOTE in paths else set())), 500):
        for digest, body in Manifest.objects.filter(digest__in=names).values_list("digest", "body"):
            found |= {mark for path, mark in json.loads(body).items() if path in paths or digest in notes}
    return _still_there(found)


def _digests(subject: str) -> tuple[set[str], set[str]]:
    """Digests of every content and every note of a subject."""
    contents, notes = set(), set()
    for body in Entry.objects.filter(subject=subject).values_list("body", flat=True).iterator():
        header = json.loads(bytes(body))
        contents.add(header.get("content"))
        notes.add(header.get("note"))
    return contents - {None}, notes - {None}


def not_disposed(marks: Collection[str]) -> set[str]:
    """Those that no disposal names yet."""
    return set(absent("ledger_disposal", "commitment", sorted(marks)))


def _still_there(marks: set[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(sorted(marks), 500):
        found |= set(Value.objects.filter(commitment__in=some, body__isnull=False).values_list("commitment", flat=True))
    return found


def items_digest(marks: Collection[str]) -> str:
    """What the entry says of the list of commitments it disposes of: SHA-256 of their sorted canonical list."""
    return sha256(canonical(sorted(marks)))


def blank(seq: int, marks: Collection[str]) -> None:
    """Name the commitments under entry `seq`, then blank their values. Called under the ledger's lock, in the entry's transaction."""
    insert_many("ledger_disposal", ("commitment", "seq"), [(mark, seq) for mark in sorted(marks)])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")
        for some in batches(sorted(marks), 500):
            signs = ", ".join(["%s"] * len(some))
            cursor.execute(f"UPDATE ledger_value SET salt = NULL, body = NULL WHERE commitment IN ({signs})", some)  # noqa: S608
