"""Days that people choose, as instants in the company's zone."""

from datetime import UTC, date, datetime, time, timedelta

from medithread.kernel.pages import times


def start_of(day: date | None) -> datetime | None:
    """The first instant of a day; a day that has begun starts now (None)."""
    if day is None:
        return None
    zone = times.zone(times.home_zone())
    return None if day <= datetime.now(UTC).astimezone(zone).date() else datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date | None) -> datetime | None:
    """The first instant after a day."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), times.zone(times.home_zone())).astimezone(UTC)
