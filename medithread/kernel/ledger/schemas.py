"""Schemas and starts in the ledger: what the fields of each kind meant when entries were written, and which program wrote them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation

from medithread import __version__
from medithread.kernel.base.canon import Json, canonical, sha256
from medithread.kernel.base.guard import door_open
from medithread.kernel.records.kinds import wiring_digest

from .append import lock_head
from .live import Source, sources
from .voice import said, say


def record_schemas(actor: UUID | None = None) -> list[int]:
    """Write an entry for every kind@schema whose declaration the ledger does not have yet, and one when program or wiring changed.

    Called after migrate and at every start; writes nothing when nothing changed. Answers the places. Raises LedgerBroken.
    """
    with transaction.atomic(), door_open(), translation.override("en"):
        lock_head()
        known = {entry["describes"]: entry["digest"] for entry in said("schema")}
        places = [
            say("schema", {"describes": name, "digest": digest}, actor=actor, note=_note(source))
            for source, name, digest in _declared()
            if known.get(name) != digest
        ]
        last = list(said("start"))[-1:]
        if not last or (last[0]["program"], last[0]["wiring"]) != (__version__, wiring_digest()):
            places.append(say("start", {"program": __version__}, actor=actor))
    return places


def _declared() -> Iterator[tuple[Source, str, str]]:
    for source in sources():
        yield source, f"{source.code}@{source.schema}", sha256(canonical(_note(source)))


def _note(source: Source) -> dict[str, Json]:
    """JSON Schema of the content with its labels, and the order in which the fields are read."""
    schema: Any = source.json_schema()
    return {"json_schema": schema, "order": list(schema["properties"])}


def schemas() -> dict[str, dict[str, Json]]:
    """kind@schema → what this program would write today (for the export)."""
    with translation.override("en"):
        return {f"{source.code}@{source.schema}": _note(source) for source in sources()}
