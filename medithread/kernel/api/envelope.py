"""The one form in which a record leaves: {uid, number, edition, lock, handling, content, absent, links, moves} (kernel.md §1)."""

from typing import Any

from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.models import Link, Record
from medithread.kernel.records.visible import visible
from medithread.kernel.verbs import offers
from medithread.kernel.verbs.content import record_handling


def content_of(kind: Kind[Any], record: Record) -> dict[str, Any]:
    """Fields and parts, as the codec writes them."""
    found: dict[str, Any] = dict(kind.content_codec.encode(record))
    for part in kind.parts:
        rows = getattr(record, part.name).all()
        found[part.name] = [{"uid": str(row.uid), "lock": row.lock, "order": row.order, **part.codec.encode(row)} for row in rows]
    return found


def brief(kind: Kind[Any], record: Record) -> dict[str, Any]:
    """A row of a list: spine and declared columns, no long texts."""
    columns = kind.content_codec.encode(record)
    handling = record_handling(kind, record)
    names = set(kind.columns) | {"title"}
    return {
        "uid": str(record.uid), "series": str(record.series.uid), "kind": kind.code, "number": record.number, "edition": record.edition,
        "label": record.label, "lock": record.lock, "state": record.state, "digest": record.digest,
        "handling": {k: v for k, v in handling.items() if k in names or k in ("owner", "site", "due", "effective_from", "effective_to")},
        "content": {k: v for k, v in columns.items() if k in names},
    }


def envelope(actor: Actor, kind: Kind[Any], record: Record) -> dict[str, Any]:
    """The whole record with its links and the moves open to this actor."""
    from medithread.kernel.base.clock import now

    return {
        "uid": str(record.uid), "series": str(record.series.uid), "kind": kind.code, "schema": kind.schema, "number": record.number,
        "edition": record.edition, "label": record.label, "lock": record.lock, "state": record.state,
        "condition": kind.lifecycle.condition(record, now()).code, "digest": record.digest,
        "handling": record_handling(kind, record), "content": content_of(kind, record), "absent": record.absent,
        "links": [link_form(link) for link in links_of(actor, record)], "moves": [move_form(offer) for offer in offers(actor, record)],
    }


def links_of(actor: Actor, record: Record) -> list[Link]:
    """Links out of and into a record whose other end this actor may see."""
    out = record.links_out.filter(removed=False).select_related("source__series", "target", "pinned")
    back = Link.objects.filter(target=record.series, removed=False).select_related("source__series", "target", "pinned")
    series = set(Record.objects.filter(visible(actor), series__in=[x.target_id for x in out]).values_list("series_id", flat=True))
    sources = set(Record.objects.filter(visible(actor), pk__in=[x.source_id for x in back]).values_list("pk", flat=True))
    return [x for x in out if x.target_id in series] + [x for x in back if x.source_id in sources]


def link_form(link: Link) -> dict[str, Any]:
    return {
        "uid": str(link.uid), "meaning": link.meaning, "source": str(link.source.uid), "source_number": link.source.number,
        "target": str(link.target.uid), "target_number": link.target.number,
        "pinned": str(link.pinned.uid) if link.pinned else None, "note": link.note,
    }


def move_form(offer: Any) -> dict[str, Any]:
    return {
        "name": offer.move.name, "to": offer.move.to, "allowed": offer.allowed, "signature": offer.signs, "asks": list(offer.move.asks),
        "reason": offer.move.reason, "refusals": [{"code": no.code, "text": str(no.text), "fix": str(no.fix)} for no in offer.nos],
    }
