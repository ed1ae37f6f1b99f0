"""What runs by the clock. A row per schedule is moved on by whoever comes first, so that nothing runs twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from .jobs import enqueue, utcnow
from .models import Schedule


@dataclass(frozen=True)
class Every:
    """A job that comes again after `step`."""

    name: str
    step: timedelta


_every: dict[str, Every] = {}


def every(name: str, step: timedelta) -> None:
    """Declare that the job `name` runs once per `step`."""
    _every[name] = Every(name, step)


def declared() -> dict[str, Every]:
    return dict(_every)


def enqueue_due(at: datetime | None = None) -> int:
    """Enqueue every schedule that is due; a missed time (nobody was running) is made up for once."""
    at, count = at or utcnow(), 0
    for item in _every.values():
        with transaction.atomic():
            row, _new = Schedule.objects.get_or_create(name=item.name, defaults={"next_at": at})
            moved = Schedule.objects.filter(name=item.name, next_at=row.next_at, next_at__lte=at).update(next_at=at + item.step)
            if moved:
                enqueue(item.name, key=f"{item.name}@{row.next_at.isoformat()}")
                count += 1
    return count
