"""The live rows of an export, put back under new integer keys. What refers to what is found again by uid."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection, models

from medithread.kernel.base.sql import insert_many
from medithread.kernel.files.models import StoredFile
from medithread.kernel.ledger.stream import as_text, batches, lookup
from medithread.kernel.records.codec import codec_for
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.models import Counter, Record, Scope, Series
from medithread.kernel.verbs.things import BY_CODE, THINGS

Lines = Callable[[str], Iterator[Any]]
Line = dict[str, Any]
SIZE = 500


def restored_models() -> Iterator[tuple[str, int]]:
    """Code and schema of every kind of thing."""
    return ((spec.code, spec.schema) for spec in THINGS.values())


class Rows:
    """Reads the members that hold live rows and writes the tables, the ones that others refer to first."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._key: dict[type[models.Model], int] = defaultdict(int)

    def run(self) -> None:
        for some in batches(self._lines("rest/series.jsonl"), SIZE):
            self._insert(Series, [{"uid": UUID(line["uid"]), "kind": line["kind"], "number": line["number"]} for line in some])
        for code in ("site", "person", "agent", "storedfile"):
            self._things(code)
        for kind in kinds():
            self._records(kind)
        for kind in kinds():
            self._parents(kind)
        for code in BY_CODE:
            if code not in ("site", "person", "agent", "storedfile"):
                self._things(code)
        self._rest()

    # --- things ----------------------------------------------------------------------------------------------------
    def _things(self, code: str) -> None:
        spec = BY_CODE[code]
        for some in batches(self._lines(f"things/{code}.jsonl"), SIZE):
            contents = [line["content"] for line in some]
            values = self._values(spec.model, contents, spec.fields)
            self._insert(spec.model, [{"uid": UUID(line["uid"]), **found} for line, found in zip(some, values, strict=True)])

    def _values(self, model: type[models.Model], contents: list[Line], names: Iterable[str]) -> list[dict[str, Any]]:
        """Attribute → value for each content; references by integer key are looked up by uid, all of a batch at once."""
        found: list[dict[str, Any]] = [{} for _each in contents]
        for name in names:
            field: Any = model._meta.get_field(name)
            far = isinstance(field, models.ForeignKey) and field.target_field.name != "uid"
            keys = self._keys(field, {content[name] for content in contents if name in content}) if far else {}
            for content, values in zip(contents, found, strict=True):
                if name in content:
                    values[field.attname] = keys[content[name]] if far else codec_for(field).decode(content[name])
        return found

    def _keys(self, field: Any, uids: set[str]) -> dict[str, Any]:
        return keys_of(field.related_model, field.target_field.column, uids)

    # --- records ---------------------------------------------------------------------------------------------------
    def _records(self, kind: Kind[Any]) -> None:
        handling = tuple(name for name in kind.handling_codec.fields if name not in ("uid", "parent"))
        for some in batches(self._lines(f"records/{kind.code}.jsonl"), SIZE):
            content = self._values(kind.model, [line["content"] for line in some], kind.content_fields)
            held = self._values(kind.model, [line["handling"] for line in some], handling)
            rows = [{**held[at], **content[at], **self._spine(line)} for at, line in enumerate(some)]
            keys = self._insert(Record, rows)
            self._insert(kind.model, [{**row, "record_ptr_id": key} for row, key in zip(rows, keys, strict=True)])
            self._parts(kind, some, keys)

    def _spine(self, line: Line) -> dict[str, Any]:
        absent = {path.removeprefix("absent/"): why for path, why in line["content"].items() if path.startswith("absent/")}
        return {"uid": UUID(line["uid"]), "absent": absent, "digest": line["digest"]}

    def _parts(self, kind: Kind[Any], some: list[Line], keys: list[int]) -> None:
        for part in kind.parts:
            start = f"parts/{part.name}/"
            found = [(key, path, value) for line, key in zip(some, keys, strict=True) for path, value in line["content"].items() if path.startswith(start)]
            values = self._values(part.model, [value for _key, _path, value in found], part.fields)
            self._insert(
                part.model,
                [
                    {**row, "uid": UUID(path.removeprefix(start)), "order": value["order"], "lock": value["lock"], "record_id": key}
                    for row, (key, path, value) in zip(values, found, strict=True)
                ],
            )

    def _parents(self, kind: Kind[Any]) -> None:
        """A child may stand before its parent in an export, so parents are set when all are there."""
        for some in batches((line for line in self._lines(f"records/{kind.code}.jsonl") if "parent" in line["handling"]), SIZE):
            uids = {uid for line in some for uid in (line["uid"], line["handling"]["parent"])}
            keys = keys_of(Record, "id", uids)
            with connection.cursor() as cursor:
                pairs = [(keys[line["handling"]["parent"]], keys[line["uid"]]) for line in some]
                cursor.executemany("UPDATE records_record SET parent_id = %s WHERE id = %s", pairs)

    # --- what the ledger does not speak of ---------------------------------------------------------------------------
    def _rest(self) -> None:
        for line in self._lines("rest/counter.jsonl"):
            Counter.objects.create(**line)
        for some in batches(self._lines("rest/scope.jsonl"), SIZE):
            keys = keys_of(Record, "id", {line["uid"] for line in some})
            self._insert(Scope, [{"record_id": keys[line["uid"]], "dimension": line["dimension"], "value": line["value"]} for line in some])
        for line in self._lines("rest/text.jsonl"):
            StoredFile.objects.filter(sha256=line["sha256"]).update(text=line["text"])

    def _insert(self, model: type[models.Model], rows: list[dict[str, Any]]) -> list[int]:
        """Insert into the table of one model (of a child table only its own columns); answers the keys."""
        fields: list[Any] = [field for field in model._meta.local_concrete_fields if field.column]
        keys, found = [], []
        for row in rows:
            self._key[model] += 1
            made = model(**{name: value for name, value in row.items() if name in {field.attname for field in model._meta.concrete_fields}})
            key = row.get("record_ptr_id", self._key[model])
            setattr(made, model._meta.pk.attname, key)
            if "password" in {field.name for field in fields}:
                made.set_unusable_password()  # type: ignore[attr-defined]
            keys.append(key)
            found.append(tuple(field.get_db_prep_save(getattr(made, field.attname), connection) for field in fields))
        insert_many(model._meta.db_table, [connection.ops.quote_name(field.column) for field in fields], found)
        return keys


def keys_of(model: type[models.Model], column: str, uids: set[str]) -> dict[str, Any]:
    """uid → key (or another column) of rows that are there. A uid that is not there is a KeyError later: the export was checked."""
    table = model._meta.db_table
    return {dashed(uid): key for uid, key in lookup(table, "uid", f"{as_text('uid')}, {column}", uids, sort="uuid")}


def dashed(uid: str) -> str:
    return str(UUID(uid))
