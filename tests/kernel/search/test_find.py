"""Search finds what a person may see, however much that she may not see would stand before it."""

from typing import Any

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.listing import Ask, listing
from medithread.kernel.records.words import terms
from medithread.kernel.search.find import find
from tests.company import Company


@pytest.fixture
def hidden(company: Company) -> list[Any]:
    return [verbs.create(company.quinn, Idea, title=f"Pump seal {n}", confidentiality="confidential") for n in range(9)]


def test_hidden_hits_do_not_push_out_what_one_may_see(company: Company, hidden: list[Any]) -> None:
    mine = verbs.create(company.rea, Idea, title="Drain", description="A pump and its seal.")
    assert [hit.record.pk for hit in find(Actor(person=company.rea), "pump", limit=1)] == [mine.pk]
    assert len(find(Actor(person=company.quinn), "pump", limit=30)) == 10


def test_the_words_are_marked_in_title_and_text(company: Company) -> None:
    verbs.create(company.rea, Idea, title="Pump seal", description="The <b>pumps</b> leak at the seal.")
    (hit,) = find(Actor(person=company.rea), "pump")
    assert hit.title == "<mark>Pump</mark> seal"
    assert "<mark>pumps</mark>" in hit.snippet
    assert "<b>" not in hit.snippet


def test_a_title_comes_before_a_text_and_an_exact_number_before_all(company: Company) -> None:
    text = verbs.create(company.rea, Idea, title="Drain", description="Near the pump.")
    title = verbs.create(company.rea, Idea, title="Pump seal", description="Drip.")
    assert [hit.record.pk for hit in find(Actor(person=company.rea), "pump")] == [title.pk, text.pk]
    assert find(Actor(person=company.rea), text.number.lower())[0].record.pk == text.pk


def test_what_has_ended_comes_after_what_stands(company: Company) -> None:
    ended = verbs.create(company.rea, Idea, title="Pump pump pump", description="Pump.")
    open_ = verbs.create(company.rea, Idea, title="Drain", description="Near the pump.")
    verbs.move(company.quinn, ended, "decline", lock=ended.lock, reason="Done elsewhere.")
    assert [hit.record.pk for hit in find(Actor(person=company.rea), "pump")] == [open_.pk, ended.pk]


@pytest.mark.parametrize("words", ["", "  ", "&|!()", "' OR 1=1", '"*"', "NEAR(", "\x00", "a" * 5000, "SOP-0042 -x", "日本語 Ünï"])
def test_no_words_break_the_question(company: Company, words: str) -> None:
    assert find(Actor(person=company.rea), words) == []
    assert len(terms(words)) <= 12


@pytest.mark.parametrize("few", [0, 1_000])
def test_few_hits_and_many_are_found_by_two_ways(company: Company, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """A list fetches the rows of few hits; for many it is walked in its order."""
    monkeypatch.setattr("medithread.kernel.records.words.FEW", few)
    made = [verbs.create(company.rea, Idea, title=f"Pump {n}", source="work" if n else "audit") for n in range(3)]
    actor = Actor(person=company.rea)
    assert [row.pk for row in listing(kind_of(Idea), actor, Ask(words="pump")).rows] == [idea.pk for idea in made]
    assert [row.pk for row in listing(kind_of(Idea), actor, Ask(words="pump", filters={"source": "audit"})).rows] == [made[0].pk]
    assert listing(kind_of(Idea), actor, Ask(words="drain")).rows == []
