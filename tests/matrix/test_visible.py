"""Who sees what: everybody of the cast before every record, by page, API, list, search and count; as the concept says and as `visible` says."""

from typing import Any

import pytest

from medithread.kernel.ledger.models import Journal
from medithread.kernel.records.models import Record
from medithread.kernel.records.visible import may_see, visible
from tests.kernel.api.conftest import Api

from .cast import FEW, PARTS, Cast, sees
from .ground import Ground

pytestmark = pytest.mark.slow


def expected(ground: Ground, name: str) -> set[Any]:
    """The uids that the oracle lets somebody see."""
    return {plot.record.uid for _where, plot in ground if sees(PARTS[name], **plot.facts_for(name))}


def test_the_predicate_says_what_the_concept_says(players: Cast, ground: Ground) -> None:
    """And it says the same in a list and for one record at hand."""
    everything = {plot.record.uid for _where, plot in ground}
    for name, part in PARTS.items():
        actor = players.actor(name)
        found = set(Record.objects.filter(visible(actor), uid__in=everything).values_list("uid", flat=True))
        if part.usable:
            assert found == expected(ground, name), name
        for _where, plot in ground:
            assert may_see(actor, plot.record) == (plot.record.uid in found)


def test_t_10d_4_the_api_answers_to_those_who_see_and_notes_the_others(players: Cast, ground: Ground) -> None:
    for name, part in PARTS.items():
        api, there = players.api(name), expected(ground, name)
        for where, plot in ground:
            noted = Journal.objects.filter(what="refused", subject=plot.record.uid).count()
            answer = api.get(f"{plot.record.kind}/{plot.record.uid}")
            right = 401 if not part.usable else 200 if plot.record.uid in there else 404
            assert answer.status_code == right, f"{name}: {where}"
            assert (Journal.objects.filter(what="refused", subject=plot.record.uid).count() > noted) == (right == 404), f"{name}: {where}"


def test_t_10d_4_the_page_opens_for_those_who_see_and_notes_the_others(players: Cast, ground: Ground) -> None:
    for name in FEW:
        client, there = players.client(name), expected(ground, name)
        for where, plot in ground:
            noted = Journal.objects.filter(what="refused", subject=plot.record.uid).count()
            answer = client.get(f"/r/{plot.record.number}")
            right = 302 if not PARTS[name].usable else 200 if plot.record.uid in there else 404
            assert answer.status_code == right, f"{name}: {where}"
            assert (Journal.objects.filter(what="refused", subject=plot.record.uid).count() > noted) == (right == 404), f"{name}: {where}"


def test_lists_and_counts_hold_what_one_sees(players: Cast, ground: Ground) -> None:
    for name, part in PARTS.items():
        if not part.usable:
            continue
        api, there = players.api(name), expected(ground, name)
        for kind in ("idea", "document"):
            answer = api.get(f"{kind}?limit=200").json()
            mine = {str(plot.record.uid) for _where, plot in ground if plot.record.kind == kind and plot.record.uid in there}
            assert {row["uid"] for row in answer["rows"]} == mine, name
            assert answer["count"] == len(mine), name


@pytest.mark.parametrize("name", FEW)
def test_search_finds_what_one_sees(players: Cast, ground: Ground, name: str) -> None:
    if not PARTS[name].usable:
        return
    api, there = players.api(name), expected(ground, name)
    found = {row["uid"] for words in ("idea", "document", "control", "draft", "given", "owned") for row in api.get(f"search?q={words}").json()["rows"]}
    assert found == {str(uid) for uid in there}


def test_a_token_gives_no_more_than_its_scopes_and_its_person(players: Cast, ground: Ground) -> None:
    reader, plot = players.api("QA", "read"), ground.plots["idea None open"]
    path = f"idea/{plot.record.uid}"
    assert reader.get(path).status_code == 200
    for method, address, body in _writes(path, plot.record.lock):
        answer = reader.call(method, address, body)
        assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (403, "scope.write"), address
    writer = players.api("QA", "write")
    assert (writer.get(path).status_code, writer.get(path).json()["refusals"][0]["code"]) == (403, "scope.read")
    signer = players.api("QA", "read write")
    assert signer.post("idea", {"content": {"title": "Mine"}}).status_code == 201


def _writes(path: str, lock: int) -> list[tuple[str, str, Any]]:
    return [
        ("POST", "idea", {"content": {"title": "Mine"}}), ("PATCH", path, {"lock": lock, "content": {"title": "Mine"}}), ("POST", f"{path}/moves/decline", {"lock": lock, "reason": "x"}),
        ("POST", f"{path}/comments", {"text": "x"}), ("POST", f"{path}/links", {"target": "SOP-0001", "meaning": "relates"}), ("POST", f"{path}/revise", {}),
    ]  # fmt: skip


def test_a_token_that_is_over_or_revoked_opens_nothing(players: Cast, ground: Ground) -> None:
    from medithread.kernel.base.clock import now
    from medithread.kernel.base.guard import door_open
    from medithread.kernel.identity.models import Token

    api = players.api("QA")
    assert api.get("").status_code == 200
    for change in ({"expires_at": now()}, {"revoked_at": now()}):
        with door_open():
            Token.objects.update(**change)
        assert api.get("").status_code == 401
    assert Api(players.people["left"]).get("").status_code == 401


def test_a_browser_session_may_read_the_api_but_not_write(players: Cast, ground: Ground) -> None:
    client, plot = players.client("QA"), ground.plots["idea None open"]
    assert client.get(f"/api/v1/idea/{plot.record.uid}").status_code == 200
    assert client.post("/api/v1/idea", {"content": {"title": "Mine"}}, content_type="application/json").status_code == 401
