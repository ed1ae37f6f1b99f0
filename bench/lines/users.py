"""Fifty people at once, reading and writing through the real server: how long they wait, and whether anything fails."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import MS, percentile
from medithread.improvement.ideas.models import Idea
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Grant, Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.verbs.unit import unit
from medithread.system.documents.models import Document

USERS, SECONDS, PAUSE, LIMIT = 50, 40.0, 2.0, 300.0


@line("users", databases=("postgresql",))
def users(context: Context) -> Iterable[Figure]:
    """Each of fifty signed-in people asks for something every two seconds on average; one in eight requests writes.

    The baseline is the same crowd at the address that only asks the database whether it is there.
    """
    context.documents(20_000)
    context.ideas(200_000)
    load = {"cookies": _signed_in(context), "ideas": _numbers(Idea), "documents": _numbers(Document), "words": [context.words.rank(n) for n in (30, 90, 400)]}
    with served(workers=2) as port:
        seconds = max(4.0, SECONDS * context.share)
        bare = _crowd({**load, "port": port, "seconds": seconds / 4, "pause": PAUSE, "bare": True})
        found = _crowd({**load, "port": port, "seconds": seconds, "pause": PAUSE, "bare": False})
    waits = [took for sort in found["waits"].values() for took in sort]
    each = {sort: round(percentile(took, 95) * MS, 1) for sort, took in sorted(found["waits"].items())}
    base = percentile(bare["waits"]["health"], 95)
    yield compared(
        "50 users at once: p95", percentile(waits, 95) * MS, "ms", base * MS, "the same crowd at /health", LIMIT,
        requests=len(waits), p95_by_sort=each, median=percentile(waits, 50) * MS, per_second=round(len(waits) / seconds, 1),
    )
    yield Figure("50 users at once: errors", len(found["errors"]), "", 1, more={"errors": found["errors"][:5]})


def _signed_in(context: Context) -> list[str]:
    """Session cookies of fifty people who may write ideas."""
    workers = context.staff[:USERS]
    known = {account.person_id: account for account in Account.objects.filter(person__in=workers)}
    with unit(Actor(agent=Agent.objects.get(name="founder"))) as act:
        for person in workers:
            if person.uid not in known:
                known[person.uid] = _account(act, person)
    return [_cookie(known[person.uid]) for person in workers]


def _account(act: Any, person: Person) -> Account:
    act.put("create", Grant(person=person, role=Role.MFG.value, valid_from=act.at))
    account = Account(uid=uuid7(), person=person, username=person.name.lower().replace(" ", "-"))
    account.set_unusable_password()
    act.put("create", account)
    return account


def _cookie(account: Account) -> str:
    client = Client()
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def _numbers(model: Any) -> list[str]:
    return list(model.objects.order_by("pk").values_list("number", flat=True)[:2_000])


@contextmanager
def served(*, workers: int) -> Iterator[int]:
    """The product's own server on a free port of this machine, as `medithread run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment["MEDITHREAD_ORIGIN"] = f"http://localhost:{port}"
    command = [sys.executable, "-m", "medithread", "run", "--port", str(port), "--workers", str(workers), "--no-worker"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait(30)


def _wait_for(port: int) -> None:
    for _try in range(300):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/health", timeout=2).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


def _crowd(load: dict[str, Any]) -> dict[str, Any]:
    """The fifty people, in a process of their own."""
    child = subprocess.run([sys.executable, "-m", "bench.crowd"], input=json.dumps(load), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(child.stdout)
    return found
