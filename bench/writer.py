"""One of the writers of bench/lines/writers.py, in a process of its own: `python -m bench.writer audited|bare SECONDS FILE`."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from .start import start

start()

from django.db import DatabaseError, connection  # noqa: E402

from medithread.improvement.ideas.models import Idea  # noqa: E402
from medithread.kernel.identity.models import Person  # noqa: E402

from .lines.creates import audited, plain  # noqa: E402

NAMES = ("Rea", "Ada", "Otto", "Quinn")


def write(what: str, seconds: float, go: Path) -> dict[str, Any]:
    """Say that it is ready, wait for the file to appear, then create until the time is over."""
    people = [person for person in Person.objects.all() if person.name.split()[0] in NAMES]
    series = Idea.objects.select_related("series")[0].series
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not go.exists():
        time.sleep(0.005)
    errors: list[str] = []
    count, begun, cpu, took = 0, time.perf_counter(), time.process_time(), 0.0
    while (took := time.perf_counter() - begun) < seconds:
        person = people[count % len(people)]
        try:
            audited(person) if what == "audited" else plain(series, person)
            count += 1
        except DatabaseError as error:
            errors.append(f"{type(error).__name__}: {error}"[:200])
    connection.close()
    return {"count": count, "seconds": took, "cpu": time.process_time() - cpu, "errors": errors}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(write(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))) + "\n")
