"""Workers killed in the middle: the job is taken up again after its lease, no mail is lost, no job is done by two at once."""

import random
import re
from collections import Counter

import pytest

from .house import Child, House, wait_until

pytestmark = pytest.mark.slow


def said(children: list[Child], word: str) -> list[str]:
    return [line[word] for child in children for line in child.lines() if word in line]


def states(house: House) -> list[list[object]]:
    """Name, state, tries and message of the jobs that a test put in the queue."""
    return [job for job in house.do("jobs")["jobs"] if job[0] in ("faults.mark", "mail.send")]


def test_a_killed_workers_job_is_taken_up_again(house: House) -> None:
    house.do("enqueue", count=1, seconds=1.5)
    first = house.start("work")
    wait_until(lambda: said([first], "begun"))
    first.kill()
    second = house.start("work")
    wait_until(lambda: said([second], "ready"))
    assert said([second], "begun") == [], "the lease still stands"
    wait_until(lambda: said([second], "ended"))
    wait_until(lambda: states(house)[0][1] == "done", pause=0.2)
    second.kill()
    assert (said([first], "ended"), said([second], "ended"), states(house)[0][2]) == ([], ["job-0"], 2)


def test_a_long_job_keeps_its_lease_while_its_worker_lives(house: House) -> None:
    house.do("enqueue", count=1, seconds=4.0)
    pair = [house.start("work", lease=1.0) for _worker in range(2)]
    wait_until(lambda: said(pair, "ended"))
    wait_until(lambda: states(house)[0][1] == "done", pause=0.2)
    for child in pair:
        child.kill()
    assert (said(pair, "begun"), states(house)[0][2]) == (["job-0"], 1)


def test_four_workers_never_do_one_job_twice(house: House) -> None:
    count = 60
    house.do("enqueue", count=count)
    workers = [house.start("work", lease=60.0) for _worker in range(4)]
    wait_until(lambda: len(said(workers, "ended")) >= count)
    wait_until(lambda: all(state == "done" for _name, state, _tries, _message in states(house)), pause=0.2)
    for child in workers:
        child.kill()
    assert Counter(said(workers, "begun")) == Counter(f"job-{place}" for place in range(count))
    assert {tries for _name, _state, tries, _message in states(house)} == {1}


def test_a_job_that_kills_its_worker_every_time_is_given_up(house: House) -> None:
    house.do("enqueue", count=1, seconds=60.0)
    for _try in range(5):
        child = house.start("work", lease=0.4)
        wait_until(lambda child=child: said([child], "begun"))
        child.kill()
    last = house.start("work", lease=0.4)
    found = wait_until(lambda: [job for job in states(house) if job[1] == "failed"], pause=0.2)
    last.kill()
    assert said([last], "begun") == []
    assert "gone" in str(found[0][3])


def test_no_mail_is_lost_when_workers_are_killed(house: House) -> None:
    chance, count = random.Random(5), 30
    house.do("enqueue_mails", count=count)
    (house.folder / "mail").mkdir()
    for _kill in range(6):
        child = house.start("work", lease=0.5)
        wait_until(lambda child=child: said([child], "ready"))
        wait_until(lambda: chance.random() < 0.05, pause=0.01)
        child.kill()
    last = house.start("work", lease=0.5)
    wait_until(lambda: all(state == "done" for _name, state, _tries, _message in states(house)), pause=0.3)
    last.kill()
    text = "".join(path.read_text() for path in (house.folder / "mail").iterdir())
    sent = Counter(re.findall(r"Subject: (Letter \d{3})", text))
    assert set(sent) == {f"Letter {place:03d}" for place in range(count)}
    assert sum(sent.values()) <= count + 6, "at most the mail under way is sent again"


def test_a_verification_at_night_holds_nobody_up(house: House) -> None:
    house.do("write", seed=1, times=40)
    writer, worker = house.start("write", seed=2, pause=0.03), house.start("work", lease=60.0)
    wait_until(lambda: said([writer], "made"))
    house.do("verify_tonight")
    job = wait_until(lambda: [job for job in house.do("jobs")["jobs"] if job[0] == "ledger.verify" and job[1] not in ("queued", "running")], pause=0.3)
    worker.kill()
    writer.kill()
    assert (job[0][1], said([writer], "trouble")) == ("done", []), job
