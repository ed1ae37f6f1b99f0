"""Coming into force: the new edition begins and the one before it ends at the same instant (R16)."""

from datetime import datetime
from typing import Any

from medithread.kernel.records.models import Record

from .unit import Act


def take_effect(act: Act, record: Any, start: datetime) -> datetime:
    """Let an approved edition be in force from `start`, never before now and never before its predecessor. Answers the instant."""
    start = max(start, act.at)
    before = Record.objects.filter(series=record.series, scope=record.scope, effective_to=None, effective_from__isnull=False).exclude(pk=record.pk).first()
    if before is not None and before.effective_from is not None:
        start = max(start, before.effective_from)
        act.touch("supersede", before, effective_to=start)
    record.effective_from, record.effective_to = start, None
    return start
