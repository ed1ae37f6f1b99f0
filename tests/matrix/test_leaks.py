"""A secret is planted everywhere; those who may not see it look everywhere, by page and by API, and do not find it.

And nothing changes for them: every page and answer is the same, letter by letter, as before the secrets came into the house.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from medithread.kernel.base import clock
from medithread.kernel.records.kinds import kinds

from .cast import Cast
from .crawl import crawl, steady, text_of
from .secrets import BESIDE, WORD, Hidden, hide, open_record

pytestmark = pytest.mark.slow

OUTSIDE = ("MFG at Lyon", "MFG", "IT", "INSP", "XT", "no role")
SPOTS = (
    "", "/thread", "/history", "/compare", "/print", "/edit", "/revise", "/link", "/attach", "/read", "/original", "/changes", "/bring", "/copy.docx", "/copy.md", "/desk",
    "/desk/table.csv", "/desk/table.xlsx", "/thread?form=json", "?known=2026-01-01",
)  # fmt: skip
LISTS = (f"?q={BESIDE}&view=all", "?known=2999-01-01", "?on=2999-01-01", "export.csv?view=all", "export.xlsx?view=all", "new")
TELLING = ("idea", "action", "document", "adoption")
# What rightly changes: a plain document came into force, an open idea was linked (to what, is not said), one signed in again, a job ran.
PLAIN = re.compile(r"^/(document|search|people|jobs)\b|/r/(SOP|IMP-\d+-0001)|xlsx")


@pytest.fixture
def idea(players: Cast) -> Any:
    return open_record(players)


class Looking:
    """Everything is looked at at one and the same instant."""

    def __init__(self) -> None:
        self.instant = clock.now() + timedelta(hours=1)

    @contextmanager
    def now(self) -> Iterator[None]:
        with clock.simulated(self.instant):
            cache.clear()
            yield


@pytest.fixture
def looking() -> Looking:
    return Looking()


def everywhere(idea: Any) -> list[str]:
    """Where somebody may begin to look who knows the house."""
    found = ["/", "/search", f"/search?q={BESIDE}", f"/search/suggest?q={BESIDE}", f"/search/records?q={BESIDE}", "/jobs/", "/document/reviews", "/document/reviews?of=all"]
    found += [f"/{kind.code}/?view=all" for kind in kinds()] + [f"/{code}/{rest}" for code in TELLING for rest in LISTS]
    return found + [f"/r/{idea.number}{rest}" for rest in SPOTS]


def api_everywhere(idea: Any) -> list[str]:
    found = ["", f"search?q={BESIDE}", f"number/{idea.number}"]
    found += [f"{kind.code}{rest}" for kind in kinds() for rest in ("", f"?q={BESIDE}", "?sort=-changed_at&limit=200")]
    return found + [f"idea/{idea.uid}{rest}" for rest in ("", "/links", "/comments", "/files", "/history")]


def by_api(players: Cast, name: str, paths: list[str]) -> dict[str, str]:
    api = players.api(name)
    return {path: text_of(api.get(path)) for path in paths}


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_api_tells_nothing_and_is_the_same_as_before(players: Cast, idea: Any, looking: Looking, name: str) -> None:
    with looking.now():
        before = by_api(players, name, api_everywhere(idea))
    hide(players, idea)
    with looking.now():
        after = by_api(players, name, api_everywhere(idea))
    assert [path for path, text in after.items() if WORD in text] == []
    new = {path for path in before if path != f"idea/{idea.uid}/history" and steady(before[path]) != steady(after[path])}
    assert {path for path in new if "document" not in path and not path.startswith(("search", "number"))} == set()


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_hidden_is_not_there_by_api(players: Cast, idea: Any, name: str) -> None:
    hidden = hide(players, idea)
    api = players.api(name)
    for record in hidden.records:
        for rest in ("", "/links", "/comments", "/files", "/history"):
            assert api.get(f"{record.kind}/{record.uid}{rest}").status_code == 404
        for rest, body in _writes(idea, record):
            assert api.post(f"{record.kind}/{record.uid}{rest}", body).status_code == 404, rest
        assert api.patch(f"{record.kind}/{record.uid}", {"lock": record.lock, "content": {"title": "Mine"}}).status_code == 404
        assert WORD not in text_of(api.get(f"number/{record.number}"))
    assert api.get(f"files/{hidden.files[0].uid}").status_code == 404


def _writes(idea: Any, record: Any) -> list[tuple[str, Any]]:
    step = record.declared.lifecycle.moves[0].name
    return [
        (f"/moves/{step}", {"lock": record.lock, "reason": "x"}), (f"/signatures/{step}", {}), ("/comments", {"text": "x"}), ("/links", {"target": idea.number, "meaning": "relates"}), ("/revise", {}),
    ]  # fmt: skip


def test_what_is_hidden_cannot_be_told_from_what_is_not_there(players: Cast, idea: Any) -> None:
    """Linking to it, making it a parent: the same words for both."""
    hidden = hide(players, idea)
    api = players.api("MFG")
    answers = [api.post(f"idea/{idea.uid}/links", {"target": number, "meaning": "relates"}) for number in (hidden.records[0].number, "IMP-1999-0001")]
    assert answers[0].json() == answers[1].json()
    parents = [api.post("action", {"content": {"title": "x"}, "parent": uid}) for uid in (str(hidden.records[0].uid), "0190c1f0-0000-7000-8000-000000000000")]
    assert parents[0].json() == parents[1].json()


@pytest.mark.parametrize("name", OUTSIDE)
def test_every_page_is_as_before_and_says_nothing(players: Cast, idea: Any, looking: Looking, name: str) -> None:
    """Crawled twice from everywhere. What the successor of a hidden version shows is looked at for the word only."""
    with looking.now():
        before = crawl(players.client(name), everywhere(idea))
    hidden = hide(players, idea)
    with looking.now():
        after = crawl(players.client(name), everywhere(idea))
    leaks = [address for address, text in after.items() if WORD in text.replace(f"q={WORD}", "")]
    assert leaks == []
    own = {str(record.number) for record in hidden.records if record.number != hidden.successor.number}
    assert [address for address, text in after.items() if any(number in text for number in own)] == []
    changed = {address for address in before if address in after and steady(before[address]) != steady(after[address])}
    assert {address for address in changed if not PLAIN.search(address)} == set()


@pytest.mark.parametrize("name", ["MFG at Lyon", "INSP", "IT"])
def test_what_is_hidden_is_not_there_by_page(players: Cast, idea: Any, name: str) -> None:
    hidden = hide(players, idea)
    client = players.client(name)
    for record in hidden.records:
        for rest in SPOTS:
            answer = client.get(f"/r/{record.number}/{record.edition}{rest}")
            assert answer.status_code in (404, 301, 302), f"{record.number}{rest}"
            assert WORD not in text_of(answer)
        for rest in ("comment", "keep", "edit", "revise", "attach", "link", "bring"):
            assert client.post(f"/r/{record.number}/{record.edition}/{rest}", {"text": "x", "title": "x", "lock": 1}).status_code == 404, rest
    for address in _private(hidden):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert WORD not in text_of(answer)


def _private(hidden: Hidden) -> list[str]:
    return [
        f"/files/{hidden.files[0].uid}", f"/import/idea/{hidden.batch.uid}", f"/import/idea/{hidden.batch.uid}/problems.csv", f"/jobs/{hidden.job.uid}", f"/jobs/{hidden.job.uid}/result",
    ]  # fmt: skip


def test_others_drafts_jobs_and_imports_stay_theirs_even_from_quality(players: Cast, idea: Any) -> None:
    """Quality sees the records, but not what somebody types, nor another's import."""
    hidden = hide(players, idea)
    client = players.client("QA")
    assert WORD not in text_of(client.get(f"/r/{idea.number}/edit"))
    assert WORD not in text_of(client.get("/idea/new"))
    assert client.get(f"/import/idea/{hidden.batch.uid}").status_code == 404
    assert players.client("QA at Lyon").get(f"/jobs/{hidden.job.uid}").status_code == 404


def test_the_word_is_found_by_those_who_may(players: Cast, idea: Any) -> None:
    """The net has no hole of its own: the same look as quality finds the word in every place."""
    hidden = hide(players, idea)
    api = players.api("QA")
    found = by_api(players, "QA", [f"search?q={BESIDE}", "idea", "action", "document", f"idea/{idea.uid}/links"])
    assert all(WORD in text for text in found.values())
    assert WORD in text_of(api.get(f"files/{hidden.files[0].uid}"))


