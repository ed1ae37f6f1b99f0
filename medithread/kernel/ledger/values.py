"""Manifests and values: each hashes to its key, and each that is named is there (docs/spec/ledger.md)."""

import hashlib
import re

import orjson
from django.db import connection

from .report import Report
from .stream import absent, as_text, chunks, lookup, rows

MARKS = re.compile(r'":"([0-9a-f]{64})"')
PLACES = 20


def manifests(report: Report) -> None:
    """Every manifest hashes to its digest, and every value that it names is stored."""
    sha256 = hashlib.sha256
    for batch in chunks("SELECT digest, body FROM ledger_manifest"):
        sound: list[str] = []
        for digest, body in batch:
            if sha256(body.encode()).hexdigest() == digest:
                sound.append(body)
            else:
                report.find("manifest.altered", "This list of values was altered.", "ledger_manifest", digest, seq=_entry_of(digest))
        marks = MARKS.findall("\n".join(sound))
        for mark in absent("ledger_value", "commitment", marks):
            _at_place(report, "value.missing", "A value is not there.", mark)
        report.step("manifests", len(batch))


def values(report: Report) -> None:
    """Every value hashes to its commitment, or was blanked by a disposal that names it."""
    sha256 = hashlib.sha256
    sql = "SELECT v.commitment, v.salt, v.body, d.seq FROM ledger_value v LEFT JOIN ledger_disposal d ON d.commitment = v.commitment"
    for batch in chunks(sql):
        for mark, salt, body, disposed in batch:
            if salt is not None and body is not None and disposed is None and sha256(salt + body.encode()).hexdigest() == mark:
                continue
            _odd_value(report, mark, salt, body, disposed)
        report.step("values", len(batch))


def _odd_value(report: Report, mark: str, salt: bytes | None, body: str | None, disposed: int | None) -> None:
    if salt is None and body is None and disposed is not None:
        report.counts["disposed"] += 1
    elif disposed is not None:
        _at_place(report, "value.not-blank", f"Entry {disposed} disposed of this value, but it is still there.", mark)
    elif salt is None and body is None:
        _at_place(report, "value.blank", "A value is gone without a disposal that names it.", mark)
    else:
        _at_place(report, "value.altered", "A value, or its salt, was altered.", mark)


def _at_place(report: Report, code: str, text: str, mark: str) -> None:
    """A finding on a value, with the records that hold it. Looking them up is slow, so only the first ones are."""
    places = locate(mark) if report.codes[code] < PLACES else []
    if not places:
        report.find(code, text, "ledger_value", mark)
        return
    uid, path, seq = places[0]
    report.find(code, f"{text} It belongs to {uid}.", "ledger_value", mark, path, seq)


def locate(mark: str) -> list[tuple[str, str, int]]:
    """(subject, path, place) of the entries that a value stands under, first entry first."""
    found: list[tuple[str, str, int]] = []
    path_of = re.compile(rf'"((?:[^"\\]|\\.)*)":"{re.escape(mark)}"')
    for digest, body in rows("SELECT digest, body FROM ledger_manifest WHERE body LIKE %s", (f"%{mark}%",)):
        path = path_of.search(body)
        for seq, uid in _entries_of(digest):
            found.append((uid, path.group(1) if path else "", seq))
    return sorted(found, key=lambda place: place[2])


def _entries_of(digest: str) -> list[tuple[int, str]]:
    """(place, subject) of the entries that name a manifest: by the version table, else by reading every entry."""
    sql = f"SELECT seq_from, {as_text('uid')} FROM ledger_version WHERE content = %s OR handling = %s"  # noqa: S608
    found = [(seq, name) for seq, name in rows(sql, (digest, digest))]
    if found:
        return found
    body = "convert_from(body, 'UTF8')" if connection.vendor == "postgresql" else "CAST(body AS TEXT)"
    return [(seq, name) for seq, name in rows(f"SELECT seq, {as_text('subject')} FROM ledger_entry WHERE {body} LIKE %s", (f"%{digest}%",))]  # noqa: S608


def _entry_of(digest: str) -> int | None:
    return next((seq for seq, _uid in _entries_of(digest)), None)


def stored(digests: set[str]) -> dict[str, dict[str, tuple[str, str | None]]]:
    """digest → {path: (commitment, canonical value or None when blank)} for many manifests at once."""
    bodies: dict[str, dict[str, str]] = {}
    for digest, body in lookup("ledger_manifest", "digest", "digest, body", digests):
        try:
            bodies[digest] = orjson.loads(body)
        except ValueError:
            continue
    marks = {mark for manifest in bodies.values() for mark in manifest.values() if isinstance(mark, str)}
    known = dict(lookup("ledger_value", "commitment", "commitment, body", marks))
    return {digest: {path: (mark, known.get(mark)) for path, mark in manifest.items()} for digest, manifest in bodies.items()}
