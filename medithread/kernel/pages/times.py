"""Dates and instants as people read them: `2026-11-22`, `2026-11-22 10:21 CET`, “3 days late”."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.base.clock import now
from medithread.kernel.identity.models import Site
from medithread.kernel.records.models import Record


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """A time zone by name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def home_zone() -> str:
    """The zone of the company's first site."""
    return Site.objects.order_by("id").values_list("zone", flat=True).first() or "UTC"


def zone_name(record: Record) -> str:
    """The zone that the dates of a record are meant in (R16)."""
    return record.site.zone if record.site is not None else home_zone()


def local(at: datetime, name: str) -> str:
    """`2026-05-08 11:14 CEST`"""
    return at.astimezone(zone(name)).strftime("%Y-%m-%d %H:%M %Z")


def utc(at: datetime) -> str:
    """`2026-05-08 09:14 UTC`"""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def today(name: str = "UTC") -> date:
    """The day it is in a zone."""
    return now().astimezone(zone(name)).date()


def distance(day: date, day_today: date) -> str:
    """How far a day is, in words: “today”, “in 9 days”, “in 12 weeks”, “3 days late”."""
    days = (day - day_today).days
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    if days < 21:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    if days < 120:
        return ngettext("in %(n)d week", "in %(n)d weeks", days // 7) % {"n": days // 7}
    return ngettext("in %(n)d month", "in %(n)d months", days // 30) % {"n": days // 30}


def since(at: datetime, present: datetime) -> str:
    """How long something lasts: “since today”, “since 3 days”."""
    days = (present - at).days
    if days < 1:
        return _("since today")
    return ngettext("since %(n)d day", "since %(n)d days", days) % {"n": days}
