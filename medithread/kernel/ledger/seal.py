"""Sealing the access journal: its rows are put under a Merkle root, and the root into the ledger (docs/spec/ledger.md).

Rows are written without the ledger's lock; what was written since the last seal is the open window.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, connection, transaction

from medithread.kernel.base.canon import canonical, grow, leaf, root
from medithread.kernel.base.guard import door_open

from .journal import SHARED_LOCK
from .models import Head, Journal, JournalSeal
from .stream import as_instant, as_text, instant_text, rows, snapshot
from .voice import say

NAMES = ("id", "at", "what", "person", "subject", "detail", "address")


def seal_journal() -> JournalSeal | None:
    """Seal every row written so far. None when there is nothing new, before birth, or when another sealer was faster.

    On PostgreSQL the writers of rows hold a shared lock; taking it alone for an instant means that no row with a smaller number
    can still appear, so a late row falls under the next seal and none is lost.
    """
    last = JournalSeal.objects.order_by("-first").first()
    first = last.last + 1 if last else 1
    end = _settled()
    if end < first or not Head.objects.exists():
        return None
    with snapshot():
        count, mark = digest(journal_rows(first, end))
    made = JournalSeal(first=first, last=end, count=count, root=mark)

    def keep(seq: int) -> None:
        made.seq = seq
        made.save(force_insert=True)

    try:
        say("seal", {"first": first, "last": end, "count": count, "root": mark}, later=keep)
    except IntegrityError:
        return None
    return made


def _settled() -> int:
    """The highest number of the journal below which nothing can appear any more."""
    with transaction.atomic(), door_open():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SHARED_LOCK])
        return Journal.objects.order_by("-id").values_list("id", flat=True).first() or 0


def journal_rows(first: int, last: int) -> Iterator[dict[str, Any]]:
    """Rows of the journal in their written form."""
    columns = ", ".join(("id", as_instant("at"), "what", as_text("person"), as_text("subject"), "detail", "address"))
    sql = f"SELECT {columns} FROM ledger_journal WHERE id >= %s AND id <= %s ORDER BY id"  # noqa: S608
    for seq, at, what, person, subject, detail, address in rows(sql, (first, last)):
        yield dict(zip(NAMES, (seq, instant_text(at), what, _dashed(person), _dashed(subject), detail, address), strict=True))


def _dashed(value: str | None) -> str | None:
    return value if value is None or "-" in value else f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def digest(found: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """How many rows, and the root of the tree over their canonical bytes (empty fields left out)."""
    frontier: list[tuple[int, bytes]] = []
    count = 0
    for row in found:
        frontier = grow(frontier, [leaf(row_bytes(row))])
        count += 1
    return count, root(frontier).hex()


def row_bytes(row: dict[str, Any]) -> bytes:
    """The canonical bytes of one row."""
    return canonical({name: value for name, value in row.items() if value not in (None, "")})
