"""The guard on every table of ours: nothing is saved, updated or deleted outside a verb."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.db import models

from .uid import uuid7

_open: ContextVar[bool] = ContextVar("door_open", default=False)


class RoundTheDoor(RuntimeError):
    """A programming mistake: something tried to write without a verb."""


@contextmanager
def door_open() -> Iterator[None]:
    """Entered by the unit of work and by the kernel's own bookkeeping only."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def check_door(what: str) -> None:
    """Raise when the door is closed."""
    if not _open.get():
        raise RoundTheDoor(f"{what}: every write goes through a verb (kernel/verbs)")


class GuardedQuerySet(models.QuerySet[Any]):
    """A queryset whose writing methods ask the guard."""

    def update(self, **kwargs: Any) -> int:
        check_door(f"{self.model.__name__}.update")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        check_door(f"{self.model.__name__}.delete")
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        check_door(f"{self.model.__name__}.bulk_create")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        check_door(f"{self.model.__name__}.bulk_update")
        return super().bulk_update(objs, *args, **kwargs)


class Guarded(models.Model):
    """Base of every table that a verb owns."""

    objects: ClassVar[Any] = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        check_door(f"{type(self).__name__}.save")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check_door(f"{type(self).__name__}.delete")
        return super().delete(*args, **kwargs)


class Thing(Guarded):
    """Anything that the ledger speaks of: it has a uid that outlives every database."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True
