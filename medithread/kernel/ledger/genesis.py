"""Genesis: a ledger is born once, as a demo or as live, with a random origin. Nothing can change that (kernel.md §3)."""

import os

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medithread import __version__
from medithread.kernel.base import clock
from medithread.kernel.base.canon import Json, canonical, leaf
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, No
from medithread.kernel.base.sql import insert_many, to_db
from medithread.kernel.base.uid import uuid7

from .append import ENTRY_COLUMNS, FORMAT
from .models import Head
from .place import home

START = "0" * 64


def is_born() -> bool:
    return Head.objects.exists()


def purpose() -> str:
    """`demo`, `live`, or `` before birth."""
    return Head.objects.values_list("purpose", flat=True).first() or ""


def origin() -> str:
    return Head.objects.values_list("origin", flat=True).first() or ""


def birth(purpose: str) -> str:
    """Write the first entry. Answers the origin. Raises LedgerBroken when the ledger is born already."""
    if purpose not in ("demo", "live"):
        raise ValueError(purpose)
    with transaction.atomic(), door_open():
        if Head.objects.exists():
            raise LedgerBroken(No("ledger.born", _("This database already has a ledger.")))
        name = f"medithread/{purpose}/{os.urandom(12).hex()}"
        act, at = uuid7(), clock.now()
        header: dict[str, Json] = {
            "v": FORMAT, "seq": 1, "prev": START, "at": clock.text(at), "act": str(act), "verb": "genesis", "kind": "ledger@1",
            "subject": str(act), "origin": name, "purpose": purpose, "program": __version__,
        }
        body = canonical(header)
        row = (1, body, leaf(body).hex(), to_db(at), to_db(act), "genesis", "ledger@1", to_db(act), to_db(act), None)
        insert_many("ledger_entry", ENTRY_COLUMNS, [row])
        Head.objects.create(id=1, seq=1, hash=leaf(body).hex(), at=at, origin=name, purpose=purpose, home=home())
    return name
