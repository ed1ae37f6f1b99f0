"""What fields meant stands in the ledger; a migration that changes facts leaves its entry and lifts what was signed before."""

import json
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from medithread import __version__
from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.ledger import reshape, schemas
from medithread.kernel.ledger.asof import content_of
from medithread.kernel.ledger.models import Entry, Version
from medithread.kernel.ledger.reshape import Reshape
from medithread.kernel.ledger.schemas import record_schemas
from medithread.kernel.ledger.verify import verify
from medithread.kernel.ledger.voice import said
from medithread.kernel.records.kinds import kind_of, kinds
from medithread.system.documents.models import Document
from tests.company import Company

from .story import FIRST, closed_idea


def test_schemas_and_starts_are_written_once(company: Company) -> None:
    places = record_schemas()
    described = {entry["describes"] for entry in said("schema")}
    assert {f"{kind.code}@{kind.schema}" for kind in kinds()} | {"person@1", "signature@1"} <= described
    assert [entry["program"] for entry in said("start")] == [__version__]
    assert len(places) == len(described) + 1
    with translation.override("de"):
        assert record_schemas() == []
    entry = next(entry for entry in said("schema") if entry["describes"] == "idea@1")
    note = content_of(entry["note"])
    assert note["json_schema"]["properties"]["description"]["title"] == "What could be better"
    assert note["order"][0] == "title"
    assert verify().ok


