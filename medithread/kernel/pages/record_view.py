"""The page of a record: what it is, what state it is in, what happens next, who must do it, until when."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotFound
from medithread.kernel.files.models import Attachment
from medithread.kernel.identity.actor import Actor
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.kinds import Kind, kind_of, panels_for
from medithread.kernel.records.lifecycle import State
from medithread.kernel.records.models import Comment, Record
from medithread.kernel.records.visible import visible
from medithread.kernel.verbs import offers
from medithread.kernel.verbs.edit import editor_of
from medithread.kernel.verbs.move import Offer
from medithread.kernel.verbs.who import any_of, anybody

from . import times
from .acts import Act, Hindrance, PathStep, acts_of, hindrances, may_edit, more_acts, path_of
from .addresses import of_number
from .content import note_served, rendition
from .fetch import find, in_force, note_reading, number_now, the_actor
from .past import asked_past, past_record
from .rooms import Tab, own_page, record_template, tabs_of
from .seals import Asked, Seal, asked_slots, seals_of
from .thread import Bundle, Children, children_of, thread_of
from .waiting import open_states


@dataclass
class Head:
    """What stands at the top of every page of a record."""

    actor: Actor
    record: Any
    tab: str = "record"

    def __post_init__(self) -> None:
        self.at = now()
        self.kind: Kind[Any] = kind_of(self.record)

    @cached_property
    def zone(self) -> str:
        return times.zone_name(self.record)

    @cached_property
    def condition(self) -> State:
        return self.kind.lifecycle.condition(self.record, self.at)

    @cached_property
    def editions(self) -> list[Record]:
        """All editions of the series that this person may see, the latest first."""
        if self.kind.shape != "controlled":
            return [self.record]
        return list(Record.objects.filter(visible(self.actor, self.at), series=self.record.series_id).order_by("-edition"))

    @property
    def latest(self) -> bool:
        return bool(self.editions[0].pk == self.record.pk)

    @cached_property
    def current(self) -> Record | None:
        """The edition in force, when it is another one than this."""
        return next((row for row in self.editions if row.pk != self.record.pk and in_force(row, self.at)), None)

    @cached_property
    def entries(self) -> int:
        count: int = Entry.objects.filter(of=self.record.uid).order_by()[:1001].count()
        return count

    @cached_property
    def bundles(self) -> list[Bundle]:
        return thread_of(self.actor, self.record)

    @cached_property
    def strands(self) -> int:
        """Links of this record that this person may see."""
        return sum(len(bundle.strands) for bundle in self.bundles)

    @property
    def tabs(self) -> list[Tab]:
        """The room's own tabs."""
        return list(tabs_of(self.record))

    @cached_property
    def path(self) -> list[PathStep]:
        return path_of(self.kind, self.record, self.at)

    @property
    def open(self) -> bool:
        """Is there still something to do?"""
        return self.record.state in open_states(self.kind)

    @property
    def review_due(self) -> Any:
        return getattr(self.record, "review_due", None)


class Page(Head):
    """Everything that the page of a record shows."""

    @cached_property
    def offered(self) -> list[Offer]:
        return offers(self.actor, self.record)

    @cached_property
    def acts(self) -> list[Act]:
        more = more_acts(self.actor, self.kind, self.record, self.at, latest=self.latest)
        return [*more, *acts_of(self.kind, self.record, self.offered)]

    @cached_property
    def hindrances(self) -> list[Hindrance]:
        return [hindrance for hindrance in hindrances(self.record, self.offered) if not hindrance.by_others]

    @cached_property
    def of_others(self) -> list[Hindrance]:
        return [hindrance for hindrance in hindrances(self.record, self.offered) if hindrance.by_others]

    @cached_property
    def returned(self) -> Any:
        """Who sent it back, and why, while that is the last step."""
        from .history import returned

        return returned(self.kind, self.record, self.zone)

    @cached_property
    def children(self) -> list[Children]:
        return children_of(self.actor, self.kind, self.record, self.at)

    @cached_property
    def seals(self) -> list[Seal]:
        return seals_of(self.record)

    @cached_property
    def asked(self) -> list[Asked]:
        return asked_slots(self.offered)

    @cached_property
    def files(self) -> list[Attachment]:
        return list(self.record.attachments.filter(removed=False).exclude(role="rendition").select_related("file").order_by("-added_at", "-id")[:50])

    @cached_property
    def comments(self) -> list[Comment]:
        return list(self.record.comments.select_related("person").order_by("at", "id")[:200])

    @cached_property
    def next(self) -> list[tuple[Any, Any, str]]:
        """What comes: open child records with their date and owner."""
        found: list[tuple[Any, Any, str]] = []
        for group in self.children:
            found.extend((row, row.due, str(row.owner or "")) for row in group.rows if not group.kind.lifecycle.state(row.state).final)
        return sorted(found, key=lambda item: (item[1] is None, item[1]))[:6]

    @cached_property
    def may_comment(self) -> bool:
        return anybody()(self.actor, self.record, self.at) is None

    @cached_property
    def may_link(self) -> bool:
        return any_of(editor_of(self.kind), anybody())(self.actor, self.record, self.at) is None

    @property
    def may_attach(self) -> bool:
        if not self.kind.files_are_content:
            return self.may_link
        return self.record.state in self.kind.lifecycle.editable and may_edit(self.actor, self.kind, self.record, self.at)

    @cached_property
    def panels(self) -> list[tuple[Any, dict[str, Any]]]:
        """Blocks that upper rooms show here."""
        return [(panel, panel.context(self.actor, self.record)) for panel in panels_for(self.kind)]


def record(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """The record as it is now, or with `?on=` and `?known=` as it was."""
    actor = the_actor(request)
    try:
        found = find(request, number, edition)
    except NotFound:
        present = number_now(actor, unquote(request.path).removeprefix("/r/")) or number_now(actor, number)
        if present is None or present == number:
            raise
        return redirect(of_number(present, str(edition or "") if present.casefold() == number.casefold() else ""))
    past = asked_past(request, found, edition)
    if past is not None:
        return past_record(request, actor, found, past)
    return _present(request, actor, found)


def _present(request: HttpRequest, actor: Actor, found: Any) -> HttpResponseBase:
    note_reading(actor, found)
    own = own_page(request, kind_of(found), "record", found)
    return own if own is not None else generic(request, actor, found)


def generic(request: HttpRequest, actor: Actor, found: Any) -> HttpResponse:
    """The generic page of a record, in the room's template where it has one."""
    html = rendition(found)
    note_served(actor, found, html)
    page = Page(actor, found)
    whole: SafeString = mark_safe(html)
    template = record_template(page.kind).template
    return render(request, template.name, {"page": page, "record": found, "kind": page.kind, "content": whole})


def by_written_number(request: HttpRequest, rest: str) -> HttpResponseBase:
    """A number that was typed as it is written, with its slashes: on to its address."""
    number = rest.strip("/")
    found = Record.objects.filter(visible(the_actor(request)), number__iexact=number).values_list("number", flat=True).first()
    if found is None:
        raise NotFound()
    return redirect(of_number(found))
