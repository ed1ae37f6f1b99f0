"""revise: a new edition of a controlled record, as a draft beside the one in force."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.search.index import index

from .content import record_content
from .fetch import locked
from .fields import apply, check_rules, clean_values
from .unit import Act, unit

M = TypeVar("M", bound=Record)


def revise(who: Actor | Person, record: M, *, blank: tuple[str, ...] = (), **values: Any) -> M:
    """Begin the next edition from `record`. `blank` names fields that start empty (the change record of the version).

    Raises NotAllowed, Refusal (event kinds, an edition already in work).
    """
    kind = kind_of(record)
    with unit(who, f"revise {record.number}", record.uid) as act:
        base: M = locked(act, record)
        _may_revise(act, kind, base)
        fresh: M = _copy(act, kind, base, blank)
        apply(kind, fresh, clean_values(kind, values), {}, by=act.actor)
        check_rules(kind, fresh)
        fresh.label = kind.label_draft(fresh) if kind.label_draft else str(fresh.edition)
        act.insert(fresh, record_content(kind, fresh, new=True))
        _copy_parts(kind, base, fresh)
        _copy_edges(act, base, fresh)
        act.save(kind, fresh)
        index(kind, fresh, new=True)
        act.log("revise", fresh, base=str(base.uid))
    return fresh


def _may_revise(act: Act, kind: Kind[Any], base: Record) -> None:
    if kind.shape != "controlled":
        raise Refusal(No("revise.event", _("An event has one edition; it cannot be revised.")))
    no = kind.create_by(act.actor, base, act.at)
    if no is not None:
        raise NotAllowed(no)
    others = kind.model.objects.filter(series=base.series)
    open_states = kind.lifecycle.editable | {move.start for move in kind.lifecycle.moves if isinstance(move.start, str) and move.signatures}
    working = others.filter(state__in=open_states, effective_from=None).exclude(pk=base.pk).first()
    if working is not None or base.effective_from is None:
        raise Refusal(No("revise.open", _("A version is already in work."), fix=_("Finish it or void it first.")))


def _copy(act: Act, kind: Kind[M], base: M, blank: tuple[str, ...]) -> M:
    last = kind.model.objects.filter(series=base.series).order_by("-edition").values_list("edition", flat=True).first() or base.edition
    fresh: M = kind.model(
        uid=uuid7(), series=base.series, number=base.number, kind=kind.code, edition=last + 1, state=kind.lifecycle.start,
        state_since=act.at, created_at=act.at, changed_at=act.at, created_by=act.actor.uid, parents=[base.digest] if base.digest else None,
        owner=base.owner, deputy=base.deputy, site=base.site, confidentiality=base.confidentiality, scope=base.scope,
    )
    for name in kind.content_fields:
        if name not in blank:
            attribute = kind.model._meta.get_field(name).attname  # type: ignore[union-attr]
            setattr(fresh, attribute, getattr(base, attribute))
    fresh.absent = {name: why for name, why in base.absent.items() if name not in blank}
    return fresh


def _copy_parts(kind: Kind[Any], base: Record, fresh: Record) -> None:
    for part in kind.parts:
        for row in getattr(base, part.name).all():
            values: Mapping[str, Any] = {f.attname: getattr(row, f.attname) for f in part.codec.fields.values()}
            part.model(uid=uuid7(), order=row.order, **{"record": fresh}, **values).save(force_insert=True)


def _copy_edges(act: Act, base: Record, fresh: Record) -> None:
    """Attachments that belong to the content go along, for the new edition to keep or remove."""
    from medithread.kernel.files.models import Attachment

    for old in base.attachments.filter(removed=False).exclude(role="rendition"):
        copy = Attachment(record=fresh, file=old.file, name=old.name, role=old.role, note=old.note, added_by=old.added_by, added_at=act.at)
        act.put("create", copy)
