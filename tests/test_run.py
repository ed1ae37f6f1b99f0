"""`medithread run` in demo mode on a bare folder: it migrates, loads the story, serves, works, and ends when told to."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(folder: Path, port: int) -> "subprocess.Popen[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MEDITHREAD_", "DATABASE_URL", "DJANGO_"))}
    environment = {**clean, "MEDITHREAD_DEMO": "yes", "MEDITHREAD_DATA": str(folder)}
    return subprocess.Popen([sys.executable, "-m", "medithread", "run", "--port", str(port)], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def answer(port: int, path: str, seconds: float) -> tuple[int, bytes]:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=20) as found:
                return found.status, found.read()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def first_line_of_two_gigabytes(port: int) -> bytes:
    """What the server says to an upload of two gigabytes of which it has seen the first kilobyte."""
    with socket.create_connection(("localhost", port), timeout=20) as line:
        head = f"POST /sign-in/ HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {2 * 1024**3}\r\n\r\n"
        line.sendall(head.encode() + b"--x\r\n" + b"a" * 1000)
        return line.recv(4096).splitlines()[0]


def ended(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGTERM)
    said, _errors = process.communicate(timeout=40)
    return said


def test_the_demo_is_served_and_comes_again(tmp_path: Path) -> None:
    port = free_port()
    process = started(tmp_path, port)
    try:
        status, body = answer(port, "/health", 300)
        health = json.loads(body)
        assert (status, health["database"]) == (200, "ok")
        assert health["ledger"]["seq"] > 500
        assert b"Sign in" in answer(port, "/", 20)[1]
        assert b" 413 " in first_line_of_two_gigabytes(port)
    finally:
        said = ended(process)
    assert f"http://localhost:{port}" in said
    assert "maud" in said
    again = started(tmp_path, port)
    try:
        assert json.loads(answer(port, "/health", 60)[1])["ledger"]["seq"] >= health["ledger"]["seq"]
    finally:
        said = ended(again)
    assert "Loading" not in said
