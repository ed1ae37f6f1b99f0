"""The registry of kinds: one declaration per kind tells lists, details, forms, API, export, search and rules all they need."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from medithread.kernel.base.canon import Json, canonical, sha256
from medithread.kernel.base.refusal import No, Words
from medithread.kernel.identity.roles import Role

from .codec import Codec
from .lifecycle import By, Lifecycle, Rule
from .models import Part, Record

M = TypeVar("M", bound=Record)

SPINE_HANDLING = (
    "uid", "series", "parent", "kind", "number", "edition", "label", "lock", "state", "state_since", "owner", "deputy", "site", "due", "confidentiality", "created_at",
    "created_by", "changed_at", "parents", "scope", "effective_from", "effective_to", "adopted", "retain_until", "hold",
)
EDITABLE_HANDLING = ("owner", "deputy", "site", "due", "confidentiality", "hold", "retain_until")
# How a record is kept: can be set in every state, also when its life is over.
KEEPING = ("confidentiality", "hold", "retain_until")
CONFIDENTIAL_READERS = (Role.QA, Role.MR, Role.TM)


@dataclass(frozen=True)
class Section:
    """A stretch of a page in reading order."""

    title: Words
    fields: tuple[str, ...]


@dataclass(frozen=True)
class PartSpec:
    """Child rows of a kind, covered by the content digest. `name` is the related name on the record."""

    name: str
    model: type[Part]
    fields: tuple[str, ...]
    label: Words = ""

    @cached_property
    def codec(self) -> Codec:
        return Codec(self.model, self.fields)


@dataclass(frozen=True)
class Meaning:
    """A kind of link: its words in both directions, whether it pins an edition and whether it is part of the content."""

    code: str
    label: Words
    inverse: Words
    pinned: bool = False
    content: bool = False


@dataclass(frozen=True)
class Gate:
    """A rule of an upper room before a lower kind's move."""

    to: type[Record]
    move: str
    rule: Rule[Any]


@dataclass(frozen=True)
class Reaction:
    """What an upper room does when a lower kind has made a move."""

    to: type[Record]
    move: str
    call: Callable[[Any, Any], None]


@dataclass(frozen=True)
class Panel:
    """A block of an upper room on a lower kind's page."""

    to: type[Record]
    title: Words
    template: str
    context: Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True)
class Measure:
    """A number that analytics and management review gather."""

    code: str
    label: Words
    unit: Words
    count: Callable[[Any], int]


