"""Loading the demo company: the scenes are played in the order of their times, in simulated time, into a demo ledger.

The story ends on 2026-11-20; `today`, the last scene, is the day of loading. No instant lies ahead of the real clock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now, simulated
from medithread.kernel.base.refusal import LedgerBroken, No
from medithread.kernel.identity import tell
from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.genesis import birth, purpose
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.schemas import record_schemas

from . import access, adopted, first_versions, founding, ideas, outside, revisions, turns  # noqa: F401  (their scenes)
from .founding import PASSWORD
from .stage import Calendar, Scene, Stage, scenes
from .visit import the_day_of_loading

BEGIN, END = "2025-05-05 08:30", "2026-11-20 17:45"
QUIET_TIME = timedelta(minutes=5)


@dataclass(frozen=True)
class SignIns:
    """How a visitor signs in: one password for all, and (sign-in name, what this person can show)."""

    password: str
    people: list[tuple[str, str]]


SIGN_INS = SignIns(
    PASSWORD,
    [
        ("maud", "Head of quality: sees everything, approves, gives roles, closes ideas"),
        ("tomasz", "Quality engineer: second approver, checked the adopted documents"),
        ("solveig", "Managing director: founded the company here, signs policy and manual"),
        ("bastien", "Head of development: his review of SOP-0008 is asked for"),
        ("freya", "Supplier quality: wrote SOP-0008, its review has begun"),
        ("chiara", "Head of inspection: WI-0002 came back to her with remarks"),
        ("perrine", "Head of production: SOP-0018 is past its review date"),
        ("zofia", "Customer care: one action of the tablet idea is late"),
        ("leandro", "Service technician: works and sees at Grenoble"),
        ("radu", "System administrator: accounts and backups, no right of quality"),
        ("casimir", "Inspector: reads what is in force and what he was given, for five days"),
    ],
)


def calendar() -> Calendar:
    """The dates of the story on this machine, by its real clock."""
    return Calendar(END, datetime.now(UTC) - QUIET_TIME)


def begins() -> datetime:
    """When the story begins: a demo ledger is born at this instant, before anything of the story."""
    return calendar().at(BEGIN)


def be_born() -> None:
    """A demo ledger begins with its story, so that its clock only ever goes forward. Raises LedgerBroken when it is born already."""
    with simulated(begins()):
        birth("demo")
        record_schemas()


def load(say: Callable[[str], None]) -> None:
    """Tell the whole story into an empty demo ledger. Raises LedgerBroken when it is not empty, live, or born too late."""
    _may_load()
    stage = Stage(calendar())
    with translation.override("en"), _quiet(), simulated(begins()):
        for found in scenes():
            _play(stage, found, say)
        the_day_of_loading(stage)
        stage.go_home()


def _play(stage: Stage, found: Scene, say: Callable[[str], None]) -> None:
    start = stage.at(found.at)
    if start.date() != now().date():
        stage.go_home()
    stage.wait_until(start)
    if found.step:
        say(f"  {found.step:>2} of 15   {stage.at_home():%Y-%m-%d}   {found.words}")
    found.play(stage)


def _may_load() -> None:
    if purpose() != "demo":
        raise LedgerBroken(
            No("demo.live", _("The demo company is loaded into a demo ledger only."), fix=_("Use another folder: MEDITHREAD_DATA."))
        )
    if Person.objects.exists():
        raise LedgerBroken(No("demo.there", _("There are people here already."), fix=_("Use an empty folder, or `make demo-reset`.")))
    if Head.objects.get().at > begins():
        raise LedgerBroken(
            No("demo.late", _("This ledger was born after the story begins."), fix=_("Use an empty folder, or `make demo-reset`."))
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Nobody is mailed about what happened eighteen months ago."""
    before = tell._post[0]
    tell.use(lambda _person, _subject, _text: None)
    try:
        yield
    finally:
        tell.use(before)
