"""One installation in a folder of its own, on SQLite or on a PostgreSQL server of its own, and children that act in it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def wait_until(true: Callable[[], Any], seconds: float = PATIENCE, pause: float = 0.005) -> Any:
    """What `true` answers once it is true. AssertionError when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = true()
        if found:
            return found
        time.sleep(pause)
    raise AssertionError("waited in vain")


class Child:
    """A forked process at work."""

    def __init__(self, pid: int, out: Path) -> None:
        self.pid, self.out = pid, out

    def lines(self) -> list[dict[str, Any]]:
        """What it has said so far; a line cut off by a kill does not count."""
        if not self.out.exists():
            return []
        whole = self.out.read_text(errors="replace").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
        wait_until(lambda: not self.alive())

    def result(self) -> dict[str, Any]:
        """Wait for its end; answers its last words before it. AssertionError when it failed."""
        wait_until(lambda: not self.alive())
        said = self.lines()
        failed = [line["failed"] for line in said if "failed" in line]
        assert not failed, failed[0]
        assert said[-1:] == [{"end": True}], self.out.read_text()[-2000:]
        return said[-2] if len(said) > 1 else {}


class House:
    """Where it lives, and the process that forks its children."""

    def __init__(self, folder: Path, url: str = "", server: "Server | None" = None) -> None:
        self.folder, self.server = folder, server
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url or f"sqlite:///{folder / 'medithread.sqlite3'}"
        self._nursery: subprocess.Popen[str] | None = None
        self._count = 0

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MEDITHREAD_", "DJANGO_"))}
        return {
            **kept, "DATABASE_URL": self.url, "MEDITHREAD_DATA": str(self.folder), "MEDITHREAD_DEMO": "yes", "FAULTS_MAIL": str(self.folder / "mail"),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "PYTHONWARNINGS": "ignore",
        }

    def start(self, act: str, **words: Any) -> Child:
        """Let a child do something; it goes on by itself."""
        if self._nursery is None:
            command = [sys.executable, "-m", "tests.faults.nursery"]
            self._nursery = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._count += 1
        out = self.folder / f"{self._count:03d}-{act}.out"
        self._nursery.stdin.write(json.dumps({"act": act, "out": str(out), **words}) + "\n")
        self._nursery.stdin.flush()
        return Child(int(self._nursery.stdout.readline()), out)

    def do(self, act: str, **words: Any) -> dict[str, Any]:
        """Let a child do something and wait for what it says."""
        return self.start(act, **words).result()

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`medithread …` as a person types it."""
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "medithread.settings"}
        return subprocess.run([sys.executable, "-m", "medithread", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def take_database_away(self) -> None:
        """The server is stopped, or the file is moved while nobody has it open."""
        if self.server is not None:
            self.server.stop()
        else:
            for file in self.folder.glob("medithread.sqlite3*"):
                file.rename(file.with_name("away-" + file.name))

    def bring_database_back(self) -> None:
        if self.server is not None:
            self.server.begin()
        else:
            for file in self.folder.glob("medithread.sqlite3*"):
                file.unlink()
            for file in self.folder.glob("away-*"):
                file.rename(file.with_name(file.name.removeprefix("away-")))

    def close(self) -> None:
        if self._nursery is not None:
            self._nursery.communicate()
            self._nursery = None


class Server:
    """A PostgreSQL server of the test's own: it may be stopped and killed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir()) / f"mt-faults-{uuid.uuid4().hex[:8]}"

    def _call(self, action: str) -> str:
        done = subprocess.run([str(ROOT / "tools" / "postgres.sh"), action, str(self.folder)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def begin(self) -> None:
        """Start it, also after it was killed; only losing power could hurt it less quickly written."""
        wait_until(self._started, 60, 0.5)

    def _started(self) -> bool:
        done = subprocess.run([str(ROOT / "tools" / "postgres.sh"), "start", str(self.folder)], capture_output=True, text=True, check=False)
        return done.returncode == 0

    def stop(self) -> None:
        self._call("stop")

    def kill(self) -> None:
        """SIGKILL for the server, as the kernel does when memory runs out."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def remove(self) -> None:
        import shutil

        self._call("stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[Server]:
    """A server for a while. Nothing is forced to the disk: killed processes lose nothing by that, and the tests are quicker."""
    found = Server()
    found.begin()
    try:
        found.sql("ALTER SYSTEM SET fsync = off")
        found.sql("SELECT pg_reload_conf()")
        yield found
    finally:
        found.begin()
        found.remove()
