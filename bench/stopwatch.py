"""Taking times: percentiles, processor time, memory, and a measured thing and its baseline in turns, so that noise strikes both."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MS = 1_000.0


@dataclass
class Times:
    """Durations of one thing in seconds: by the wall clock and by the processor time of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, call: Callable[[], Any]) -> Any:
        """Do it once and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)
        return result

    @property
    def p95(self) -> float:
        return percentile(self.wall, 95)

    @property
    def median(self) -> float:
        return percentile(self.wall, 50)


def percentile(values: Iterable[float], of_hundred: int) -> float:
    """The value that so many of a hundred do not exceed."""
    found = sorted(values)
    if not found:
        raise ValueError("nothing was measured")
    return found[min(len(found) - 1, -(-len(found) * of_hundred // 100) - 1)]


def in_turns(rounds: int, *calls: Callable[[], Any], warm: int = 2) -> list[Times]:
    """Each call once per round, after `warm` rounds that do not count."""
    for _round in range(warm):
        for call in calls:
            call()
    times = [Times() for _call in calls]
    for _round in range(rounds):
        for each, call in zip(times, calls, strict=True):
            each.take(call)
    return times


def resident() -> float:
    """Memory of this process now, in megabytes."""
    return _status("VmRSS")


@dataclass
class Peak:
    """How much the memory of this process grew at most while the block ran, in megabytes."""

    before: float = 0.0
    grown: float = 0.0

    def __enter__(self) -> "Peak":
        Path("/proc/self/clear_refs").write_text("5")
        self.before = resident()
        return self

    def __exit__(self, *_error: object) -> None:
        self.grown = max(0.0, _status("VmHWM") - self.before)


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)
