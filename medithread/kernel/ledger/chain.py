"""The chain: every entry's bytes hash to its mark and name the mark before (docs/spec/ledger.md)."""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from django.db import connection

from .genesis import START
from .report import Progress, Report
from .stream import absent, as_instant, as_text, chunks, instant_text, snapshot

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
            # canonical order puts the two names together in all but a few entries, which are looked at more closely
            if link != mark or seq != place or f'"prev":"{before}","seq":{seq},'.encode() not in body:
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


class Read(NamedTuple):
    """One entry as read: its place, its mark as bytes, its header, and whom it is about as the database writes it."""

    seq: int
    leaf: bytes
    header: dict[str, Any]
    subject: str
    of: str


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
            wanted = stored(header)
            if wanted:
                if row[3:] != wanted:
                    _columns(report, seq, row[3:], wanted)
                found.append(Read(seq, raw.digest(), header, wanted[4], wanted[5]))
            elif link == mark:
                report.find("entry.header", "This entry lacks what every entry must say.", "ledger_entry", seq, seq=seq)
            before, former = link, mark
        _manifests_there(report, found)
        report.step("entries", len(batch))
        report.size, report.head = place, mark
        yield found


def _header(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("kind"), str) else {}


COLUMNS = ("at", "act", "verb", "kind", "subject", "of", "actor")


def _stored_postgres(header: dict[str, Any]) -> tuple[Any, ...]:
    """What the derived columns must hold for a header."""
    try:
        subject = header["subject"]
        return (header["at"], header["act"], header["verb"], header["kind"], subject, header.get("of", subject), header.get("actor"))
    except KeyError:
        return ()


def _stored_sqlite(header: dict[str, Any]) -> tuple[Any, ...]:
    """The same on SQLite: uids without hyphens, times as text without zone."""
    try:
        subject, of, actor = header["subject"].replace("-", ""), header.get("of"), header.get("actor")
        act, of, actor = header["act"].replace("-", ""), of.replace("-", "") if of else subject, actor.replace("-", "") if actor else None
        return (sqlite_time(header["at"]), act, header["verb"], header["kind"], subject, of, actor)
    except (KeyError, AttributeError, TypeError):
        return ()


def sqlite_time(at: str) -> str:
    """How SQLite keeps an instant of the ledger."""
    return f"{at[:10]} {at[11:19]}" if at[20:26] == "000000" else f"{at[:10]} {at[11:26]}"


def _columns(report: Report, seq: int, there: tuple[Any, ...], wanted: tuple[Any, ...]) -> None:
    for name, stored, said in zip(COLUMNS, there, wanted, strict=True):
        if stored != said:
            stored = instant_text(stored) if name == "at" else stored
            report.find("entry.column", f"The column {name} says {stored}, the entry itself says {said}.", "ledger_entry", seq, name, seq)


def _manifests_there(report: Report, found: list[Read]) -> None:
    """Every manifest that an entry names is stored."""
    named = [digest for read in found for digest in (read.header.get("content"), read.header.get("handling"), read.header.get("note")) if digest]
    for lacking in absent("ledger_manifest", "digest", named):
        seq = next(read.seq for read in found if lacking in (read.header.get("content"), read.header.get("handling"), read.header.get("note")))
        report.find("manifest.missing", f"The list of values that entry {seq} names is not there.", "ledger_manifest", lacking, seq=seq)
