"""Measures on one database: `python -m bench.run sqlite|postgresql SHARE OUT [NAME…]`. Started by bench/__main__.py."""

import json
import sys
import time
import traceback
from pathlib import Path

from .start import start


def main(database: str, share: float, out: Path, names: list[str]) -> int:
    """Each line in turn; one that fails is told and does not stop the others."""
    start()
    from django.core.management import call_command
    from django.db import reset_queries

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0, run_syncdb=True)
    from .context import Context, say
    from .registry import Line, load

    lines = load()
    unknown = set(names) - set(lines)
    if unknown:
        say(f"There is no line {', '.join(sorted(unknown))}. There are: {', '.join(lines)}.")
        return 2
    context, failed = Context(database, share, out.parent), 0

    def one(line: Line) -> None:
        begun = time.monotonic()
        for figure in line.call(context):
            figure.name = f"{figure.name} · {database}"
            with out.open("a") as file:
                file.write(json.dumps({"name": figure.name, **figure.plain()}) + "\n")
        say(f"  {database}: {line.name} took {time.monotonic() - begun:.0f} s")
        reset_queries()

    for line in lines.values():
        if database in line.databases and (not names or line.name in names):
            try:
                one(line)
            except Exception:
                say(f"{line.name} on {database} failed:\n{traceback.format_exc()}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
