"""Importing a table into a kind: stage → match columns → check every row → write in units of at most 100 rows → summary."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, Refusal, Refused
from medithread.kernel.files.safety import safe_name
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Record, Series
from medithread.kernel.records.numbering import PATTERN
from medithread.kernel.verbs.fetch import locked
from medithread.kernel.verbs.fields import check_rules, clean_values
from medithread.kernel.verbs.move import perform
from medithread.kernel.verbs.unit import unit
from medithread.kernel.work.jobs import Cancelled, Progress, enqueue, job
from medithread.kernel.work.models import Job

from .models import Batch, Row
from .tables import Problem, read_table
from .targets import Reader, suggest, targets
from .values import Unclear

UNIT = 100
MOST = 50_000


def stage(actor: Actor, kind: Kind[Any], stream: IO[bytes], *, filename: str, parent: str = "") -> Batch:
    """Read a file into the staging tables and match its columns as far as their names tell. Raises TableError, Refusal, NotAllowed."""
    if actor.person is None:
        raise NotAllowed(No("import.person", _("An import is made in somebody's name.")))
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    with read_table(stream, filename=filename) as table, transaction.atomic():  # type: ignore[arg-type]
        batch = Batch.objects.create(
            kind=kind.code, parent=parent, person=actor.person, filename=safe_name(filename), sha256=digest,
            columns=json.dumps(table.columns), mapping=json.dumps(suggest(kind, table.columns)), created_at=now(),
        )
        for rows in _chunks(table.rows, 1000):
            batch.total += len(rows)
            if batch.total > MOST:
                raise Refusal(No("import.rows", _("More than %(n)d rows.") % {"n": MOST}, fix=_("Split the file.")))
            Row.objects.bulk_create([Row(batch=batch, place=row.number, cells=json.dumps(list(row))) for row in rows])
        if batch.total == 0:
            raise Refusal(No("import.empty", _("There are no rows in this file."), field="file", fix=_("The first row holds the names of the columns, the records follow.")))
        batch.found = ", ".join(str(part) for part in (table.encoding, table.delimiter and f"“{table.delimiter}”", table.sheet) if part)[:200]
        batch.notes = json.dumps([_noted(problem) for problem in table.problems][:50])
        batch.save()
    return batch


def _noted(problem: Problem) -> str:
    """A remark of the reader with the place it speaks of."""
    place = ", ".join(str(part) for part in (problem.row and _("row %(n)d") % {"n": problem.row}, problem.column and f"“{problem.column}”") if part)
    return f"{problem.message} ({place})" if place else str(problem.message)


def _chunks(rows: Any, size: int) -> Iterator[list[Any]]:
    some: list[Any] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def match(batch: Batch, mapping: Mapping[str, str]) -> Batch:
    """Set which column goes where. Raises Refusal for a target used twice or unknown."""
    columns, known = json.loads(batch.columns), {target.name for target in targets(kind_of(batch.kind))}
    chosen = {column: target for column, target in mapping.items() if target}
    doubled = [target for target, count in Counter(chosen.values()).items() if count > 1]
    if doubled or not set(chosen) <= set(columns) or not set(chosen.values()) <= known:
        raise Refusal(No("import.match", _("Each field can be filled by one column only."), fix=_("Choose “leave out” for the other one.")))
    batch.mapping = json.dumps(chosen)
    batch.save(update_fields=["mapping"])
    return batch


def check(batch: Batch) -> Batch:
    """Look at every row as if it were written now, without a lock. Problems are kept with the row."""
    kind, reader, place = kind_of(batch.kind), _reader(batch), _places(batch)
    seen: Counter[str] = Counter()
    batch.bad = 0
    for rows in _chunks(batch.rows.order_by("place").iterator(chunk_size=500), 500):
        for row in rows:
            _values, nos = read_row(kind, reader, place, json.loads(row.cells))
            nos += _number_problems(_values.get("number"), seen)
            row.problems = "\n".join(f"{no.field}: {no.text} {no.fix}".strip(": ") for no in nos)
            batch.bad += bool(nos)
        Row.objects.bulk_update(rows, ["problems"])
    batch.state = Batch.State.CHECKED
    batch.save(update_fields=["bad", "state"])
    return batch


def _places(batch: Batch) -> dict[str, int]:
    """Target → position of its column."""
    columns: list[str] = json.loads(batch.columns)
    return {target: columns.index(column) for column, target in json.loads(batch.mapping).items()}


def _reader(batch: Batch) -> Reader:
    place = _places(batch)
    samples: dict[str, list[str]] = {name: [] for name in place}
    for cells in batch.rows.order_by("place").values_list("cells", flat=True)[:2000]:
        row = json.loads(cells)
        for name, at in place.items():
            if at < len(row):
                samples[name].append(row[at])
    return Reader(kind_of(batch.kind), samples)


def read_row(kind: Kind[Any], reader: Reader, place: Mapping[str, int], cells: list[str]) -> tuple[dict[str, Any], list[No]]:
    """The values of a row and everything that stands against it."""
    values: dict[str, Any] = {}
    nos: list[No] = []
    for name, at in place.items():
        value = reader.read(name, cells[at] if at < len(cells) else "")
        if isinstance(value, (Unclear, No)):
            nos.append(value if isinstance(value, No) else No(value.code, str(value.message), field=name))
        elif value is not None:
            values[name] = value
    number = values.pop("number", None)
    try:
        cleaned = clean_values(kind, values)
        if not nos:
            check_rules(kind, _shadow(kind, cleaned))
    except Refused as refused:
        nos += refused.nos
    return {**values, **({"number": number} if number else {})}, nos


def _shadow(kind: Kind[Any], cleaned: Mapping[str, Any]) -> Record:
    """A record that is never written, to ask the kind's own rules."""
    shadow: Record = kind.model(kind=kind.code, state=kind.lifecycle.start, absent={})
    for name, value in cleaned.items():
        setattr(shadow, kind.model._meta.get_field(name).attname, value)
    return shadow


