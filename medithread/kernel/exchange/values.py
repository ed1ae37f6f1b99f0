"""Reads values as people write them (dates, instants, decimals, yes and no), and refuses what could mean two things.

Every parser answers the value, or an Unclear whose sentence says what is wrong; nothing is guessed. What one cell cannot settle
the column as a whole may: settle_date_order and settle_decimal_mark.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words

EARLIEST, LATEST = 1900, 2199  # years; what lies outside is a slip or a placeholder
_LONGEST = 200  # characters


class DateOrder(StrEnum):
    """Which of 03/04/2026 is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class Unclear:
    """A text that is not the value asked for, or could be two. `code`: value.<what>; `message` for people."""

    code: str
    message: Words


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{4})/(\d{1,2})/(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]*([^\W\d_]{3,10})\.?,?[\s-]*(\d{4})")
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_TIME = re.compile(r"(.+?)(?:T|\s+)(\d{1,2}:\d{2}.*)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*(am|pm)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_MONTHS = (
    ("jan", "january", "januar", "janvier", "janv", "jän", "jänner"),
    ("feb", "february", "februar", "février", "févr", "fév"),
    ("mar", "march", "märz", "mär", "mrz", "mars"),
    ("apr", "april", "avril", "avr"),
    ("may", "mai"),
    ("jun", "june", "juni", "juin"),
    ("jul", "july", "juli", "juillet", "juil"),
    ("aug", "august", "août"),
    ("sep", "sept", "september", "septembre"),
    ("oct", "october", "okt", "oktober", "octobre"),
    ("nov", "november", "novembre"),
    ("dec", "december", "dez", "dezember", "décembre", "déc"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_YES = frozenset({"yes", "y", "ja", "j", "oui", "true", "wahr", "vrai", "x", "1", "✓", "✔", "☑", "☒"})
_NO = frozenset({"no", "n", "nein", "non", "false", "falsch", "faux", "0", "☐", "✗", "✘"})
_PLAIN = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d{1,3})?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUP_MARKS = re.compile("[\u00a0\u2007\u2009\u202f’ ]")
_EMPTY = Unclear("value.empty", _("The cell is blank."))


def parse_date(text: str, *, order: DateOrder | None = None) -> dt.date | Unclear:
    """A day: 2026-11-22, 22.11.2026, 22/11/2026, 22 Nov 2026, November 22, 2026 (months in English, German and French).

    03/04/2026 is refused unless `order` says what comes first; with dots the day always does. A time of 00:00 is ignored.
    """
    tidy = _tidy(text)
    if not tidy:
        return _EMPTY
    timed = _TIME.fullmatch(tidy)
    if timed and re.fullmatch(r"0?0:00(:00([.,]0+)?)?", timed[2]):
        tidy = timed[1]
    if _SHORT_YEAR.fullmatch(tidy):
        return Unclear("value.year", _("“%(text)s” has a year of two digits; write four.") % {"text": _shown(text)})
    parts = _day_parts(tidy, order)
    if isinstance(parts, Unclear):
        return parts
    return _date(text, *parts) if parts else _no_date(text)


def parse_instant(text: str, *, zone: dt.tzinfo | None = None, order: DateOrder | None = None) -> dt.datetime | Unclear:
    """A moment, in UTC: a date as in parse_date with a time, with an offset (+02:00, Z) or in `zone`.

    Without an offset and without `zone` it is refused; so are clock times that a change to or from summer time skips or repeats.
    A date alone means its beginning in `zone`.
    """
    tidy = _tidy(text)
    if not tidy:
        return _EMPTY
    timed = _TIME.fullmatch(tidy)
    day = parse_date(timed[1] if timed else tidy, order=order)
    if isinstance(day, Unclear):
        return day
    clock = _CLOCK.fullmatch(timed[2]) if timed else None
    if timed and clock is None:
        return Unclear("value.time", _("“%(text)s” is no time of day.") % {"text": _shown(timed[2])})
    try:
        moment = dt.datetime.combine(day, _time(clock) if clock else dt.time())
        offset = _offset(clock[6]) if clock and clock[6] else None
    except ValueError:
        return Unclear("value.time", _("“%(text)s” is no time of day.") % {"text": _shown(text)})
    if offset is not None:
        return moment.replace(tzinfo=offset).astimezone(dt.UTC)
    return _in_zone(moment, zone, text)


def parse_decimal(text: str, *, decimal_mark: str | None = None) -> Decimal | Unclear:
    """A number: 1234.5, 1.234,56, 1,234.56, 1 234,56, 1'234.56, -3, 1.5E-3. Digits are kept as written: 1.10 stays 1.10.

    1,234 and 1.234 are refused unless `decimal_mark` ("." or ",") says what the mark means.
    """
    tidy = _number_text(text)
    if not tidy:
        return _EMPTY
    if decimal_mark is None and _AMBIGUOUS.fullmatch(tidy):
        words = _("“%(text)s” could be a thousand or a fraction; say which mark separates decimals.")
        return Unclear("value.ambiguous", words % {"text": _shown(text)})
    plain = _without_groups(tidy, decimal_mark)
    if plain is None:
        return Unclear("value.number", _("“%(text)s” is no number.") % {"text": _shown(text)})
    try:
        return Decimal(plain)
    except InvalidOperation:
        return Unclear("value.number", _("“%(text)s” is no number.") % {"text": _shown(text)})


def parse_bool(text: str) -> bool | Unclear:
    """Yes or no: yes, ja, oui, true, x, 1, a tick; no, nein, non, false, 0. Blank is neither (it never means unknown)."""
    tidy = _tidy(text).casefold()
    if not tidy:
        return _EMPTY
    if tidy in _YES:
        return True
    if tidy in _NO:
        return False
    return Unclear("value.yes-no", _("“%(text)s” is neither yes nor no.") % {"text": _shown(text)})


def settle_date_order(samples: Iterable[str]) -> DateOrder | Unclear | None:
    """What comes first in the dates with slashes of a column: one date with a day after the 12th settles it for all.

    None where no date needs it; an Unclear where all could be read both ways, or some ask for one and some for the other order.
    """
    first: dict[DateOrder, str] = {}
    open_ones = ""
    for text in samples:
        found = _SLASHED.match(_tidy(text))
        if not found or int(found[1]) == int(found[3]):
            continue
        left, right = int(found[1]), int(found[3])
        if left > 12 >= right:
            first.setdefault(DateOrder.DAY_FIRST, text)
        elif right > 12 >= left:
            first.setdefault(DateOrder.MONTH_FIRST, text)
        else:
            open_ones = open_ones or text
    if len(first) == 2:
        words = _("The column mixes two orders: “%(one)s” and “%(other)s”.")
        return Unclear("value.mixed", words % dict(zip(("one", "other"), map(_shown, first.values()), strict=True)))
    if first:
        return next(iter(first))
    return _two_ways(open_ones) if open_ones else None


def settle_decimal_mark(samples: Iterable[str]) -> str | Unclear | None:
    """Which mark separates decimals in a column: "." or ","; None where no number needs it; an Unclear as in settle_date_order."""
    seen: dict[str, str] = {}
    open_ones = ""
    for text in samples:
        tidy = _number_text(text)
        if _AMBIGUOUS.fullmatch(tidy):
            open_ones = open_ones or text
        elif mark := _decimal_mark(tidy):
            seen.setdefault(mark, text)
    if len(seen) == 2:
        words = _("The column mixes two ways of writing numbers: “%(one)s” and “%(other)s”.")
        return Unclear("value.mixed", words % dict(zip(("one", "other"), map(_shown, seen.values()), strict=True)))
    if seen:
        return next(iter(seen))
    if open_ones:
        words = _("“%(text)s” could be a thousand or a fraction; say which mark separates decimals.")
        return Unclear("value.ambiguous", words % {"text": _shown(open_ones)})
    return None


def _tidy(text: str) -> str:
    tidy = text.strip()
    return unicodedata.normalize("NFC", tidy) if len(tidy) <= _LONGEST else "?"  # no value is that long


def _number_text(text: str) -> str:
    """The text with every mark that only groups digits as an apostrophe."""
    return _GROUP_MARKS.sub("'", _tidy(text)).replace("−", "-")


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _two_ways(text: str) -> Unclear:
    words = _("“%(text)s” could be two dates; say whether the day or the month comes first, or write 2026-04-03.")
    return Unclear("value.ambiguous", words % {"text": _shown(text)})


def _no_date(text: str) -> Unclear:
    return Unclear("value.date", _("“%(text)s” is no date; write 2026-11-22 or 22.11.2026.") % {"text": _shown(text)})


def _day_parts(tidy: str, order: DateOrder | None) -> tuple[int, int, int] | Unclear | None:
    """(year, month, day) as written, None for no date."""
    if found := _ISO.fullmatch(tidy):
        year, month, day = (int(part) for part in found.groups() if part)
        return year, month, day
    if found := _DOTTED.fullmatch(tidy):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _SLASHED.fullmatch(tidy):
        return _by_order(tidy, int(found[1]), int(found[3]), int(found[4]), order)
    if found := _NAMED.fullmatch(tidy):
        return _named(found[2], int(found[1]), int(found[3]))
    if found := _NAMED_FIRST.fullmatch(tidy):
        return _named(found[1], int(found[2]), int(found[3]))
    return None


def _by_order(text: str, left: int, right: int, year: int, order: DateOrder | None) -> tuple[int, int, int] | Unclear:
    if order is None and left != right and left <= 12 and right <= 12:
        return _two_ways(text)
    month_first = order is DateOrder.MONTH_FIRST if order else right > 12
    return (year, left, right) if month_first else (year, right, left)


def _named(word: str, day: int, year: int) -> tuple[int, int, int] | None:
    month = _MONTH.get(word.casefold())
    return (year, month, day) if month else None


def _date(text: str, year: int, month: int, day: int) -> dt.date | Unclear:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return Unclear("value.date", _("“%(text)s” is not in the calendar.") % {"text": _shown(text)})
    if not EARLIEST <= year <= LATEST:
        return Unclear("value.year", _("The year of “%(text)s” is hardly meant.") % {"text": _shown(text)})
    return found


def _time(clock: re.Match[str]) -> dt.time:
    hour = int(clock[1])
    if clock[5]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if clock[5].lower() == "pm" else 0)
    return dt.time(hour, int(clock[2]), int(clock[3] or 0), int((clock[4] or "").ljust(6, "0")))


