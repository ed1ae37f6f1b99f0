"""One digest a day, urgent things once, escalation once per due date, watchers told once and only of what they may see."""

from datetime import UTC, date, datetime, timedelta

from django.core import mail as outbox

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import simulated
from medithread.kernel.reminders.watching import watch
from medithread.kernel.verbs.unit import unit
from medithread.kernel.work.jobs import enqueue
from medithread.kernel.work.worker import work_once
from tests.company import Company

MORNING = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)


def run(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Run a periodic job and what it queues; answers the mails since."""
    before = len(outbox.outbox)
    enqueue(name)
    while work_once():
        pass
    return [(m.subject, tuple(m.to)) for m in outbox.outbox[before:]]


def late_action(company: Company) -> Action:
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools")
    verbs.move(company.quinn, idea, "accept", lock=idea.lock)
    return verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2027-02-20")


def test_one_digest_a_day_names_what_is_late_and_why(company: Company) -> None:
    action = late_action(company)
    with simulated(MORNING):
        first = run("reminders.digest")
        again = run("reminders.digest")
    mine = [subject for subject, to in first if company.rea.email in to]
    assert mine == ["1 thing waits for you"]
    body = next(m.body for m in outbox.outbox if company.rea.email in m.to)
    assert action.number in body
    assert "18 days late" in body
    assert again == []
    with simulated(MORNING + timedelta(days=1)):
        assert any(company.rea.email in to for _subject, to in run("reminders.digest"))


def test_before_the_hour_nothing_is_sent(company: Company) -> None:
    late_action(company)
    with simulated(MORNING.replace(hour=2)):
        assert run("reminders.digest") == []


def test_what_stays_late_is_told_to_the_manager_once_per_date(company: Company) -> None:
    action = late_action(company)
    with unit(company.ike) as act:
        company.rea.manager = company.tim
        act.put("edit", company.rea)
    with simulated(MORNING):
        assert (f"{action.number} stays late", (company.tim.email,)) in run("reminders.digest")
        assert not [s for s, _to in run("reminders.digest") if "stays late" in s]
    verbs.edit(company.rea, action, lock=action.lock, due="2027-02-25", reason="Supplier is late")
    assert action.due == date(2027, 2, 25)
    with simulated(MORNING):
        assert [s for s, _to in run("reminders.digest") if "stays late" in s] == [f"{action.number} stays late"]


def test_watchers_are_told_of_moves_at_once_and_once(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools")
    watch(company.rea, idea.series, on=True)
    watch(company.ina, idea.series, on=True)
    assert run("reminders.watch") == []
    verbs.move(company.quinn, idea, "accept", lock=idea.lock)
    assert run("reminders.watch") == [(f"{idea.number}: Accepted", (company.rea.email,))]
    assert run("reminders.watch") == []
    watch(company.rea, idea.series, on=False)
    action = verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2027-02-20")
    verbs.move(company.rea, action, "finish", lock=action.lock, evidence="It hangs there.")
    verbs.move(company.rea, idea, "finish", lock=idea.lock)
    assert run("reminders.watch") == []
