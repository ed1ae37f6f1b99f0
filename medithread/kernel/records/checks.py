"""Every name in a declaration is checked at start, with a numbered message that helps (house.md §5)."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.checks import Error, register

from .codec import Codec
from .kinds import EDITABLE_HANDLING, Kind, kind_of, kinds
from .lifecycle import Move
from .models import Record

WINGS = ("system", "management", "resources", "realization", "improvement")


@register
def check_kinds(**_kwargs: Any) -> list[Error]:
    """Errors of all declared kinds."""
    return [error for kind in kinds() for error in check_kind(kind)]


def check_kind(kind: Kind[Any]) -> Iterable[Error]:
    """Errors of one declaration: misspelt fields, states and moves, fields without canonical form, signed moves that ask for content."""
    fields = _fields_of(kind.model) | {part.name for part in kind.parts}
    sought = [(where, names, fields) for where, names in _named_fields(kind)]
    sought += [(f"part {part.name}", part.fields, _fields_of(part.model)) for part in kind.parts]
    for where, names, known in sought:
        for name in names:
            if name not in known:
                yield _error(kind, "E001", f"{where}: there is no field “{name}”", name, known)
    yield from _states(kind)
    yield from _moves(kind)
    yield from _wires(kind)
    yield from _codecs(kind)
    if kind.wing not in WINGS and kind.child_of is None:
        yield _error(kind, "E002", f"wing “{kind.wing}” is none of the house", kind.wing, WINGS)
    for move in kind.required:
        if kind.lifecycle.move(move) is None:
            yield _error(kind, "E003", f"required: there is no move “{move}”", move, [m.name for m in kind.lifecycle.moves])


def _fields_of(model: type[Any]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def _named_fields(kind: Kind[Any]) -> Iterable[tuple[str, Iterable[str]]]:
    yield "columns", kind.columns
    yield "filters", kind.filters
    yield "search", kind.search
    yield "handling", kind.handling
    for move, names in kind.required.items():
        yield f"required[{move}]", names
    for section in kind.sections:
        yield f"section “{section.title}”", section.fields
    for step in kind.lifecycle.moves:
        yield f"move {step.name} asks", step.asks


def _states(kind: Kind[Any]) -> Iterable[Error]:
    """States named beside the moves: the first, the editable ones, those that follow from time, those of the saved views."""
    life = kind.lifecycle
    states = {state.code for state in life.states}
    named = [("start", life.start), *(("editable", code) for code in sorted(life.editable)), *((f"derived {d.state.code}", d.stored) for d in life.derived)]
    for where, name in named:
        if name not in states:
            yield _error(kind, "E004", f"{where}: there is no state “{name}”", name, states)
    shown = states | {derived.state.code for derived in life.derived}
    for view in kind.views:
        for name in filter(None, view.filters.get("state", "").split(",")):
            if name not in shown:
                yield _error(kind, "E004", f"view {view.code}: there is no state “{name}”", name, shown)


def _wires(kind: Kind[Any]) -> Iterable[Error]:
    """Gates and reactions hang on a move that the other kind has; otherwise they would stay silent for ever."""
    for sort, wires in (("gate", kind.gates), ("reaction", kind.reactions)):
        for wire in wires:
            moves = [move.name for move in kind_of(wire.to).lifecycle.moves]
            if wire.move not in moves:
                yield _error(kind, "E011", f"{sort}: {kind_of(wire.to).code} has no move “{wire.move}”", wire.move, moves)


def _moves(kind: Kind[Any]) -> Iterable[Error]:
    states = {state.code for state in kind.lifecycle.states}
    for move in kind.lifecycle.moves:
        for name in (*move.starts, move.to):
            if name not in states:
                yield _error(kind, "E004", f"move {move.name}: there is no state “{name}”", name, states)
        if move.by is None and not move.signatures:
            yield _error(kind, "E005", f"move {move.name}: it says neither who may make it (by) nor who signs", move.name, ())
        if move.signatures and set(move.asks) - {*EDITABLE_HANDLING, *kind.handling}:
            yield _error(kind, "E006", f"move {move.name}: a signed move cannot ask for content; fill it in before signing", move.name, ())
    yield from _reachable(kind)


def _reachable(kind: Kind[Any]) -> Iterable[Error]:
    """Every state can be reached from the first one."""
    reached, moves = {kind.lifecycle.start}, kind.lifecycle.moves
    for _round in kind.lifecycle.states:
        reached |= {move.to for move in moves if reached & set(move.starts)}
    for state in kind.lifecycle.states:
        if state.code not in reached and not _entered_otherwise(moves, state.code):
            yield _error(kind, "E007", f"state “{state.code}” can never be reached", state.code, ())


def _entered_otherwise(moves: Sequence[Move[Any]], code: str) -> bool:
    """States that only a consequence or an adoption enters are named by a move that leaves them."""
    return any(code in move.starts for move in moves)


def _codecs(kind: Kind[Any]) -> Iterable[Error]:
    if not issubclass(kind.model, Record):
        yield _error(kind, "E008", "the model is not a Record", "", ())
        return
    for model, names in [(kind.model, (*kind.content_fields, *kind.handling)), *((p.model, p.fields) for p in kind.parts)]:
        try:
            Codec(model, tuple(name for name in names if name in _fields_of(model)))
        except TypeError as error:
            yield _error(kind, "E009", str(error), "", ())
    for name in kind.content_fields:
        field = kind.model._meta.get_field(name)
        if not getattr(field, "null", False):
            yield _error(kind, "E010", f"content field “{name}” must be nullable: NULL means “not yet looked at”", name, ())


def _error(kind: Kind[Any], number: str, text: str, name: str, known: Iterable[str]) -> Error:
    near = difflib.get_close_matches(name, list(known), 1)
    return Error(f"{kind.code}: {text}.", hint=f"Did you mean “{near[0]}”?" if near else None, id=f"records.{number}")
