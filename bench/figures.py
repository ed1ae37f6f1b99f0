"""What was measured: figures with their limits, as a table for people, as JSON, and as the table of docs/benchmarks.md."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HEAD = ("line", "figure", "limit", "ratio", "cpu", "ok")


@dataclass
class Figure:
    """One measurement. `sense` says which side of the limit is good: "<" or ">". `ratio` is figure to `baseline` (what that is: `against`),
    always so that more is worse. `cpu` is processor time of the measured process in the same unit, where it was taken.
    """

    name: str
    figure: float
    unit: str
    limit: float | None = None
    sense: str = "<"
    ratio: float | None = None
    baseline: float | None = None
    against: str = ""
    cpu: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        if self.limit is None:
            return True
        return self.figure < self.limit if self.sense == "<" else self.figure >= self.limit

    def plain(self) -> dict[str, Any]:
        """As it stands in bench/latest.json."""
        return {**{name: value for name, value in asdict(self).items() if name != "name"}, "ok": self.ok}


def from_plain(name: str, found: dict[str, Any]) -> Figure:
    """Back from JSON."""
    return Figure(name, **{key: value for key, value in found.items() if key != "ok"})


def compared(name: str, took: float, unit: str, baseline: float, against: str, limit: float | None = None, **more: Any) -> Figure:
    """A duration beside the duration of its baseline."""
    cpu = more.pop("cpu", None)
    return Figure(name, took, unit, limit, "<", took / baseline if baseline else None, baseline, against, cpu, more)


def short(value: float | None) -> str:
    """Three digits that matter, thousands set apart."""
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _cells(found: Figure) -> tuple[str, ...]:
    limit = "" if found.limit is None else f"{found.sense} {short(found.limit)}"
    ratio = "" if found.ratio is None else f"{short(found.ratio)} × {found.against}"
    return (found.name, f"{short(found.figure)} {found.unit}", limit, ratio, short(found.cpu), "yes" if found.ok else "NO")


def table(figures: Sequence[Figure]) -> str:
    """The table that is printed."""
    rows = [HEAD, *map(_cells, figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def markdown(figures: Iterable[Figure]) -> str:
    """The table of docs/benchmarks.md."""
    lines = ["| line | figure | limit | ratio | cpu | within |", "|---|---:|---:|---|---:|---|"]
    return "\n".join(lines + ["| " + " | ".join(_cells(found)) + " |" for found in figures])


def keep(path: Path, figures: Iterable[Figure], machine: dict[str, Any]) -> None:
    """Write bench/latest.json; lines that were not measured this time keep their figures."""
    found = _read(path) if path.exists() else {}
    found.update({figure.name: figure.plain() for figure in figures})
    path.write_text(json.dumps({"machine": machine, "figures": found}, indent=1, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(path.read_text())["figures"]
    return figures


def kept(path: Path) -> list[Figure]:
    """The figures of the last runs."""
    return [from_plain(name, found) for name, found in _read(path).items()]
