"""`python -m bench [NAME…]`: measures, prints a table, writes bench/latest.json. BENCH_POSTGRES=URL adds PostgreSQL."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .figures import Figure, from_plain, keep, kept, markdown, table

LATEST = Path(__file__).with_name("latest.json")


def main() -> int:
    """Exit code 1 when a line could not be measured; a missed limit is told in the table."""
    options = _parser().parse_args()
    if options.markdown:
        sys.stdout.write(markdown(kept(LATEST)) + "\n")
        return 0
    figures, failed = measure(options)
    sys.stdout.write(table(figures) + "\n")
    if not options.quick:
        keep(LATEST, figures, machine())
    missed = [figure.name for figure in figures if not figure.ok]
    sys.stdout.write(f"{len(figures) - len(missed)} of {len(figures)} within their limits\n")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what must be fast.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="lines to measure; all without")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the sizes: says that the bench works, not how fast the product is")
    parser.add_argument("--markdown", action="store_true", help="print the figures of the last runs as the table of docs/benchmarks.md")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="on this database only")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the SQLite database there, and use it again the next time")
    return parser


def measure(options: argparse.Namespace) -> tuple[list[Figure], bool]:
    """Every database in a process of its own, since Django knows one per process."""
    figures: list[Figure] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="medithread-bench-") as folder:
        for name, url in _databases(options, Path(options.keep or folder)):
            code, found = _one(name, url, Path(options.keep or folder), options)
            figures += found
            failed |= code != 0
    return figures, failed


def _databases(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str]]:
    if options.database != "postgresql":
        yield "sqlite", f"sqlite:///{folder / 'bench.sqlite3'}"
    url = os.environ.get("BENCH_POSTGRES", "")
    if url and options.database != "sqlite":
        with own_database(url) as mine:
            yield "postgresql", mine


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """A database of our own on that server, dropped at the end."""
    import psycopg

    parts, name = urlsplit(url), f"bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _one(name: str, url: str, folder: Path, options: argparse.Namespace) -> tuple[int, list[Figure]]:
    out = folder / f"{name}.jsonl"
    out.unlink(missing_ok=True)
    out.touch()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MEDITHREAD_")}
    environment |= {"DATABASE_URL": url, "MEDITHREAD_DEMO": "yes", "MEDITHREAD_DATA": str(folder)}
    command = [sys.executable, "-m", "bench.run", name, "0.01" if options.quick else "1.0", str(out), *options.names]
    code = subprocess.run(command, env=environment, check=False).returncode
    found = [json.loads(text) for text in out.read_text().splitlines()]
    return code, [from_plain(each.pop("name"), each) for each in found]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = next((text.partition(":")[2].strip() for text in Path("/proc/cpuinfo").read_text().splitlines() if text.startswith("model name")), "")
    return {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform(), "load": os.getloadavg()[0]}


if __name__ == "__main__":
    sys.exit(main())