def test_a_changed_declaration_or_program_is_written_again(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    record_schemas()
    monkeypatch.setattr(schemas, "__version__", "9.9")
    kind = kind_of(Idea)
    monkeypatch.setattr(type(kind), "json_schema", lambda self: {"type": "object", "properties": {"code": {"type": self.code}}})
    places = record_schemas(company.quinn.uid)
    assert len(places) == len(kinds()) + 1
    assert list(said("start"))[-1]["program"] == "9.9"
    assert list(said("start"))[-1]["actor"] == str(company.quinn.uid)


# --- reshape -----------------------------------------------------------------------------------------------------------
def in_two(content: dict[str, Any], handling: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """From schema 1 to 2: the first line of the description becomes the benefit; the state “new” is called “declined”."""
    content, handling = dict(content), dict(handling)
    if "benefit" not in content and "description" in content:
        content["benefit"] = "in short: " + content["description"][:5]
    if "source" not in content:
        content["absent/source"] = {"code": "unknown", "by": handling["created_by"]}
    if handling.get("state") == "new":
        handling["state"] = "declined"
    return content, handling


def other(content: dict[str, Any], handling: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Not the function that was applied."""
    return content, handling


@cache
def as_migrated() -> ProjectState:
    """The models as migrations see them, without any code of the app."""
    return MigrationLoader(connection).project_state()


def migrate(operation: Reshape, app_label: str = "ideas") -> None:
    operation.database_forwards(app_label, None, as_migrated(), as_migrated())


@pytest.fixture
def reshaped(company: Company, monkeypatch: pytest.MonkeyPatch) -> tuple[Idea, Idea]:
    """A signed idea and a new one, taken to schema 2."""
    signed = closed_idea(company, verbs.create(company.ada, Document, title="A", **FIRST))[0]
    new = verbs.create(company.rea, Idea, title="Another", description="Drawers stick.")
    operation = Reshape("idea", "Idea", 1, in_two)
    reshape.functions.cache_clear()
    monkeypatch.setattr(reshape, "functions", lambda: {("idea", 1): in_two})
    migrate(operation)
    monkeypatch.setitem(kind_of(Idea).__dict__, "schema", 2)
    return signed, new


def test_a_reshape_changes_rows_leaves_its_entry_and_the_signed_digest(company: Company, reshaped: tuple[Idea, Idea]) -> None:
    signed, new = reshaped
    before = signed.digest
    for idea in reshaped:
        idea.refresh_from_db()
    assert (signed.benefit, signed.digest, signed.state) == ("in short: Tools", before, "closed")
    assert (new.benefit, new.state, new.absent["source"]["code"]) == ("in short: Drawe", "declined", "unknown")
    (entry,) = said("reshape")
    assert (entry["of_kind"], entry["from"], entry["to"], entry["changed"]) == ("idea", 1, 2, 2)
    assert entry["function"].endswith("test_schemas.in_two")
    assert entry["source"] == reshape.source_of(in_two)
    report = verify()
    assert [str(finding) for finding in report.findings] == []


def test_what_is_written_afterwards_says_in_which_shape_the_content_was(company: Company, reshaped: tuple[Idea, Idea]) -> None:
    signed, _new = reshaped
    with verbs.unit(company.quinn) as act:
        act.touch("handover", signed, owner_id=company.ada.uid)
    header = json.loads(bytes(Entry.objects.filter(of=signed.uid).order_by("-seq")[0].body))
    assert (header["kind"], header["shape"]) == ("idea@2", 1)
    assert Version.objects.get(uid=signed.uid, seq_to=None).schema == 1
    assert verify().ok


def test_a_row_changed_by_hand_is_found_through_the_reshape(company: Company, reshaped: tuple[Idea, Idea]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ideas_idea SET benefit = 'mine' WHERE record_ptr_id = %s", [reshaped[0].pk])
    assert [(finding.code, finding.path) for finding in verify().findings] == [("row.field", "benefit")]


def test_another_function_or_none_is_noticed(company: Company, reshaped: tuple[Idea, Idea], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reshape, "functions", lambda: {("idea", 1): other})
    assert {finding.code for finding in verify().findings if "is not the one" in finding.text} == {"reshape.unknown"}
    monkeypatch.setattr(reshape, "functions", dict)
    assert "reshape.unknown" in verify().codes


def rounds_from_zero(content: dict[str, Any], handling: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rounds of review are counted from 0; reviewers without a person are taken out."""
    found = {}
    for path, value in content.items():
        if path.startswith("parts/reviewers/"):
            if "person" in value:
                found[path] = {**value, "round": value["round"] - 1}
        else:
            found[path] = value
    return found, handling


def test_rows_of_parts_are_reshaped_too(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"reviewers": [{"person": str(company.rea.uid), "round": 1}, {"role": "QA", "round": 2}]}
    document = verbs.create(company.ada, Document, title="A", parts=parts, **FIRST)
    monkeypatch.setattr(reshape, "functions", lambda: {("document", 1): rounds_from_zero})
    migrate(Reshape("document", "Document", 1, rounds_from_zero, parts={"reviewers": "Reviewer"}), "documents")
    monkeypatch.setitem(kind_of(Document).__dict__, "schema", 2)
    assert [row.round for row in document.reviewers.all()] == [0]  # type: ignore[attr-defined]
    assert [str(finding) for finding in verify().findings] == []


def test_two_reshapes_follow_each_other(company: Company, reshaped: tuple[Idea, Idea], monkeypatch: pytest.MonkeyPatch) -> None:
    def louder(content: dict[str, Any], handling: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        return {**content, "title": content["title"].upper()}, handling

    verbs.create(company.rea, Idea, title="Of schema 2")
    monkeypatch.setattr(reshape, "functions", lambda: {("idea", 1): in_two, ("idea", 2): louder})
    migrate(Reshape("idea", "Idea", 2, louder))
    monkeypatch.setitem(kind_of(Idea).__dict__, "schema", 3)
    assert set(Idea.objects.values_list("title", flat=True)) == {"SHADOW BOARD", "ANOTHER", "OF SCHEMA 2"}
    assert [str(finding) for finding in verify().findings] == []


def test_an_unborn_database_is_not_reshaped(db: None) -> None:
    operation = Reshape("idea", "Idea", 1, in_two)
    migrate(operation)
    assert not Entry.objects.exists()


def test_the_operation_can_be_written_into_a_migration(db: None) -> None:
    operation = Reshape("idea", "Idea", 1, in_two, parts={"rows": "Row"})
    name, args, kwargs = operation.deconstruct()
    assert (name, args[:3], kwargs) == ("Reshape", ["idea", "Idea", 1], {"parts": {"rows": "Row"}})
    assert operation.describe() == "Reshape idea from schema 1 to 2"
    assert not operation.reversible
    reshape.functions.cache_clear()
    assert reshape.functions() == {}
