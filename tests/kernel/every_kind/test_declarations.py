"""Every planted mistake in a declaration is found at start, by number, with a hint where a name is misspelt."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from django.db import models

from medithread.kernel.identity.models import Site
from medithread.kernel.identity.roles import Role
from medithread.kernel.records import codec
from medithread.kernel.records.checks import check_kind, check_kinds
from medithread.kernel.records.kinds import Gate, Kind, Reaction, Section, View, kind_of, kinds
from medithread.kernel.records.lifecycle import Derived, Move, Slot, State, plan
from medithread.kernel.verbs.who import role

QA = role(Role.QA)


@pytest.fixture(params=[kind.code for kind in kinds() if kind.code in ("document", "idea", "action")])
def kind(request: Any) -> Kind[Any]:
    """The checks do not depend on the kind: one that is controlled, one event, one child."""
    return kind_of(str(request.param))


def found(kind: Kind[Any]) -> dict[str, Any]:
    """Number → the first error of that number."""
    errors: dict[str, Any] = {}
    for error in check_kind(kind):
        errors.setdefault(str(error.id).removeprefix("records."), error)
    return errors


def with_moves(kind: Kind[Any], *moves: Move[Any]) -> Kind[Any]:
    return replace(kind, lifecycle=replace(kind.lifecycle, moves=(*kind.lifecycle.moves, *moves)))


def test_what_is_declared_is_sound() -> None:
    assert check_kinds() == []


@pytest.mark.parametrize("place", ["columns", "filters", "search", "handling", "asks", "required", "section"])
def test_a_misspelt_field_is_named_with_the_one_meant(kind: Kind[Any], place: str) -> None:
    wrong: dict[str, Kind[Any]] = {
        "columns": replace(kind, columns=("titel",)),
        "filters": replace(kind, filters=("ownr",)),
        "search": replace(kind, search=("titel",)),
        "handling": replace(kind, handling=(*kind.handling, "dead_line")),
        "asks": with_moves(kind, Move("more", kind.lifecycle.start, kind.lifecycle.start, by=QA, asks=("titel",))),
        "required": replace(kind, required={kind.lifecycle.moves[0].name: ("titel",)}),
        "section": replace(kind, sections=(Section("What", ("titel",)),)),
    }
    error = found(wrong[place])["E001"]
    assert place in error.msg
    if place in ("columns", "search", "asks", "required", "section"):
        assert "title" in error.hint


def test_a_misspelt_field_of_a_part_is_named(kind: Kind[Any]) -> None:
    for part in kind.parts:
        wrong = replace(part, fields=(*part.fields, "remrk"))
        error = found(replace(kind, parts=(wrong,)))["E001"]
        assert "remrk" in error.msg
        assert part.name in error.msg


def test_a_wing_that_is_none(kind: Kind[Any]) -> None:
    error = found(replace(kind, wing="sistem", child_of=None))["E002"]
    assert error.hint == "Did you mean “system”?"


def test_required_before_a_step_that_is_none(kind: Kind[Any]) -> None:
    name = kind.lifecycle.moves[0].name
    error = found(replace(kind, required={f"{name}x": ("title",)}))["E003"]
    assert name in error.hint


def test_a_step_to_or_from_a_state_that_is_none(kind: Kind[Any]) -> None:
    start = kind.lifecycle.start
    for wrong in (Move("more", start, f"{start}x", by=QA), Move("more", (start, f"{start}x"), start, by=QA)):
        error = found(with_moves(kind, wrong))["E004"]
        assert start in error.hint


@pytest.mark.parametrize("place", ["start", "editable", "derived", "view"])
def test_a_state_that_is_none_elsewhere_in_the_table(kind: Kind[Any], place: str) -> None:
    life = kind.lifecycle
    late = Derived(State("late", "Late"), f"{life.start}x", lambda _record, _at: True, lambda _at: models.Q())
    wrong = {
        "start": replace(kind, lifecycle=replace(life, start=f"{life.start}x")),
        "editable": replace(kind, lifecycle=replace(life, editable=frozenset({f"{life.start}x"}))),
        "derived": replace(kind, lifecycle=replace(life, derived=(late,))),
        "view": replace(kind, views=(View("mine", "Mine", {"state": f"{life.start},{life.start}x"}),)),
    }
    error = found(wrong[place])["E004"]
    assert life.start in error.hint


def test_a_step_that_nobody_makes(kind: Kind[Any]) -> None:
    assert "E005" in found(with_moves(kind, Move("more", kind.lifecycle.start, kind.lifecycle.start)))


def test_a_signed_step_that_asks_for_content(kind: Kind[Any]) -> None:
    signed = Move("more", kind.lifecycle.start, kind.lifecycle.start, signatures=plan(Slot("approved", QA)), asks=("title",))
    assert "E006" in found(with_moves(kind, signed))
    assert "E006" not in found(with_moves(kind, replace(signed, asks=("due",))))


def test_a_state_that_is_never_reached(kind: Kind[Any]) -> None:
    life = replace(kind.lifecycle, states=(*kind.lifecycle.states, State("limbo", "Limbo")))
    assert "limbo" in found(replace(kind, lifecycle=life))["E007"].msg


def test_a_model_that_is_no_record(kind: Kind[Any]) -> None:
    assert "E008" in found(replace(kind, model=Site, sections=(), parts=()))  # type: ignore[type-var]


def test_a_field_without_canonical_form(kind: Kind[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(codec.CODECS, models.CharField)
    assert "no canonical form" in found(replace(kind))["E009"].msg


def test_content_that_cannot_be_empty(kind: Kind[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _own(kind):
        monkeypatch.setattr(kind.model._meta.get_field(name), "null", False)
        assert name in found(kind)["E010"].msg
        monkeypatch.undo()


def _own(kind: Kind[Any]) -> Iterable[str]:
    return [name for name in kind.content_fields if name != "title"]


def test_a_wire_to_a_step_that_is_none(kind: Kind[Any]) -> None:
    name = kind.lifecycle.moves[0].name
    gate = replace(kind, gates=(Gate(kind.model, f"{name}x", lambda _record: None),))
    reaction = replace(kind, reactions=(Reaction(kind.model, f"{name}x", lambda _act, _record: None),))
    for wrong in (gate, reaction):
        assert name in found(wrong)["E011"].hint


@pytest.mark.django_db
def test_what_follows_from_time_is_told_by_columns_that_lists_as_of_a_day_have() -> None:
    """The same question is asked of records, and of the versions that the ledger keeps of them."""
    from medithread.kernel.base.clock import now
    from medithread.kernel.ledger.models import Version

    for kind in kinds():
        for derived in kind.lifecycle.derived:
            assert not Version.objects.filter(derived.query(now())).exists()
            assert not kind.model.objects.filter(derived.query(now())).exists()
            assert derived.holds(Version(), now()) is False
