"""Replay: one walk over all entries that checks the tree, the versions, the seals and what the ledger says of itself."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from medithread.kernel.base.canon import canonical, grow, root, sha256

from . import keys, note
from .chain import Read, entries
from .checkpoint import extensions, freeze
from .models import Head, JournalSeal
from .place import home
from .report import Report
from .seal import digest, journal_rows
from .stream import as_instant, instant_text, rows
from .versions import Compare


@dataclass
class Facts:
    """What the walk learned of the ledger itself."""

    name: str = ""
    purpose: str = ""
    origins: list[tuple[int, str]] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)
    epoch: int = 1
    at: str = ""
    sealed: int = 0
    seals: int = 0
    disposals: dict[int, dict[str, Any]] = field(default_factory=dict)
    reshapes: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def origin(self, size: int) -> str:
        """The origin in force when the ledger had `size` entries."""
        return next((origin for seq, origin in reversed(self.origins) if seq <= size), "")


class Replay:
    """The walk. `run` is what verification calls."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.facts = Facts()
        self._frontier: list[tuple[int, bytes]] = []
        self._checkpoints = rows(_checkpoint_sql())
        self._checkpoint = next(self._checkpoints, None)
        self._hear = {
            "genesis": self._genesis, "epoch": self._epoch, "key": self._key, "seal": self._seal, "reshape": self._reshape, "dispose": self._dispose,
        }

    def run(self) -> Facts:
        versions = Compare(self.report)
        for reads in entries(self.report):
            self._listen(reads)
            self._grow(reads)
            versions.take(reads)
        versions.finish()
        self._rest()
        return self.facts

    def _listen(self, reads: list[Read]) -> None:
        for read in reads:
            header = read.header
            at = header.get("at", "")
            if at > self.facts.at:
                self.facts.at = at
            if header.get("kind") in ("ledger@1", "disposal@1"):
                self._hear_one(read.seq, header)

    def _hear_one(self, seq: int, header: dict[str, Any]) -> None:
        hear = self._hear.get(header.get("verb", ""))
        try:
            if hear is not None:
                hear(seq, header)
        except (KeyError, TypeError) as error:
            self.report.find("entry.header", f"This entry lacks what its verb must say: {error}.", "ledger_entry", seq, seq=seq)

    def _genesis(self, seq: int, header: dict[str, Any]) -> None:
        self.facts.name, self.facts.purpose = header["origin"], header["purpose"]
        self.facts.origins.append((seq, header["origin"]))

    def _epoch(self, seq: int, header: dict[str, Any]) -> None:
        self.facts.origins.append((seq, header["origin"]))
        self.facts.epoch += 1
        self.report.remark(f"Entry {seq} starts epoch {self.facts.epoch}: the ledger goes on as {header['origin']}.")

    def _key(self, seq: int, header: dict[str, Any]) -> None:
        self.facts.keys.append((seq, header["key"]))
        try:
            by_new, by_old = keys.handed_over(self.facts.name, header)
        except (ValueError, KeyError, binascii.Error):
            by_new, by_old = False, True
        if not by_new:
            self.report.find("key.signature", "The published checkpoint key is not signed by itself.", "ledger_entry", seq, "key", seq)
        if not by_old:
            self.report.remark(f"Entry {seq} replaces the checkpoint key without the former one's signature.")

    def _seal(self, seq: int, header: dict[str, Any]) -> None:
        first, last, count, mark = (header[name] for name in ("first", "last", "count", "root"))
        self.facts.seals += 1
        found = next(rows("SELECT first, last, count, root, seq FROM ledger_journal_seal WHERE first = %s", (first,)), None)
        if found != (first, last, count, mark, seq):
            self.report.find("seal.altered", f"The seal of journal rows {first} to {last} does not say what entry {seq} says.", "ledger_journal_seal", first, seq=seq)
        if first != self.facts.sealed + 1:
            self.report.find("seal.gap", f"This seal does not follow from the one before it, which ends at {self.facts.sealed}.", "ledger_journal_seal", first, seq=seq)
        self.facts.sealed = last
        rows_there, root_there = digest(journal_rows(first, last))
        if (rows_there, root_there) != (count, mark):
            text = f"Journal rows {first} to {last} were altered: {rows_there} rows are there, {count} were sealed."
            self.report.find("journal.altered", text, "ledger_journal", f"{first}-{last}", seq=seq)
        self.report.step("journal", rows_there)

    def _reshape(self, seq: int, header: dict[str, Any]) -> None:
        self.facts.reshapes[(header["of_kind"], header["from"])] = {**header, "seq": seq}

    def _dispose(self, seq: int, header: dict[str, Any]) -> None:
        self.facts.disposals[seq] = header
        named = [mark for (mark,) in rows("SELECT commitment FROM ledger_disposal WHERE seq = %s", (seq,))]
        if len(named) != header["count"] or sha256(canonical(sorted(named))) != header["items"]:
            text = f"Entry {seq} disposed of {header['count']} values; the list that is there names {len(named)} and is another one."
            self.report.find("disposal.altered", text, "ledger_disposal", seq, seq=seq)
        self.report.remark(f"Entry {seq} disposed of {header['count']} values under {header['number']}.")

    def _grow(self, reads: list[Read]) -> None:
        """Grow the tree and stop at each checkpoint on the way."""
        start = 0
        while reads and self._checkpoint is not None and self._checkpoint[0] <= reads[-1].seq:
            stop = next((place for place, read in enumerate(reads) if read.seq > self._checkpoint[0]), len(reads))
            self._frontier = grow(self._frontier, (read.leaf for read in reads[start:stop]))
            start = stop
            self._check_checkpoint(*self._checkpoint)
            self._checkpoint = next(self._checkpoints, None)
        self._frontier = grow(self._frontier, (read.leaf for read in reads[start:]))

    def _check_checkpoint(self, size: int, text: str, frontier: str, at: str) -> None:
        try:
            found = note.parse(text)
        except (ValueError, TypeError, binascii.Error):
            self._wrong(size, "It cannot be read.")
            return
        if (found.size, found.origin) != (size, self.facts.origin(size)):
            self._wrong(size, f"It speaks of {found.size} entries of {found.origin}.")
        if found.root != root(self._frontier):
            self._wrong(size, f"Its root is {base64.b64encode(found.root).decode()}, the entries give {base64.b64encode(root(self._frontier)).decode()}.")
        if frontier != freeze(self._frontier):
            self._wrong(size, "The compact tree kept with it is another one.", "frontier")
        if found.extensions != extensions(self.facts.purpose, instant_text(at) or "", signed="unsigned" not in found.extensions):
            self._wrong(size, f"It says {' · '.join(found.extensions)}, the table says {at}.", "at")
        self._check_signature(size, found)
        self.report.step("checkpoints", 1)

    def _check_signature(self, size: int, found: note.Note) -> None:
        key = next((key for seq, key in reversed(self.facts.keys) if seq <= size), None)
        if "unsigned" in found.extensions:
            self.report.counts["checkpoints unsigned"] += 1
            if found.signatures:
                self._wrong(size, "It says unsigned and carries a signature.")
        elif key is None or not note.verifies(found, key):
            self._wrong(size, "Its signature does not hold for the key published then.")

    def _wrong(self, size: int, text: str, path: str = "note") -> None:
        self.report.find("checkpoint.altered", f"The checkpoint of {size} entries is wrong. {text}", "ledger_checkpoint", size, path, size)

    def _rest(self) -> None:
        """What must hold at the end of the walk."""
        while self._checkpoint is not None:
            text = f"There is a checkpoint of {self._checkpoint[0]} entries, but only {self.report.size} entries are there: the end was cut off."
            self.report.find("checkpoint.cut", text, "ledger_checkpoint", self._checkpoint[0])
            self._checkpoint = next(self._checkpoints, None)
        if JournalSeal.objects.count() != self.facts.seals:
            self.report.find("seal.extra", f"{JournalSeal.objects.count()} seals are there, the entries made {self.facts.seals}.", "ledger_journal_seal")
        known = list(self.facts.disposals)
        for mark, seq in rows("SELECT commitment, seq FROM ledger_disposal"):
            if seq not in known:
                self.report.find("disposal.unknown", f"Entry {seq}, which should have disposed of this value, did not.", "ledger_disposal", mark, seq=seq)
        self._head()

    def _head(self) -> None:
        head, facts = Head.objects.filter(id=1).first(), self.facts
        if head is None:
            self.report.find("head.missing", "The row that holds the end of the chain is not there.", "ledger_head")
            return
        origin = facts.origins[-1][1] if facts.origins else ""
        wanted = {"seq": self.report.size, "hash": self.report.head, "at": facts.at, "origin": origin, "purpose": facts.purpose, "epoch": facts.epoch, "home": home()}
        there = {name: getattr(head, name) for name in wanted} | {"at": head.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        for name, value in wanted.items():
            if there[name] != value:
                self.report.find("head.column", f"The column {name} says {there[name]}, the ledger says {value}.", "ledger_head", 1, name, self.report.size)
        self.report.origin, self.report.purpose = origin, facts.purpose


def _checkpoint_sql() -> str:
    return f"SELECT size, note, frontier, {as_instant('at')} FROM ledger_checkpoint ORDER BY size"  # noqa: S608
