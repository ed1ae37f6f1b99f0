"""The thread of a record: links in both directions, grouped by meaning, and its children; only what this person may see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind, kind_of, kinds
from medithread.kernel.records.models import Link, Record
from medithread.kernel.records.visible import seen_by, visible
from medithread.kernel.verbs.link import meaning_of

from .acts import Act, child_acts
from .addresses import of_record
from .fetch import in_force


@dataclass(frozen=True)
class Strand:
    """One end of a link: the record at the other end as this person may see it."""

    link: Link
    record: Record
    outward: bool = True

    @property
    def label(self) -> str:
        """The version that the link is pinned to, if any."""
        return self.link.pinned.label if self.outward and self.link.pinned else ""

    @property
    def address(self) -> str:
        return of_record(self.link.pinned if self.outward and self.link.pinned else self.record)

    @property
    def condition(self) -> Any:
        return kind_of(self.record).lifecycle.condition(self.record, now())


@dataclass
class Bundle:
    """All strands of one meaning in one direction."""

    code: str
    label: Words
    strands: list[Strand] = field(default_factory=list)


def thread_of(actor: Actor, record: Record) -> list[Bundle]:
    """Links from this edition and to its series, by meaning. Four queries, however many links."""
    out = list(Link.objects.filter(source=record.pk, removed=False).select_related("target", "pinned").order_by("meaning", "target__number"))
    come = list(Link.objects.filter(target=record.series_id, removed=False).select_related("source", "pinned").order_by("meaning", "source__number"))
    targets = _present(actor, [link.target_id for link in out])
    sources = {row.pk: row for row in Record.objects.filter(visible(actor), pk__in=[link.source_id for link in come]).order_by()}
    bundles: dict[tuple[str, bool], Bundle] = {}
    for link in out:
        if link.target_id in targets:
            _bundle(bundles, link, outward=True).strands.append(Strand(link, targets[link.target_id]))
    for link in come:
        if link.source_id in sources and not (link.pinned_id and link.pinned_id != record.pk):
            _bundle(bundles, link, outward=False).strands.append(Strand(link, sources[link.source_id], outward=False))
    return list(bundles.values())


def _bundle(bundles: dict[tuple[str, bool], Bundle], link: Link, *, outward: bool) -> Bundle:
    meaning = meaning_of(link.meaning)
    return bundles.setdefault((link.meaning, outward), Bundle(link.meaning, meaning.label if outward else meaning.inverse))


def _present(actor: Actor, series: list[int]) -> dict[int, Record]:
    """Series → its edition in force, or the latest that may be seen."""
    at = now()
    found: dict[int, Record] = {}
    for row in Record.objects.filter(visible(actor, at), series__in=series).order_by("edition"):
        before = found.get(row.series_id)
        if before is None or not in_force(before, at):
            found[row.series_id] = row
    return found


@dataclass(frozen=True)
class Children:
    """The child records of one kind."""

    kind: Kind[Any]
    rows: list[Any]
    open: int
    act: Act | None = None


def children_of(actor: Actor, kind: Kind[Any], record: Record, at: datetime) -> list[Children]:
    """Child records by kind, such as the actions of an idea, with the way to add one."""
    found, adds = [], {act.name: act for act in child_acts(actor, kind, record, at)}
    for child in kinds():
        if child.child_of is kind.model:
            rows = list(seen_by(actor, child.model).filter(parent=record.pk).rows().order_by("id")[:200])
            still = sum(not child.lifecycle.state(row.state).final for row in rows)
            found.append(Children(child, rows, still, adds.get(f"new-{child.code}")))
    return found
