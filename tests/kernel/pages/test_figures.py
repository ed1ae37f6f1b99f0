"""The frame's figures say what the page “My work” shows, without fetching it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.identity.actor import Actor
from medithread.kernel.pages.waiting import count, figures, work_of
from tests.company import Company


def test_the_figures_are_those_of_my_work(company: Company, draft: Any, idea: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    day = timezone.now().date()
    for days in (-3, 2, 90):
        verbs.create(company.quinn, Idea, title="Shelf", due=day + timedelta(days=days))
    idea = verbs.create(company.quinn, Idea, title="Bench")
    verbs.create(company.quinn, Action, parent=idea, title="Buy", owner=company.quinn, due=day - timedelta(days=1))
    for person in (company.quinn, company.otto, company.rea, company.ina, company.ike):
        actor = Actor(person=person)
        assert figures(actor) == count(work_of(actor)), person.name
    mine = figures(Actor(person=company.quinn))
    assert (mine.late, mine.of["idea"]) == (2, (3, True))
    assert mine.asked >= 1
