"""Enqueueing and claiming jobs, on both databases, without ever running one twice at the same time."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import Refused
from medithread.kernel.identity.models import Person

from .models import Job

log = logging.getLogger("medithread.work")
LEASE = timedelta(seconds=60)
BACKOFF = (10, 60, 300, 1800, 7200)


class Cancelled(Exception):
    """The person who asked for the job does not want it any more."""


@dataclass(frozen=True)
class Work:
    """A registered job function with how often it may be tried."""

    call: Callable[..., str | None]
    tries: int


@dataclass
class Progress:
    """Handed to every job function: tells how far it is and learns that it was cancelled."""

    job: Job
    done: int = 0
    _told: datetime | None = field(default=None, repr=False)

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Note the progress, at most twice a second. Raises Cancelled."""
        self.done = done
        at = utcnow()
        if self._told is not None and at - self._told < timedelta(milliseconds=500) and done < total:
            return
        self._told = at

        def write() -> bool:
            Job.objects.filter(pk=self.job.pk).update(done=done, total=total, message=message[:500])
            return bool(Job.objects.filter(pk=self.job.pk, cancel=True).exists())

        if _apart(write) if _reads_a_snapshot() else write():
            raise Cancelled


def _reads_a_snapshot() -> bool:
    """Is this connection inside a reading transaction, where a write would fail (PostgreSQL) or hold everybody up (SQLite)?"""
    if connection.vendor == "sqlite":
        return connection.connection is not None and connection.connection.in_transaction and not connection.in_atomic_block
    if not connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")


def _apart(call: Callable[[], bool]) -> bool:
    """Do something on a connection of its own. Telling how far a job is must never end it, nor keep it long from its work."""

    def alone() -> bool:
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 500")
            return call()
        except DatabaseError:
            log.info("could not tell how far a job is")
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result()


_registry: dict[str, Work] = {}


def utcnow() -> datetime:
    """Real time: jobs never run on simulated time."""
    from datetime import UTC

    return datetime.now(UTC)


def job(name: str, *, tries: int = 5) -> Callable[[Callable[..., str | None]], Callable[..., str | None]]:
    """Register a job function `(progress, **arguments) -> result | None`. It must bear being run again after a crash."""

    def keep(call: Callable[..., str | None]) -> Callable[..., str | None]:
        _registry[name] = Work(call, tries)
        return call

    return keep


def registered() -> dict[str, Work]:
    return dict(_registry)


def enqueue(
    name: str, *, person: Person | None = None, title: str = "", key: str | None = None, run_after: datetime | None = None, **arguments: Any
) -> Job | None:
    """Put a job in the queue, in the caller's transaction: it exists when the act exists. With a `key` only once."""
    at = utcnow()
    values = {
        "name": name, "title": title[:200], "arguments": json.dumps(arguments, sort_keys=True), "person": person,
        "created_at": at, "run_after": run_after or at,
    }
    if key is None:
        return Job.objects.create(**values)
    try:
        with transaction.atomic():
            return Job.objects.create(key=key, **values)
    except IntegrityError:
        return None


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:60]


def claim(who: str) -> Job | None:
    """Take the next due job: a waiting one, or one whose worker has gone."""
    at = utcnow()
    due = Q(state=Job.State.QUEUED, run_after__lte=at) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    with transaction.atomic():
        rows = Job.objects.filter(due).order_by("run_after", "id")
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        found = rows.first()
        if found is None:
            return None
        Job.objects.filter(pk=found.pk).update(
            state=Job.State.RUNNING, lease_by=who, lease_until=at + LEASE, attempts=F("attempts") + 1, started_at=at, message="",
        )
    found.refresh_from_db()
    return found


@contextmanager
def kept_alive(found: Job) -> Iterator[None]:
    """Renew the lease from a second thread while the job runs."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(LEASE.total_seconds() / 4):
            try:
                Job.objects.filter(pk=found.pk, lease_by=found.lease_by).update(lease_until=utcnow() + LEASE)
            except DatabaseError:
                log.warning("could not renew the lease of job %s", found.uid)
            finally:
                close_old_connections()
        connection.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


def run(found: Job) -> None:
    """Do one claimed job and note how it ended."""
    work = _registry.get(found.name)
    if work is None:
        _finish(found, Job.State.FAILED, _("This version of the program does not know the job “%(name)s”.") % {"name": found.name})
        return
    if found.attempts > work.tries:
        _finish(found, Job.State.FAILED, _("Its worker was gone in the middle of it, %(n)d times.") % {"n": work.tries})
        return
    try:
        with kept_alive(found):
            result = work.call(Progress(found), **json.loads(found.arguments))
    except Cancelled:
        _finish(found, Job.State.CANCELLED, _("Cancelled."))
    except Refused as refusal:
        _finish(found, Job.State.FAILED, " ".join(f"{no.text} {no.fix}".strip() for no in refusal.nos))
    except (OSError, DatabaseError, RuntimeError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        log.exception("job %s failed", found.name)
        _again(found, work, error)
    else:
        _finish(found, Job.State.DONE, "", result or "")


def _finish(found: Job, state: str, message: str, result: str = "") -> None:
    """Note the end, unless another worker has taken the job over meanwhile."""
    Job.objects.filter(pk=found.pk, lease_by=found.lease_by).update(state=state, finished_at=utcnow(), lease_until=None, message=message[:2000], result=result[:4000])


def _again(found: Job, work: Work, error: BaseException) -> None:
    """Try again later with growing pauses; after the last try the job stands failed for everybody to see."""
    message = f"{type(error).__name__}: {error}"[:500]
    if found.attempts >= work.tries:
        _finish(found, Job.State.FAILED, message)
        return
    pause = timedelta(seconds=BACKOFF[min(found.attempts - 1, len(BACKOFF) - 1)])
    Job.objects.filter(pk=found.pk, lease_by=found.lease_by).update(state=Job.State.QUEUED, run_after=utcnow() + pause, lease_until=None, message=message)
