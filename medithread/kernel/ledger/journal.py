"""The access journal beside the chain: one short insert, no chain lock; sealed into the ledger by its Merkle root."""

from uuid import UUID

from django.db import connection, transaction

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open

from .models import Journal

SHARED_LOCK = 7_133_001


def journal(what: str, *, person: UUID | None = None, subject: UUID | None = None, detail: str = "", address: str = "") -> None:
    """Note an access: read, print, export, sign-in, refusal. On PostgreSQL the sealer waits for inserts under way."""
    with transaction.atomic(), door_open():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SHARED_LOCK])
        Journal.objects.create(at=now(), what=what, person=person, subject=subject, detail=detail[:400], address=address[:64])
