"""What was found, where, and in which words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

KEPT = 1_000


@dataclass(frozen=True)
class Finding:
    """`member` is a file of the export, `key` a uid, digest or place in it, `path` a field."""

    code: str
    text: str
    member: str
    key: str = ""
    path: str = ""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.member, self.key, self.path and f"field {self.path}") if part)
        return f"{self.code}: {self.text} [{where}]"


@dataclass
class Report:
    """The outcome of a check. `remarks` are facts that a reader should know; they are no faults."""

    origin: str = ""
    purpose: str = ""
    seq: int = 0
    head: str = ""
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def ok(self) -> bool:
        return not self.codes

    def find(self, code: str, text: str, member: str, key: object = "", path: str = "") -> None:
        self.codes[code] += 1
        if len(self.findings) < KEPT:
            self.findings.append(Finding(code, text, member, str(key), path))

    def remark(self, text: str) -> None:
        if len(self.remarks) < KEPT:
            self.remarks.append(text)

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        if self.purpose == "demo":
            yield "DEMO: this ledger was born as a demo. Nothing in it is evidence of anything."
        yield f"Ledger {self.origin}: {self.seq} entries, head {self.head}"
        yield from (f"  {name}: {count}" for name, count in self.counts.items())
        yield from (f"Note: {remark}" for remark in self.remarks)
        yield from (f"FOUND {finding}" for finding in self.findings)
        total = sum(self.codes.values())
        listed = f", of which {len(self.findings)} are listed" if total > len(self.findings) else ""
        demo = "DEMO. " if self.purpose == "demo" else ""
        yield f"{demo}Verified: everything in this export agrees." if self.ok else f"{demo}NOT verified: {total} findings{listed}."
