"""Jobs: once per key, tried again with pauses, taken over when a worker is gone, refused work says why; schedules run once."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import connection

from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.work import jobs, schedules
from medithread.kernel.work.jobs import Cancelled, Progress, claim, enqueue, job, run, utcnow
from medithread.kernel.work.mail import mail
from medithread.kernel.work.models import Job, Schedule
from medithread.kernel.work.worker import drain
from tests.company import Company


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_registry", {})
    monkeypatch.setattr(schedules, "_every", {})
    return


def outcome(found: Any) -> tuple[str, str]:
    found.refresh_from_db()
    return found.state, found.message


def test_a_failing_job_is_tried_again_with_growing_pauses_and_then_stands_failed(db: None, registry: None) -> None:
    tries: list[int] = []

    @job("t.fails", tries=3)
    def fails(_progress: Progress) -> None:
        tries.append(1)
        raise OSError("no route")

    made = enqueue("t.fails")
    pauses = []
    for _round in range(3):
        Job.objects.filter(pk=made.pk).update(run_after=utcnow())
        drain()
        made.refresh_from_db()
        pauses.append(made.run_after - utcnow())
    assert outcome(made) == ("failed", "OSError: no route")
    assert len(tries) == 3
    assert timedelta(seconds=5) < pauses[0] < pauses[1]


def test_a_refusal_is_final_and_says_why(db: None, registry: None) -> None:
    @job("t.refused")
    def refused(_progress: Progress) -> None:
        raise Refusal(No("t.no", "It cannot be.", fix="Do this instead."))

    made = enqueue("t.refused")
    drain()
    assert outcome(made) == ("failed", "It cannot be. Do this instead.")


def test_a_key_is_enqueued_once(db: None, registry: None) -> None:
    assert enqueue("t.any", key="k") is not None
    assert enqueue("t.any", key="k") is None
    assert Job.objects.count() == 1


def test_a_job_whose_worker_has_gone_is_taken_over_after_its_lease(db: None, registry: None) -> None:
    done: list[str] = []

    @job("t.work")
    def work(_progress: Progress, what: str) -> str:
        done.append(what)
        return what

    made = enqueue("t.work", what="once")
    first = claim("worker one")
    assert first is not None
    assert claim("worker two") is None
    Job.objects.filter(pk=made.pk).update(lease_until=utcnow() - timedelta(seconds=1))
    second = claim("worker two")
    assert second is not None
    run(second)
    assert done == ["once"]
    made.refresh_from_db()
    assert (made.state, made.attempts, made.lease_by, made.result) == ("done", 2, "worker two", "once")


def test_an_unknown_job_fails_in_words(db: None, registry: None) -> None:
    made = enqueue("t.of-tomorrow")
    drain()
    assert "does not know the job" in outcome(made)[1]


def test_progress_learns_of_a_cancel(db: None, registry: None) -> None:
    @job("t.long")
    def long(progress: Progress) -> None:
        progress(1, 10, "first")
        Job.objects.update(cancel=True)
        progress._told = None
        with pytest.raises(Cancelled):
            progress(2, 10)
        raise Cancelled

    made = enqueue("t.long")
    drain()
    made.refresh_from_db()
    assert (made.state, made.done, made.total) == ("cancelled", 2, 10)


def test_a_schedule_is_due_once_and_made_up_for_once(db: None, registry: None) -> None:
    ran: list[int] = []

    @job("t.round")
    def round_(_progress: Progress) -> None:
        ran.append(1)

    schedules.every("t.round", timedelta(hours=1))
    drain()
    drain()
    assert len(ran) == 1
    Schedule.objects.update(next_at=utcnow() - timedelta(days=3))
    drain()
    drain()
    assert len(ran) == 2


def test_mail_is_queued_with_the_act_and_tried_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    mail(company.rea, "Hello\r\nBcc: x@example.org", "Words")
    assert outbox.outbox == []
    sends: list[int] = []
    from django.core.mail import EmailMessage

    real = EmailMessage.send

    def send(self: EmailMessage, *args: Any, **kwargs: Any) -> int:
        sends.append(1)
        if len(sends) == 1:
            raise SMTPServerDisconnected("gone")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    drain()
    Job.objects.filter(name="mail.send").update(run_after=utcnow())
    drain()
    assert [m.subject for m in outbox.outbox] == ["Hello Bcc: x@example.org"]
    assert Job.objects.get(name="mail.send").attempts == 2


def test_who_has_left_or_has_no_address_gets_no_mail(company: Company) -> None:
    company.rea.email = None
    mail(company.rea, "Hello", "Words")
    assert not Job.objects.filter(name="mail.send").exists()


def test_statistics_are_taken_by_night(db: None) -> None:
    """On SQLite the planner then knows that a list is long; on PostgreSQL the database does it by itself."""
    from medithread.kernel.work.periodic import take_statistics
    from medithread.kernel.work.schedules import declared

    assert "house.statistics" in declared()
    if connection.vendor == "sqlite":
        take_statistics()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1")
            assert cursor.fetchone()[0] > 0
