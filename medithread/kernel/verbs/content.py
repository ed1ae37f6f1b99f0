"""The content of a record as the ledger and the digest see it: {path: value} (docs/spec/canonical.md)."""

from typing import Any

from medithread.kernel.base.canon import Json
from medithread.kernel.records.kinds import Kind, PartSpec
from medithread.kernel.records.models import Record


def record_content(kind: Kind[Any], record: Record, *, new: bool = False) -> dict[str, Json]:
    """All that a signature on this edition covers: fields, absences, parts, content links, content files."""
    found = kind.content_codec.encode(record)
    found.update({f"absent/{name}": dict(why) for name, why in record.absent.items()})
    if new:
        return found
    for part in kind.parts:
        found.update(part_paths(part, record))
    found.update(_link_paths(kind, record))
    if kind.files_are_content:
        found.update(_file_paths(record))
    return found


def part_paths(part: PartSpec, record: Record) -> dict[str, Json]:
    rows = getattr(record, part.name).all()
    return {f"parts/{part.name}/{row.uid}": {**part.codec.encode(row), "order": row.order, "lock": row.lock} for row in rows}


def _link_paths(kind: Kind[Any], record: Record) -> dict[str, Json]:
    codes = [m.code for m in kind.links if m.content]
    if not codes:
        return {}
    links = record.links_out.filter(meaning__in=codes, removed=False).select_related("target", "pinned")
    return {
        f"links/{link.meaning}/{link.target.uid}": {"number": link.target.number, **({"edition": str(link.pinned.uid)} if link.pinned else {})}
        for link in links
    }


def _file_paths(record: Record) -> dict[str, Json]:
    files = record.attachments.filter(removed=False).exclude(role="rendition")
    return {f"files/{f.uid}": {"sha256": f.file_id, "name": f.name, "role": f.role} for f in files}


def record_handling(kind: Kind[Any], record: Record) -> dict[str, Json]:
    """What may change without touching the digest: state, owner, due, validity …"""
    return kind.handling_codec.encode(record)


def version_columns(record: Record) -> dict[str, Any]:
    """The columns of the version table, for lists as of a date."""
    return {
        "number": record.number,
        "label": record.label,
        "state": record.state,
        "owner": record.owner_id,
        "site": record.site_id,
        "due": record.due,
        "effective_from": record.effective_from,
        "effective_to": record.effective_to,
    }
