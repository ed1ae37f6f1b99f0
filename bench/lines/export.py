"""The full export of 100,000 records: everything in open formats in one ZIP, beside packing and hashing the same bytes alone."""

import hashlib
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import Peak
from medithread.kernel.exchange.bundle import write_bundle

LIMIT, FLAT, PIECE = 60.0, 64.0, 1 << 20


@line("export")
def export(context: Context) -> Iterable[Figure]:
    """From the open snapshot to the closed file on disk."""
    records = context.ideas(100_000)
    path = context.folder / "bench-export.zip"
    path.unlink(missing_ok=True)
    cpu, start = time.process_time(), time.perf_counter()
    with Peak() as memory:
        bundle = write_bundle(path)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    bare = _packed_again(path, context.folder / "bench-again.zip")
    more = {"records": records, "entries": bundle.seq, "megabytes": round(bundle.size / 1e6, 1)}
    yield compared(f"full export of {records:,} records", took, "s", bare, "bare ZIP and SHA-256 of the same bytes", LIMIT, cpu=cpu, **more)
    yield Figure("full export: memory grows by", memory.grown, "MB", FLAT)
    path.unlink()


def _packed_again(path: Path, again: Path) -> float:
    """Seconds that it takes to pack and hash the same members once more; reading them is not counted."""
    took = 0.0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            digest = hashlib.sha256()
            with source.open(member) as old, target.open(member.filename, "w", force_zip64=True) as new:
                while piece := old.read(PIECE):
                    start = time.perf_counter()
                    digest.update(piece)
                    new.write(piece)
                    took += time.perf_counter() - start
    again.unlink()
    return took
