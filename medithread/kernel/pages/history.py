"""The history of a record out of the ledger: who, when, what from and to, why; and any two contents compared."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, NotFound
from medithread.kernel.identity.models import Agent, Person
from medithread.kernel.ledger.asof import changes, contents_of, manifests_of, values_of
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.lifecycle import State
from medithread.kernel.records.models import Record

from . import times
from .fetch import find, note_reading, the_actor
from .happened import Happened, words_of
from .record_view import Head
from .redline import Change, changed_fields

PAGE = 30
DETAILS = {"comment": "text", "attachment": "name"}


@dataclass
class Told:
    """One entry as the page tells it."""

    seq: int
    at: datetime
    who: str
    happened: Happened
    reason: str = ""
    detail: str = ""
    changed: list[Change] = field(default_factory=list)
    before: State | None = None
    after: State | None = None


def entries_of(uid: UUID, before: int = 0, limit: int = PAGE) -> list[Entry]:
    """The entries under a record's history, the latest first; one more than `limit` where there are older ones."""
    rows = Entry.objects.filter(of=uid)
    if before:
        rows = rows.filter(seq__lt=before)
    return list(rows.order_by("-seq")[: limit + 1])


def returned(kind: Kind[Any], record: Record, zone: str) -> Told | None:
    """The step that sent a record back to its first state, with its reason, while nothing has moved since; None where none did (R6)."""
    back = {move.name for move in kind.lifecycle.moves if move.back and move.to == kind.lifecycle.start}
    if not back or record.state != kind.lifecycle.start or record.state_since <= record.created_at:
        return None
    last = Entry.objects.filter(subject=record.uid, verb="move").order_by("-seq").first()
    if last is None or json.loads(bytes(last.body)).get("move") not in back:
        return None
    return tell(kind, record.uid, [last], zone)[0]


def tell(kind: Kind[Any], uid: UUID, entries: list[Entry], zone: str) -> list[Told]:
    """Entries as sentences with their changes; the number of queries does not depend on how many there are."""
    heads = {entry.seq: json.loads(bytes(entry.body)) for entry in entries}
    earlier = _earlier(uid, entries, heads)
    manifests = manifests_of(_digests(heads.values(), earlier.values()))
    notes = _notes(heads, manifests)
    names = _names(heads.values())
    differing: dict[int, dict[str, tuple[str | None, str | None]]] = {}
    for entry in entries:
        before, after = _pair(heads[entry.seq], earlier.get(entry.seq, {}), manifests)
        differing[entry.seq] = changes(before, after) if entry.subject == uid else {}
    marks = {mark for found in differing.values() for pair in found.values() for mark in pair if mark}
    details = {seq: mark for seq, head in heads.items() if (mark := _detail(head, manifests))}
    values = values_of(marks | set(details.values()))
    told = []
    for entry in entries:
        pairs = spread({path: (values.get(a or ""), values.get(b or "")) for path, (a, b) in differing[entry.seq].items()})
        changed = changed_fields(kind, pairs, zone)
        told.append(_told(kind, entry, heads[entry.seq], names, notes, changed))
        told[-1].detail = str(values.get(details.get(entry.seq, ""), ""))
    return told


def _detail(head: Mapping[str, Any], manifests: Mapping[str, Mapping[str, str]]) -> str:
    """The commitment of what tells most of a thing: the words of a comment, the name of a file."""
    path = DETAILS.get(head["kind"].partition("@")[0], "")
    return manifests.get(head.get("content", ""), {}).get(path, "") if path else ""


