"""Web and worker of different wiring refuse to run together (kernel.md §6).

Whoever serves pages says at its start which wiring it has (schemas.py). Web and worker processes that have joined look from time to
time whether the last one that started is of another wiring than their own; then they take no job and write nothing until they are
of the same version.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import LedgerBroken, No
from medithread.kernel.records.kinds import wiring_digest

from .models import Entry, Head

LOOK = 10.0


@dataclass
class Looked:
    """What the last look found: in which ledger, up to which entry, with which wiring the last process started, and when it was."""

    joined: bool = False
    origin: str = ""
    seq: int = 0
    wiring: str = ""
    at: float = 0.0


_looked = Looked()


def join() -> None:
    """This process serves pages or does jobs, for as long as it lives: from now on it looks, the first time at once."""
    _looked.joined, _looked.at = True, 0.0


def leave() -> None:
    """Look no more."""
    _looked.joined, _looked.origin = False, ""


def other_wiring() -> str:
    """The wiring of the last start when it is not ours; empty when all is well. Looks at most every ten seconds."""
    if not _looked.joined:
        return ""
    if time.monotonic() - _looked.at >= LOOK or not _looked.at:
        _look()
    ours = wiring_digest() if _looked.wiring else ""
    return _looked.wiring if _looked.wiring != ours else ""


def refuse_other_wiring() -> None:
    """Raise LedgerBroken when a process of another wiring has started since."""
    found = other_wiring()
    if found:
        raise LedgerBroken(
            No(
                "wiring.other", _("Another version of the program has been started on this database (wiring %(wiring)s).") % {"wiring": found},
                fix=_("Restart every web and worker process with the same version; nothing was written."),
            )
        )


def _look() -> None:
    """Read only what was written since the last look."""
    _looked.at = time.monotonic()
    head = Head.objects.values_list("origin", "seq").first()
    origin, seq = head or ("", 0)
    if origin != _looked.origin or seq < _looked.seq:
        _looked.origin, _looked.seq, _looked.wiring = origin, 0, ""
    if seq > _looked.seq:
        starts = Entry.objects.filter(kind="ledger@1", verb="start", seq__gt=_looked.seq, subject=_ledger_uid())
        body = starts.order_by("-seq").values_list("body", flat=True).first()
        if body is not None:
            _looked.wiring = json.loads(bytes(body))["wiring"]
        _looked.seq = seq


def _ledger_uid() -> Any:
    return Entry.objects.filter(seq=1).values("subject")[:1]
