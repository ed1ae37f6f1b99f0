"""A record of every registered kind: begun by somebody who may, with what its rules ask for.

A new kind works as it is. Where its rules ask for more than a title say so in `NEEDS`; where they narrow a field, in `FIT`.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Agent, Person, Site
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.records.kinds import Kind, kind_of, kinds
from medithread.kernel.records.lifecycle import By
from medithread.kernel.records.models import Record
from medithread.kernel.records.parameters import declared
from medithread.kernel.records.visible import may_see
from medithread.kernel.signing.independence import rules
from medithread.kernel.verbs.edit import editor_of
from medithread.kernel.verbs.unit import unit
from tests.company import PEOPLE, Company, _person, found

CODES = tuple(kind.code for kind in kinds())
UNFOUNDED = ("founding",)


def text_body(words: str) -> dict[str, Any]:
    """A formatted text of one paragraph."""
    return {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]}


def _area(place: int) -> str:
    areas = sorted({parameter.area for parameter in declared().values()})
    return areas[place % len(areas)]


def _soft_rule(place: int) -> str:
    soft = [rule.code for rule in rules() if not rule.hard]
    return soft[place % len(soft)]


def day(offset: int) -> str:
    return (now().date() + timedelta(days=offset)).isoformat()


# What the rules of a kind ask for at every save, beside a title.
NEEDS: dict[str, Callable[[], dict[str, Any]]] = {
    "action": lambda: {"due": day(30)},
    "parameterset": lambda: {"area": _area(0)},
}
# Two values of a field whose rules take not every value of its class.
FIT: dict[tuple[str, str], Callable[[int], Any]] = {
    ("parameterset", "area"): _area,
    ("independenceexception", "rule"): _soft_rule,
    ("independenceexception", "valid_from"): lambda n: day(n),
    ("independenceexception", "valid_until"): lambda n: day(20 + n),
    ("roleproposal", "valid_from"): lambda n: (now() + timedelta(days=1 + n)).isoformat(),
    ("roleproposal", "valid_to"): lambda n: (now() + timedelta(days=30 + n)).isoformat(),
}


def world(kind: Kind[Any]) -> Company:
    """A company in which a record of this kind can be begun: for a founding act, one that is not founded yet."""
    return unfounded() if kind.code in UNFOUNDED else found()


def unfounded() -> Company:
    """The same people, before anybody holds a role of quality: an administrator of the machine, and guests."""
    birth("demo")
    with door_open():
        agent = Agent(name="setup", version="1")
    at = now()
    with unit(Actor(agent=agent)) as act:
        act.put("create", agent)
        lyon, gren = Site(code="LYO", name="Lyon"), Site(code="GRE", name="Grenoble")
        act.put("create", lyon)
        act.put("create", gren)
        people = {first: _person(act, name, roles if roles == (Role.IT,) else (Role.INSP,), at) for first, (name, roles) in PEOPLE.items()}
    return Company(people, lyon, gren)


def somebody(company: Company, may: By, record: Record | None) -> Person:
    """The first of the company for whom a predicate holds, and who sees the record."""
    for person in company.people.values():
        actor = Actor(person=person)
        if (record is None or may_see(actor, record)) and may(actor, record, now()) is None:
            return person
    raise AssertionError(f"nobody of the company may: {may.__name__}")


def creator(company: Company, kind: Kind[Any], parent: Record | None = None) -> Person:
    return somebody(company, kind.create_by, parent)


def maker(record: Record) -> Person:
    """Who began it."""
    return Person.objects.get(uid=record.created_by)


def editor(company: Company, record: Record) -> Person:
    return somebody(company, editor_of(kind_of(record)), record)


def minimal(kind: Kind[Any]) -> dict[str, Any]:
    """The least that a record of this kind can be begun with."""
    return {"title": f"A sample: {kind.name}", **(NEEDS[kind.code]() if kind.code in NEEDS else {})}


def begin(company: Company, kind: Kind[Any], *, by: Person | Actor | None = None, parent: Record | None = None, **values: Any) -> Any:
    """A record in its first state, with its parent where the kind has one."""
    if kind.child_of is not None and parent is None:
        parent = begin(company, kind_of(kind.child_of), **{k: v for k, v in values.items() if k in ("site", "confidentiality")})
    return verbs.create(by or creator(company, kind, parent), kind.model, parent=parent, **{**minimal(kind), **values})


def put_in_state(record: Record, state: str) -> Any:
    """Set a state behind the application's back: for tests of what is refused in it."""
    with door_open():
        Record.objects.filter(pk=record.pk).update(state=state)
    return record.whole if type(record) is Record else type(record).objects.get(pk=record.pk)


def pair(kind: Kind[Any], name: str, company: Company) -> tuple[Any, Any]:
    """Two different values that a field takes."""
    if (kind.code, name) in FIT:
        fit = FIT[kind.code, name]
        return fit(0), fit(1)
    field = kind.model._meta.get_field(name)
    return tuple(_value(field, place, company) for place in (0, 1))  # type: ignore[return-value]


def _value(field: Any, place: int, company: Company) -> Any:
    if field.choices:
        codes = [code for code, _label in field.flatchoices]
        return codes[place % len(codes)]
    if getattr(field, "known", None):
        return [code for code, _words in field.known()][place : place + 2]
    if isinstance(field, models.ForeignKey):
        return (company.quinn, company.mara)[place].uid if field.related_model is Person else (company.lyon, company.gren)[place].uid
    return next(make(place) for kind, make in _MAKERS if isinstance(field, kind))


_MAKERS: tuple[tuple[type[Any], Callable[[int], Any]], ...] = (
    (CodesField, lambda n: [f"C{n}", "MFG"]),
    (RichTextField, lambda n: text_body(f"Text {n}.")),
    (models.BooleanField, lambda n: bool(n)),
    (models.DecimalField, lambda n: Decimal("1.5") + n),
    (models.IntegerField, lambda n: 12 + n),
    (models.DateTimeField, lambda n: (now() - timedelta(days=3 - n)).isoformat()),
    (models.DateField, lambda n: day(n - 3)),
    (models.UUIDField, lambda _n: uuid7()),
    (models.EmailField, lambda n: f"q{n}@example.org"),
    (models.CharField, lambda n: f"Words {n}"),
    (models.TextField, lambda n: f"More words {n}"),
)


def moves_not_from(kind: Kind[Any], state: str) -> Iterator[str]:
    """Steps that the table does not have from a state."""
    for move in kind.lifecycle.moves:
        if state not in move.starts:
            yield move.name