def spread(pairs: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """The handling is committed to as one value; here each of its fields stands by itself."""
    both = pairs.pop("handling", (None, None))
    old, new = (side if isinstance(side, dict) else {} for side in both)
    return pairs | {name: (old.get(name), new.get(name)) for name in {*old, *new} if old.get(name) != new.get(name)}


def _earlier(uid: UUID, entries: list[Entry], heads: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Each entry of the record itself → the header of the entry before it."""
    own = [entry.seq for entry in entries if entry.subject == uid]
    if not own:
        return {}
    last = Entry.objects.filter(subject=uid, seq__lt=own[-1]).order_by("-seq").first()
    chain = [*(dict(heads[seq]) for seq in own), json.loads(bytes(last.body)) if last else {}]
    return {seq: chain[place + 1] for place, seq in enumerate(own)}


def _digests(*groups: Iterable[Mapping[str, Any]]) -> set[str]:
    return {head[name] for group in groups for head in group for name in ("content", "handling", "note") if name in head}


def _pair(head: Mapping[str, Any], before: Mapping[str, Any], manifests: Mapping[str, dict[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Content and handling together, before and after."""
    old, new = ({**manifests.get(h.get("content", ""), {}), **manifests.get(h.get("handling", ""), {})} for h in (before, head))
    return old, new


def _notes(heads: Mapping[int, Mapping[str, Any]], manifests: Mapping[str, Mapping[str, str]]) -> dict[int, str]:
    """The reasons given."""
    marks = {seq: manifests.get(head["note"], {}).get("reason", "") for seq, head in heads.items() if "note" in head}
    values = values_of(mark for mark in marks.values() if mark)
    return {seq: str(values.get(mark, "")) for seq, mark in marks.items() if mark}


def _names(heads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    uids = {head["actor"] for head in heads if "actor" in head}
    people = {str(uid): name for uid, name in Person.objects.filter(uid__in=uids).values_list("uid", "name")}
    return people | {str(agent.uid): str(agent) for agent in Agent.objects.filter(uid__in=uids - set(people))}


def _told(kind: Kind[Any], entry: Entry, head: Mapping[str, Any], names: Mapping[str, str], notes: Mapping[int, str], changed: list[Change]) -> Told:
    happened = words_of(kind, head)
    who = names.get(head.get("actor", ""), "") or _("the system")
    told = Told(entry.seq, entry.at, who, happened, notes.get(entry.seq, ""), changed=changed if happened.tells_changes else [])
    if head["verb"] == "move":
        told.before, told.after = _state(kind, head.get("from", "")), _state(kind, head.get("to", ""))
    return told


def _state(kind: Kind[Any], code: str) -> State:
    known = {state.code: state for state in kind.lifecycle.states}
    return known.get(code, State(code, code))


def history(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """What happened to a record, the latest first; and the way to see it as it was."""
    record = find(request, number, edition)
    note_reading(the_actor(request), record, "read.history")
    kind, zone = kind_of(record), times.zone_name(record)
    raw = request.GET.get("before", "")
    entries = entries_of(record.uid, int(raw) if raw.isdigit() and len(raw) < 19 else 0)
    more = entries[PAGE - 1].seq if len(entries) > PAGE else 0
    context = {
        "record": record, "kind": kind, "page": Head(the_actor(request), record, tab="history"), "told": tell(kind, record.uid, entries[:PAGE], zone),
        "older": more, "newest": not raw, "zone": zone, "days": days_of(record.uid, zone), "today": times.today(zone),
    }  # fmt: skip
    return render(request, "pages/history.html", context)


def days_of(uid: UUID, zone: str) -> list[str]:
    """The days on which the record changed, for the slider; the last 200."""
    instants = Entry.objects.filter(subject=uid).order_by("-seq").values_list("at", flat=True)[:1000]
    days = {at.astimezone(times.zone(zone)).date().isoformat() for at in instants}
    return sorted({*days, times.today(zone).isoformat()})[-200:]


def compare(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponse:
    """Two contents of this record side by side: `?from=` and `?to=` are content digests of any of its editions."""
    record = find(request, number, edition)
    note_reading(the_actor(request), record, "read.history")
    kind, zone = kind_of(record), times.zone_name(record)
    page = Head(the_actor(request), record, tab="history")
    old, new = request.GET.get("from", ""), request.GET.get("to", "") or record.digest or ""
    contents = contents_of(_digests_of_series(page, {old, new}))
    if old not in contents or new not in contents:
        raise NotFound(No("compare.unknown", _("There is no such earlier content of this record."), fix=_("Choose one from the history.")))
    paths = {*contents[old], *contents[new]}
    pairs = {path: (contents[old].get(path), contents[new].get(path)) for path in paths if contents[old].get(path) != contents[new].get(path)}
    changed = changed_fields(kind, pairs, zone, record=record, whole=True)
    return render(request, "pages/compare.html", {"record": record, "kind": kind, "page": page, "changed": changed, "old": old, "new": new})


def _digests_of_series(page: Head, digests: set[str]) -> set[str]:
    """Only contents of editions that this person may see."""
    from medithread.kernel.ledger.models import Version

    uids = [row.uid for row in page.editions]
    return set(Version.objects.filter(uid__in=uids, content__in=digests).values_list("content", flat=True))
