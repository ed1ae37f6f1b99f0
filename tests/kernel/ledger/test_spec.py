"""The test vectors of docs/spec are recomputed by the application and by the verifier, which share no code."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from medithread.kernel.base import canon as ours
from medithread.kernel.ledger import keys, note
from medithread.kernel.ledger.checkpoint import check_inclusion
from medithread.kernel.ledger.disposal import items_digest
from medithread.kernel.ledger.seal import digest
from medithread.kernel.verbs import evidence
from verifier import canon as theirs
from verifier import note as their_note
from verifier.container import COMMENT, LABEL
from verifier.contents import VALUE
from verifier.passkey import evidence_holds

SPEC = Path(__file__).parents[3] / "docs" / "spec"
PAGES = ("canonical", "ledger", "checkpoint", "signature", "bundle")


def vectors(page: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(re.findall(r"```json vectors\n(.*?)\n```", (SPEC / f"{page}.md").read_text(), re.DOTALL)[0])
    return found


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_vectors_and_says_what_is_not_proved(page: str) -> None:
    text = (SPEC / f"{page}.md").read_text()
    assert len(vectors(page)) >= 3
    assert "## What is not proved" in text
    assert len(text.split("## Test vectors")[0].splitlines()) < 100


@pytest.mark.parametrize("vector", vectors("canonical"))
def test_canonical(vector: dict[str, Any]) -> None:
    assert ours.canonical(vector["value"]).decode() == theirs.canonical(vector["value"]).decode() == rfc8785.dumps(vector["value"]).decode() == vector["canonical"]
    assert ours.sha256(vector["canonical"].encode()) == theirs.sha256(vector["canonical"].encode()) == vector["sha256"]
    assert theirs.parse(vector["canonical"].encode()) == vector["value"]


def test_ledger() -> None:
    value, manifest, entry, disposed, journal = vectors("ledger")
    for canon in (ours, theirs):
        assert canon.commitment(bytes.fromhex(value["salt"]), canon.canonical(value["value"])) == value["commitment"]
        assert canon.sha256(canon.canonical(manifest["manifest"])) == manifest["digest"]
        assert canon.canonical(json.loads(entry["entry"])).decode() == entry["entry"]
        assert canon.leaf(entry["entry"].encode()).hex() == entry["hash"]
        assert canon.sha256(canon.canonical(sorted(disposed["disposed"]))) == disposed["items"]
        assert canon.root(canon.grow([], [canon.leaf(canon.canonical(row)) for row in journal["journal"]])).hex() == journal["root"]
    assert items_digest(disposed["disposed"]) == disposed["items"]
    assert digest([{**row, "person": None, "address": ""} for row in journal["journal"]]) == (2, journal["root"])


def test_checkpoint() -> None:
    nothing, tree, signed, claim = vectors("checkpoint")
    for canon in (ours, theirs):
        assert canon.root([]).hex() == nothing["root"]
        assert canon.root(canon.grow([], [canon.leaf(entry.encode()) for entry in tree["entries"]])).hex() == tree["root"]
    leaf, proof = ours.leaf(tree["entries"][tree["seq"] - 1].encode()), [bytes.fromhex(step) for step in tree["proof"]]
    assert check_inclusion(leaf, tree["seq"], len(tree["entries"]), proof, bytes.fromhex(tree["root"]))
    key = keys.load(base64.b64encode(bytes.fromhex(signed["seed"])).decode())
    found = note.parse(signed["note"])
    assert note.vkey(found.origin, key) == signed["key"]
    assert note.signed(note.body(found.origin, found.size, found.root, found.extensions), found.origin, key) == signed["note"]
    assert note.verifies(found, signed["key"])
    assert their_note.verifies(their_note.parse(signed["note"]), signed["key"])
    assert keys.claim(found.origin, "", signed["key"]).decode() == claim["claim"]
    assert base64.b64encode(key.sign(claim["claim"].encode())).decode() == claim["by_key"]
    assert their_note.handed_over(found.origin, "", {"key": signed["key"], "by_key": claim["by_key"]}) == (True, True)
    assert keys.handed_over(found.origin, {"key": signed["key"], "by_key": claim["by_key"]}) == (True, True)


@pytest.mark.parametrize("vector", vectors("signature")[1:])
def test_signature(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    statement = vectors("signature")[0]
    assert theirs.canonical(theirs.parse(statement["statement"].encode())).decode() == statement["statement"]
    found = vector["evidence"]
    client = json.loads(base64.urlsafe_b64decode(found["client_data_json"] + "=="))
    assert client["challenge"] == statement["challenge"]
    assert evidence_holds(found, statement["statement"]) == ""
    assert evidence_holds(found, None) == ""
    assert evidence_holds(found, statement["statement"] + " ") == "the challenge is not the hash of the statement"
    assert evidence_holds({**found, "signature": found["signature"][:-4] + "AAAA"}, None) != ""
    monkeypatch.setattr(evidence, "_enrolled", lambda _person, _found: True)
    assert evidence.passkey_holds(statement["statement"], json.dumps(found), None)
    assert not evidence.passkey_holds(statement["statement"] + " ", json.dumps(found), None)
    assert not evidence.passkey_holds("", json.dumps({**found, "rp_id": "elsewhere"}), None)


def test_bundle() -> None:
    value, about, comment = vectors("bundle")
    match = VALUE.fullmatch(value["value"].encode())
    assert match is not None
    assert theirs.commitment(bytes.fromhex(match[2].decode()), match[3]) == match[1].decode() == value["commitment"]
    found = their_note.parse(about["bundle.note"])
    assert found.lines[2] == theirs.sha256(about["bundle.json"].encode())
    assert their_note.verifies(found, about["key"])
    assert comment["comment"].encode() == LABEL + theirs.sha256(comment["before"].encode()).encode()
    assert len(comment["comment"]) == COMMENT
