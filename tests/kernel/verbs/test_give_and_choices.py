"""Inspectors see what is given to them, for limited days; vocabularies are retired, never deleted."""

from datetime import timedelta

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now, simulated
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import may_see, visible
from medithread.kernel.verbs.choices import add_choice, change_choice
from medithread.kernel.verbs.give import give, take_back
from tests.company import Company


def test_an_inspector_reads_what_is_given_until_the_last_day(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    ina = Actor(person=company.ina)
    assert not may_see(ina, idea)
    made = give(company.quinn, idea, company.ina, until=now() + timedelta(days=3))
    assert may_see(ina.fresh(), idea)
    with simulated(now() + timedelta(days=4)):
        assert not Record.objects.filter(visible(Actor(person=company.ina)), pk=idea.pk).exists()
    take_back(company.quinn, made)
    assert not may_see(ina.fresh(), idea)


def test_who_gives_and_how_long(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    with pytest.raises(NotAllowed):
        give(company.rea, idea, company.ina, until=now() + timedelta(days=3))
    for days in (-1, 32):
        with pytest.raises(Refusal, match=r"give.until"):
            give(company.quinn, idea, company.ina, until=now() + timedelta(days=days))


def test_words_are_retired_with_a_reason(company: Company) -> None:
    word = add_choice(company.dora, "process", "assembly", "Assembly")
    with pytest.raises(Refusal, match=r"choice.twice"):
        add_choice(company.dora, "process", "ASSEMBLY", "Again")
    with pytest.raises(Refusal, match=r"choice.reason"):
        change_choice(company.dora, word, retired=True, reason=" ")
    assert change_choice(company.dora, word, retired=True, reason="merged").retired
    with pytest.raises(NotAllowed):
        add_choice(company.rea, "process", "x", "X")
    with pytest.raises(Refusal, match=r"choice.word"):
        add_choice(company.dora, "process", "y", "\ud800")
