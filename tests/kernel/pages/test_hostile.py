"""Bad input: whatever is sent, the answer is a sentence, never a fault; and nobody sees or does what is not hers."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import kinds
from tests.company import Company

from .conftest import Browser
from .reading import main_form, read

pytestmark = pytest.mark.slow

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
ODD = ["", " ", "\x00", "\ud800", "💥" * 400, EVIL, "../../etc/passwd", "%00", "{{ 7*7 }}", "1e999", "-1", "99999999999999999999", "2026-02-31", "null", "[]", "{}", "true", "\u202egnp"]
HAZARDS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_markup_in_values_stays_text(company: Company, browser: Browser, idea: Any) -> None:
    verbs.edit(company.rea, idea, lock=idea.lock, title=EVIL, description=EVIL, benefit=EVIL, absent={})
    verbs.comment(company.rea, idea, EVIL)
    client = browser(company.rea)
    for address in ("/", "/idea/", f"/r/{idea.number}", f"/r/{idea.number}/history", f"/r/{idea.number}/edit", "/search?q=script", "/search/suggest?q=script", f"/r/{idea.number}/thread", f"/action/new?parent={idea.number}"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address


@settings(max_examples=25, deadline=None, suppress_health_check=HAZARDS)
@given(st.dictionaries(st.sampled_from(["title", "type", "review_months", "planned_from", "body", "body_json", "audience", "owner", "site", "due", "number", "uid", "purpose__absent", "purpose__reason", "part-reviewers-n", "part-reviewers-0-person", "part-reviewers-0-uid", "part-reviewers-0-round", "confidentiality", "hold"]), st.sampled_from(ODD)))
def test_a_new_form_never_faults(company: Company, browser: Browser, raw: dict[str, str]) -> None:
    raw = {name: value.encode("utf-8", "replace").decode() for name, value in raw.items()}
    answer = browser(company.ada).post("/document/new", raw)
    assert answer.status_code in (302, 409, 422), answer.content[:500]


@settings(max_examples=25, deadline=None, suppress_health_check=HAZARDS)
@given(raw=st.dictionaries(st.sampled_from(["title", "source", "lock", "seq", "due", "owner", "reason", "description__absent", "take__title", "again", "add", "description"]), st.sampled_from(ODD)))
def test_an_edit_form_never_faults(company: Company, browser: Browser, raw: dict[str, str]) -> None:
    idea = Idea.objects.first() or verbs.create(company.rea, Idea, title="Shadow board")
    raw = {name: value.encode("utf-8", "replace").decode() for name, value in raw.items()}
    answer = browser(company.rea).post(f"/r/{idea.number}/edit", raw)
    assert answer.status_code in (200, 302, 409, 422), answer.content[:500]


@settings(max_examples=40, deadline=None, suppress_health_check=HAZARDS)
@given(st.sampled_from(["q", "sort", "after", "back", "view", "col", "on", "known", "state", "owner", "site", "source", "keep"]), st.sampled_from(ODD))
def test_a_list_never_faults(company: Company, browser: Browser, name: str, value: str) -> None:
    answer = browser(company.rea).get("/idea/", {name: value.encode("utf-8", "replace").decode()})
    assert answer.status_code in ((400,) if value == "\x00" else (200, 302, 422)), (name, value)


@pytest.mark.parametrize("text", ODD)
def test_other_forms_never_fault(company: Company, browser: Browser, idea: Any, text: str) -> None:
    client, text = browser(company.quinn), text.encode("utf-8", "replace").decode()
    for address, raw in (
        ("link", {"target": text, "meaning": text, "note": text}), ("comment", {"text": text}), ("move/accept", {"decision": text, "lock": text}),
        ("keep", {"title": text, "lock": text}), ("attach", {"note": text}), ("sign/close", {"nonce": text, "credential": text, "method": "passkey"}),
    ):  # fmt: skip
        assert client.post(f"/r/{idea.number}/{address}", raw).status_code in (200, 204, 302, 403, 409, 422), address
    assert client.post("/idea/bulk", {"act": text, "pick": text}).status_code == 422
    nul = "\x00" in text
    assert client.get(f"/r/{idea.number}/history", {"before": text}).status_code == (400 if nul else 200)
    assert client.get(f"/r/{idea.number}", {"on": text}).status_code in ((400,) if nul else (200, 404, 422))
    assert client.get(f"/r/{idea.number}/compare", {"from": text, "to": text}).status_code == (400 if nul else 404)
    assert client.get("/search", {"q": text, "kind": text}).status_code == (400 if nul else 200)


def test_a_reader_changes_nothing_whatever_she_sends(company: Company, browser: Browser, idea: Any, in_force: Any) -> None:
    before = Entry.objects.count()
    for person in (company.ina, company.ike):
        client = browser(person)
        for record in (idea, in_force):
            for page in ("edit", "move/accept", "move/withdraw", "sign/approve", "sign/close", "comment", "link", "attach", "revise"):
                answer = client.post(f"/r/{record.number}/{page}", {"title": "Mine", "lock": str(record.lock), "reason": "x", "text": "x", "target": in_force.number, "meaning": "relates"})
                assert answer.status_code in (403, 404, 422), (person, page, answer.status_code)
        assert client.post("/idea/new", {"title": "Mine"}).status_code == 403
        client.post("/idea/bulk", {"act": "finish", "pick": str(idea.uid), "sure": "yes"})
    idea.refresh_from_db()
    assert idea.state == "new"
    assert Entry.objects.count() == before


def test_every_address_of_every_kind_for_every_role(company: Company, browser: Browser) -> None:
    for person in company.people.values():
        client = browser(person)
        for kind in kinds():
            if kind.code == "founding":  # its room has a page of its own at this address
                continue
            assert client.get(f"/{kind.code}/").status_code == 200, (person, kind.code)
            allowed = kind.child_of is None and kind.create_by(_actor(person), None, None) is None  # type: ignore[arg-type]
            answer = client.get(f"/{kind.code}/new")
            assert answer.status_code in ((200, 302) if allowed else (302, 403, 422)), (person, kind.code)


def _actor(person: Any) -> Any:
    from medithread.kernel.identity.actor import Actor

    return Actor(person=person)


def test_pages_are_sound_html(company: Company, browser: Browser, in_force: Any, idea: Any) -> None:
    client = browser(company.quinn)
    for address in ("/", "/document/", f"/r/{in_force.number}", f"/r/{idea.number}", f"/r/{idea.number}/edit", "/document/new", f"/r/{idea.number}/history", "/search?q=a", f"/r/{idea.number}/move/accept", "/r/NOPE"):
        answer = client.get(address)
        page, html = read(answer), answer.content.decode()
        assert len(page.ids) == len(set(page.ids)), (address, sorted(i for i in page.ids if page.ids.count(i) > 1))
        assert html.count("<h1") == 1, address
        for word in ("style=", "onclick", "javascript:", "<style"):
            assert word not in html, (address, word)
    assert main_form(client.get(f"/r/{idea.number}/edit"))
