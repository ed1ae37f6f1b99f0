"""Typesetting processes, lent to one thread at a time: started when needed, replaced when large, old, slow or dead."""

import atexit
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import LifoQueue
from tempfile import mkdtemp
from typing import Any

from .errors import ReportError
from .worker import read_message, write_message

ROOT = Path(__file__).resolve().parents[3]
FONTS = ROOT / "medithread" / "assets" / "fonts"
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH")  # no secrets: foreign files are read there
START = "import sys; sys.path.insert(0, sys.argv[1]); from medithread.kernel.reports.worker import main; main(*sys.argv[2:])"

Message = tuple[dict[str, Any], list[bytes]]


class Gone(Exception):
    """The process ended while it was asked; `killed` when by a signal, as from outside or for want of memory."""

    def __init__(self, killed: bool) -> None:
        self.killed = killed
        super().__init__()


class Process:
    """One typesetting process and how much it has been used."""

    def __init__(self, fonts: Path) -> None:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2", "PYTHONDONTWRITEBYTECODE": "1"}
        self.folder = mkdtemp(prefix="medithread-reports-")
        command = [sys.executable, "-E", "-s", "-c", START, str(ROOT), self.folder, str(fonts)]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)  # noqa: S603
        self.served = self.memory = 0

    def ask(self, message: Message, seconds: float) -> Message:
        """The answer to a message. Raises Gone when the process dies, ReportError after `seconds`."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        late = threading.Event()
        timer = threading.Timer(seconds, self._stop, (late,))
        timer.start()
        try:
            write_message(self.child.stdin, *message)
            head, blobs = read_message(self.child.stdout)
        except (EOFError, OSError) as error:
            code = self._dying()
            if late.is_set():
                raise ReportError("report.timeout") from error
            raise Gone(code < 0) from error
        finally:
            timer.cancel()
        self.served += 1
        self.memory = head.pop("memory")
        return head, blobs

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self.child.kill()

    def _dying(self) -> int:
        """The exit code of a process whose pipes broke: it may need a moment to end by itself."""
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(2)
        return self.end()

    def end(self) -> int:
        """Ends the process and removes its folder; answers its exit code, which is negative when a signal ended it."""
        code = self.child.poll()
        if code is None:
            self.child.kill()
        for pipe in (self.child.stdin, self.child.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.child.returncode if code is None else code


class Pool:
    """Up to `size` processes. Each is replaced after `documents` or when it holds more than `memory` bytes."""

    def __init__(
        self, size: int = 2, documents: int = 300, memory: int = 600 * 1024**2, seconds: float = 60.0, fonts: Path = FONTS
    ) -> None:
        self.size, self.documents, self.memory, self.seconds, self.fonts = size, documents, memory, seconds, fonts
        self._owner = os.getpid()
        self._places = self._fresh()

    def _fresh(self) -> "LifoQueue[Process | None]":
        places: LifoQueue[Process | None] = LifoQueue()
        for _ in range(self.size):
            places.put(None)
        return places

    def ask(self, message: Message) -> bytes:
        """The PDF that a message asks for. Raises ReportError; a process killed from outside is replaced and asked once more."""
        self._mind_fork()
        process = self._places.get()
        try:
            for last in (False, True):
                process = process or Process(self.fonts)
                try:
                    head, blobs = process.ask(message, self.seconds)
                    break
                except Gone as gone:
                    process = None
                    if last or not gone.killed:
                        raise ReportError("report.crashed") from gone
        except ReportError:
            process = None
            raise
        finally:
            self._places.put(self._kept(process))
        if head["code"]:
            raise ReportError(head["code"], detail=head["detail"])
        return blobs[0]

    def _kept(self, process: Process | None) -> Process | None:
        if process is not None and (process.served >= self.documents or process.memory > self.memory):
            process.end()
            return None
        return process

    def _mind_fork(self) -> None:
        """A forked server process must not share its parent's pipes."""
        if self._owner != os.getpid():
            self._owner = os.getpid()
            self._places = self._fresh()

    def close(self) -> None:
        """Ends all processes that are not at work. The pool may be used again afterwards."""
        if self._owner != os.getpid():
            return
        held = [self._places.get() for _ in range(self._places.qsize())]
        for process in held:
            if process is not None:
                process.end()
            self._places.put(None)


POOL = Pool()
atexit.register(POOL.close)