@dataclass(frozen=True)
class View:
    """A saved view that comes with the kind: a tab over its list."""

    code: str
    label: Words
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind(Generic[M]):
    """Everything the kernel must know of a kind of record. What needs an `if` is a function in the room's rules.py."""

    model: type[M]
    shape: Literal["controlled", "event"]
    prefix: str
    clause: str
    lifecycle: Lifecycle[M]
    create_by: By
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    wing: str = ""
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handling: tuple[str, ...] = ()
    parts: tuple[PartSpec, ...] = ()
    links: tuple[Meaning, ...] = ()
    gates: tuple[Gate, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    panels: tuple[Panel, ...] = ()
    measures: tuple[Measure, ...] = ()
    views: tuple[View, ...] = ()
    rules: tuple[Rule[M], ...] = ()
    confidential_readers: tuple[Role, ...] = CONFIDENTIAL_READERS
    child_of: type[Record] | None = None
    child_mark: str = ""
    number_name: Callable[[M], str] | None = None
    label_draft: Callable[[M], str] | None = None
    files_are_content: bool = False
    extension_reason: bool = True
    schema: int = 1
    intro: Words = ""
    filter_by: Mapping[str, Callable[[str, Any, Any], Q]] = field(default_factory=dict)

    @cached_property
    def code(self) -> str:
        return self.model._meta.model_name or ""

    @property
    def name(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))

    @property
    def plural(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @cached_property
    def content_fields(self) -> tuple[str, ...]:
        """Names of the fields that the digest and the signatures cover."""
        own = (f.name for f in self.model._meta.local_fields if not f.primary_key and f.name not in self.handling)
        return ("title", *own)

    @cached_property
    def content_codec(self) -> Codec:
        return Codec(self.model, self.content_fields)

    @cached_property
    def handling_codec(self) -> Codec:
        return Codec(self.model, (*SPINE_HANDLING, *self.handling))

    @cached_property
    def absent_codec_fields(self) -> frozenset[str]:
        return frozenset(self.content_fields)

    def part(self, name: str) -> PartSpec | None:
        return next((part for part in self.parts if part.name == name), None)

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the content, as recorded in the ledger and served by the API."""
        found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": self.content_codec.schema()}
        for part in self.parts:
            row = {"type": "object", "properties": {"uid": {"type": "string", "format": "uuid"}, **part.codec.schema()}}
            found["properties"][part.name] = {"type": "array", "items": row, "title": str(part.label)}
        return found


_kinds: dict[str, Kind[Any]] = {}


def register(kind: Kind[M]) -> Kind[M]:
    """Put a kind on the shelf; called once, from a room's kind.py."""
    if kind.code in _kinds:
        raise RuntimeError(f"kind {kind.code} is declared twice")
    _kinds[kind.code] = kind
    return kind


def kinds() -> tuple[Kind[Any], ...]:
    """All kinds, in the order of the wings."""
    return tuple(_kinds.values())


def kind_of(of: str | type[Record] | Record) -> Kind[Any]:
    """The kind of a code, a model or a record. KeyError for something that is no kind."""
    if isinstance(of, Record):
        return _kinds[of.kind]
    return _kinds[of if isinstance(of, str) else of._meta.model_name or ""]


def gates_for(kind: Kind[Any], move: str) -> Iterable[Rule[Any]]:
    return (gate.rule for upper in _kinds.values() for gate in upper.gates if gate.to is kind.model and gate.move == move)


def reactions_for(kind: Kind[Any], move: str) -> Iterable[Callable[[Any, Any], None]]:
    return (r.call for upper in _kinds.values() for r in upper.reactions if r.to is kind.model and r.move == move)


def panels_for(kind: Kind[Any]) -> Iterable[Panel]:
    return (panel for upper in _kinds.values() for panel in upper.panels if panel.to is kind.model)


def meaning(code: str) -> Meaning | None:
    """A link meaning declared by any kind."""
    return next((m for kind in _kinds.values() for m in kind.links if m.code == code), None)


def wiring() -> list[dict[str, Json]]:
    """Who reacts to whom: kinds, moves, gates, reactions as plain data (printed by `make reactions`)."""
    found: list[dict[str, Json]] = []
    for kind in sorted(_kinds.values(), key=lambda k: k.code):
        moves: list[Json] = [f"{m.name}: {'/'.join(m.starts)} → {m.to}" for m in kind.lifecycle.moves]
        gates: list[Json] = [f"{kind_of(g.to).code}.{g.move} ← {g.rule.__name__}" for g in kind.gates]
        reactions: list[Json] = [f"{kind_of(r.to).code}.{r.move} → {r.call.__name__}" for r in kind.reactions]
        needs: list[Json] = [f"{m.name}: {rule.__name__}" for m in kind.lifecycle.moves for rule in m.needs]
        found.append({"kind": kind.code, "schema": kind.schema, "moves": moves, "needs": needs, "gates": gates, "reactions": reactions})
    return found


def wiring_digest() -> str:
    """Sixteen hex digits that stand for the wiring of this build; stamped on every entry."""
    return sha256(canonical(list(wiring())))[:16]


def required_missing(kind: Kind[M], record: M, move: str) -> Iterable[No]:
    """Fields that must hold a value, or say why not, before a move (`!` of domain/forms.md)."""
    from django.utils.translation import gettext as _

    for name in kind.required.get(move, ()):
        value = getattr(record, name if kind.part(name) else kind.model._meta.get_field(name).attname)  # type: ignore[union-attr]
        if (value in (None, "", []) or _is_empty_part(value)) and name not in record.absent:
            label = field_label(kind, name)
            yield No("required", _("“%(field)s” is not yet looked at.") % {"field": label}, field=name, fix=_("State it, or say why it is absent."))


def _is_empty_part(value: Any) -> bool:
    return isinstance(value, models.Manager) and not value.exists()


def field_label(kind: Kind[Any], name: str) -> str:
    part = kind.part(name)
    if part is not None:
        return str(part.label)
    return capfirst(str(kind.model._meta.get_field(name).verbose_name))
