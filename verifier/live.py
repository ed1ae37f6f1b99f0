"""What stands now (records/ and things/) against the last entry on each subject, and the signatures (docs/spec/bundle.md, signature.md)."""

import json
from collections.abc import Iterator
from typing import Any

from .canon import canonical
from .container import Bundle
from .ledger import Walk
from .passkey import evidence_holds
from .report import Report
from .store import Store

GONE = "Disposed"
ERASED = ("Disposed", "Erased person")
Stored = dict[str, tuple[str | None, str]]


class Live:
    """Compares row by row."""

    def __init__(self, bundle: Bundle, store: Store, walk: Walk, report: Report) -> None:
        self.bundle, self.store, self.walk, self.report = bundle, store, walk, report
        self._origins = {origin for _seq, origin in walk.origins}
        self._reshaped = 0

    def run(self) -> None:
        for name in (*self.bundle.names("records"), *self.bundle.names("things")):
            for place, line in self.bundle.objects(name):
                try:
                    self._row(name, line)
                except (KeyError, TypeError, AttributeError, ValueError) as error:
                    self.report.find("row.form", f"This line lacks something: {error}.", name, f"line {place}")
        if not self.bundle.part:
            for subject, kind, seq in self.store.rows("SELECT subject, kind, seq FROM current WHERE seen = 0"):
                self.report.find("row.missing", f"Entry {seq} speaks of this {kind}, but it is not here.", f"{kind}.jsonl", subject)
        if self._reshaped:
            self.report.remark(f"{self._reshaped} rows were reshaped by a later program; their fields are not compared with the older entries.")
        self._signatures()
        self._files()

    def _row(self, name: str, line: dict[str, Any]) -> None:
        kind, _at, number = line["kind"].partition("@")
        schema = int(number)
        current = self.store.one("SELECT seq, kind, written, shape, content, handling, seen FROM current WHERE subject = ?", line["uid"])
        if current is None or current[1] != kind or current[6] or not name.endswith(f"/{kind}.jsonl"):
            self.report.find("row.extra", "No entry made this row, or it is there twice.", name, line["uid"])
            return
        seq, _kind, written, shape, content, handling, _seen = current
        self.store.put("UPDATE current SET seen = 1 WHERE subject = ?", [(line["uid"],)])
        if "handling" in line:
            self._handling(name, line, seq, None if self._was_reshaped(kind, written, schema) else handling, content)
        if self._was_reshaped(kind, shape, schema):
            self._reshaped += 1
        else:
            self._content(name, line, seq, content)
        if schema < shape or not (shape == schema or self._was_reshaped(kind, shape, schema)):
            self.report.find("row.schema", f"It is of schema {schema}, entry {seq} of schema {shape}, and nothing lifted it.", name, line["uid"], "kind")
        self.report.counts["rows"] += 1

    def _was_reshaped(self, kind: str, start: int, to: int) -> bool:
        """Do entries lift this kind from one schema to the other?"""
        steps = {(entry["of_kind"], entry["from"]) for entry in self.walk.reshapes}
        return start < to and all((kind, step) in steps for step in range(start, to))

    def stored(self, digest: str | None) -> Stored:
        """path → (canonical value or None, state) of a manifest."""
        found = self.store.one("SELECT body FROM manifest WHERE digest = ?", digest)
        if found is None:
            return {}
        values = {path: self.store.one("SELECT body, state FROM value WHERE mark = ?", mark) for path, mark in json.loads(found[0]).items()}
        return {path: (value[0], value[1]) if value else (None, "missing") for path, value in values.items()}

    def _content(self, name: str, line: dict[str, Any], seq: int, digest: str | None) -> None:
        there, wanted = line["content"], self.stored(digest)
        for path, (body, state) in wanted.items():
            if state == "disposed":
                self._blank(name, line, path, seq)
            elif body is not None and (path not in there or canonical(there[path]).decode() != body):
                self.report.find("row.field", f"It is not what entry {seq} says.", name, line["uid"], path)
        for path in there:
            base = path.removeprefix("absent/")
            if path not in wanted and not (path != base and wanted.get(base, ("", ""))[1] == "disposed" and there[path] in self._marks()):
                self.report.find("row.field", f"Entry {seq} says nothing of this.", name, line["uid"], path)

    def _marks(self) -> list[dict[str, Any]]:
        """The absences that the disposals leave behind."""
        return [{"by": header.get("actor"), "code": "withheld", "reason": f"Disposed of under {header['number']}."} for header in self.walk.disposals.values()]

    def _blank(self, name: str, line: dict[str, Any], path: str, seq: int) -> None:
        value = line["content"].get(path)
        parts = [item for key, item in value.items() if key not in ("order", "lock", "sha256", "role")] if isinstance(value, dict) else [value]
        empty = all(item is None or item in ERASED or str(item).startswith("erased-") for item in parts)
        if not empty and value not in self._marks():
            self.report.find("row.disposed", f"This was disposed of, but something stands there (entry {seq}).", name, line["uid"], path)

    def _handling(self, name: str, line: dict[str, Any], seq: int, digest: str | None, content: str | None) -> None:
        if line["digest"] != content:
            self.report.find("row.digest", f"Its digest is not the one of entry {seq}.", name, line["uid"], "digest")
        held = line["handling"]
        for field in ("number", "edition", "lock", "uid"):
            if held.get(field) != line[field]:
                self.report.find("row.field", "The envelope and the handling differ.", name, line["uid"], field)
        body = self.stored(digest).get("handling", (None, ""))[0]
        if body is not None and canonical(held).decode() != body:
            said = json.loads(body)
            for field in sorted(key for key in {*said, *held} if said.get(key) != held.get(key)):
                self.report.find("row.field", f"It is {held.get(field)}, entry {seq} says {said.get(field)}.", name, line["uid"], field)

    # --- signatures ------------------------------------------------------------------------------------------------
    def _signatures(self) -> None:
        for _place, line in self.bundle.objects("things/passkey.jsonl"):
            content = line.get("content", {})
            self.store.put("INSERT INTO passkey VALUES (?, ?, ?, ?)", [tuple(content.get(name) for name in ("person", "credential", "public_key", "rp_id"))])
        for _place, line in self.bundle.objects("things/signature.jsonl"):
            for code, text in self._odd(line.get("content", {})):
                self.report.find(f"signature.{code}", text, "things/signature.jsonl", line.get("uid"))
            self.report.counts["signatures"] += 1

    def _odd(self, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        method = row.get("method")
        statement = row.get("statement", "")
        withheld = statement == GONE
        if self.store.one("SELECT 1 FROM content WHERE subject = ? AND digest = ?", row.get("record"), row.get("digest")) is None:
            yield "digest", "What was signed is not a content that this record ever had."
        if not withheld:
            yield from self._statement(row, statement)
        if method == "passkey":
            yield from self._passkey(row, None if withheld else statement)
        elif method == "simulated" and self.walk.purpose != "demo":
            yield "simulated", "A simulated signature stands in a ledger that is no demo."
        self.report.counts[f"signatures by {method}"] += 1

    def _statement(self, row: dict[str, Any], statement: str) -> Iterator[tuple[str, str]]:
        try:
            said = json.loads(statement)
            behalf = said.get("behalf_of", {}).get("person")
            stated = (*(said[name] for name in ("record", "person", "move", "meaning", "digest")), ",".join(said["slots"]), behalf)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield "statement", "The statement cannot be read."
            return
        if stated != (*(row.get(name) for name in ("record", "person", "move", "meaning", "digest", "slots")), row.get("behalf_of")):
            yield "statement", "The statement does not say what the signature says."
        if said.get("origin") not in self._origins:
            yield "statement", "The statement was made for another ledger."

    def _passkey(self, row: dict[str, Any], statement: str | None) -> Iterator[tuple[str, str]]:
        try:
            evidence = json.loads(row["evidence"])
            known = tuple(evidence[name] for name in ("credential", "public_key_cose", "rp_id"))
        except (ValueError, KeyError, TypeError):
            yield "evidence", "The evidence of the passkey cannot be read."
            return
        wrong = evidence_holds(evidence, statement)
        if wrong:
            yield "evidence", f"The evidence of the passkey is worth nothing: {wrong}."
        if self.store.one("SELECT 1 FROM passkey WHERE person = ? AND credential = ? AND public_key = ? AND rp_id = ?", row.get("person"), *known) is None:
            yield "key", "The signer has not enrolled this key here."

    # --- files -----------------------------------------------------------------------------------------------------
    def _files(self) -> None:
        for _place, line in self.bundle.objects("things/storedfile.jsonl"):
            sha256 = line.get("content", {}).get("sha256")
            disposed = self.store.one("SELECT 1 FROM disposal WHERE mark = ?", sha256) is not None
            there = self.bundle.has(f"files/{sha256}")
            if there and disposed:
                self.report.find("file.not-blank", "This file was disposed of, but its bytes are here.", f"files/{sha256}")
            elif not there and not disposed:
                self.report.find("file.missing", "The bytes of this file are not here.", f"files/{sha256}")
            self.report.counts["files disposed of" if disposed else "files"] += 1
