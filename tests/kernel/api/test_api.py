"""The API tells the same story as the verbs: create, edit, stale, move, sign, link, attach, history, keys."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from medithread.improvement.ideas.models import Idea
from medithread.kernel.ledger.models import Entry
from medithread.system.documents.models import Document
from tests.company import PASSWORD, Company

from .conftest import Api

IDEA = {"content": {"title": "Shadow board", "description": "Tools are searched for."}}
DOCUMENT = {
    "content": {
        "title": "Control of documents", "type": "SOP", "change_reason": "First", "change_class": "retrain", "audience": ["MFG"], "review_months": 24,
        "body": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Say who does what."}]}]},
        "reviewers": [{"role": "MFG", "round": 1}],
    }
}


def test_without_a_token_nothing_is_told(company: Company, client: object) -> None:
    for path in ("", "idea", "search?q=a", "files/0190c1f0-0000-7000-8000-000000000000"):
        answer = client.get(f"/api/v1/{path}")  # type: ignore[attr-defined]
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_create_get_edit_stale(rea: Api) -> None:
    made = rea.post("idea", IDEA)
    assert made.status_code == 201, made.content
    uid = made.json()["uid"]
    assert rea.get(f"idea/{uid}").json()["content"]["title"] == "Shadow board"
    changed = rea.patch(f"idea/{uid}", {"lock": 1, "content": {"benefit": "Less searching"}})
    assert changed.json()["lock"] == 2
    stale = rea.patch(f"idea/{uid}", {"lock": 1, "content": {"benefit": "Mine"}})
    assert stale.status_code == 409
    assert stale.json()["lock"] == 2
    assert rea.get(f"idea/{uid}").json()["content"]["benefit"] == "Less searching"


def test_a_document_is_signed_over_the_api(company: Company, rea: Api, quinn: Api) -> None:
    dora = Api(company.dora)
    made = dora.post("document", DOCUMENT).json()
    path = f"document/{made['uid']}"
    moved = dora.post(f"{path}/moves/submit", {"lock": made["lock"]})
    assert moved.status_code == 200, moved.content
    unseen = rea.post(f"{path}/signatures/approve", {})
    assert unseen.json()["refusals"][0]["code"] == "sign.not-seen"
    for api in (rea, quinn, dora):
        api.get(path)
        asked = api.post(f"{path}/signatures/approve", {"zone": "Europe/Paris"})
        assert asked.status_code == 201, asked.content
        wrong = api.post(f"{path}/signatures/approve/{asked.json()['nonce']}", {"password": "wrong"})
        assert wrong.status_code == 422
        done = api.post(f"{path}/signatures/approve/{asked.json()['nonce']}", {"username": _name(company, api), "password": PASSWORD})
        assert done.status_code == 200, done.content
    assert done.json()["condition"] == "effective"
    assert Document.objects.get().signatures.count() == 3


def _name(company: Company, api: Api) -> str:
    return api.headers["Authorization"].split("_")[1].split()[0].lower()


def test_an_idempotency_key_acts_once(rea: Api) -> None:
    first = rea.post("idea", IDEA, **{"Idempotency-Key": "k1"})
    again = rea.post("idea", IDEA, **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Idea.objects.count() == 1
    other = rea.post("idea", {"content": {"title": "Other"}}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 400
    assert other.json()["refusals"][0]["code"] == "key.reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "body.json"), ("[]", "body.object"), ('{"a": NaN}', "body.json"), ('{"lock":1,"lock":2}', "body.json"), ("[" * 100_000, "body.json"),
        ({"nonsense": 1}, "body.unknown"), ({"content": []}, "body.value"), ({"content": {"owner": None}}, "body.half"),
        ({"content": {"title": 5}}, "field.type"), ({"content": {"title": "x" * 400}}, "field.long"), ({"content": {"title": "a\u0000b"}}, "field.characters"),
        ({"content": {"title": "x", "source": "mars"}}, "field.choice"), ({"content": {}}, "title.empty"),
        ({"content": {"title": "x"}, "absent": {"benefit": {"code": "unknown"}}}, "absent.reason"),
        ({"content": {"title": "x"}, "handling": {"due": "tomorrow"}}, "field.date"), ({"content": {"title": "x"}, "handling": {"owner": "me"}}, "field.uid"),
        ({"content": {"title": "x"}, "number": "no spaces please"}, "number.pattern"),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_with_a_code(rea: Api, body: object, code: str) -> None:
    answer = rea.post("idea", body)
    assert answer.status_code in (400, 422), answer.content
    assert answer.json()["refusals"][0]["code"] == code
    assert Idea.objects.count() == 0


def test_lone_surrogates_do_not_break_it(rea: Api) -> None:
    answer = rea.call("POST", "idea", '{"content": {"title": "a\\ud800b"}}')
    assert answer.json()["refusals"][0]["code"] == "field.characters"


def test_files_links_comments_history(rea: Api, company: Company) -> None:
    one, two = (rea.post("idea", IDEA).json() for _ in "12")
    sent = rea.client.post(f"/api/v1/idea/{one['uid']}/files", {"file": SimpleUploadedFile("note.txt", b"seen at line 2")}, headers=rea.headers)
    assert sent.status_code == 201, sent.content
    got = rea.client.get(sent.json()["url"], headers=rea.headers)
    assert b"".join(got.streaming_content) == b"seen at line 2"
    lie = rea.client.post(f"/api/v1/idea/{one['uid']}/files", {"file": SimpleUploadedFile("note.pdf", b"<html>")}, headers=rea.headers)
    assert lie.status_code == 422
    linked = rea.post(f"idea/{one['uid']}/links", {"target": two["number"], "meaning": "relates"})
    assert linked.status_code == 201, linked.content
    assert rea.get(f"idea/{two['uid']}/links").json()["rows"][0]["source_number"] == one["number"]
    assert rea.post(f"idea/{one['uid']}/comments", {"text": "Good one"}).status_code == 201
    gone = rea.call("DELETE", f"idea/{one['uid']}/links/{linked.json()['uid']}", {"reason": "wrong one"})
    assert gone.status_code == 200
    verbs = [row["verb"] for row in rea.get(f"idea/{one['uid']}/history").json()["rows"]]
    assert verbs == ["create", "create", "create", "create", "edit"]
    assert rea.get(f"idea/{two['uid']}/links").json()["rows"] == []


def test_scopes_and_methods(company: Company, rea: Api) -> None:
    reader = Api(company.rea, "read")
    assert reader.post("idea", IDEA).json()["refusals"][0]["code"] == "scope.write"
    assert reader.get("idea").status_code == 200
    assert reader.call("PUT", "idea", {}).status_code == 405
    assert reader.get("nothing").status_code == 404
    assert reader.get("nothing/at/all").status_code == 404
    inspector = Api(company.ina)
    uid = rea.post("idea", IDEA).json()["uid"]
    assert inspector.get(f"idea/{uid}").status_code == 404
    assert inspector.get("search?q=shadow").json()["rows"] == []
    assert [row["number"] for row in rea.get("search?q=shadow").json()["rows"]] == [Idea.objects.get().number]
    assert inspector.post("idea", IDEA).status_code == 403


def test_refusals_are_journalled_and_nothing_is_written(company: Company) -> None:
    from medithread.kernel.ledger.models import Journal

    before = Entry.objects.count()
    assert Api(company.ina).post("idea", IDEA).status_code == 403
    assert Entry.objects.count() == before
    assert Journal.objects.filter(what="refused", person=company.ina.uid).count() == 1


def test_the_description_is_valid_json_and_complete(client: object, db: None) -> None:
    found = json.loads(client.get("/api/v1/openapi.json").content)  # type: ignore[attr-defined]
    assert "/api/v1/document/{uid}/signatures/{name}" in found["paths"]
    assert "required" not in found["components"]["schemas"]["idea-content"]
