"""The database goes away under a real server and comes back: clear refusals meanwhile, and it goes on without a restart."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from .conftest import POSTGRES
from .house import ROOT, House, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def serving(house: House, *words: str) -> Iterator[int]:
    """`medithread run`; answers the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**house.environment, "DJANGO_SETTINGS_MODULE": "medithread.settings", "MEDITHREAD_ORIGIN": f"http://127.0.0.1:{port}"}
    with (house.folder / "server.log").open("w") as log:
        command = [sys.executable, "-m", "medithread", "run", "--port", str(port), "--workers", "1", *words]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until(lambda: ask(port, "/health")[0] == 200, pause=0.2)
            yield port
        finally:
            running.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                running.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def ask(port: int, path: str, method: str = "GET", body: object = None, token: str = "") -> tuple[int, str, str]:
    """Status, media type and text; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    except OSError:
        return 0, "", ""
    finally:
        connection.close()


def test_the_database_goes_and_comes_back(house: House) -> None:
    token = house.do("token")["secret"]
    with serving(house, *(() if POSTGRES else ("--no-worker",))) as port:
        idea = {"content": {"title": "Before"}}
        assert ask(port, "/api/v1/idea", "POST", idea, token)[0] == 201
        house.close()
        house.take_database_away()
        status, kind, text = ask(port, "/api/v1/idea", "POST", idea, token)
        assert (status, kind) == (503, "application/problem+json"), text
        assert "nothing was written" in json.loads(text)["title"]
        assert ask(port, "/api/v1/idea", token=token)[0] == 503
        assert ask(port, "/health")[0] == 503
        status, _kind, text = ask(port, "/sign-in")
        assert status in (200, 503)
        assert "Traceback" not in text
        time.sleep(2)
        house.bring_database_back()
        wait_until(lambda: ask(port, "/api/v1/idea", "POST", {"content": {"title": "After"}}, token)[0] == 201, 30, 0.2)
        assert ask(port, "/health")[0] == 200
        if POSTGRES:
            house.do("enqueue_mails", count=1)
            wait_until(lambda: [job for job in house.do("jobs")["jobs"] if job[0] == "mail.send" and job[1] == "done"], 60, 0.5)
    assert house.do("check", outs=[])["problems"] == []


def test_a_server_stops_and_starts_on_the_same_ledger(house: House) -> None:
    """Both databases: a start writes who started once, and nothing the second time."""
    sizes = []
    for _start in range(3):
        with serving(house):
            pass
        sizes.append(house.do("starts")["starts"])
    assert sizes[0] == sizes[1] == sizes[2]
    assert house.do("verify")["findings"] == []
