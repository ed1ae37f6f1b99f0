"""The stage of the story: its clock and calendar, who is signed in, and the verbs as the story's people use them."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction

from medithread.kernel import verbs
from medithread.kernel.base.clock import now, tick
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Person, SignIn, Site
from medithread.kernel.pages.content import rendition
from medithread.kernel.records.models import Comment, Record
from medithread.kernel.signing import prove
from medithread.kernel.signing.served import serve
from medithread.kernel.verbs.people_sessions import end, open_sign_in
from medithread.kernel.verbs.upload import upload

ZONE = "Europe/Paris"
PARIS = ZoneInfo(ZONE)
WEEK = timedelta(weeks=1)
M = TypeVar("M", bound=Record)


class Calendar:
    """The dates of the story. A machine whose clock is behind the story's end tells it so many whole weeks earlier."""

    def __init__(self, end: str, today: datetime) -> None:
        late = self._instant(end, timedelta(0)) - today
        self.back = WEEK * -(-late // WEEK) if late > timedelta(0) else timedelta(0)

    @staticmethod
    def _instant(text: str, back: timedelta) -> datetime:
        return (datetime.fromisoformat(text) - back).replace(tzinfo=PARIS).astimezone(UTC)

    def at(self, text: str) -> datetime:
        """`2025-05-05 09:10` (or a day alone: its first minute), in Paris, as an instant."""
        return self._instant(text, self.back)

    def day(self, text: str) -> date:
        return date.fromisoformat(text) - self.back


@dataclass
class Stage:
    """What the scenes work with. Records that later scenes speak of again are kept in `kept` by a name."""

    calendar: Calendar
    people: dict[str, Person] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    _here: dict[str, SignIn] = field(default_factory=dict)
    _shown: dict[str, bytes] = field(default_factory=dict)
    _dice: Random = field(default_factory=lambda: Random(13485))  # noqa: S311  (the same pauses at every loading; nothing secret)

    # --- time -------------------------------------------------------------------------------------------------------
    def at(self, text: str) -> datetime:
        return self.calendar.at(text)

    def day(self, text: str) -> date:
        return self.calendar.day(text)

    def at_home(self) -> datetime:
        """The present instant of the story in the time of Paris."""
        return now().astimezone(PARIS)

    def wait_until(self, instant: datetime) -> None:
        """Let time pass up to an instant; one that has passed changes nothing."""
        tick(max(instant - now(), timedelta(0)))

    def pause(self, low: int = 40, high: int = 200) -> None:
        """Some seconds of reading and thinking; never beyond the real now."""
        wanted = timedelta(seconds=self._dice.randint(low, high), microseconds=self._dice.randrange(1_000_000))
        tick(max(min(wanted, datetime.now(UTC) - now()), timedelta(0)))

    # --- people -----------------------------------------------------------------------------------------------------
    def who(self, key: str) -> Actor:
        """A person at work: signed in today, with the roles held now."""
        if key not in self._here:
            with transaction.atomic():
                self._here[key] = open_sign_in(
                    Account.objects.get(person=self.people[key]), method="simulated", browser="Story of the demo company"
                )
        return Actor(person=self.people[key], session=str(self._here[key].uid))

    def go_home(self) -> None:
        """Everybody signs out."""
        if self._here:
            self.pause()
        with transaction.atomic():
            for found in self._here.values():
                end(found, "out")
        self._here.clear()

    def uid(self, key: str) -> Any:
        return self.people[key].uid

    # --- verbs ------------------------------------------------------------------------------------------------------
    def create(self, key: str, model: type[M], **values: Any) -> M:
        self.pause()
        return verbs.create(self.who(key), model, **values)

    def edit(self, key: str, record: M, **values: Any) -> M:
        self.pause()
        fresh = self.fresh(record)
        return verbs.edit(self.who(key), fresh, lock=fresh.lock, **values)

    def move(self, key: str, record: M, name: str, **asks: Any) -> M:
        self.pause()
        return verbs.move(self.who(key), self.fresh(record), name, **asks)

    def read(self, key: str, record: Record) -> None:
        """Open a record: what is shown is noted as seen."""
        self._show(key, self.fresh(record))

    def _show(self, key: str, fresh: Record) -> None:
        self.pause()
        serve(self.who(key), fresh, self._rendition(fresh), shown="whole")

    def sign(self, key: str, record: M, name: str, *, reason: str = "", **asks: Any) -> M:
        """Read, then sign; the proof is simulated and says so for ever."""
        fresh = self.fresh(record)
        self._show(key, fresh)
        self.pause()
        intent = prove.simulated(verbs.ask_signature(self.who(key), fresh, name, zone=ZONE))
        self.pause(8, 25)
        return verbs.sign(self.who(key), fresh, intent.nonce, reason=reason, **asks)

    def sign_together(self, key: str, records: Iterable[M], name: str) -> None:
        """Several signatures of one person in one act: all or none."""
        waiting = []
        for record in records:
            fresh = self.fresh(record)
            self._show(key, fresh)
            waiting.append((fresh, prove.simulated(verbs.ask_signature(self.who(key), fresh, name, zone=ZONE))))
        self.pause(8, 25)
        with verbs.unit(self.who(key), name):
            for fresh, intent in waiting:
                verbs.sign(self.who(key), fresh, intent.nonce)

    def comment(self, key: str, record: Record, text: str) -> Comment:
        self.pause()
        return verbs.comment(self.who(key), record, text)

    def resolve(self, key: str, made: Comment) -> None:
        self.pause()
        verbs.resolve(self.who(key), made)

    def link(self, key: str, source: Record, target: Record, meaning: str = "relates", note: str = "") -> None:
        self.pause()
        verbs.link(self.who(key), source, target, meaning, note=note)

    def attach(self, key: str, record: Record, data: bytes, name: str, *, role: str = "attachment", note: str = "") -> None:
        self.pause()
        upload(self.who(key), record, io.BytesIO(data), name=name, role=role, note=note)

    # --- records ----------------------------------------------------------------------------------------------------
    def fresh(self, record: M) -> M:
        """The record as it is now."""
        found: M = type(record).objects.rows().get(pk=record.pk)
        return found

    def _rendition(self, record: Record) -> bytes:
        """Equal contents are shown by equal bytes, so each is made once."""
        key = record.digest or ""
        if key not in self._shown:
            self._shown[key] = rendition(record).encode()
        return self._shown[key]


Play = Callable[[Stage], None]


@dataclass(frozen=True)
class Scene:
    """Something that happens at a time of Paris. `step` is its number in README.md; most scenes have none."""

    at: str
    play: Play
    step: int = 0

    @property
    def words(self) -> str:
        return (self.play.__doc__ or "").splitlines()[0]


_scenes: list[Scene] = []


def add(found: Scene) -> None:
    """Put a scene into the story."""
    _scenes.append(found)


def scene(at: str, step: int = 0) -> Callable[[Play], Play]:
    """A function as a scene: `2025-05-19 09:10`."""

    def keep(play: Play) -> Play:
        add(Scene(at, play, step))
        return play

    return keep


def scenes() -> list[Scene]:
    """All scenes in the order of their times; of equal times the one told first."""
    return sorted(_scenes, key=lambda found: found.at)
