"""A process that has Django ready and forks a child for every line it reads: {"act": name, "out": file, …}. Answers the child's pid.

Children are killed by the tests; what they had acknowledged stands in their file, line by line.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any


def main() -> None:
    from medithread.bootstrap import bootstrap

    bootstrap()
    import django

    django.setup()
    from . import acts

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _child(acts, order)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    os.killpg(0, signal.SIGKILL)  # the test has ended: so do all children


def _child(acts: Any, order: dict[str, Any]) -> None:
    """Do one act and end without the parent's farewells."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    handle = os.open(order.pop("out"), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
    os.dup2(handle, 2)

    def told(**what: Any) -> None:
        os.write(handle, (json.dumps(what) + "\n").encode())

    code = 1
    try:
        getattr(acts, order.pop("act"))(told, **order)
        told(end=True)
        code = 0
    except BaseException:
        told(failed=traceback.format_exc())
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