def _number_problems(number: str | None, seen: Counter[str]) -> list[No]:
    if not number:
        return []
    seen[number.casefold()] += 1
    if not PATTERN.fullmatch(number):
        return [No("number.pattern", _("A number is one word of letters, digits, dots, slashes and hyphens."), field="number")]
    if seen[number.casefold()] > 1:
        return [No("number.twice", _("The number %(number)s stands twice in this file.") % {"number": number}, field="number")]
    if Series.objects.filter(number__iexact=number).exists():
        return [No("number.taken", _("The number %(number)s is already in use.") % {"number": number}, field="number")]
    return []


def start(batch: Batch, *, skip_bad: bool) -> Job | None:
    """Queue the writing. Bad rows stop it, unless the person chose to leave them out. Raises Refusal."""
    if batch.state != Batch.State.CHECKED:
        raise Refusal(No("import.state", _("This import has been started already, or is not checked yet.")))
    if batch.bad and not skip_bad:
        raise Refusal(No("import.bad", _("%(n)d rows have problems.") % {"n": batch.bad}, fix=_("Correct the file and bring it again, or leave these rows out.")))
    moved = Batch.objects.filter(pk=batch.pk, state=Batch.State.CHECKED).update(state=Batch.State.RUNNING, skip_bad=skip_bad)
    if not moved:
        raise Refusal(No("import.state", _("This import has been started already, or is not checked yet.")))
    return enqueue("exchange.import", person=batch.person, title=_("Import of %(file)s") % {"file": batch.filename}, key=f"import:{batch.uid}", batch=str(batch.uid))


@job("exchange.import", tries=5)
def write(progress: Progress, batch: str) -> str:
    """Write the checked rows, unit by unit; what a killed worker had written is not written again. An abort voids what was made."""
    found = Batch.objects.get(uid=batch)
    if found.state != Batch.State.RUNNING:
        return _("Already done.")
    kind, reader, place = kind_of(found.kind), _reader(found), _places(found)
    actor, parent = Actor(person=found.person), _parent(found)
    rows = found.rows.filter(problems="").order_by("place")
    try:
        for some in _chunks(rows.iterator(chunk_size=UNIT), UNIT):
            _write_unit(actor, kind, parent, [(row, read_row(kind, reader, place, json.loads(row.cells))[0]) for row in some if not row.made])
            progress(found.rows.filter(made=True).count(), rows.count())
    except (Refused, Cancelled) as stop:
        _abort(actor, found, kind, str(stop) or _("Cancelled."))
        raise
    found.made = found.rows.filter(made=True).count()
    found.state = Batch.State.DONE
    found.save(update_fields=["made", "state"])
    return _("%(made)d of %(total)d rows imported.") % {"made": found.made, "total": found.total}


def _parent(batch: Batch) -> Record | None:
    kind = kind_of(batch.kind)
    return kind.child_of.objects.select_related("series").get(number=batch.parent) if kind.child_of and batch.parent else None


def _write_unit(actor: Actor, kind: Kind[Any], parent: Record | None, rows: list[tuple[Row, dict[str, Any]]]) -> None:
    """One unit of work for up to 100 rows; the staging rows are marked in the same transaction."""
    there = set(Record.objects.filter(uid__in=[row.record for row, _v in rows]).values_list("uid", flat=True))
    with unit(actor, f"import {kind.code}"):
        for row, values in rows:
            if row.record not in there:
                verbs.create(actor, kind.model, uid=row.record, parent=parent, **values)
        Row.objects.filter(pk__in=[row.pk for row, _v in rows]).update(made=True)


def _abort(actor: Actor, batch: Batch, kind: Kind[Any], why: str) -> None:
    """An aborted batch leaves nothing half done: what was written is voided, with the reason."""
    made = kind.model.objects.filter(uid__in=batch.rows.filter(made=True).values("record"), state=kind.lifecycle.start)
    reason = _("Import aborted: %(why)s") % {"why": why[:500]}
    step = kind.lifecycle.move("void")
    if step is not None:
        for record in made:
            with unit(actor, f"abort import {batch.uid}") as act:
                act.cause = f"import:{batch.uid}"  # what the batch made, the end of the batch unmakes; nobody else's leave is needed
                perform(act, kind, locked(act, record), step, reason=reason)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.ABORTED, message=reason)


def summary(batch: Batch) -> dict[str, Any]:
    """What became of a batch: counts that add up, and the records made."""
    made = list(Record.objects.filter(uid__in=batch.rows.filter(made=True).values("record")).order_by("number")[:200])
    left = batch.rows.exclude(problems="").count()
    return {"total": batch.total, "made": batch.rows.filter(made=True).count(), "left_out": left, "records": made}


def of_person(person: Person, uid: Any) -> Batch | None:
    """A batch of this person."""
    return Batch.objects.filter(uid=uid, person=person).first()