def _offset(text: str) -> dt.timezone:
    if text[0] not in "+-":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if text[0] == "-" else offset)


def _in_zone(moment: dt.datetime, zone: dt.tzinfo | None, text: str) -> dt.datetime | Unclear:
    if zone is None:
        words = _("“%(text)s” does not say in which time zone; add an offset such as +02:00 or Z.")
        return Unclear("value.zone", words % {"text": _shown(text)})
    both = [moment.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
    if both[0] != both[1]:
        words = _("On that day the clocks change: “%(text)s” comes twice or not at all; add an offset.")
        return Unclear("value.clock-change", words % {"text": _shown(text)})
    return both[0]


def _decimal_mark(tidy: str) -> str:
    """The mark before the decimals where the number itself tells; "" where it does not, or is no number."""
    marks = [char for char in tidy if char in ".,"]
    if not marks or _without_groups(tidy, None) is None:
        return ""
    if len(set(marks)) == 2 or (len(marks) == 1 and not _GROUPED.fullmatch(tidy)):
        return marks[-1]
    return {".": ",", ",": "."}[marks[0]] if len(marks) > 1 else marks[0] if "'" in tidy else ""


def _without_groups(tidy: str, decimal_mark: str | None) -> str | None:
    """The number in the notation of Python; None where it is none, or does not go with `decimal_mark`."""
    if ("." in tidy and "," in tidy) or "'" in tidy or tidy.count(".") > 1 or tidy.count(",") > 1:
        return _grouped(tidy, decimal_mark)
    if not _PLAIN.fullmatch(tidy):
        return None
    mark = "," if "," in tidy else "."
    if decimal_mark is None or mark not in tidy or mark == decimal_mark:
        return tidy.replace(",", ".")
    return tidy.replace(mark, "") if _GROUPED.fullmatch(tidy) else None


def _grouped(tidy: str, decimal_mark: str | None) -> str | None:
    found = _GROUPED.fullmatch(tidy)
    if not found:
        return None
    group = found[1]
    if group == decimal_mark:
        return None
    last = max(tidy.rfind(mark) for mark in ".," if mark != group)
    if last >= 0 and decimal_mark is not None and tidy[last] != decimal_mark:
        return None
    whole, rest = (tidy[:last], tidy[last + 1 :]) if last >= 0 else (tidy, "")
    digits = whole.replace(group, "")
    return f"{digits}.{rest}" if rest else digits
