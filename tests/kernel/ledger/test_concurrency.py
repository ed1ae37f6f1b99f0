"""Eight writers at once on PostgreSQL: no deadlock, no lost number, no gap, and the ledger agrees with the tables."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connections

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import Refused, Stale
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Entry, Journal, JournalSeal, Version
from medithread.kernel.ledger.seal import seal_journal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.records.models import Series
from tests.company import Company, found

from .emptied import emptied as emptied

WRITERS = 8
ACTS = 50


def at_once(work: Callable[[int], None], writers: int = WRITERS) -> list[BaseException]:
    """Run the work in threads that start together; answers what went wrong."""
    errors: list[BaseException] = []
    gate = threading.Barrier(writers)

    def go(number: int) -> None:
        close_old_connections()
        gate.wait()
        try:
            work(number)
        except BaseException as error:  # a thread must hand every failure over
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return errors


@pytest.fixture
def company(emptied: Any) -> Company:
    return found()


def test_eight_writers(company: Company) -> None:
    shared = [verbs.create(company.rea, Idea, title=f"Shared {place}") for place in range(3)]
    stale = []

    def write(number: int) -> None:
        person = Person.objects.get(uid=(company.rea, company.ada)[number % 2].uid)
        for turn in range(ACTS):
            idea = verbs.create(person, Idea, title=f"Idea {number}/{turn}", description="Tools are searched for.")
            verbs.comment(person, shared[(number + turn) % 3], f"{number}/{turn}")
            if turn % 10 == 0:
                verbs.link(person, idea, shared[turn % 3], "relates")
                stale.append(_collide(shared[0]))

    def _collide(idea: Idea) -> bool:
        fresh = Idea.objects.get(pk=idea.pk)
        owner = Person.objects.get(uid=company.rea.uid)
        try:
            verbs.edit(owner, fresh, lock=fresh.lock, benefit=f"by {threading.get_ident()} at {fresh.lock}")
        except Stale:
            return True
        return False

    assert at_once(write) == []
    numbers = sorted(int(number.rpartition("-")[2]) for number in Series.objects.filter(kind="idea").values_list("number", flat=True))
    assert numbers == list(range(1, WRITERS * ACTS + 4))
    places = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert Version.objects.filter(seq_to=None).values("uid").distinct().count() == Version.objects.filter(seq_to=None).count()
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    assert len(stale) == WRITERS * ACTS // 10


def test_an_edit_is_never_lost(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shared")
    saved: list[int] = []

    def edit(number: int) -> None:
        owner = Person.objects.get(uid=company.rea.uid)
        for turn in range(15):
            fresh = Idea.objects.get(pk=idea.pk)
            try:
                verbs.edit(owner, fresh, lock=fresh.lock, benefit=f"{number}/{turn}")
            except Stale:
                continue
            saved.append(fresh.lock)

    assert at_once(edit) == []
    assert sorted(saved) == list(range(2, len(saved) + 2))
    assert Idea.objects.get(pk=idea.pk).lock == len(saved) + 1
    assert verify().ok


def test_children_are_added_while_their_parent_changes(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shared", description="Tools are searched for.")

    def work(number: int) -> None:
        owner = Person.objects.get(uid=company.rea.uid)
        for turn in range(15):
            if number % 2:
                verbs.create(owner, Action, parent=Idea.objects.get(pk=idea.pk), title=f"{number}/{turn}", due="2030-01-01")
            else:
                verbs.comment(owner, idea, f"{number}/{turn}")

    assert at_once(work) == []
    assert sorted(int(number.rpartition("-A")[2]) for number in Action.objects.values_list("number", flat=True)) == list(range(1, 61))
    assert verify().ok


def test_two_who_clear_the_same_field_of_a_person_at_once(company: Company) -> None:
    from medithread.kernel.identity.actor import Actor

    def clear(number: int) -> None:
        with verbs.unit(Actor(person=company.quinn)) as act:
            rea = Person.objects.get(uid=company.rea.uid)
            rea.function = None
            act.put("edit", rea)

    for _round in range(5):
        assert at_once(clear, 4) == []
    assert verify().ok


def test_no_row_of_the_journal_is_lost_while_it_is_sealed(company: Company) -> None:
    done = threading.Event()

    def work(number: int) -> None:
        if number:
            for turn in range(60):
                journal("read", person=company.rea.uid, detail=f"{number}/{turn}")
        else:
            while not done.wait(0.002) and Journal.objects.count() < 7 * 60:
                seal_journal()

    assert at_once(work) == []
    seal_journal()
    assert sum(JournalSeal.objects.values_list("count", flat=True)) == Journal.objects.count() == 7 * 60
    assert verify().ok


def test_refused_acts_leave_nothing_half_done(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shared")

    def void(_number: int) -> None:
        try:
            verbs.move(company.quinn, Idea.objects.get(pk=idea.pk), "decline", reason="twice is refused")
        except Refused:
            return

    assert at_once(void) == []
    assert Entry.objects.filter(of=idea.uid, verb="move").count() == 1
    assert verify().ok
