"""The form in which records leave is frozen, and the description holds every kind as it is declared."""

from typing import Any

import jsonschema_rs
import pytest
from django.db import models

from medithread.kernel import verbs
from medithread.kernel.api.openapi import document
from medithread.kernel.base.fields import RichTextField
from medithread.kernel.base.refusal import Refusal
from medithread.kernel.records.kinds import EDITABLE_HANDLING, kinds
from tests.kernel.api.conftest import Api

from . import samples
from .conftest import OfKind

ENVELOPE = {
    "uid", "series", "kind", "schema", "number", "edition", "label", "lock", "state", "condition", "digest", "handling", "content", "absent", "links", "moves",
}  # fmt: skip
BRIEF = {"uid", "series", "kind", "number", "edition", "label", "lock", "state", "digest", "handling", "content"}
MOVE = {"name", "to", "allowed", "signature", "asks", "reason", "refusals"}
HANDLING = {
    "uid", "series", "kind", "number", "edition", "label", "lock", "state", "state_since", "owner", "confidentiality", "created_at", "created_by", "changed_at",
    "scope", "adopted", "hold",
}  # fmt: skip
ADDRESSES = ("", "/{uid}", "/{uid}/moves/{name}", "/{uid}/signatures/{name}", "/{uid}/signatures/{name}/{nonce}", "/{uid}/revise", "/{uid}/links", "/{uid}/links/{link}", "/{uid}/comments", "/{uid}/files", "/{uid}/history")


def test_the_envelope_is_frozen(of_kind: OfKind) -> None:
    api, kind, record = Api(samples.maker(of_kind.record)), of_kind.kind, of_kind.record
    whole = api.get(f"{kind.code}/{record.uid}").json()
    assert set(whole) == ENVELOPE
    assert set(whole["handling"]) >= HANDLING
    assert set(whole["content"]) == {*kind.content_codec.encode(record), *(part.name for part in kind.parts)}
    assert all(set(move) == MOVE for move in whole["moves"])
    rows = api.get(kind.code).json()
    assert set(rows) == {"rows", "next", "count", "count_stops_at"}
    assert set(rows["rows"][0]) == BRIEF


def test_what_is_made_is_what_is_told(of_kind: OfKind) -> None:
    """Every field that a person may fill in comes back from the API as the codec writes it."""
    kind, company = of_kind.kind, of_kind.company
    if not kind.lifecycle.editable:
        return
    api = Api(samples.editor(company, of_kind.record))
    sent = {name: kind.content_codec.encode(_filled(of_kind, name))[name] for name in kind.content_fields}
    answer = api.patch(f"{kind.code}/{of_kind.record.uid}", {"lock": of_kind.record.lock, "content": sent, "reason": "All of it"})
    assert answer.status_code == 200, answer.content
    told = answer.json()["content"]
    assert {name: told[name] for name in sent} == sent


def _filled(of_kind: OfKind, name: str) -> Any:
    row = of_kind.kind.model()
    value = of_kind.kind.content_codec.clean(name, samples.pair(of_kind.kind, name, of_kind.company)[0])
    setattr(row, of_kind.kind.model._meta.get_field(name).attname, value)
    return row


def test_the_description_holds_every_kind() -> None:
    found = document()
    for kind in kinds():
        base = f"/api/v1/{kind.code}"
        assert {f"{base}{rest}" for rest in ADDRESSES} <= set(found["paths"])
        names = found["paths"][f"{base}/{{uid}}/moves/{{name}}"]["parameters"][1]["schema"]["enum"]
        assert names == [move.name for move in kind.lifecycle.moves]
        written = found["components"]["schemas"][f"{kind.code}-content"]["properties"]
        assert set(written) == {*kind.content_fields, *(part.name for part in kind.parts)}
        new = found["paths"][base]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
        assert set(new["handling"]["properties"]) == set(EDITABLE_HANDLING)


def test_the_schema_takes_what_create_takes(of_kind: OfKind) -> None:
    kind, company = of_kind.kind, of_kind.company
    schema = document()["components"]["schemas"][f"{kind.code}-content"]
    takes = jsonschema_rs.validator_for(schema)
    for place in (0, 1):
        values = {name: samples.pair(kind, name, company)[place] for name in kind.content_fields}
        written = {name: kind.content_codec.encode(_filled(of_kind, name))[name] for name in values}
        assert takes.is_valid(written), [error.message for error in takes.iter_errors(written)]
    assert takes.is_valid(dict.fromkeys(kind.content_fields))
    assert not takes.is_valid({"no_such_field": "x"})


def test_the_schema_refuses_what_create_refuses(of_kind: OfKind) -> None:
    """A wrong class of value, a word that is no choice, a text that is too long."""
    kind = of_kind.kind
    takes = jsonschema_rs.validator_for(document()["components"]["schemas"][f"{kind.code}-content"])
    who = samples.maker(of_kind.record)
    for name in kind.content_fields:
        wrong = _wrong(kind.model._meta.get_field(name))
        assert not takes.is_valid({name: wrong}), name
        if kind.lifecycle.editable:
            _refused(who, of_kind.record, name, wrong)


def _refused(who: Any, record: Any, name: str, wrong: Any) -> None:
    with pytest.raises(Refusal) as caught:
        verbs.edit(who, record, lock=record.lock, reason="Try", **{name: wrong})
    assert caught.value.nos[0].field == name


def _wrong(field: Any) -> Any:
    if field.choices:
        return "no such word"
    if isinstance(field, (models.CharField, models.EmailField)):
        return "x" * (field.max_length + 1)
    return "plain words" if isinstance(field, RichTextField) else {"what": "this is no value"}
