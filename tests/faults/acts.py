"""What the children of a house do. Each takes `told`, which writes a line to its file at once, and words of its order."""

import io
import json
import random
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.files.store import hash_of
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.verify import verify as replay
from medithread.kernel.records.models import Comment, Counter, Record, Series

from .breaking import fill_up, locked, upload_without_room  # noqa: F401  (acts too)


def found(told: Any) -> None:
    """Migrate, and found the company."""
    from medithread.kernel.ledger.schemas import record_schemas
    from tests.company import found as found_company

    call_command("migrate", verbosity=0)
    found_company()
    record_schemas()
    told(purpose=Head.objects.get().purpose)


def people() -> list[Person]:
    return list(Person.objects.filter(name__in=("Rea Kern", "Ada Lund", "Otto Brand", "Quinn Maar")))


def write(told: Any, seed: int, times: int = 1_000_000, pause: float = 0.0) -> None:
    """Write without end; each act is told once it is committed. A database that goes away is waited for."""
    chance, who = random.Random(seed), people()
    for place in range(times):
        try:
            _act(told, chance, chance.choice(who), f"{seed}-{place}")
            time.sleep(pause)
        except DatabaseError as error:
            told(trouble=type(error).__name__)
            connection.close()
            time.sleep(0.05)


def _act(told: Any, chance: random.Random, person: Person, mark: str) -> None:
    idea = verbs.create(person, Idea, title=f"Idea {mark}", description="Text " * chance.randrange(1, 200), due=date(2027, 1, 1))
    told(made="idea", uid=str(idea.uid), number=idea.number, title=idea.title)
    if chance.random() < 0.5:
        verbs.edit(person, idea, lock=idea.lock, description=f"Changed {mark}", benefit="Less of it")
        told(made="edit", uid=str(idea.uid), lock=idea.lock)
    if chance.random() < 0.3:
        note = verbs.comment(person, idea, f"Comment {mark}")
        told(made="comment", uid=str(note.uid))
    if chance.random() < 0.3:
        stored = verbs.store_file(person, io.BytesIO(f"file {mark}".encode()), media_type="text/plain")
        verbs.attach(person, idea, stored, name=f"{mark}.txt")
        told(made="file", sha256=stored.sha256)


def check(told: Any, outs: list[str]) -> None:
    """Is everything there that was acknowledged, nothing half there, no number lost, and does the ledger verify?"""
    problems: list[str] = []
    count = 0
    for out in outs:
        whole = Path(out).read_text(errors="replace").rpartition("\n")[0]
        for said in (json.loads(line) for line in whole.splitlines() if line.startswith("{")):
            if "made" in said:
                count += 1
                problems += [] if _is_there(said) else [f"lost: {said}"]
    problems += [f"number {number} is missing" for number in lost_numbers()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_word")
        if cursor.fetchone()[0] != Record.objects.count():
            problems.append("the search index does not hold every record")
    report = replay()
    problems += [str(finding) for finding in report.findings]
    told(acknowledged=count, records=Record.objects.count(), entries=report.size, head=report.head, problems=problems)


def _is_there(said: dict[str, Any]) -> bool:
    if said["made"] == "idea":
        return Idea.objects.filter(uid=said["uid"], number=said["number"], title=said["title"]).exists()
    if said["made"] == "edit":
        return Idea.objects.filter(uid=said["uid"], lock__gte=said["lock"], benefit="Less of it").exists()
    if said["made"] == "comment":
        return Comment.objects.filter(uid=said["uid"]).exists()
    return hash_of(said["sha256"]) == said["sha256"]


def lost_numbers() -> list[str]:
    """System-assigned numbers that the counters gave out and no series bears."""
    there = set(Series.objects.values_list("number", flat=True))
    found = []
    for counter in Counter.objects.filter(name__startswith="IMP:"):
        wanted = (f"{counter.name.replace(':', '-')}-{place:04d}" for place in range(1, counter.last + 1))
        found += [number for number in wanted if number not in there]
    return found


def verify(told: Any) -> None:
    """Verify, and tell where the ledger stands."""
    report, head = replay(), Head.objects.get()
    told(findings=[str(finding) for finding in report.findings], size=report.size, head=report.head, origin=head.origin, epoch=head.epoch)


def entry(told: Any, seq: int) -> None:
    """The hash of one entry."""
    from medithread.kernel.ledger.models import Entry

    told(hash=Entry.objects.get(seq=seq).hash)




def sign_in(told: Any) -> None:
    """A session in the database, as of a person who is signed in."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store["who"] = "rea"
    store.create()
    told(key=store.session_key)


def secrets(told: Any) -> None:
    """What of the secrets is there."""
    from django.contrib.sessions.models import Session

    from medithread.kernel.identity.models import Account
    from tests.company import PASSWORD

    told(sessions=Session.objects.count(), password=Account.objects.get(username="rea").check_password(PASSWORD))


def back_up(told: Any, folder: str) -> None:
    from medithread.kernel.exchange import backup

    told(head=backup.back_up(Path(folder)).head)


def bring_back(told: Any, folder: str, reason: str = "Test") -> None:
    """Restore a backup; tells the codes of a refusal."""
    from medithread.kernel.base.refusal import Refused
    from medithread.kernel.exchange import backup

    try:
        report = backup.bring_back(Path(folder), reason)
    except Refused as refused:
        told(refused=list(refused.codes))
    else:
        told(findings=[str(finding) for finding in report.findings])


# --- work ---------------------------------------------------------------------------------------------------------------


def work(told: Any, lease: float = 2.0) -> None:
    """A worker with a short lease, until it is killed."""
    from datetime import timedelta

    from medithread.kernel.work import jobs, worker

    jobs.LEASE, worker.IDLE = timedelta(seconds=lease), 0.05
    _marking_jobs(told)
    told(ready=True)
    worker.work_until_stopped()


def _marking_jobs(told: Any) -> None:
    from medithread.kernel.work.jobs import job

    @job("faults.mark")
    def _mark(_progress: Any, seconds: float, mark: str) -> str:
        told(begun=mark)
        time.sleep(seconds)
        told(ended=mark)
        return mark


def enqueue(told: Any, count: int, seconds: float = 0.0) -> None:
    """So many jobs that mark their begin and end."""
    from medithread.kernel.work.jobs import enqueue as put

    uids = [str(getattr(put("faults.mark", seconds=seconds, mark=f"job-{place}"), "uid", "")) for place in range(count)]
    told(uids=uids)


def enqueue_mails(told: Any, count: int) -> None:
    from medithread.kernel.work.mail import mail

    person = Person.objects.get(name="Rea Kern")
    for place in range(count):
        mail(person, f"Letter {place:03d}", "A line.")
    told(count=count)


def jobs(told: Any) -> None:
    """How the jobs stand."""
    from medithread.kernel.work.models import Job

    told(jobs=[[job.name, job.state, job.attempts, job.message] for job in Job.objects.order_by("id")])


def verify_tonight(told: Any) -> None:
    """The job of the night, now."""
    from medithread.kernel.work.jobs import enqueue as put

    told(put=put("ledger.verify") is not None)


def token(told: Any) -> None:
    """A token of a person."""
    from medithread.kernel.verbs.people_tokens import make_token

    told(secret=make_token(Person.objects.get(name="Rea Kern"), label="Faults", scopes=("read", "write"), days=1)[1])


def starts(told: Any) -> None:
    """How often a start was written down."""
    from medithread.kernel.ledger.models import Entry

    told(starts=Entry.objects.filter(verb="start").count())
