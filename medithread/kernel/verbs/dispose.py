"""dispose: blank named values for ever, under an approved request; commitments, chain and signatures stay and still verify.

A request is a record of any kind that has a content field `items`, a list of `<uid>/<path>`, and a move whose signature plan has
a slot with the meaning “approved”. `<uid>` is a record or a thing; `<path>` is a field, `parts/<name>/<uid>`, `note` (all reasons
given), `bytes` of a stored file, or `*` for everything personal of a person. What the approvers signed is what is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Nos, NotAllowed, Refusal
from medithread.kernel.files.models import Attachment, StoredFile
from medithread.kernel.files.store import path_of
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Delegation, Passkey, Person, SigningRight, Token
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.append import Draft
from medithread.kernel.ledger.disposal import KIND, blank, items_digest, marks_of, not_disposed
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Comment, Link, Record
from medithread.kernel.search.index import index
from medithread.kernel.signing.meanings import STAYS_ON_ITS_TEXT
from medithread.kernel.signing.models import Compensation, Signature
from medithread.kernel.signing.plans import state_of

from .fetch import locked
from .placeholders import DISPOSED, placeholder
from .things import THINGS, spec_of
from .unit import Act, unit
from .who import agent, any_of, role

ITEMS = "items"
EVERYTHING = "*"
BYTES = "bytes"
PERSONAL: dict[type[models.Model], tuple[str, ...]] = {
    Person: ("name", "email", "function"), Account: ("username",), SigningRight: ("verified_how",), Passkey: ("label",), Token: ("label",),
}
# Words that people wrote into things; everything else of a thing is a code, a time or a reference.
WORDS: dict[type[models.Model], tuple[str, ...]] = {
    **PERSONAL, Comment: ("text",), Attachment: ("name", "note"), Link: ("note",), Delegation: ("reason",), Compensation: ("reason",), Signature: ("statement", "reason"),
}
MAY = any_of(role(Role.QA, Role.MR), agent())


@dataclass
class Target:
    """One row and the paths of it that go."""

    row: Any
    paths: list[str]

    @property
    def uid(self) -> UUID:
        return self.row.uid  # type: ignore[no-any-return]


def dispose(who: Actor | Person, request: Record, items: Sequence[str] | None = None) -> int:
    """Blank what the approved request names (or the part of it given in `items`), in ledger and live tables. Answers how many values.

    Raises NotAllowed, and Refusal with every reason against it: not approved, not named, inside its retention, on legal hold.
    """
    with unit(who, f"dispose {request.number}", request.uid) as act:
        fresh = locked(act, request)
        no = MAY(act.actor, fresh, act.at)
        if no is not None:
            raise NotAllowed(no)
        signatures = authority(fresh)
        outer, act.cause = act.cause, act.cause or f"{fresh.kind}.dispose:{fresh.uid}"
        targets = _targets(_named(fresh, items))
        _refuse(act, targets)
        marks = not_disposed({mark for target in targets for mark in _marks(target)})
        if not marks:
            raise Refusal(No("dispose.nothing", _("There is nothing left to dispose of.")))
        for target in targets:
            _blank_live(act, fresh, target)
        _say(act, fresh, targets, marks, signatures)
        act.cause = outer
    return len(marks)


def authority(request: Record) -> list[Signature]:
    """The signatures that approve a request as it stands. Raises Refusal when a plan with “approved” is not complete.

    Either the signed move was made and the content is still the one signed, or it is being made in this very unit.
    """
    whole = request.whole
    for move in kind_of(request).lifecycle.moves:
        plan = [slot for slot in move.plan_for(whole) if slot.meaning not in STAYS_ON_ITS_TEXT]
        if not any(slot.meaning == "approved" for slot in plan):
            continue
        if whole.state == move.to:
            given = list(whole.signatures.filter(move=move.name, digest=whole.digest or ""))
            if all(any(slot.name in signature.slots.split(",") for signature in given) for slot in plan):
                return given
        elif whole.state in move.starts and (state := state_of(whole, move)).complete:
            return [filled.signature for filled in state.filled]
    raise Refusal(No("dispose.not-approved", _("This request is not approved as it stands."), fix=_("Have it approved, then dispose.")))


def personal_items(person: Person) -> list[str]:
    """Everything personal of one person that the ledger holds outside records: name, address, function, sign-in name, labels."""
    found = [f"{person.uid}/{path}" for path in PERSONAL[Person]]
    for model, paths in PERSONAL.items():
        if model is not Person:
            rows = model._default_manager.filter(person=person).values_list("uid", flat=True)
            found += [f"{uid}/{path}" for uid in rows for path in paths]
    return found


def _named(request: Record, items: Sequence[str] | None) -> list[str]:
    named: list[str] = list(getattr(request.whole, ITEMS, None) or [])
    stray = [item for item in items or () if item not in named]
    if not named or stray:
        raise Refusal(No("dispose.items", _("The approved request does not name this."), field=ITEMS, fix=_("Name it in a request and have that approved.")))
    return list(items) if items is not None else named


def _targets(items: Iterable[str]) -> list[Target]:
    """Rows and paths of the items, records in the order of their ids so that two disposals never wait for each other."""
    found: dict[UUID, Target] = {}
    for item in items:
        uid, _slash, path = item.partition("/")
        row = _find(uid)
        if isinstance(row, Person) and path == EVERYTHING:
            for each in _targets(personal_items(row)):
                found.setdefault(each.uid, Target(each.row, [])).paths.extend(each.paths)
        else:
            found.setdefault(row.uid, Target(row, [])).paths.append(path)
    return sorted(found.values(), key=lambda target: (type(target.row).__name__, target.row.pk))


def _find(uid: str) -> Any:
    try:
        wanted = UUID(uid)
    except ValueError:
        wanted = UUID(int=0)
    models_of: tuple[type[models.Model], ...] = (Record, *THINGS)
    for model in models_of:
        row = model._default_manager.filter(uid=wanted).first()
        if row is not None:
            return row.whole if isinstance(row, Record) else row
    raise Refusal(No("dispose.unknown", _("There is nothing under %(uid)s.") % {"uid": uid[:60]}, field=ITEMS))


def _refuse(act: Act, targets: list[Target]) -> None:
    nos = Nos()
    for target in targets:
        nos.extend(_no_of_record(act, record) for record in _records(target.row))
        nos.add(_no_of_person(act, target.row))
        nos.extend(_no_of_path(target, path) for path in target.paths)
    nos.raise_any()


def _records(row: Any) -> list[Record]:
    """The records whose retention and hold protect a row."""
    if isinstance(row, Record):
        return [row]
    if isinstance(row, StoredFile):
        return [made.record for made in Attachment.objects.filter(file=row).select_related("record")]
    record = getattr(row, "record", None) or getattr(row, "source", None)
    return [record] if isinstance(record, Record) else []


def _no_of_record(act: Act, record: Record) -> No | None:
    """Retention and hold (ISO 13485 4.2.5; 21 CFR 11.10(c)): without a date there is no disposal."""
    words = {"number": record.number}
    if record.hold:
        return No("dispose.hold", _("%(number)s is on legal hold.") % words, fix=_("Lift the hold first."))
    if record.retain_until is None:
        return No("dispose.no-date", _("%(number)s has no disposal date yet.") % words, fix=_("Set until when it is kept."))
    if record.retain_until >= act.at.date():
        return No("dispose.retention", _("%(number)s is kept until %(date)s.") % {**words, "date": record.retain_until.isoformat()})
    return None


def _no_of_person(act: Act, row: Any) -> No | None:
    person = row if isinstance(row, Person) else getattr(row, "person", None) if type(row) in PERSONAL else None
    if person is not None and (person.left_on is None or person.left_on >= act.at.date()):
        return No("dispose.person", _("%(name)s still works here.") % {"name": person.name}, fix=_("Record when the person left, then dispose."))
    return None


def _no_of_path(target: Target, path: str) -> No | None:
    if path == "note" or (path == BYTES and isinstance(target.row, StoredFile)):
        return None
    no = No("dispose.path", _("“%(path)s” cannot be disposed of.") % {"path": path[:120]}, field=ITEMS)
    head, _slash, rest = path.partition("/")
    if isinstance(target.row, Record):
        known = head in kind_of(target.row).content_fields if not rest else head in ("parts", "absent")
        return None if known else no
    return None if path in WORDS.get(type(target.row), ()) else no


def _marks(target: Target) -> set[str]:
    marks = marks_of(str(target.uid), target.paths)
    if BYTES in target.paths:
        marks.add(target.row.sha256)
    if isinstance(target.row, Attachment) and "name" in target.paths:
        marks |= marks_of(str(target.row.record.uid), [f"files/{target.uid}"])
    return marks


def _blank_live(act: Act, request: Record, target: Target) -> None:
    """Blank the live row and log that it happened; the content digest stays, for it is what was signed."""
    if isinstance(target.row, Record):
        _blank_record(act, request, target)
        return
    for path in target.paths:
        if path == BYTES:
            target.row.text = None
            transaction.on_commit(lambda: storages["files"].delete(path_of(target.row.sha256)))
        elif path != "note" and not isinstance(target.row, Signature):
            field = target.row._meta.get_field(path)
            setattr(target.row, field.attname, placeholder(field, target.uid))
    if not isinstance(target.row, Signature):
        target.row.save()
    spec = spec_of(target.row)
    act.writer.add(
        Draft(verb="dispose", kind=spec.code, schema=spec.schema, subject=target.uid, of=spec.of(target.row), header={"fields": target.paths, "cause": act.cause})
    )


def _blank_record(act: Act, request: Record, target: Target) -> None:
    record, kind = locked(act, target.row), kind_of(target.row)
    mark = {"by": str(act.actor.uid), "code": "withheld", "reason": f"Disposed of under {request.number}."}
    for path in target.paths:
        head, _slash, rest = path.partition("/")
        if head == "parts":
            _blank_part(record, rest)
        elif path != "note":
            name = rest if head == "absent" else head
            attribute = record._meta.get_field(name).attname
            if getattr(record, attribute) is not None or name in record.absent:
                record.absent = {**record.absent, name: mark}
            setattr(record, attribute, None)
    act.save(kind, record, content=False)
    index(kind, record)
    act.log("dispose", record, fields=target.paths)


def _blank_part(record: Record, rest: str) -> None:
    name, _slash, uid = rest.partition("/")
    spec = kind_of(record).part(name)
    if spec is None:
        raise Refusal(No("dispose.path", _("“%(path)s” cannot be disposed of.") % {"path": rest[:120]}, field=ITEMS))
    for row in getattr(record, name).filter(uid=uid):
        for field in spec.codec.fields.values():
            setattr(row, field.attname, placeholder(field, uid))
        row.save()


def _say(act: Act, request: Record, targets: list[Target], marks: set[str], signatures: list[Signature]) -> None:
    """The entry that names the list of values; under its place they are blanked."""
    signed = [target for target in targets if isinstance(target.row, Signature)]

    def carry_out(seq: int) -> None:
        blank(seq, marks)
        Signature.objects.filter(uid__in=[target.uid for target in signed if "statement" in target.paths]).update(statement=DISPOSED)
        Signature.objects.filter(uid__in=[target.uid for target in signed if "reason" in target.paths]).update(reason=None)

    act.writer.add(
        Draft(
            verb="dispose", kind=KIND, schema=1, subject=request.uid, of=request.uid, versioned=False, later=carry_out,
            note={"items": [f"{target.uid}/{path}" for target in targets for path in target.paths]},
            header={"number": request.number, "count": len(marks), "items": items_digest(marks), "authority": [str(signature.uid) for signature in signatures]},
        )
    )
