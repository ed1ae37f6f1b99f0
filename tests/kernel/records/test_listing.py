"""Lists: filters, keyset paging in both directions of sorting, words, and what is refused."""

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.listing import Ask, listing
from tests.company import Company


@pytest.fixture
def ideas(company: Company) -> list[Idea]:
    dues = [None, "2027-01-01", "2026-12-01", None, "2027-03-01"]
    return [verbs.create(company.rea, Idea, title=f"Idea {n}: über pumps", due=due, description="leak at seal") for n, due in enumerate(dues)]


@pytest.mark.parametrize("sort", ["number", "-number", "due", "-due", "title", "state", "-changed_at", "source"])
def test_paging_shows_every_row_once(company: Company, ideas: list[Idea], sort: str) -> None:
    actor, seen, after = Actor(person=company.rea), [], ""
    for _round in range(10):
        page = listing(kind_of(Idea), actor, Ask(sort=sort, after=after, limit=2))
        seen += [row.pk for row in page.rows]
        after = page.next
        if not after:
            break
    assert sorted(seen) == sorted(idea.pk for idea in ideas)
    assert page.count == 5
    whole = [row.pk for row in listing(kind_of(Idea), actor, Ask(sort=sort, limit=50)).rows]
    assert seen == whole


def test_filters(company: Company, ideas: list[Idea]) -> None:
    actor = Actor(person=company.rea)
    verbs.move(company.quinn, ideas[0], "accept", lock=ideas[0].lock, decision="Yes")
    found = listing(kind_of(Idea), actor, Ask(filters={"state": "accepted"}))
    assert [row.pk for row in found.rows] == [ideas[0].pk]
    assert len(listing(kind_of(Idea), actor, Ask(filters={"owner": "me"})).rows) == 5
    assert listing(kind_of(Idea), Actor(person=company.ina), Ask()).rows == []


def test_words_find_prefixes_numbers_and_accents(company: Company, ideas: list[Idea]) -> None:
    actor = Actor(person=company.rea)
    for words, count in (("leak", 5), ("leaks seal", 5), ("Idea 3", 1), (ideas[2].number, 1), ("pum", 5), ("nothing here", 0), ('"; DROP', 0), ("'", 0), ("-", 0)):
        assert len(listing(kind_of(Idea), actor, Ask(words=words)).rows) == count, words


@pytest.mark.parametrize("ask", [Ask(sort="password"), Ask(filters={"secret": "1"}), Ask(filters={"state": "nowhere"}), Ask(after="rubbish"), Ask(after="W10"), Ask(filters={"owner": "x"})])
def test_nonsense_is_refused(company: Company, ask: Ask) -> None:
    with pytest.raises(Refusal):
        listing(kind_of(Idea), Actor(person=company.rea), ask)
