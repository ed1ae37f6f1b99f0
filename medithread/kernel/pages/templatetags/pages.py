"""Small words of the templates."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from medithread.kernel.base.clock import now
from medithread.kernel.pages import addresses, times
from medithread.kernel.records.lifecycle import State
from medithread.kernel.records.models import Record

register = template.Library()
TONES = {"good": "good", "warn": "warn", "bad": "bad", "ask": "ask", "quiet": "gone"}


@register.filter
def short(digest: str | None) -> str:
    """`9f2c…41ab`"""
    return f"{digest[:4]}…{digest[-4:]}" if digest else ""


@register.filter
def thousands(number: int | str) -> str:
    """`41,208`"""
    return f"{int(number):,}"


@register.filter
def tone(state: State) -> str:
    """The class of a state's tag."""
    return TONES.get(state.tone, "")


@register.simple_tag
def state_tag(state: State) -> SafeString:
    """A state as a word with its shape."""
    return format_html('<span class="tag {}">{}</span>', tone(state), state.name)


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """A date that never wraps."""
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat()) if value else ""


@register.simple_tag
def moment(at: datetime | None, zone: str = "UTC") -> SafeString | str:
    """An instant in a zone; the UTC instant stands in the machine-readable part."""
    if at is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', at.strftime("%Y-%m-%dT%H:%M:%SZ"), times.local(at, zone))


@register.simple_tag
def both_times(at: datetime, zone: str) -> SafeString:
    """Local time with its zone, and UTC (11.50(a)(2))."""
    here, there = times.local(at, zone), times.utc(at)
    return format_html('<time datetime="{}">{}</time>{}', at.strftime("%Y-%m-%dT%H:%M:%SZ"), here, "" if here == there else f" · {there}")


@register.filter
def distance(value: date, zone: str = "UTC") -> str:
    """“in 12 weeks”, “3 days late”."""
    return times.distance(value, times.today(zone))


@register.filter
def is_late(value: date | None, zone: str = "UTC") -> bool:
    return value is not None and value < times.today(zone)


@register.filter
def since(at: datetime) -> str:
    return times.since(at, now())


@register.simple_tag
def record_url(record: Record, page: str = "record", *args: Any) -> str:
    """The address of a record or of one of its pages."""
    return addresses.of_record(record, page, *args)


@register.filter
def in_code(values: Any) -> str:
    """A list of codes in one line."""
    return ", ".join(map(str, values))
