"""The live tables against the ledger: every row is what its current version says, none is missing, none is extra."""

from dataclasses import dataclass
from typing import Any

import orjson

from medithread.kernel.base.canon import Json, canonical

from .live import Row, Source, sources
from .replay import Facts
from .report import Report
from .reshape import upcast
from .stream import as_text, lookup, rows
from .values import stored

Stored = dict[str, tuple[str, str | None]]


@dataclass(slots=True)
class Current:
    """The version that stands: its place, the schema of its content, its digests."""

    seq: int
    kind: str
    schema: int
    content: str | None
    handling: str | None


def disposal_mark(header: dict[str, Any]) -> dict[str, Json]:
    """The absence that a disposal leaves on a live field."""
    return {"by": header["actor"], "code": "withheld", "reason": f"Disposed of under {header['number']}."}


class LiveCheck:
    """One pass over all live rows."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.report = Report()

    def run(self, report: Report) -> None:
        self.report = report
        declared = sources()
        for source in declared:
            for batch in source.batches():
                self._batch(source, batch)
                report.step("live rows", len(batch))
            for uid, name, table in source.torn():
                report.find("row.torn", f"This {source.code} refers to a row of {table} that is not there.", source.table, uid, name)
            for uid in source.lost():
                report.find("row.missing", f"The ledger has a current version of this {source.code}, the table has no row.", source.table, uid)
        for kind, count in rows("SELECT kind, COUNT(*) FROM ledger_version WHERE seq_to IS NULL GROUP BY kind"):
            if kind not in {source.code for source in declared}:
                report.find("row.kind", f"The ledger speaks of {count} rows of a kind that this program does not know.", "ledger_version", kind)

    def _batch(self, source: Source, batch: list[Row]) -> None:
        current = self._current([row.uid for row in batch if not row.broken])
        there = stored({digest for version in current.values() for digest in (version.content, version.handling) if digest})
        for row in batch:
            if row.broken:
                self._find("row.unreadable", row, source, f"The row cannot be read: {row.broken}.")
                continue
            version = current.get(row.uid.replace("-", ""))
            if version is None or version.kind != source.code:
                self._find("row.extra", row, source, "No entry of the ledger made this row.")
                continue
            content, handling = there.get(version.content or "", {}), there.get(version.handling or "", {})
            if version.schema < source.schema:
                content, handling = self._lifted(source, version, content, handling)
            self._content(source, row, version, content)
            if row.handling is not None:
                self._handling(source, row, version, handling)
            if row.digest != "" and row.digest != version.content:
                self._find("row.digest", row, source, f"The digest of the row is not the one of entry {version.seq}.", "digest", version.seq)

    def _current(self, uids: list[str]) -> dict[str, Current]:
        found = lookup("ledger_version", "uid", f"{as_text('uid')}, seq_from, kind, schema, content, handling", uids, "seq_to IS NULL", "uuid")
        return {row[0].replace("-", ""): Current(*row[1:]) for row in found}

    def _content(self, source: Source, row: Row, version: Current, wanted: Stored) -> None:
        live, blank = row.content, []
        for path, (mark, text) in wanted.items():
            value = live.get(path)
            if text is None:
                blank.append((path, mark))
            elif value is None or canonical(value).decode() != text:
                self._find("row.field", row, source, f"The field is not what entry {version.seq} says.", path, version.seq)
        extra = live.keys() - wanted.keys()
        for path, mark in blank:
            extra -= self._disposed(source, row, path, mark)
        for path in sorted(extra):
            self._find("row.field", row, source, f"The field holds something, entry {version.seq} says nothing.", path, version.seq)

    def _disposed(self, source: Source, row: Row, path: str, mark: str) -> set[str]:
        """A blank value: the live field must be blank too. Answers the absence that may stand there instead."""
        seq = next((seq for _mark, seq in lookup("ledger_disposal", "commitment", "commitment, seq", [mark])), None)
        header = self.facts.disposals.get(seq or 0)
        if header is None:
            return set()
        absence = f"absent/{path.removeprefix('absent/')}"
        if (path != absence and not source.is_blank(path, row.content.get(path))) or (path == absence and row.content.get(path) != disposal_mark(header)):
            self._find("row.disposed", row, source, f"Entry {seq} disposed of this field, but something stands there.", path, seq)
        return {absence} if row.content.get(absence) == disposal_mark(header) else set()

    def _handling(self, source: Source, row: Row, version: Current, wanted: Stored) -> None:
        text = wanted.get("handling", ("", None))[1]
        if text is None or canonical(row.handling or {}).decode() == text:
            return
        try:
            said = orjson.loads(text)
        except ValueError:
            return
        live = row.handling or {}
        for name in sorted({*said, *live}):
            if said.get(name) != live.get(name):
                text = f"It is {live.get(name)}, entry {version.seq} says {said.get(name)}."
                self._find("row.field", row, source, text, name, version.seq)

    def _lifted(self, source: Source, version: Current, content: Stored, handling: Stored) -> tuple[Stored, Stored]:
        """The stored values as today's declaration would write them (docs/spec/ledger.md, reshapes)."""
        written = next((int(kind.partition("@")[2]) for (kind,) in rows("SELECT kind FROM ledger_entry WHERE seq = %s", (version.seq,))), version.schema)
        try:
            return upcast(source.code, version.schema, written, source.schema, content, handling, self.facts.reshapes)
        except LookupError as error:
            self.report.find("reshape.unknown", str(error), "ledger_entry", source.code, seq=version.seq)
            return content, handling

    def _find(self, code: str, row: Row, source: Source, text: str, path: str = "", seq: int | None = None) -> None:
        self.report.find(code, f"{row.name}: {text}", source.table, row.uid, path, seq)
