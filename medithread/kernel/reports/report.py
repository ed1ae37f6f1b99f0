"""What a report says: plain facts in the reader's language, ready to be set. Nothing here knows of databases or of Typst."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

Words = str | Promise
Tone = Literal["good", "warn", "bad", "ask", "quiet"]
Paper = Literal["a4", "us-letter"]
AbsentCode = Literal["unknown", "not_applicable", "asked_unknown", "withheld", "not_yet"]


@dataclass(frozen=True)
class Absent:
    """Why there is no value (kernel.md §1, empties). `not_yet` is what `None` means: nobody has looked."""

    code: AbsentCode = "unknown"
    reason: Words = ""


Value = Words | Absent | None


@dataclass(frozen=True)
class Row:
    """One label with its value. An `absent_reason` without a value is short for `Absent("unknown", reason)`.

    `note` is printed below the value, for example the old value, who corrected it, when and why.
    """

    label: Words
    value: Value = None
    absent_reason: Words | None = None
    note: Words = ""

    @property
    def shown(self) -> Value:
        if self.value is None and self.absent_reason is not None:
            return Absent("unknown", self.absent_reason)
        return self.value


@dataclass(frozen=True)
class Column:
    """A table column; `align` is `right` for figures."""

    label: Words
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """A plain table: every row has one cell per column; a cell that is `None` was not yet looked at."""

    columns: tuple[Words | Column, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    caption: Words = ""
    empty: Words = ""


@dataclass(frozen=True)
class Section:
    """A section of a record: rows, then a text (plain, or a rich-text document in `body`), then a table."""

    title: Words
    rows: tuple[Row, ...] = ()
    text: Words = ""
    table: Table | None = None
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class SignatureLine:
    """One electronic signature as it must be shown (21 CFR 11.50): name, role, meaning, local time with zone, UTC, method.

    `digest` is the content digest that was signed; `still_valid` says whether the content here still has it.
    `shown` says what was served before signing. Times are text: see `moment`.
    """

    printed_name: Words
    role: Words
    meaning: Words
    at_local: str
    zone: str
    at_utc: str
    method: Words
    digest: str
    still_valid: bool
    shown: Words = ""
    on_behalf_of: Words = ""
    note: Words = ""


@dataclass(frozen=True)
class DecisionLine:
    """A named, timed, reasoned act without a second component: never to be taken for a signature."""

    printed_name: Words
    role: Words
    decision: Words
    at_local: str
    zone: str
    at_utc: str
    reason: Words = ""
    on_behalf_of: Words = ""


@dataclass(frozen=True)
class ElsewhereLine:
    """An approval given in another system or on paper, of which evidence is attached; not a signature of this system."""

    printed_name: Words
    function: Words
    meaning: Words
    on: Words
    source: Words
    evidence: Words = ""


@dataclass(frozen=True)
class ChangeLine:
    """One line of the change record: an edition, since when, how much changed, and what."""

    edition: Words
    in_force: Words
    change_class: Words
    summary: Words


@dataclass(frozen=True)
class HistoryLine:
    """One entry of the audit trail; `entry` is its number in the ledger."""

    at: str
    who: Words
    act: Words
    detail: Words = ""
    reason: Words = ""
    entry: str = ""


@dataclass(frozen=True)
class LinkLine:
    """A link to another record, grouped in print by its meaning."""

    meaning: Words
    number: str
    title: Words = ""
    edition: Words = ""
    state: Words = ""


@dataclass(frozen=True)
class FileLine:
    """An attached file with its SHA-256 in hex; `size` is readable, with its unit."""

    name: str
    size: str
    sha256: str
    media_type: str = ""
    note: Words = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """One record or document. `made_at` is the only time that enters the file, so the same report gives the same bytes.

    `body` is the rich text, `images` its pictures by SHA-256 (hex); `digest` is the content digest in hex;
    `ledger_head` the head that the rendition was made under. `watermark` is drawn across each page.
    """

    title: Words
    number: str
    made_at: datetime
    edition: Words = ""
    state: Words = ""
    state_tone: Tone = "quiet"
    kind_label: Words = ""
    organisation: Words = ""
    language: str = "en"
    demo: bool = False
    watermark: Words | None = None
    meta: tuple[tuple[Words, Value], ...] = ()
    change_record: tuple[ChangeLine, ...] = ()
    sections: tuple[Section, ...] = ()
    body: Mapping[str, Any] | None = None
    signatures: tuple[SignatureLine, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    elsewhere: tuple[ElsewhereLine, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    links: tuple[LinkLine, ...] = ()
    files: tuple[FileLine, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    ledger_head: str = ""
    digest: str = ""
    rendition_of: Words = ""
    paper: Paper = "a4"
    landscape: bool = False


@dataclass(frozen=True, kw_only=True)
class ListReport:
    """A register as of a date: what was asked for, the rows, and how many there are.

    `total` differs from the number of rows only where the print is an extract. `landscape` None lets the columns decide.
    """

    title: Words
    made_at: datetime
    as_of: Words
    columns: tuple[Words | Column, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    total: int | None = None
    number: str = ""
    kind_label: Words = ""
    organisation: Words = ""
    language: str = "en"
    demo: bool = False
    watermark: Words | None = None
    filters: tuple[tuple[Words, Value], ...] = ()
    note: Words = ""
    ledger_head: str = ""
    paper: Paper = "a4"
    landscape: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What a logged print act puts on each page. `valid_until` is readable text; empty means that the print is not limited.

    `copy_note` replaces "uncontrolled when printed" on a controlled copy.
    """

    printed_by: Words
    printed_at: datetime
    zone: str = "UTC"
    valid_until: Words = ""
    ledger_head: str = ""
    copy_note: Words = ""
    watermark: Words | None = None
    demo: bool = False
    language: str = "en"


def moment(at: datetime, zone: str) -> tuple[str, str, str]:
    """The three texts that a signature shows: local time, its zone in words, the same instant in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    words = f"{zone} (UTC{offset[:3]}:{offset[3:5]})"
    return local.strftime("%Y-%m-%d %H:%M:%S"), words, at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def short(digest: str) -> str:
    """A digest as people compare it: the first and the last four characters."""
    return digest if len(digest) <= 12 else f"{digest[:4]}…{digest[-4:]}"
