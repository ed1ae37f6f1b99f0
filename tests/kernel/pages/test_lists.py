"""Lists: views, filters, order, pages by key, columns, export, several rows at once, empty lists."""

import csv
import html
import io
import json
import re
from typing import Any

import pytest

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.ledger.models import Journal
from tests.company import Company, see

from .conftest import Browser
from .reading import main_form, read


@pytest.fixture
def many(company: Company) -> list[Any]:
    return [verbs.create(company.rea, Idea, title=f"Idea pump{n:03d}", source="work" if n % 2 else "audit") for n in range(120)]


def numbers(answer: Any) -> list[str]:
    return [link.rpartition("/")[2] for link in read(answer).links if link.startswith("/r/")]


def turn(answer: Any, way: str) -> str:
    """The address of the page before or after; empty where there is none."""
    found = re.search(f'rel="{way}" href="([^"]*)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_every_kind_has_a_list(company: Company, browser: Browser, draft: Any, idea: Any) -> None:
    client = browser(company.quinn)
    assert draft.number not in numbers(client.get("/document/"))  # the first view is: all in force
    page = read(client.get("/document/?view=work"))
    assert f"/r/{draft.number}/1" in page.links
    assert "Control of documents" in page.text
    assert "Draft" in page.text
    assert idea.number in numbers(client.get("/idea/"))
    assert client.get("/action/").status_code == 200


def test_filters_stand_in_the_address(company: Company, browser: Browser, many: list[Any]) -> None:
    client = browser(company.quinn)
    found = client.get("/idea/?view=all&source=audit&q=idea+pump00")
    assert len(numbers(found)) == 5
    assert "Where it comes from: Audit" in read(found).text
    assert "5 improvement ideas" in read(found).text
    assert numbers(browser(company.otto).get("/idea/?owner=me")) == []
    assert len(numbers(browser(company.rea).get("/idea/?owner=me"))) == 50


def test_the_state_that_time_brings_can_be_asked_for(company: Company, browser: Browser, in_force: Any) -> None:
    client = browser(company.rea)
    assert read(client.get("/document/?state=effective")).text.count(in_force.number) == 1
    assert in_force.number not in read(client.get("/document/?state=superseded")).text


def test_pages_go_forward_and_back_by_key(company: Company, browser: Browser, many: list[Any]) -> None:
    client, seen, address = browser(company.quinn), [], "/idea/?view=all&sort=-title"
    pages = []
    while True:
        answer = client.get(address)
        pages.append(numbers(answer))
        seen += pages[-1]
        address = "/idea/" + turn(answer, "next")
        if address == "/idea/":
            break
    assert seen == [idea.number for idea in reversed(many)]
    assert [len(page) for page in pages] == [50, 50, 20]
    for wanted in (pages[1], pages[0]):
        answer = client.get("/idea/" + turn(answer, "prev"))
        assert numbers(answer) == wanted
    assert turn(answer, "prev") == ""


def test_order_is_said_to_those_who_cannot_see_it(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.quinn)
    assert 'aria-sort="ascending"><a href="?sort=-number">' in client.get("/idea/").content.decode()
    assert 'aria-sort="descending"><a href="?sort=due">' in client.get("/idea/?sort=-due").content.decode()


def test_columns_are_kept_for_the_person(company: Company, browser: Browser, idea: Any) -> None:
    client = browser(company.quinn)
    answer = client.get("/idea/?view=all&keep=columns&col=due&col=created_at&col=nonsense")
    assert answer["Location"] == "/idea/?view=all"
    heads = client.get("/idea/").content.decode()
    assert 'scope="col"><a href="?sort=created_at">Created' in heads
    assert ">Owner</th>" not in heads


def test_what_a_row_needs(company: Company, browser: Browser, idea: Any, in_force: Any) -> None:
    verbs.revise(company.ada, in_force, blank=("change_reason",), change_reason="Clearer")
    client = browser(company.quinn)
    assert '<span class="tag bad">3 days late</span>' in client.get("/idea/").content.decode()
    assert "v2.1 · Draft" in client.get("/document/").content.decode()


def test_an_empty_list_explains_itself(company: Company, browser: Browser) -> None:
    page = read(browser(company.rea).get("/idea/?view=all"))
    assert "Ideas that make the quality system or the product better" in page.text
    assert "Clause 8.5.1" in page.text
    assert "/idea/new" in page.links
    page = read(browser(company.ina).get("/idea/?view=all&q=pump"))
    assert "Nothing fits" in page.text
    assert "/idea/new" not in page.links


def test_export_gives_exactly_what_is_shown(company: Company, browser: Browser, many: list[Any]) -> None:
    client = browser(company.quinn)
    query = "view=all&source=audit&sort=-title&col=source"
    answer = client.get(f"/idea/export.csv?{query}")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == ["Number", "Title", "Where it comes from"]
    assert len(rows) == 61
    assert rows[1] == [many[118].number, "Idea pump118", "Audit"]
    data = json.loads(b"".join(client.get(f"/idea/export.json?{query}")))
    assert data["rows"][0] == {"Number": many[118].number, "Title": "Idea pump118", "Where it comes from": "Audit"}
    assert client.get(f"/idea/export.xlsx?{query}").content[:2] == b"PK"
    assert client.get("/idea/export.exe").status_code == 404


def test_export_of_confidential_rows_is_noted(company: Company, browser: Browser, idea: Any) -> None:
    verbs.edit(company.quinn, idea, lock=idea.lock, confidentiality="confidential")
    b"".join(browser(company.mara).get("/idea/export.csv"))
    assert Journal.objects.filter(what="export", person=company.mara.uid, subject=idea.uid).count() == 1
    assert idea.number not in b"".join(browser(company.otto).get("/idea/export.csv?view=all")).decode()


def test_one_step_on_several_rows(company: Company, browser: Browser, idea: Any) -> None:
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    action = verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2027-01-01")
    verbs.move(company.rea, action, "finish", lock=action.lock, evidence="It hangs there.")
    bare = verbs.create(company.rea, Idea, title="Nothing planned")
    client = browser(company.quinn)
    answer = client.post("/idea/bulk", {"act": "finish", "pick": [str(idea.uid), str(bare.uid)]})
    form = main_form(answer)
    answer = client.post("/idea/bulk", form.values())
    page = read(answer).text
    assert f"{idea.number} Shadow board done" in page
    assert f"{bare.number} Nothing planned not done From the state “New” this step does not exist." in page
    idea.refresh_from_db()
    assert idea.state == "done"


def test_confirming_documents_unchanged_in_bulk(company: Company, browser: Browser, in_force: Any) -> None:
    see(company.otto, in_force)
    client = browser(company.otto)
    form = main_form(client.post("/document/bulk", {"act": "confirm", "pick": str(in_force.uid)}))
    client.post("/document/bulk", form.values())
    in_force.refresh_from_db()
    assert in_force.confirmed_at is not None


@pytest.mark.parametrize("address", ["/idea/?secret=1", "/idea/?state=nowhere", "/idea/?sort=password", "/idea/?after=rubbish", "/idea/?owner=x", "/document/?on=yesterday"])
def test_nonsense_is_refused_with_a_way_out(company: Company, browser: Browser, address: str) -> None:
    answer = browser(company.quinn).get(address)
    assert answer.status_code == 422
    assert "What you can do" in read(answer).text


def test_waiting_for_me(company: Company, browser: Browser, draft: Any) -> None:
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    assert draft.number in read(browser(company.quinn).get("/document/?view=waiting")).text
    assert draft.number not in read(browser(company.rea).get("/document/?view=waiting")).text


def test_htmx_takes_parts_of_the_same_page(company: Company, browser: Browser, idea: Any) -> None:
    page = read(browser(company.quinn).get("/idea/?q=shadow"))
    assert {"list", "count", "words"} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids)), "ids are used once"


def test_queries_do_not_grow_with_the_rows(company: Company, browser: Browser, many: list[Any], django_assert_max_num_queries: Any) -> None:
    client = browser(company.quinn)
    verbs.move(company.quinn, many[1], "decline", lock=many[1].lock, reason="Done elsewhere.")
    client.get("/idea/?view=all&q=nothing")
    with django_assert_max_num_queries(10) as few:
        assert numbers(client.get("/idea/?view=all&state=declined")) == [many[1].number]
    with django_assert_max_num_queries(10) as full:
        assert len(numbers(client.get("/idea/?view=all"))) == 50
    assert len(full) == len(few)


def test_hits_of_words_are_counted_up_to_a_page(company: Company, browser: Browser, many: list[Any]) -> None:
    client = browser(company.quinn)
    assert "50+ improvement ideas" in read(client.get("/idea/?view=all&q=pump")).text
    assert "1 improvement idea" in read(client.get("/idea/?view=all&q=pump007")).text
    second = client.get("/idea/" + turn(client.get("/idea/?view=all&q=pump"), "next"))
    assert "50+ improvement ideas" in read(second).text
