"""Manifests, values, disposals, the journal, and what stands now, each against what the entries say (docs/spec/ledger.md, bundle.md)."""

import json
import re
from typing import Any

from .canon import NotCanonical, canonical, commitment, grow, leaf, parse, parse_object, root, sha256
from .container import Bundle
from .ledger import Walk
from .report import Report
from .store import BATCH, Store

MANIFESTS, VALUES, DISPOSALS = "ledger/manifests.jsonl", "ledger/values.jsonl", "ledger/disposals.jsonl"
ROWS, SEALS = "journal/rows.jsonl", "journal/seals.jsonl"
VALUE = re.compile(rb'\{"c":"([0-9a-f]{64})","s":"([0-9a-f]{32})","v":(.*)\}', re.DOTALL)
GONE = re.compile(rb'\{"c":"([0-9a-f]{64})","state":"(disposed|withheld)"\}')


class Contents:
    """Checks everything that hangs on the entries."""

    def __init__(self, bundle: Bundle, store: Store, walk: Walk, report: Report) -> None:
        self.bundle, self.store, self.walk, self.report = bundle, store, walk, report

    def run(self) -> None:
        self._manifests()
        self._values()
        self._disposals()
        self._references()
        self._journal()

    # --- manifests and values --------------------------------------------------------------------------------------
    def _manifests(self) -> None:
        batch: list[tuple[str, str]] = []
        for place, line in enumerate(self.bundle.lines(MANIFESTS), 1):
            try:
                sound = all(isinstance(mark, str) for mark in parse_object(line).values())
            except NotCanonical:
                sound = False
            if not sound:
                self.report.find("manifest.form", "This list of values is not canonical JSON of commitments.", MANIFESTS, f"line {place}")
                continue
            batch.append((sha256(line), line.decode()))
            if len(batch) >= BATCH:
                self._keep("manifest", "(digest, body)", batch)
        self._keep("manifest", "(digest, body)", batch)
        self._once("manifest", MANIFESTS)

    def _once(self, table: str, member: str, lines: int = -1) -> None:
        """No line may be there twice."""
        kept = self.store.one(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        lines = self.report.counts[f"{table}s"] if lines < 0 else lines
        if kept != (lines,):
            self.report.find("line.twice", "A line is there twice.", member)

    def _values(self) -> None:
        batch: list[tuple[Any, ...]] = []
        for place, line in enumerate(self.bundle.lines(VALUES), 1):
            row = self._value(line, place)
            if row is not None:
                batch.append(row)
            if len(batch) >= BATCH:
                self._keep("value", "(mark, body, state)", batch)
        self._keep("value", "(mark, body, state)", batch)
        self._once("value", VALUES)

    def _value(self, line: bytes, place: int) -> tuple[Any, ...] | None:
        gone = GONE.fullmatch(line)
        if gone is not None:
            self.report.counts[f"values {gone[2].decode()}"] += 1
            if gone[2] == b"withheld" and not self.bundle.part:
                self.report.find("value.withheld", "A value is withheld in an export that should be whole.", VALUES, gone[1].decode())
            return (gone[1].decode(), None, gone[2].decode())
        found = VALUE.fullmatch(line)
        if found is None:
            self.report.find("value.form", "This line is not a value.", VALUES, f"line {place}")
            return None
        mark, salt, body = found[1].decode(), bytes.fromhex(found[2].decode()), found[3]
        try:
            parse(body)
        except NotCanonical as error:
            self.report.find("value.form", f"This value is not canonical JSON: {error}.", VALUES, mark)
        if commitment(salt, body) != mark:
            self.report.find("value.altered", "This value or its salt was altered.", VALUES, mark)
        return (mark, body.decode(errors="replace"), "")

    def _keep(self, table: str, columns: str, batch: list[Any]) -> None:
        marks = ", ".join("?" * columns.count(",")) + ", ?"
        self.store.put(f"INSERT OR IGNORE INTO {table} {columns} VALUES ({marks})", batch)  # noqa: S608
        self.report.counts[f"{table}s"] += len(batch)
        batch.clear()

    # --- disposals -------------------------------------------------------------------------------------------------
    def _disposals(self) -> None:
        rows = [(line.get("commitment"), line.get("seq")) for _place, line in self.bundle.objects(DISPOSALS)]
        self.store.put("INSERT OR IGNORE INTO disposal VALUES (?, ?)", rows)
        self._once("disposal", DISPOSALS, len(rows))
        for seq, header in self.walk.disposals.items():
            marks = sorted(mark for (mark,) in self.store.rows("SELECT mark FROM disposal WHERE seq = ?", (seq,)))
            if len(marks) != header["count"] or sha256(canonical(marks)) != header["items"]:
                self.report.find("disposal.altered", f"Entry {seq} disposed of {header['count']} values; the list here names {len(marks)} and is another one.", DISPOSALS, seq)
        for mark, seq in self.store.rows("SELECT mark, seq FROM disposal"):
            if seq not in self.walk.disposals:
                self.report.find("disposal.unknown", f"Entry {seq}, which should have disposed of this value, did not.", DISPOSALS, mark)
        for (mark,) in self.store.rows("SELECT mark FROM value v WHERE state = 'disposed' AND NOT EXISTS (SELECT 1 FROM disposal d WHERE d.mark = v.mark)"):
            self.report.find("value.blank", "A value is gone without a disposal that names it.", VALUES, mark)
        for (mark,) in self.store.rows("SELECT v.mark FROM value v JOIN disposal d ON d.mark = v.mark WHERE v.state <> 'disposed'"):
            self.report.find("value.not-blank", "A disposal names this value, but it is still there.", VALUES, mark)

    # --- who names whom --------------------------------------------------------------------------------------------
    def _references(self) -> None:
        missing = "SELECT n.digest, n.seq FROM named n WHERE NOT EXISTS (SELECT 1 FROM manifest m WHERE m.digest = n.digest)"
        for digest, seq in self.store.rows(missing):
            self.report.find("manifest.missing", f"The list of values that entry {seq} names was altered or is not there.", MANIFESTS, digest)
        extra = "SELECT m.digest FROM manifest m WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.digest = m.digest)"
        for (digest,) in self.store.rows(extra):
            self.report.find("manifest.extra", "No entry names this list of values.", MANIFESTS, digest)
        lacking = "SELECT m.digest, j.key, j.value FROM manifest m, json_each(m.body) j WHERE NOT EXISTS (SELECT 1 FROM value v WHERE v.mark = j.value)"
        for digest, path, mark in self.store.rows(lacking):
            self.report.find("value.missing", f"The value of {path} in the list {digest} is not there.", VALUES, mark, path)
        held = "SELECT v.mark FROM value v WHERE v.mark NOT IN (SELECT j.value FROM manifest m, json_each(m.body) j)"
        for (mark,) in self.store.rows(held):
            self.report.find("value.extra", "No list of values names this one.", VALUES, mark)

    # --- the access journal ----------------------------------------------------------------------------------------
    def _journal(self) -> None:
        lines = [tuple(line.get(name) for name in ("first", "last", "count", "root", "seq")) for _place, line in self.bundle.objects(SEALS)]
        seals = {line[0]: line for line in lines}
        if len(seals) != len(lines):
            self.report.find("line.twice", "A seal is there twice.", SEALS)
        rows = list(self.store.rows("SELECT first, last, count, root, seq FROM seal ORDER BY first"))
        before = 0
        for row in rows:
            if seals.pop(row[0], None) != row:
                self.report.find("seal.altered", f"The seal of journal rows {row[0]} to {row[1]} is not the one of entry {row[4]}.", SEALS, row[0])
            if row[0] != before + 1:
                self.report.find("seal.gap", f"This seal does not follow from the one before it, which ends at {before}.", SEALS, row[0])
            before = row[1]
        for first in seals:
            self.report.find("seal.extra", "No entry made this seal.", SEALS, first)
        if self.bundle.has(ROWS):
            self._journal_rows(rows, before)
        elif self.bundle.part:
            self.report.remark("The rows of the access journal are withheld; their seals are here.")
        else:
            self.report.find("journal.missing", "The rows of the access journal are not here.", ROWS)

    def _journal_rows(self, seals: list[tuple[Any, ...]], last: int) -> None:
        lines = self.bundle.lines(ROWS)
        ahead = next(lines, None)
        for first, end, count, mark, _seq in seals:
            frontier: list[tuple[int, bytes]] = []
            found = 0
            while ahead is not None and _row_id(ahead) <= end:
                frontier = grow(frontier, [leaf(ahead)])
                found += 1
                ahead = next(lines, None)
            if (found, root(frontier).hex()) != (count, mark):
                self.report.find("journal.altered", f"Journal rows {first} to {end} were altered: {found} are here, {count} were sealed.", ROWS, f"{first}-{end}")
            self.report.counts["journal rows sealed"] += found
        open_rows = 0
        while ahead is not None:
            open_rows += 1
            if _row_id(ahead) <= last:
                self.report.find("journal.order", "A row of the journal stands where none belongs.", ROWS, _row_id(ahead))
            ahead = next(lines, None)
        if open_rows:
            self.report.remark(f"{open_rows} rows of the access journal are not sealed yet and prove nothing.")


def _row_id(line: bytes) -> int:
    try:
        found = json.loads(line)["id"]
        return found if isinstance(found, int) else 0
    except (ValueError, KeyError, TypeError):
        return 0


