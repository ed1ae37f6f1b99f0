"""The unit of work: one durable transaction, one act, its entries last (kernel.md §2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, NotAllowed, Refused
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.append import Draft, Writer
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.together import refuse_other_wiring
from medithread.kernel.records import parameters
from medithread.kernel.records.kinds import Kind, kind_of, wiring_digest
from medithread.kernel.records.models import Record

from .content import record_content, record_handling, version_columns
from .things import spec_of

WIRING: Any = SimpleLazyObject(wiring_digest)
_current: ContextVar["Act | None"] = ContextVar("act", default=None)


@dataclass
class Act:
    """What one person or agent does in one go. Verbs, consequences and reactions share it."""

    actor: Actor
    at: datetime
    uid: UUID = field(default_factory=uuid7)
    writer: Writer = field(default_factory=Writer)
    cause: str = ""
    entries: list[int] = field(default_factory=list)

    # --- what rooms use in consequences and reactions -----------------------------------------------------------
    def create(self, model: Any, **values: Any) -> Any:
        from .create import create

        return create(self.actor, model, **values)

    def edit(self, record: Any, **values: Any) -> Any:
        from .edit import edit

        return edit(self.actor, record, lock=record.lock, **values)

    def move(self, record: Any, name: str, **asks: Any) -> Any:
        from .move import move

        return move(self.actor, record, name, lock=record.lock, **asks)

    def link(self, source: Any, target: Any, meaning: str, **options: Any) -> Any:
        from .link import link

        return link(self.actor, source, target, meaning, **options)

    # --- what verbs use ---------------------------------------------------------------------------------------
    def insert(self, record: Record, content: Mapping[str, Json]) -> None:
        """First write of a record whose content is at hand."""
        self.writer.born(record.uid)
        record.digest = self.writer.weigh_content(record.uid, content)
        record.save(force_insert=True)

    def save(self, kind: Kind[Any], record: Record, *, content: bool = True) -> None:
        """Write a changed record; the digest is computed on every write that may touch content."""
        record.lock += 1
        record.changed_at = self.at
        if content:
            record.digest = self.writer.weigh_content(record.uid, record_content(kind, record))
        record.save()

    def log(self, verb: str, record: Record, *, note: Mapping[str, Json] | None = None, **header: Json) -> None:
        """Queue the entry of a record that was just written."""
        kind = kind_of(record)
        self.writer.add(
            Draft(
                verb=verb, kind=kind.code, schema=kind.schema, subject=record.uid, of=record.uid,
                handling=record_handling(kind, record), note=note or {}, columns=version_columns(record),
                header={"number": record.number, "edition": record.edition, **({"cause": self.cause} if self.cause else {}), **header},
            )
        )

    def touch(self, verb: str, record: Record, **values: Any) -> None:
        """Change handling of another record as a consequence: locked, saved and logged under this act's cause."""
        from .fetch import locked

        fresh = locked(self, record)
        for name, value in values.items():
            setattr(fresh, name, value)
        self.save(kind_of(fresh), fresh, content=False)
        self.log(verb, fresh)

    def put(self, verb: str, thing: models.Model, *, note: Mapping[str, Json] | None = None, **header: Json) -> None:
        """Save a thing that is no record and queue its entry."""
        if verb == "create":
            self.writer.born(thing.uid)  # type: ignore[attr-defined]
        thing.save()
        self.note(verb, thing, note=note, **header)

    def note(self, verb: str, thing: models.Model, *, note: Mapping[str, Json] | None = None, **header: Json) -> None:
        """Queue the entry of a thing that was saved already."""
        spec = spec_of(thing)
        uid: UUID = thing.uid  # type: ignore[attr-defined]
        self.writer.weigh_content(uid, spec.content(thing))
        self.writer.add(Draft(verb=verb, kind=spec.code, schema=spec.schema, subject=uid, of=spec.of(thing), note=note or {}, header=header))

    def say(self, verb: str, code: str, subject: UUID, *, note: Mapping[str, Json] | None = None, **header: Json) -> None:
        """Queue an entry that is about no row: start of a build, seal, checkpoint key, export."""
        self.writer.add(Draft(verb=verb, kind=code, schema=1, subject=subject, of=subject, note=note or {}, header=header, versioned=False))

    def stamp(self) -> dict[str, Json]:
        found: dict[str, Json] = {"wiring": str(WIRING)}
        edition = parameters.stamp()
        if edition:
            found["params"] = edition
        if self.actor.agent is not None:
            found["agent"] = True
            if self.actor.authority is not None:
                found["authority"] = self.actor.authority
        return found


def as_actor(who: Actor | Person) -> Actor:
    """A person is an actor without session; roles are read inside the unit."""
    return who if isinstance(who, Actor) else Actor(person=who)


def current() -> Act | None:
    """The act under way, if any."""
    return _current.get()


@contextmanager
def unit(who: Actor | Person, what: str = "", subject: UUID | None = None) -> Iterator[Act]:
    """Open a unit of work, or join the one under way. Refusals are journalled after the rollback."""
    act = _current.get()
    if act is not None:
        yield act
        return
    actor = as_actor(who).fresh()
    try:
        with transaction.atomic(durable=True), door_open(), parameters.read_once():
            act = Act(actor=actor, at=now())
            token = _current.set(act)
            try:
                _may_write(actor)
                yield act
                if act.writer.drafts:
                    act.entries = act.writer.finish(act=act.uid, actor=actor.uid, stamp=act.stamp())
            finally:
                _current.reset(token)
    except Refused as refusal:
        journal("refused", person=actor.uid, subject=subject, detail=f"{what}: {','.join(refusal.codes)}", address=actor.address)
        raise


def _may_write(actor: Actor) -> None:
    refuse_other_wiring()
    if "write" not in actor.scopes:
        raise NotAllowed(No("scope.write", _("This token may only read.")))
    if actor.person is not None and actor.person.left_on is not None and actor.person.left_on < now().date():
        raise NotAllowed(No("person.left", _("This person has left the company.")))
