"""Reshape: the one migration operation that changes facts. It leaves its own entry; signed bytes are never rewritten (kernel.md §3).

A frozen pure function turns content and handling of schema n into those of n + 1. The migration applies it to the live rows;
verification applies the same function to what the ledger holds, so that an old signature stays on the bytes it was given for.
"""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from medithread.kernel.base.canon import canonical, sha256
from medithread.kernel.base.guard import door_open
from medithread.kernel.records.codec import codec_for

from .stream import chunks
from .values import stored
from .voice import said, say

Values = dict[str, Any]
Function = Callable[[Values, Values], tuple[Values, Values]]
Stored = dict[str, tuple[str, str | None]]
CURRENT = (
    "SELECT v.uid, v.schema, e.kind, v.content, v.handling FROM ledger_version v JOIN ledger_entry e ON e.seq = v.seq_from "
    "WHERE v.kind = %s AND v.seq_to IS NULL ORDER BY v.id"
)


def source_of(function: Function) -> str:
    """SHA-256 of a function's source text: the entry holds it, so that a changed function is noticed."""
    return sha256(inspect.getsource(function).encode())


class Reshape(Operation):
    """Migration operation: `Reshape("document", "Document", 1, function)` takes a kind from schema 1 to 2.

    `function(content, handling)` gets and answers plain JSON values by path and must not import anything of the app. It applies
    to fields, `absent/…` and handling; rows of parts are changed by giving the part's model in `parts`. It stands in a migration
    of its own, after the one that alters the columns (PostgreSQL does not mix the two).
    """

    reduces_to_sql = False
    reversible = False

    def __init__(self, kind: str, model: str, start: int, function: Function, parts: Mapping[str, str] | None = None) -> None:
        self.kind, self.model, self.start, self.function, self.parts = kind, model, start, function, dict(parts or {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.kind, self.model, self.start, self.function], {"parts": self.parts} if self.parts else {}

    def describe(self) -> str:
        return f"Reshape {self.kind} from schema {self.start} to {self.start + 1}"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The columns are the business of the operations beside this one."""

    def database_forwards(self, app_label: str, _schema_editor: Any, _from_state: Any, to_state: Any) -> None:
        if not _is_born():
            return
        count = 0
        for uid, before, after in self._changes():
            with door_open():
                self._apply(to_state.apps, app_label, uid, before, after)
            count += 1
        function = f"{self.function.__module__}.{self.function.__qualname__}"
        say("reshape", {"of_kind": self.kind, "from": self.start, "to": self.start + 1, "function": function, "source": source_of(self.function), "changed": count})

    def _changes(self) -> Iterator[tuple[str, Values, Values]]:
        """(uid, values before, values after) of the rows that change; contents older than `start` are lifted to it first."""
        entries = {(entry["of_kind"], entry["from"]): entry for entry in said("reshape")}
        for batch in chunks(CURRENT, (self.kind,), 500):
            there = stored({digest for row in batch for digest in row[3:] if digest})
            for uid, schema, written, content, handling in batch:
                pair = there.get(content or "", {}), there.get(handling or "", {})
                old, held = upcast(self.kind, schema, int(written.partition("@")[2]), self.start, *pair, entries)
                before = (_values(old), _values(held).get("handling", {}))
                after = self.function(dict(before[0]), dict(before[1]))
                if before != after:
                    yield str(uid), {**before[1], **before[0]}, {**after[1], **after[0]}

    def _apply(self, apps: Any, app_label: str, uid: str, before: Values, after: Values) -> None:
        changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
        model = apps.get_model(app_label, self.model)
        row = model._base_manager.get(uid=uid)
        for path in changed:
            name, _slash, rest = path.partition("/")
            if name == "parts":
                self._apply_part(apps, app_label, rest, after.get(path))
            elif name == "absent":
                row.absent = {k: v for k, v in {**row.absent, rest: after.get(path)}.items() if v is not None}
            elif not rest:
                _set(row, name, after.get(path))
        row.save()

    def _apply_part(self, apps: Any, app_label: str, rest: str, value: Values | None) -> None:
        name, _slash, uid = rest.partition("/")
        rows = apps.get_model(app_label, self.parts[name])._base_manager.filter(uid=uid)
        if value is None:
            rows.delete()
            return
        row = rows.get()
        for field in row._meta.concrete_fields:
            if field.name not in ("id", "uid", "record"):
                _set(row, field.name, value.get(field.name))
        row.save()


def _set(row: Any, name: str, value: Any) -> None:
    field = row._meta.get_field(name)
    if field.is_relation and field.target_field.name != "uid":
        raise ValueError(f"{name} ties rows together and cannot be reshaped")
    setattr(row, field.attname, None if value is None else codec_for(field).decode(value))


def _values(found: Stored) -> Values:
    return {path: json.loads(text) for path, (_mark, text) in found.items() if text is not None}


def _is_born() -> bool:
    with connection.cursor() as cursor:
        if "ledger_head" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT COUNT(*) FROM ledger_head")
        return bool(cursor.fetchone()[0])


@lru_cache(maxsize=1)
def functions() -> dict[tuple[str, int], Function]:
    """(kind, schema) → the function that lifts it, from the migrations of this program."""
    found: dict[tuple[str, int], Function] = {}
    for migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values():
        found.update({(op.kind, op.start): op.function for op in migration.operations if isinstance(op, Reshape)})
    return found


def upcast(
    kind: str, content_at: int, handling_at: int, to: int, content: Stored, handling: Stored, entries: Mapping[tuple[str, int], Mapping[str, Any]]
) -> tuple[Stored, Stored]:
    """Stored values lifted to schema `to`. Raises LookupError when a function is not there or is not the one that was applied."""
    values, held = _values(content), _values(handling).get("handling", {})
    for step in range(min(content_at, handling_at), to):
        function, entry = functions().get((kind, step)), entries.get((kind, step))
        if function is None or entry is None:
            raise LookupError(f"Nothing says how {kind} went from schema {step} to {step + 1}.")
        if source_of(function) != entry["source"]:
            raise LookupError(f"The function that took {kind} from schema {step} to {step + 1} is not the one of entry {entry['seq']}.")
        new, new_held = function(dict(values), dict(held))
        values = new if step >= content_at else values
        held = new_held if step >= handling_at else held
    lifted: Stored = {path: (content.get(path, ("", None))[0], canonical(value).decode()) for path, value in values.items()}
    lifted.update({path: pair for path, pair in content.items() if pair[1] is None})
    return lifted, {"handling": (handling.get("handling", ("", None))[0], canonical(held).decode())} if handling else {}
