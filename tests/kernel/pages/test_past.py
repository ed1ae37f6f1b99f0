"""History and as of: who, when, from what to what, why; any record and any list as it was, on two axes (R2)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import simulated
from medithread.kernel.base.guard import door_open
from medithread.kernel.ledger import asof
from medithread.kernel.ledger.models import Disposal, Value, Version
from medithread.system.documents.models import Document
from tests.company import Company, signed

from .conftest import BODY, FIRST, Browser
from .reading import read


def at(day: int, month: int = 3, year: int = 2099) -> Any:
    return simulated(datetime(year, month, day, 10, tzinfo=UTC))


@pytest.fixture
def story(company: Company) -> Any:
    """Two versions of a document and an idea, told in March 2099."""
    with at(1):
        first = verbs.create(company.ada, Document, title="Old title", body=BODY, owner=company.otto.uid, **FIRST)
        verbs.move(company.otto, first, "submit", lock=first.lock)
    with at(2):
        signed(company.quinn, first, "approve")
        signed(company.otto, first, "approve")
        idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.")
    with at(5):
        second = verbs.revise(company.ada, first, blank=("change_reason",), title="New title", change_reason="Clearer", change_class="editorial")
        verbs.move(company.otto, second, "submit", lock=second.lock)
    with at(8):
        signed(company.mara, second, "approve")
        signed(company.otto, second, "approve")
        verbs.edit(company.rea, idea, lock=idea.lock, description="Tools are searched for every day.", benefit="An hour a day")
    return first, second, idea


def test_content_and_handling_at_a_place(company: Company, story: Any) -> None:
    _first, _second, idea = story
    early, late = (asof.seq_at(datetime(2099, 3, day, 23, tzinfo=UTC)) for day in (3, 9))
    assert (asof.content_at(idea.uid, early) or {})["description"] == "Tools are searched for."
    assert asof.content_at(idea.uid, late) == {"title": "Shadow board", "description": "Tools are searched for every day.", "benefit": "An hour a day"}
    assert (asof.handling_at(idea.uid, late) or {})["state"] == "new"
    assert asof.content_at(idea.uid, 1) is None
    assert asof.seq_at(datetime(1999, 1, 1, tzinfo=UTC)) == 0


def test_a_value_that_was_disposed_of(company: Company, story: Any) -> None:
    idea = story[2]
    digest = Version.objects.get(uid=idea.uid, seq_to=None).content or ""
    mark = asof.manifests_of([digest])[digest]["benefit"]
    with door_open():
        Disposal.objects.create(commitment=mark, seq=1)
        Value.objects.filter(commitment=mark).update(salt=None, body=None)
    assert asof.content_of(digest)["benefit"] is asof.DISPOSED


def test_lists_as_they_were(company: Company, story: Any) -> None:
    first, second, _idea = story
    ends = [datetime(2099, 3, day, 23, tzinfo=UTC) for day in (1, 3, 6, 9)]
    known = [asof.seq_at(end) for end in ends]
    rows = [[v.label for v in asof.list_at("document", seq).rows] for seq in known]
    assert rows == [["v1.1"], ["v1"], ["v1", "v2.1"], ["v1", "v2"]]
    in_force = [[v.uid for v in asof.list_at("document", known[3], end).rows] for end in ends]
    assert in_force == [[], [first.uid], [first.uid], [second.uid]]
    assert [v.uid for v in asof.list_at("document", known[2], ends[3]).rows] == [first.uid], "as known on the 6th, v1 would still be in force on the 9th"


def test_past_lists_go_page_by_page(company: Company) -> None:
    for n in range(7):
        verbs.create(company.rea, Idea, title=f"Idea {n}")
    seq = asof.seq_at(datetime(2999, 1, 1, tzinfo=UTC))
    seen, after = [], ""
    while True:
        page = asof.list_at("idea", seq, after=after, limit=3)
        seen += [row.number for row in page.rows]
        after = page.next
        if not after:
            break
    assert seen == sorted(Idea.objects.values_list("number", flat=True))


def test_a_record_as_it_was_known(company: Company, browser: Browser, story: Any) -> None:
    idea = story[2]
    client = browser(company.rea)
    with at(20):
        page = read(client.get(f"/r/{idea.number}?known=2099-03-03"))
        assert "As it was known at the end of 2099-03-03" in page.text
        assert "Tools are searched for." in page.text
        assert "every day" not in page.text
        assert "every day" in read(client.get(f"/r/{idea.number}?on=2099-03-09")).text
        early = client.get(f"/r/{idea.number}?known=2099-03-01")
        assert early.status_code == 404
        assert "was not here yet on that day" in read(early).text


def test_a_document_that_was_in_force_on_a_day(company: Company, browser: Browser, story: Any) -> None:
    first = story[0]
    client = browser(company.rea)
    with at(20):
        assert "Old title" in read(client.get(f"/r/{first.number}?on=2099-03-04")).text
        assert "New title" in read(client.get(f"/r/{first.number}?on=2099-03-10")).text
        both = read(client.get(f"/r/{first.number}?on=2099-03-10&known=2099-03-06"))
        assert "Old title" in both.text
        assert "In force at the end of 2099-03-10, as it was known at the end of 2099-03-06" in both.text
        assert client.get(f"/r/{first.number}?on=2099-02-01").status_code == 404
        assert "New title In review" in read(client.get(f"/r/{first.number}/2?known=2099-03-05")).text


def test_the_list_pages_as_they_were(company: Company, browser: Browser, story: Any, django_assert_max_num_queries: Any) -> None:
    client = browser(company.rea)
    with at(20):
        client.get("/document/")
        with django_assert_max_num_queries(25):
            page = read(client.get("/document/?on=2099-03-04"))
        assert "In force at the end of 2099-03-04" in page.text
        assert "Old title v1 In force" in page.text
        assert "New title v2 In force" in read(client.get("/document/?on=2099-03-10")).text
        assert "Nothing was here on that day" in read(client.get("/document/?on=2099-02-01")).text
        assert "New" in read(client.get("/idea/?known=2099-03-03")).text
        assert "Shadow board" not in read(client.get("/idea/?known=2099-03-03&state=accepted")).text


def test_history_tells_what_changed_and_why(company: Company, browser: Browser, story: Any) -> None:
    first, _second, idea = story
    page = browser(company.rea).get(f"/r/{idea.number}/history").content.decode()
    assert "<th scope=\"row\">What it would bring</th><td><del>not yet looked at</del> <ins>An hour a day</ins></td>" in page
    assert "Tools are searched for <ins>every day</ins>." in page
    text = read(browser(company.rea).get(f"/r/{first.number}/1/history")).text
    assert text.index("signed: Approved") < text.index("made the step “Send to review” Draft → In review") < text.index("Ada Lund opened it")


def test_history_goes_back_by_key_with_constant_queries(company: Company, browser: Browser, idea: Any, django_assert_max_num_queries: Any) -> None:
    for n in range(40):
        verbs.edit(company.rea, idea, lock=idea.lock, benefit=f"{n} minutes")
    client = browser(company.rea)
    client.get(f"/r/{idea.number}/history")
    with django_assert_max_num_queries(30) as long:
        page = read(client.get(f"/r/{idea.number}/history"))
    older = next(link for link in page.links if link.startswith("?before="))
    with django_assert_max_num_queries(30) as short:
        page = read(client.get(f"/r/{idea.number}/history{older}"))
    assert "Rea Kern opened it" in page.text
    assert "<del>9" not in page.text
    assert abs(len(long) - len(short)) <= 3
    assert client.get(f"/r/{idea.number}/history?before=rubbish").status_code == 200


def test_a_reason_and_an_absence_in_the_history(company: Company, browser: Browser, idea: Any) -> None:
    verbs.edit(company.rea, idea, lock=idea.lock, absent={"benefit": {"code": "unknown", "reason": "nobody counted"}})
    verbs.move(company.quinn, idea, "decline", lock=idea.lock, reason="Too <dear>")
    page = browser(company.rea).get(f"/r/{idea.number}/history").content.decode()
    assert '<p class="reason">Too &lt;dear&gt;</p>' in page
    assert "<ins>Unknown, because nobody counted</ins>" in page


def test_only_contents_of_this_record_can_be_compared(company: Company, browser: Browser, story: Any) -> None:
    first, second, idea = story
    client = browser(company.rea)
    page = client.get(f"/r/{first.number}/2/compare?from={first.digest}")
    assert "<del>Old </del><ins>New </ins>title" in page.content.decode()
    assert client.get(f"/r/{first.number}/2/compare?from={idea.digest}").status_code == 404
    assert client.get(f"/r/{first.number}/2/compare?from=rubbish&to={second.digest}").status_code == 404


def test_a_value_in_place_of_none_is_set_beside_it_as_a_whole(company: Company, browser: Browser) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    verbs.edit(company.rea, idea, lock=idea.lock, benefit="Tools that are not yet looked for.")
    page = browser(company.rea).get(f"/r/{idea.number}/history").content.decode()
    assert "<del>not yet looked at</del> <ins>Tools that are not yet looked for.</ins>" in page
