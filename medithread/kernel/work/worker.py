"""The worker: takes due jobs one after the other until it is told to stop. Killing it loses nothing."""

import logging
import signal
import threading
from types import FrameType

from django.db import DatabaseError, close_old_connections

from medithread.kernel.ledger.together import join, other_wiring
from medithread.kernel.records.kinds import wiring_digest

from .jobs import claim, run, worker_name
from .schedules import enqueue_due

log = logging.getLogger("medithread.work")
IDLE = 1.0


def work_once() -> bool:
    """Do one due job; answers whether there was one."""
    found = claim(worker_name())
    if found is None:
        return False
    run(found)
    return True


def drain(limit: int = 1000) -> int:
    """Do everything that is due now (tests, `medithread worker --once`)."""
    enqueue_due()
    count = 0
    while count < limit and work_once():
        count += 1
    return count


def _some_work() -> bool:
    enqueue_due()
    return work_once()


def _together() -> bool:
    """A worker of another wiring than the pages takes no job: it would follow other rules than those people see."""
    other = other_wiring()
    if other:
        log.warning("the pages run with the wiring %s, this worker has %s: no job is taken until both are the same version", other, wiring_digest())
    return not other


def work_until_stopped() -> None:
    """The loop of `medithread worker`. A database that is gone is waited for."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    join()
    while not stop.is_set():
        try:
            busy = _together() and _some_work()
        except DatabaseError:
            log.warning("the database does not answer; trying again")
            busy = False
            stop.wait(5)
        finally:
            close_old_connections()
        if not busy:
            stop.wait(IDLE)
