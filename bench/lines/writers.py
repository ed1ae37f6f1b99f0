"""Eight processes that write at once: how many creates a second, no deadlock, no lost number."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.context import Context
from bench.figures import Figure
from bench.registry import line
from medithread.kernel.records.models import Counter, Series

WRITERS, SECONDS = 8, 12.0


@line("writers", databases=("postgresql",))
def writers(context: Context) -> Iterable[Figure]:
    """Creates per second of eight writers, beside bare saves of the same shape by eight writers."""
    context.told(context.people.rea)
    seconds = max(2.0, SECONDS * context.share)
    name, before = _counter()
    audited = _together("audited", seconds, context.folder)
    _name, after = _counter()
    bare = _together("bare", seconds, context.folder)
    errors = [error for each in audited for error in each["errors"]]
    rate = sum(each["count"] / each["seconds"] for each in audited)
    plain = sum(each["count"] / each["seconds"] for each in bare)
    lost = after - before - sum(each["count"] for each in audited)
    more = {"errors": errors[:5], "processor_seconds": sum(each["cpu"] for each in audited), "bare_per_second": plain}
    yield Figure("creates by 8 writers", rate, "/s", 500, ">", plain / rate, plain, "slower than bare saves", more=more)
    yield Figure("8 writers: errors and deadlocks", len(errors), "", 1)
    yield Figure("8 writers: numbers lost or doubled", abs(lost) + _gaps(name), "", 1)


def _counter() -> tuple[str, int]:
    found = Counter.objects.filter(name__startswith="IMP:").latest("last")
    return found.name, found.last


def _gaps(name: str) -> int:
    """Numbers of the sequence that no series bears."""
    last = Counter.objects.get(name=name).last
    prefix = name.replace(":", "-")
    there = set(Series.objects.filter(number__startswith=f"{prefix}-", kind="idea").values_list("number", flat=True))
    return sum(f"{prefix}-{place:04d}" not in there for place in range(1, last + 1)) + abs(len(there) - last)


def _together(what: str, seconds: float, folder: Path) -> list[dict[str, Any]]:
    """Start the writers, let them begin at the same instant, and gather what they say."""
    go = folder / f"go-{what}"
    go.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bench.writer", what, str(seconds), str(go)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) for _writer in range(WRITERS)]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    go.touch()
    return [json.loads(child.communicate()[0]) for child in children]
