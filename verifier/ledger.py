"""The walk over all entries: chain, tree and checkpoints, keys, epochs, seals, disposals (docs/spec/ledger.md, checkpoint.md)."""

import base64
import re
from collections.abc import Callable
from typing import Any

from . import note
from .canon import Frontier, NotCanonical, grow, leaf, parse_object, root
from .container import Bundle
from .report import Report
from .store import BATCH, Store

ENTRIES = "ledger/entries.jsonl"
CHECKPOINTS = "ledger/checkpoints.jsonl"
START = "0" * 64
HEX = re.compile(r"[0-9a-f]{64}")
NEEDED = {"v": int, "seq": int, "prev": str, "at": str, "act": str, "verb": str, "kind": str, "subject": str}
KIND = re.compile(r"[a-z]+@[0-9]+")


class Walk:
    """One pass over the entries. What later checks ask for is kept in the store."""

    def __init__(self, bundle: Bundle, store: Store, report: Report) -> None:
        self.bundle, self.store, self.report = bundle, store, report
        self.origins: list[tuple[int, str]] = []
        self.keys: list[tuple[int, str]] = []
        self.disposals: dict[int, dict[str, Any]] = {}
        self.reshapes: list[dict[str, Any]] = []
        self.purpose = self.name = ""
        self._frontier: Frontier = []
        self._seq, self._before, self._at = 0, START, ""
        self._checkpoints = [line for _place, line in bundle.objects(CHECKPOINTS)]
        self._newest()
        self._named: list[tuple[str, int]] = []
        self._contents: list[tuple[str, str]] = []
        self._current: dict[str, tuple[Any, ...]] = {}
        self._extra: str | None = None
        self._hear: dict[str, Callable[[dict[str, Any]], None]] = {
            "genesis": self._genesis, "epoch": self._epoch, "key": self._key, "seal": self._seal, "reshape": self._reshape, "dispose": self._dispose,
        }

    def _newest(self) -> None:
        """checkpoint.txt repeats the newest one for people."""
        last = self._checkpoints[-1].get("note") if self._checkpoints else None
        there = b"\n".join(self.bundle.lines("checkpoint.txt")) + b"\n" if self.bundle.has("checkpoint.txt") else None
        if (str(last).encode() if last is not None else None) != there:
            self.report.find("checkpoint.text", "This is not the newest checkpoint.", "checkpoint.txt")

    def run(self, checkpoint: str | None = None) -> None:
        """Walk. `checkpoint` is one that was kept elsewhere: its size and root must be found on the way."""
        self._extra = checkpoint
        outside = self._outside(checkpoint)
        for line in self.bundle.lines(ENTRIES):
            self._entry(line)
            if len(self._named) > BATCH:
                self._flush()
        self._flush()
        for rest in self._checkpoints:
            self.report.find("checkpoint.cut", f"A checkpoint states {rest.get('size')} entries, only {self._seq} are there: the end was cut off.", CHECKPOINTS, rest.get("size"))
        if outside is not None and outside[0] > self._seq:
            self.report.find("checkpoint.kept", f"The checkpoint that was kept states {outside[0]} entries, only {self._seq} are here.", "checkpoint")
        self._end()

    def _outside(self, checkpoint: str | None) -> tuple[int, bytes, note.Note] | None:
        self._kept: tuple[int, bytes, note.Note] | None = None
        if checkpoint is not None:
            try:
                found = note.parse(checkpoint)
                self._kept = (int(found.lines[1]), note.decode(found.lines[2]), found)
            except (ValueError, IndexError):
                self.report.find("checkpoint.kept", "The checkpoint that was kept cannot be read.", "checkpoint")
        return self._kept

    def _entry(self, line: bytes) -> None:
        self._seq += 1
        mark = leaf(line)
        header = self._header(line)
        if header:
            self._place(header)
            self._gather(header)
        self._before = mark.hex()
        self._frontier = grow(self._frontier, [mark])
        self.report.counts["entries"] += 1
        self._stop()

    def _header(self, line: bytes) -> dict[str, Any]:
        try:
            header = parse_object(line)
        except NotCanonical as error:
            self._wrong("entry.form", f"This entry is not canonical JSON: {error}.")
            return {}
        odd = [name for name, sort in NEEDED.items() if type(header.get(name)) is not sort]
        odd += [name for name in ("content", "handling", "note") if name in header and not HEX.fullmatch(str(header[name]))]
        if odd or header["v"] != 1 or not KIND.fullmatch(header["kind"]):
            self._wrong("entry.form", f"This entry is not of format 1 ({', '.join(odd) or 'v or kind'}).")
            return {}
        return header

    def _place(self, header: dict[str, Any]) -> None:
        if header["seq"] != self._seq:
            self._wrong("chain.seq", f"The entry says that its place is {header['seq']}: entries are missing, added or moved.")
        if header["prev"] != self._before:
            self._wrong("chain.prev", "This entry does not follow from the entry before it; one of the two was altered.")
        self._at = max(self._at, header["at"])

    def _gather(self, header: dict[str, Any]) -> None:
        for name in ("content", "handling", "note"):
            if name in header:
                self._named.append((header[name], self._seq))
        if "content" in header or "handling" in header:
            kind, _at, schema = header["kind"].partition("@")
            shape = header.get("shape", int(schema))
            subject = header["subject"]
            self._current[subject] = (subject, self._seq, kind, int(schema), shape, header.get("content"), header.get("handling"))
            self._contents.append((subject, header.get("content", "")))
        if header["kind"] in ("ledger@1", "disposal@1"):
            self._special(header)

    def _special(self, header: dict[str, Any]) -> None:
        hear = self._hear.get(header["verb"])
        try:
            if hear is not None:
                hear(header)
        except (KeyError, TypeError) as error:
            self._wrong("entry.form", f"This entry lacks what its verb must say: {error}.")

    def _genesis(self, header: dict[str, Any]) -> None:
        if self._seq != 1 or header["purpose"] not in ("demo", "live"):
            self._wrong("entry.genesis", "A genesis stands where none belongs, or has no purpose.")
        self.name, self.purpose = header["origin"], header["purpose"]
        self.origins.append((self._seq, header["origin"]))

    def _epoch(self, header: dict[str, Any]) -> None:
        self.origins.append((self._seq, header["origin"]))
        self.report.remark(f"Entry {self._seq} starts a new epoch: the ledger was restored or copied and goes on as {header['origin']}.")

    def _key(self, header: dict[str, Any]) -> None:
        old = self.keys[-1][1] if self.keys else ""
        by_new, by_old = note.handed_over(self.name, old, header)
        if not by_new:
            self._wrong("key.signature", "The checkpoint key published here is not signed by itself.")
        if not by_old:
            self.report.remark(f"Entry {self._seq} replaces the checkpoint key without the former one's signature.")
        self.keys.append((self._seq, header["key"]))

    def _seal(self, header: dict[str, Any]) -> None:
        row = (header["first"], header["last"], header["count"], header["root"], self._seq)
        self.store.put("INSERT OR REPLACE INTO seal VALUES (?, ?, ?, ?, ?)", [row])

    def _reshape(self, header: dict[str, Any]) -> None:
        self.reshapes.append({name: header[name] for name in ("of_kind", "from", "to")})

    def _dispose(self, header: dict[str, Any]) -> None:
        self.disposals[self._seq] = header
        self.report.remark(f"Entry {self._seq} disposed of {header['count']} values under {header['number']}, approved by {len(header['authority'])} signatures.")

    def _flush(self) -> None:
        self.store.put("INSERT OR IGNORE INTO named VALUES (?, ?)", self._named)
        self.store.put("INSERT OR IGNORE INTO content VALUES (?, ?)", self._contents)
        self.store.put("INSERT OR REPLACE INTO current (subject, seq, kind, written, shape, content, handling) VALUES (?, ?, ?, ?, ?, ?, ?)", self._current.values())
        self._named, self._contents, self._current = [], [], {}

    def _stop(self) -> None:
        """Compare the tree with checkpoints of this size."""
        while self._checkpoints and self._checkpoints[0].get("size") == self._seq:
            self._checkpoint(self._checkpoints.pop(0))
        if self._kept is not None and self._kept[0] == self._seq:
            size, wanted, found = self._kept
            key = self.key_at(size)
            if wanted != root(self._frontier) or found.lines[0] != self.origin_at(size):
                self.report.find("checkpoint.kept", f"The first {size} entries are not those of the checkpoint that was kept.", "checkpoint")
            elif found.signatures and (key is None or not note.verifies(found, key)):
                self.report.find("checkpoint.kept", "The signature of the checkpoint that was kept does not hold.", "checkpoint")
            else:
                self.report.remark(f"The checkpoint that was kept elsewhere ({size} entries) agrees.")

    def origin_at(self, seq: int) -> str:
        return next((origin for place, origin in reversed(self.origins) if place <= seq), "")

    def key_at(self, seq: int) -> str | None:
        return next((key for place, key in reversed(self.keys) if place <= seq), None)

    def _checkpoint(self, line: dict[str, Any]) -> None:
        size = self._seq
        try:
            found = note.parse(line["note"])
            stated = (found.lines[0], found.lines[1], note.decode(found.lines[2]))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            self._odd(size, "It cannot be read.")
            return
        if stated != (self.origin_at(size), str(size), root(self._frontier)):
            self._odd(size, f"The entries give {base64.b64encode(root(self._frontier)).decode()}.")
        if line.get("frontier") != [[height, mark.hex()] for height, mark in self._frontier]:
            self._odd(size, "The compact tree kept with it is another one.")
        unsigned = "unsigned" in found.lines[3:]
        wanted = (f"at {line.get('at')}", *(("DEMO",) if self.purpose == "demo" else ()), *(("unsigned",) if unsigned else ()))
        if found.lines[3:] != wanted:
            self._odd(size, f"It says {' · '.join(found.lines[3:])}.")
        self._signature(size, found, unsigned)
        self.report.counts["checkpoints"] += 1

    def _signature(self, size: int, found: note.Note, unsigned: bool) -> None:
        key = self.key_at(size)
        if unsigned:
            self.report.counts["checkpoints without signature"] += 1
            if found.signatures:
                self._odd(size, "It says unsigned and carries a signature.")
        elif key is None or not note.verifies(found, key):
            self._odd(size, "Its signature does not hold for the key published then.")

    def _odd(self, size: int, text: str) -> None:
        self.report.find("checkpoint.altered", f"The checkpoint of {size} entries is wrong. {text}", CHECKPOINTS, size)

    def _end(self) -> None:
        about, report = self.bundle.about, self.report
        report.origin, report.purpose, report.seq, report.head = self.origins[-1][1] if self.origins else "", self.purpose, self._seq, self._before
        wanted = {"origin": report.origin, "purpose": report.purpose, "head": {"seq": report.seq, "hash": report.head}}
        for name, value in wanted.items():
            if about.get(name) != value:
                report.find("bundle.about", f"bundle.json says {about.get(name)}, the entries say {value}.", "bundle.json", "", name)

    def _wrong(self, code: str, text: str) -> None:
        self.report.find(code, text, ENTRIES, self._seq)
