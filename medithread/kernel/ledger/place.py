"""Where a database lives. A copied database finds itself in another place and may not write until it starts an epoch (kernel.md §3)."""

from pathlib import Path

from django.db import connection

from medithread.kernel.base.canon import sha256

MARK = "medithread_home"


def find_home() -> str:
    """A fingerprint of the place: cluster and database name on PostgreSQL, path and inode on SQLite.

    A physical clone of a whole PostgreSQL cluster keeps its fingerprint, as a promoted standby must.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT system_identifier::text, current_database() FROM pg_control_system()")
            return sha256("/".join(cursor.fetchone()).encode())[:32]
        cursor.execute("PRAGMA database_list")
        path = next((row[2] for row in cursor.fetchall() if row[1] == "main"), "")
    if not path:
        return "memory"
    return sha256(f"{Path(path).resolve()}/{Path(path).stat().st_ino}".encode())[:32]


def home() -> str:
    """The same, asked once per database connection."""
    connection.ensure_connection()
    raw, found = getattr(connection, MARK, (None, ""))
    if raw is not connection.connection:
        found = find_home()
        setattr(connection, MARK, (connection.connection, found))
    return found
