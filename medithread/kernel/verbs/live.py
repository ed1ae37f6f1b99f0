"""The live tables as the ledger sees them: records with parts, content links and files, and every thing. Read in bulk, by today's codecs.

It says the same as verbs/content.py and verbs/things.py; verification finds it out when it does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef

from medithread.kernel.base.canon import Json
from medithread.kernel.files.models import Attachment
from medithread.kernel.ledger.live import Row, declare
from medithread.kernel.ledger.models import Version
from medithread.kernel.ledger.stream import batches
from medithread.kernel.records.codec import Codec
from medithread.kernel.records.kinds import Kind, PartSpec, kinds
from medithread.kernel.records.models import Link

from .evidence import check_files, check_series, check_signatures
from .placeholders import is_placeholder
from .things import THINGS, ThingSpec


class Plain:
    """A row without its model: only the columns that a codec asks for."""

    __slots__ = ("__dict__",)


class _Target:
    """The far end of a reference by integer key: codecs ask for its uid."""

    __slots__ = ("uid",)

    def __init__(self, uid: Any) -> None:
        self.uid = uid


@dataclass
class Broken:
    """A row that the driver or a codec cannot read."""

    pk: int
    why: str
    uid: str


UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)


class Reader:
    """Reads plain rows of a model for one or several codecs."""

    def __init__(self, model: type[models.Model], *codecs: Codec, more: tuple[str, ...] = ()) -> None:
        self.model = model
        fields = {name: field for codec in codecs for name, field in codec.fields.items()}
        self._far = tuple(name for name, field in fields.items() if isinstance(field, models.ForeignKey) and field.target_field.name != "uid")
        near = {field.attname for name, field in fields.items() if name not in self._far}
        self._near = tuple(dict.fromkeys((*sorted(near), *more)))
        self._fields = fields
        self._columns = (*self._near, *(f"{name}__uid" for name in self._far))

    def rows(self, query: Any) -> Iterator[Any]:
        """Plain rows of a queryset of the model, by key. A row that cannot be read comes as `Broken`; the others still come."""
        last = 0
        try:
            for found in query.order_by("pk").values_list("pk", *self._columns).iterator(chunk_size=1_000):
                yield self._plain(found)
                last = found[0]
        except UNREADABLE:
            for key in list(query.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)):
                yield self._one(query, key)

    def torn(self) -> Iterator[tuple[str, str, str]]:
        """References by key whose row is gone: a join would leave such rows out silently."""
        for name in self._far:
            field: Any = self._fields[name]
            there = field.related_model._base_manager.filter(**{field.target_field.name: OuterRef(field.attname)})
            rows = self.model._base_manager.exclude(**{field.attname: None}).filter(~Exists(there))
            yield from ((str(uid), name, field.related_model._meta.db_table) for uid in rows.values_list("uid", flat=True).iterator())

    def _one(self, query: Any, key: int) -> Any:
        try:
            return self._plain(query.filter(pk=key).values_list("pk", *self._columns).get())
        except UNREADABLE as error:
            return Broken(key, str(error), self._uid(key))

    def _uid(self, key: int) -> str:
        try:
            return str(self.model._base_manager.filter(pk=key).values_list("uid", flat=True).get())
        except UNREADABLE:
            return f"id {key}"

    def _plain(self, found: tuple[Any, ...]) -> Plain:
        cut = len(self._near) + 1
        row = Plain()
        row.__dict__.update(zip(self._near, found[1:cut], strict=True))
        row.__dict__["pk"] = found[0]
        for name, uid in zip(self._far, found[cut:], strict=True):
            row.__dict__[name] = None if uid is None else _Target(uid)
        return row


class RecordSource:
    """The records of one kind."""

    def __init__(self, kind: Kind[Any]) -> None:
        self.kind, self.code, self.schema = kind, kind.code, kind.schema
        self.table = kind.model._meta.db_table
        self._reader = Reader(kind.model, kind.content_codec, kind.handling_codec, more=("uid", "number", "absent", "digest"))
        self._parts = [(part, Reader(part.model, part.codec, more=("uid", "order", "lock", "record_id"))) for part in kind.parts]

    def batches(self, size: int = 500) -> Iterator[list[Row]]:
        for batch in batches(self._reader.rows(self.kind.model._base_manager.all()), size):
            more = self._more([row.pk for row in batch])
            yield [self._row(row, more.get(row.pk, {})) for row in batch]

    def _row(self, row: Any, more: dict[str, Json]) -> Row:
        try:
            content = self.kind.content_codec.encode(row)
            for name, why in row.absent.items():
                content[f"absent/{name}"] = why
            content.update(more)
            return Row(str(row.uid), f"{self.code} {row.number}", content, self.kind.handling_codec.encode(row), row.digest)
        except UNREADABLE as error:
            return _broken(self.code, row, error)

    def _more(self, keys: list[int]) -> dict[int, dict[str, Json]]:
        """Parts, content links and content files of these records: key → {path: value}."""
        found: dict[int, dict[str, Json]] = defaultdict(dict)
        for part, reader in self._parts:
            rows: Any = part.model._base_manager
            for row in reader.rows(rows.filter(record_id__in=keys)):
                if isinstance(row, Broken):
                    continue  # the record lacks a row then, and that is found
                found[row.record_id][f"parts/{part.name}/{row.uid}"] = {**part.codec.encode(row), "order": row.order, "lock": row.lock}
        codes = [meaning.code for meaning in self.kind.links if meaning.content]
        if codes:
            links = Link.objects.filter(source_id__in=keys, meaning__in=codes, removed=False)
            for key, meaning, target, number, pinned in links.values_list("source_id", "meaning", "target__uid", "target__number", "pinned__uid"):
                found[key][f"links/{meaning}/{target}"] = {"number": number, **({"edition": str(pinned)} if pinned else {})}
        if self.kind.files_are_content:
            files = Attachment.objects.filter(record_id__in=keys, removed=False).exclude(role="rendition")
            for key, uid, sha256, name, role in files.values_list("record_id", "uid", "file_id", "name", "role"):
                found[key][f"files/{uid}"] = {"sha256": sha256, "name": name, "role": role}
        return found

    def lost(self) -> Iterable[str]:
        return _lost(self.kind.model, self.code)

    def torn(self) -> Iterable[tuple[str, str, str]]:
        return self._reader.torn()

    def json_schema(self) -> dict[str, Any]:
        return self.kind.json_schema()

    def is_blank(self, path: str, value: Json) -> bool:
        head, _slash, rest = path.partition("/")
        if not rest:
            return is_placeholder(self.kind.model._meta.get_field(head), value)
        if head == "parts":
            return _part_is_blank(self.kind.part(rest.partition("/")[0]), value)
        if head == "files":
            return not isinstance(value, dict) or is_placeholder(Attachment._meta.get_field("name"), value.get("name"))
        return head == "absent"


def _broken(code: str, row: Any, error: Exception) -> Row:
    uid = str(getattr(row, "uid", "")) or f"id {row.pk}"
    return Row(uid, f"{code} with key {row.pk}", {}, broken=getattr(row, "why", "") or str(error))


def _part_is_blank(part: PartSpec | None, value: Json) -> bool:
    if part is None or not isinstance(value, dict):
        return value is None
    return all(is_placeholder(part.codec.fields[name], there) for name, there in value.items() if name in part.codec.fields)


class ThingSource:
    """The rows of one kind of thing."""

    def __init__(self, spec: ThingSpec) -> None:
        self.spec, self.code, self.schema = spec, spec.code, spec.schema
        self.table = spec.model._meta.db_table
        self._reader = Reader(spec.model, spec.codec, more=("uid",))

    def batches(self, size: int = 500) -> Iterator[list[Row]]:
        for batch in batches(self._reader.rows(self.spec.model._base_manager.all()), size):
            yield [self._row(row) for row in batch]

    def _row(self, row: Any) -> Row:
        try:
            return Row(str(row.uid), f"{self.code} {row.uid}", self.spec.codec.encode(row))
        except UNREADABLE as error:
            return _broken(self.code, row, error)

    def lost(self) -> Iterable[str]:
        return _lost(self.spec.model, self.code)

    def torn(self) -> Iterable[tuple[str, str, str]]:
        return self._reader.torn()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": False, "properties": self.spec.codec.schema()}

    def is_blank(self, path: str, value: Json) -> bool:
        return is_placeholder(self.spec.model._meta.get_field(path), value)


def _lost(model: type[models.Model], code: str) -> Iterable[str]:
    current = Version.objects.filter(kind=code, seq_to=None)
    there = model._base_manager.filter(uid=OuterRef("uid"))
    return (str(uid) for uid in current.filter(~Exists(there)).annotate(u=F("uid")).values_list("u", flat=True).iterator())


def live_sources() -> Iterable[RecordSource | ThingSource]:
    """Every live table that the ledger speaks of, records first."""
    yield from (RecordSource(kind) for kind in kinds())
    yield from (ThingSource(spec) for spec in THINGS.values())


declare(live_sources, {"series": check_series, "signatures": check_signatures, "files": check_files})
