"""The chain: every entry's bytes hash to its mark and name the mark before (docs/spec/ledger.md)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from .genesis import START
from .report import Progress, Report
from .stream import absent, as_instant, as_text, chunks, instant_text, snapshot

DECODE = json.JSONDecoder().raw_decode
PLAIN = "SELECT seq, body, hash FROM ledger_entry ORDER BY seq"


def _whole() -> str:
    columns = ", ".join(("seq", "body", "hash", as_instant("at"), as_text("act"), "verb", "kind", as_text("subject"), as_text("of"), as_text("actor")))
    return f"SELECT {columns} FROM ledger_entry ORDER BY seq"  # noqa: S608


def check_chain(*, progress: Progress | None = None) -> Report:
    """Only the chain: bytes → hash → the entry before → place. The quick check; `verify` is the whole one."""
    report = Report(progress=progress)
    with snapshot():
        report.timed("chain", _links)
    return report


def _links(report: Report) -> None:
    before, mark, place, sha256 = START, START, 0, hashlib.sha256
    former = START
    for batch in chunks(PLAIN):
        for seq, body, mark in batch:
            place += 1
            link = sha256(b"\x00" + body).hexdigest()
            if link != mark or seq != place or b'"prev":"%b"' % before.encode() not in body or b'"seq":%d,' % seq not in body:
                _broken(report, seq, place, bytes(body), link, mark, (before, former))
                place = seq
            before, former = link, mark
        report.step("chain", len(batch))
    report.size, report.head = place, mark


def _broken(report: Report, seq: int, place: int, body: bytes, link: str, mark: str, before: tuple[str, str]) -> None:
    """Say what is wrong with one link."""
    if seq != place:
        gap = f"Entry {place} is missing." if seq == place + 1 else f"Entries {place} to {seq - 1} are missing."
        report.find("chain.gap", gap if seq > place else "An entry stands where none belongs.", "ledger_entry", seq, seq=seq)
    if link != mark:
        report.find("chain.hash", "The bytes of this entry, or its stored hash, were altered.", "ledger_entry", seq, "body", seq)
    if seq == place and not any(f'"prev":"{mark}"'.encode() in body for mark in before):
        report.find("chain.prev", "This entry does not follow from the entry before it.", "ledger_entry", seq, "prev", seq)
    if f'"seq":{seq},'.encode() not in body:
        report.find("chain.seq", "This entry stands at another place than the one it was written for.", "ledger_entry", seq, "seq", seq)


@dataclass(slots=True)
class Read:
    """One entry as read: its place, its mark as bytes, and its header."""

    seq: int
    leaf: bytes
    header: dict[str, Any]


def entries(report: Report) -> Iterator[list[Read]]:
    """Every entry with the chain, the header and the derived columns checked, in batches; broken ones are left out."""
    before, mark, former, place = START, START, START, 0
    stored = _stored_sqlite if connection.vendor == "sqlite" else _stored_postgres
    for batch in chunks(_whole()):
        found: list[Read] = []
        for row in batch:
            seq, body, mark = row[0], bytes(row[1]), row[2]
            place += 1
            raw = hashlib.sha256(b"\x00" + body)
            link = raw.hexdigest()
            header = _header(body)
            if link != mark or seq != place or header.get("prev") != before or header.get("seq") != seq:
                _broken(report, seq, place, body, link, mark, (before, former))
                place = seq
            if header:
                if row[3:] != stored(header):
                    _columns(report, seq, row[3:], stored(header))
                found.append(Read(seq, raw.digest(), header))
            before, former = link, mark
        _manifests_there(report, found)
        report.step("entries", len(batch))
        report.size, report.head = place, mark
        yield found


def _header(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode()
        found, end = DECODE(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and end == len(text) else {}


COLUMNS = ("at", "act", "verb", "kind", "subject", "of", "actor")


def _stored_postgres(header: dict[str, Any]) -> tuple[Any, ...]:
    """What the derived columns must hold for a header."""
    subject = header.get("subject")
    return (header.get("at"), header.get("act"), header.get("verb"), header.get("kind"), subject, header.get("of", subject), header.get("actor"))


def _stored_sqlite(header: dict[str, Any]) -> tuple[Any, ...]:
    subject = _hex(header.get("subject"))
    of, actor = header.get("of"), header.get("actor")
    return (sqlite_time(str(header.get("at"))), _hex(header.get("act")), header.get("verb"), header.get("kind"), subject, _hex(of) if of else subject, _hex(actor) if actor else None)


def sqlite_time(at: str) -> str:
    """How SQLite keeps an instant of the ledger."""
    return f"{at[:10]} {at[11:19]}" if at[20:26] == "000000" else f"{at[:10]} {at[11:26]}"


def _hex(uid: Any) -> str:
    return str(uid).replace("-", "")


def _columns(report: Report, seq: int, there: tuple[Any, ...], wanted: tuple[Any, ...]) -> None:
    for name, stored, said in zip(COLUMNS, there, wanted, strict=True):
        if stored != said:
            stored = instant_text(stored) if name == "at" else stored
            report.find("entry.column", f"The column {name} says {stored}, the entry itself says {said}.", "ledger_entry", seq, name, seq)


def _manifests_there(report: Report, found: list[Read]) -> None:
    """Every manifest that an entry names is stored."""
    named = {digest: read.seq for read in found for name in ("content", "handling", "note") if (digest := read.header.get(name))}
    for digest in absent("ledger_manifest", "digest", named.keys()):
        report.find("manifest.missing", f"The list of values that entry {named[digest]} names is not there.", "ledger_manifest", digest, seq=named[digest])
