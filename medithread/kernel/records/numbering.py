"""Numbers: company patterns, counters without gaps, hand-given and reserved numbers (R3)."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Refusal

from .kinds import Kind
from .models import FormerNumber, Record, Series
from .parameters import Parameter, declare, declared, value
from .patterns import is_pattern, written

PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/\-]{0,58}[A-Za-z0-9]|[A-Za-z0-9]")


def count(name: str) -> int:
    """The next number of a counter; its row lock keeps the sequence without gaps and duplicates."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_counter (name, last) VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET last = records_counter.last + 1 RETURNING last", [name]
        )
        return int(cursor.fetchone()[0])


def company_pattern(kind: Kind[Any], prefix: str) -> str:
    """The pattern that the company has set for a prefix, or ours: `SOP-{nnnn}`, events with the year."""
    if f"number.{prefix}" in declared():
        return value(f"number.{prefix}")
    return default_pattern(kind, prefix)


def default_pattern(kind: Kind[Any], prefix: str) -> str:
    return f"{prefix}-{{nnnn}}" if kind.shape == "controlled" else f"{prefix}-{{year}}-{{nnnn}}"


def declare_patterns(kind: Kind[Any], prefixes: Sequence[str] = ()) -> None:
    """Let the company set the patterns of a kind's numbers."""
    for prefix in prefixes or (kind.prefix,):
        declare(Parameter(f"number.{prefix}", "numbering", default_pattern(kind, prefix), _("Pattern of numbers: %(prefix)s") % {"prefix": prefix}, is_pattern))


def next_number(kind: Kind[Any], record: Record, year: int) -> str:
    """The next free system-assigned number: `SOP-0042`, `IMP-2026-0031`, `IMP-2026-0031-A3`."""
    if record.parent is not None:
        number = count(f"{record.parent.series.uid}:{kind.child_mark}")
        return f"{record.parent.number}-{kind.child_mark}{number}"
    prefix = kind.number_name(record) if kind.number_name else kind.prefix
    pattern = company_pattern(kind, prefix)
    while True:
        number_text = written(pattern, count(f"{prefix}:{year}" if "{year}" in pattern else prefix), year)
        if not _in_use(number_text):
            return number_text


def _in_use(number: str) -> bool:
    """A hand-given number may already stand where the counter comes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM records_series WHERE number = %s", [number])
        return cursor.fetchone() is not None


def check_hand_given(number: str) -> str:
    """A number given by hand: one word of letters, digits, dot, slash and hyphen, not in use and never used before."""
    number = number.strip()
    if not PATTERN.fullmatch(number):
        raise Refusal(No("number.pattern", _("A number is one word of letters, digits, dots, slashes and hyphens."), field="number"))
    if Series.objects.filter(number__iexact=number).exists() or FormerNumber.objects.filter(number__iexact=number).exists():
        raise Refusal(No("number.taken", _("The number %(number)s is already in use.") % {"number": number}, field="number", fix=_("Choose another number.")))
    return number
