"""Somebody with the database password: changes one value anywhere, round the application and with the guards taken away."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from medithread.kernel.base.clock import now
from medithread.kernel.base.sql import to_db

# Tables and columns that the ledger proves. What is left out of a table is outside: see docs/spec/ledger.md.
TABLES = (
    "ledger.Entry", "ledger.Manifest", "ledger.Value", "ledger.Disposal", "ledger.Version", "ledger.Head", "ledger.Checkpoint", "ledger.Journal", "ledger.JournalSeal",
    "signing.Signature", "records.Record", "records.Series", "records.Link", "records.Comment", "documents.Document", "documents.Reviewer", "ideas.Idea", "ideas.Action",
    "files.StoredFile", "files.Attachment", "identity.Person", "identity.Site", "identity.Agent", "identity.Account", "identity.Grant", "identity.SigningRight", "identity.Passkey",
)
ACCOUNT = ("uid", "person", "username", "is_active", "valid_until", "must_verify")
OUTSIDE = {
    "files.StoredFile": {"text"},
    "identity.Passkey": {"sign_count"},
    "identity.Account": {field.name for field in apps.get_model("identity.Account")._meta.concrete_fields} - set(ACCOUNT),
}
# Keys that serve joins: the ledger speaks of uids. One that something refers to is found, for the reference breaks.
REFERRED = {"ledger.Journal", "ledger.Head", "records.Record", "records.Series"}


@dataclass(frozen=True)
class Cell:
    """One column of one table."""

    label: str
    column: str

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def field(self) -> Any:
        return next(field for field in self.model._meta.local_concrete_fields if field.column == self.column)


def cells() -> list[Cell]:
    """Every column that one may try."""
    found = []
    for label in TABLES:
        for field in apps.get_model(label)._meta.local_concrete_fields:
            surrogate = field.primary_key and field.column == "id" and label not in REFERRED
            if not surrogate and field.name not in OUTSIDE.get(label, ()):
                found.append(Cell(label, field.column))
    return found


def change(cell: Cell, dice: random.Random) -> tuple[str, ...] | None:
    """Change the column in one row; answers the names that a finding may give the place, or None when there is no row to change."""
    key = cell.model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}" FROM {cell.table} ORDER BY 1')
        keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return None
        for _try in range(40):
            at = dice.choice(keys)
            names = _names(cell, cursor, key, at)
            cursor.execute(f'SELECT "{cell.column}" FROM {cell.table} WHERE "{key}" = %s', [at])
            before = cursor.fetchone()[0]
            after = other(cell.field, before, dice)
            try:
                with transaction.atomic():
                    cursor.execute(f'UPDATE {cell.table} SET "{cell.column}" = %s WHERE "{key}" = %s', [after, at])
            except IntegrityError:
                continue
            return (*names, str(after), cell.table)
    raise AssertionError(f"nothing else fits into {cell}")


def delete(label: str, dice: random.Random) -> tuple[str, ...] | None:
    """Delete one row of a table."""
    cell = Cell(label, "")
    key = cell.model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}" FROM {cell.table} ORDER BY 1')
        keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return None
        at = dice.choice(keys)
        names = _names(cell, cursor, key, at)
        cursor.execute(f'DELETE FROM {cell.table} WHERE "{key}" = %s', [at])
    return (*names, cell.table)


def _names(cell: Cell, cursor: Any, key: str, at: Any) -> tuple[str, ...]:
    """What the row is called: its key, its uid, the uid of the record that it belongs to."""
    found = [str(at)]
    columns = {field.column for field in cell.model._meta.local_concrete_fields}
    for column in ("uid", "record_ptr_id", "record_id", "source_id"):
        if column in columns:
            cursor.execute(f'SELECT "{column}" FROM {cell.table} WHERE "{key}" = %s', [at])
            value = cursor.fetchone()[0]
            if column != "uid":
                cursor.execute("SELECT uid FROM records_record WHERE id = %s", [value])
                value = cursor.fetchone()[0]
            found.append(str(value if isinstance(value, UUID) else UUID(value)))
    return tuple(found)


def other(field: Any, value: Any, dice: random.Random) -> Any:
    """Another value that the column can hold, in the form of the driver."""
    if isinstance(field, (models.ForeignKey, models.OneToOneField)):
        return _other_reference(field, value, dice)
    if isinstance(field, models.UUIDField):
        return to_db(UUID(int=dice.getrandbits(128)))
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.BinaryField):
        return _other_bytes(bytes(value or b"x"), dice)
    if isinstance(field, models.DateTimeField):
        at = now() if value is None else value
        return to_db(field.to_python(at) + timedelta(microseconds=dice.randint(1, 10**9))) if value is not None else to_db(at)
    if isinstance(field, models.DateField):
        return (field.to_python(value) if value else now().date()) + timedelta(days=dice.randint(1, 400))
    if isinstance(field, models.IntegerField):
        return (value or 0) + dice.randint(1, 9) * dice.choice((1, 1_000))
    return _other_text(value, dice, field.max_length)


def _other_reference(field: Any, value: Any, dice: random.Random) -> Any:
    target = field.target_field
    if field.unique:
        return other(target, value, dice)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{target.column}" FROM {target.model._meta.db_table}')
        known = [row[0] for row in cursor.fetchall() if row[0] != value]
    return dice.choice(known) if known else other(target, value, dice)


def _other_bytes(value: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(value))
    return value[:at] + bytes([value[at] ^ dice.randint(1, 255)]) + value[at + 1 :]


def _other_text(value: str | None, dice: random.Random, limit: int | None) -> str:
    if not value:
        return "x"
    at = dice.randrange(len(value))
    letter = dice.choice([letter for letter in "abcxyz0189 \u00e9" if letter != value[at]])
    changed = value[:at] + letter + value[at + 1 :]
    return changed if dice.random() < 0.7 or (limit and len(value) >= limit) else value + letter
