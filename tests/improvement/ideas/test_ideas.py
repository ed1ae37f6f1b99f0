"""The promises of docs/improvement/ideas.md."""

import pytest

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.ledger.models import Entry
from tests.company import Company, see, signed
from tests.proves import proves


@pytest.fixture
def idea(company: Company) -> Idea:
    made = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.")
    return verbs.move(company.quinn, made, "accept", lock=made.lock, decision="Do it")


def action(company: Company, idea: Idea, **more: object) -> Action:
    return verbs.create(company.rea, Action, parent=idea, title="Buy board", **{"due": "2027-01-01", **more})


@proves("IMP-1")
def test_done_takes_an_action_and_no_open_one(company: Company, idea: Idea) -> None:
    with pytest.raises(Refusal, match=r"idea.no-action"):
        verbs.move(company.rea, idea, "finish", lock=idea.lock)
    todo = action(company, idea)
    with pytest.raises(Refusal, match=r"idea.open-actions"):
        verbs.move(company.rea, idea, "finish", lock=idea.lock)
    verbs.move(company.quinn, todo, "drop", lock=todo.lock, reason="Too dear")
    with pytest.raises(Refusal, match=r"idea.no-action"):
        verbs.move(company.rea, idea, "finish", lock=idea.lock)
    done = action(company, idea)
    verbs.move(company.rea, done, "finish", lock=done.lock, evidence="It hangs there.")
    verbs.move(company.rea, idea, "finish", lock=idea.lock)
    assert idea.state == "done"


def finished(company: Company, idea: Idea) -> Idea:
    done = action(company, idea)
    verbs.move(company.rea, done, "finish", lock=done.lock, evidence="It hangs there.")
    return verbs.move(company.rea, idea, "finish", lock=idea.lock)


@proves("IMP-2")
def test_closing_asks_what_came_of_it(company: Company, idea: Idea) -> None:
    watched = finished(company, idea)
    see(company.quinn, watched)
    with pytest.raises(Refusal, match="required"):
        verbs.ask_signature(company.quinn, watched, "close")
    verbs.edit(company.rea, watched, lock=watched.lock, outcome="better", absent={"result": {"code": "unknown", "reason": "Nobody counted"}})
    assert signed(company.quinn, watched, "close").state == "closed"


@proves("IMP-3")
def test_the_owner_does_not_close_it(company: Company, idea: Idea) -> None:
    watched = finished(company, idea)
    verbs.edit(company.quinn, watched, lock=watched.lock, outcome="same", result="Nothing", owner=company.quinn.uid, reason="Rea is away")
    see(company.quinn, watched)
    with pytest.raises(NotAllowed, match=r"who.not-owner"):
        verbs.ask_signature(company.quinn, watched, "close")
    assert signed(company.mara, watched, "close").state == "closed"


@proves("IMP-4")
def test_an_action_has_owner_and_date(company: Company, idea: Idea) -> None:
    with pytest.raises(Refusal, match=r"action.due"):
        action(company, idea, due=None)


@proves("IMP-5")
def test_a_date_is_moved_with_a_reason_and_the_old_one_stays(company: Company, idea: Idea) -> None:
    verbs.edit(company.rea, idea, lock=idea.lock, due="2027-02-01")
    with pytest.raises(Refusal, match="reason"):
        verbs.edit(company.rea, idea, lock=idea.lock, due="2027-03-01")
    idea.refresh_from_db()
    verbs.edit(company.rea, idea, lock=idea.lock, due="2027-03-01", reason="Supplier is late")
    from medithread.kernel.ledger.models import Version

    assert [str(v.due) for v in Version.objects.filter(uid=idea.uid).order_by("seq_from")] == ["None", "None", "2027-02-01", "2027-03-01"]
    assert Entry.objects.filter(of=idea.uid, verb="edit").count() == 2
