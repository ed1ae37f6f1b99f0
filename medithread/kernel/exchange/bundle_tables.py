"""What goes into an export, table by table (docs/spec/bundle.md)."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import F

from medithread.kernel.base.canon import Json, canonical
from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.store import chunks as bytes_of
from medithread.kernel.ledger.live import Row, Source, sources
from medithread.kernel.ledger.models import Checkpoint, Disposal
from medithread.kernel.ledger.schemas import schemas
from medithread.kernel.ledger.seal import journal_rows, row_bytes
from medithread.kernel.ledger.stream import as_instant, batches, chunks, instant_text
from medithread.kernel.records.models import Counter, Scope, Series

from .bundle_part import OF_PEOPLE, Part
from .bundle_zip import Target

VALUES = "SELECT v.commitment, v.salt, v.body, d.seq FROM ledger_value v LEFT JOIN ledger_disposal d ON d.commitment = v.commitment"
SEALS = "SELECT first, last, count, root, seq FROM ledger_journal_seal ORDER BY first"
ALL = 2**62


def write_tables(target: Target, part: Part | None) -> None:
    """Write everything but the members that speak of the export itself."""
    target.lines("ledger/entries.jsonl", ([bytes(body) for (body,) in batch] for batch in chunks("SELECT body FROM ledger_entry ORDER BY seq")))
    target.lines("ledger/manifests.jsonl", ([body.encode() for (body,) in batch] for batch in chunks("SELECT body FROM ledger_manifest")))
    target.lines("ledger/values.jsonl", ([_value(row, part) for row in batch] for batch in chunks(VALUES)))
    target.json_lines("ledger/disposals.jsonl", _json(chunks("SELECT commitment, seq FROM ledger_disposal ORDER BY seq, commitment"), "commitment", "seq"))
    target.json_lines("ledger/checkpoints.jsonl", ([_checkpoint(*row) for row in batch] for batch in chunks(_checkpoints())))
    target.json_lines("journal/seals.jsonl", _json(chunks(SEALS), "first", "last", "count", "root", "seq"))
    if part is None:
        target.lines("journal/rows.jsonl", ([row_bytes(row) for row in batch] for batch in batches(journal_rows(0, ALL))))
    for name, schema in schemas().items():
        target.bytes(f"schemas/{name}.json", canonical(schema))
    for source in sources():
        _write_live(target, source, part)
    if part is None:
        _write_rest(target)
    _write_files(target, part)
    last = Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if last is not None:
        target.text("checkpoint.txt", last)


def _value(row: tuple[Any, ...], part: Part | None) -> bytes:
    mark, salt, body, disposed = row
    if disposed is not None:
        return f'{{"c":"{mark}","state":"disposed"}}'.encode()
    if part is not None and mark not in part.marks:
        return f'{{"c":"{mark}","state":"withheld"}}'.encode()
    return f'{{"c":"{mark}","s":"{bytes(salt).hex()}","v":{body}}}'.encode()


def _json(found: Iterator[list[tuple[Any, ...]]], *names: str) -> Iterator[list[dict[str, Json]]]:
    for batch in found:
        yield [dict(zip(names, row, strict=True)) for row in batch]


def _checkpoints() -> str:
    return f"SELECT size, note, frontier, {as_instant('at')} FROM ledger_checkpoint ORDER BY size"  # noqa: S608


def _checkpoint(size: int, note: str, frontier: str, at: str) -> dict[str, Json]:
    return {"size": size, "note": note, "frontier": json.loads(frontier), "at": instant_text(at)}


def _write_live(target: Target, source: Source, part: Part | None) -> None:
    """One kind's rows as they stand, one envelope a line."""
    kept = (([row for row in batch if part.has(row.uid)] for batch in source.batches()) if part is not None else source.batches())
    folder = "things"
    lines = ([_envelope(source, row, part) for row in batch] for batch in kept)
    first = next((batch for batch in lines if batch), [])
    if first and "handling" in first[0]:
        folder = "records"
    if first:
        target.json_lines(f"{folder}/{source.code}.jsonl", _again(first, lines))


def _again(first: list[Any], rest: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield first
    yield from rest


def _envelope(source: Source, row: Row, part: Part | None) -> dict[str, Json]:
    if row.broken:
        raise ValueError(f"{row.name} cannot be read: {row.broken}")
    content = row.content
    if part is not None and source.code == "person":
        content = {path: value for path, value in content.items() if path in OF_PEOPLE}
    found: dict[str, Json] = {"uid": row.uid, "kind": f"{source.code}@{source.schema}", "content": content}
    if row.handling is not None:
        found |= {"number": row.handling["number"], "edition": row.handling["edition"], "lock": row.handling["lock"], "handling": row.handling, "digest": row.digest}
    return found


def _write_rest(target: Target) -> None:
    """What a restore needs and the ledger does not speak of."""
    tables: dict[str, Any] = {
        "series": Series.objects.order_by("pk").values("uid", "kind", "number"),
        "counter": Counter.objects.order_by("pk").values("name", "last"),
        "scope": Scope.objects.order_by("pk").values("dimension", "value", uid=F("record__uid")),
        "text": StoredFile.objects.exclude(text=None).order_by("pk").values("sha256", "text"),
    }
    for name, rows in tables.items():
        plain = ({key: str(value) if key == "uid" else value for key, value in row.items()} for row in rows.iterator(chunk_size=1_000))
        target.json_lines(f"rest/{name}.jsonl", batches(plain, 500))


def _write_files(target: Target, part: Part | None) -> None:
    disposed = set(Disposal.objects.filter(commitment__in=StoredFile.objects.values("sha256")).values_list("commitment", flat=True))
    for sha256 in StoredFile.objects.order_by("pk").values_list("sha256", flat=True).iterator():
        if sha256 not in disposed and (part is None or sha256 in part.files):
            target.pieces(f"files/{sha256}", bytes_of(sha256), packed=False)
