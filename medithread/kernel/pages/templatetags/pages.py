"""Small words of the templates."""

import hashlib
import json
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from medithread.kernel.base.clock import now
from medithread.kernel.pages import addresses, times
from medithread.kernel.pages.waiting import open_states
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.lifecycle import State
from medithread.kernel.records.models import Record

register = template.Library()
TONES = {"good": "good", "warn": "warn", "bad": "bad", "ask": "ask", "quiet": "gone"}


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built asset with the hash of its content, so that a browser may keep it."""
    path = Path(settings.STATIC_ROOT) / name[:]  # a template gives a SafeString, which no path can take
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return f"{settings.STATIC_URL}{name}?{_print_of(path, stamp)}" if stamp else f"{settings.STATIC_URL}{name}"


@lru_cache(maxsize=32)
def _print_of(path: Path, _stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """An icon beside words that say the same."""
    return _icon(name[:], size)


@lru_cache(maxsize=512)
def _icon(name: str, size: int) -> SafeString:
    return mark_safe(lucide(name, size=size, aria_hidden="true"))


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
def condition_tag(record: Record) -> SafeString:
    """The state of a record, time included."""
    return state_tag(kind_of(record).lifecycle.condition(record, now()))


@register.simple_tag
def due_cell(record: Record, zone: str) -> SafeString | str:
    """A due date; how late it is where there is still something to do."""
    if record.due is None:
        return ""
    today = times.today(zone)
    if record.due >= today or record.state not in open_states(kind_of(record)):
        return day(record.due)
    return format_html('{}<br><small class="late">{}</small>', day(record.due), times.distance(record.due, today))


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """A date that never wraps."""
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat()) if value else ""


@register.filter
def day_in(at: datetime, zone: str) -> str:
    """The day that people in a zone call an instant."""
    return at.astimezone(times.zone(zone)).date().isoformat()


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


@register.filter
def verbose_name(model: Any) -> str:
    """A kind's name inside a sentence."""
    return str(model._meta.verbose_name)


@register.filter
def document_for(document: Any, control: str) -> SafeString:
    """The canonical document for the editor of a control."""
    return _json_script(document, f'data-doc-for="{control}"')


@register.filter
def passkey_options(options: Any) -> SafeString:
    """WebAuthn options for the script."""
    return _json_script(options, "data-passkey-options")


def _json_script(value: Any, attribute: str) -> SafeString:
    body = json.dumps(value, ensure_ascii=False).translate({ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"})
    return mark_safe(f'<script type="application/json" {attribute}>{body}</script>')


@register.simple_tag
def pictures_url(record: Record) -> str:
    """Where the editor finds the pictures of a record, without their hash."""
    return addresses.image_url(record, "0")[:-1]
