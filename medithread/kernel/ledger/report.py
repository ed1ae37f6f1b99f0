"""What a verification found: each finding has a code, names its place and says in a sentence what is wrong."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Progress = Callable[[str, int], None]
KEPT = 1_000


@dataclass(frozen=True)
class Finding:
    """`table` and `key` say where (a uid, a number, a digest, a place in the chain), `path` which field, `seq` which entry."""

    code: str
    text: str
    table: str
    key: str = ""
    path: str = ""
    seq: int | None = None

    def __str__(self) -> str:
        where = [f"{self.table} {self.key}".strip(), f"field {self.path}" if self.path else "", f"entry {self.seq}" if self.seq else ""]
        return f"{self.code}: {self.text} [{', '.join(part for part in where if part)}]"


@dataclass
class Report:
    """The outcome. At most a thousand findings are kept in full, all are counted. `remarks` are facts, not faults."""

    origin: str = ""
    purpose: str = ""
    size: int = 0
    head: str = ""
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    progress: Progress | None = None

    @property
    def ok(self) -> bool:
        return not self.codes

    def find(self, code: str, text: str, table: str, key: object = "", path: str = "", seq: int | None = None) -> None:
        """Note something wrong."""
        self.codes[code] += 1
        if len(self.findings) < KEPT:
            self.findings.append(Finding(code, text, table, str(key), path, seq))

    def remark(self, text: str) -> None:
        """Note something worth knowing."""
        if len(self.remarks) < KEPT:
            self.remarks.append(text)

    def step(self, stage: str, count: int) -> None:
        """Count what was looked at and tell whoever waits."""
        self.counts[stage] += count
        if self.progress is not None:
            self.progress(stage, self.counts[stage])

    def timed(self, stage: str, work: Callable[["Report"], None]) -> None:
        """Run one stage and note how long it took, in seconds."""
        start = time.perf_counter()
        work(self)
        self.seconds[stage] = time.perf_counter() - start

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        if self.purpose == "demo":
            yield "DEMO: this ledger was born as a demo; nothing in it is evidence of anything."
        yield f"Ledger {self.origin}, {self.size} entries, head {self.head}"
        yield from (f"{name}: {count}" for name, count in self.counts.items())
        yield from (f"Note: {remark}" for remark in self.remarks)
        yield from (f"FOUND {finding}" for finding in self.findings)
        yield self.summary

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        total = sum(self.codes.values())
        demo = "DEMO. " if self.purpose == "demo" else ""
        if self.ok:
            return f"{demo}Verified: {self.size} entries and everything that they speak of agree."
        kept = f", of which {len(self.findings)} are listed" if total > len(self.findings) else ""
        return f"{demo}NOT verified: {total} findings{kept}."
