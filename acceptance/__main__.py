"""`python -m acceptance FOLDER`: prints a table, ends non-zero when something was lost."""

import os
import sys
import tempfile
import time
from pathlib import Path

from .sets import items


def main() -> int:
    """Run everything in a folder of its own."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data").resolve()
    if not data.is_dir():
        sys.stderr.write(f"There is no folder {data}.\n")
        return 2
    found = list(items(data))
    if not found:
        sys.stderr.write(f"No documents below {data}.\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="medithread-acceptance-") as scratch:
        _environment(Path(scratch))
        from .run import run

        started = time.monotonic()
        code = run(found, Path(scratch))
        sys.stdout.write(f"\n{len(found)} files, {time.monotonic() - started:.0f} s\n")
    return code


def _environment(scratch: Path) -> None:
    for name in [n for n in os.environ if n.startswith("MEDITHREAD_")]:
        del os.environ[name]
    os.environ |= {"MEDITHREAD_DEMO": "yes", "MEDITHREAD_DATA": str(scratch / "one"), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "medithread.settings"}
    (scratch / "one").mkdir()
    from medithread.bootstrap import bootstrap

    bootstrap()
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
