"""The ledger checked: chain alone, and replayed whole, in entries per second beside the raw speed of SHA-256, with memory."""

import hashlib
import time
from collections.abc import Iterable
from typing import Any

from django.db import connection

from bench.context import Context
from bench.figures import Figure
from bench.registry import line
from bench.stopwatch import Peak

FLAT = 64.0
STAGES = ("entries", "manifests", "values")


@line("chain")
def chain(context: Context) -> Iterable[Figure]:
    """Bytes → hash → the entry before."""
    from medithread.kernel.ledger.verify import check_chain

    context.ideas(200_000)
    raw = _sha_speed()
    cpu = time.process_time()
    with Peak() as memory:
        report = check_chain()
    cpu = time.process_time() - cpu
    assert report.ok, report.findings[:3]
    yield _speed("chain check", report.size, sum(report.seconds.values()), cpu, 300_000, raw)
    yield Figure("chain check: memory grows by", memory.grown, "MB", FLAT)


@line("replay")
def replay(context: Context) -> Iterable[Figure]:
    """Headers, derived columns, versions, tree, manifests and values; then the live rows beside it."""
    from medithread.kernel.ledger.verify import verify

    context.ideas(200_000)
    raw = _sha_speed()
    cpu = time.process_time()
    with Peak() as memory:
        report = verify()
    cpu = time.process_time() - cpu
    assert report.ok, report.findings[:3]
    stages = {name: round(seconds, 2) for name, seconds in report.seconds.items()}
    took = sum(report.seconds[name] for name in STAGES)
    whole = sum(report.seconds.values())
    yield _speed("full replay of the ledger", report.size, took, cpu * took / whole, 30_000, raw, stages=stages)
    yield _speed("verify, with the live tables", report.size, whole, cpu, None, raw, rows=report.counts["live rows"])
    yield Figure("verify: memory grows by", memory.grown, "MB", FLAT)


def _speed(name: str, size: int, took: float, cpu: float, limit: float | None, raw: float, **more: Any) -> Figure:
    """Entries per second; `ratio` says how many times as long as hashing the same bytes alone."""
    rate = size / took
    more |= {"entries": size, "share_of_sha256": round(rate / raw, 3)}
    return Figure(name, rate, "entries/s", limit, ">", raw / rate, raw, "raw SHA-256 of the entries", size / cpu, more)


def _sha_speed() -> float:
    """Entries per second when their bytes, already in memory, are only hashed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM ledger_entry ORDER BY seq LIMIT 50000")
        bodies = [bytes(row[0]) for row in cursor.fetchall()]
    start = time.process_time()
    for body in bodies:
        hashlib.sha256(body).digest()
    return len(bodies) / (time.process_time() - start)
