"""An idea without ledger: the same columns and indexes, saved by Django alone, and once more with django-simple-history."""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from medithread.improvement.ideas.models import Idea
from medithread.kernel.base.uid import uuid7
from medithread.kernel.records.models import Record


def _copies(model: type[models.Model]) -> dict[str, Any]:
    """The model's own fields once more."""
    return {field.name: _copy(field) for field in model._meta.local_fields if not field.primary_key}


def _copy(field: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        return models.ForeignKey(field.remote_field.model, models.PROTECT, to_field=field.to_fields[0], null=field.null, related_name="+")
    _name, _path, words, options = field.deconstruct()
    return type(field)(*words, **options)


def _indexes(prefix: str) -> list[models.Index]:
    return [models.Index(fields=index.fields, name=f"{prefix}_{place}") for place, index in enumerate(Record._meta.indexes)]


def _spine(name: str, prefix: str) -> type[models.Model]:
    meta = type("Meta", (), {"indexes": _indexes(prefix)})
    return type(name, (models.Model,), {**_copies(Record), "__module__": __name__, "Meta": meta})


PlainSpine: Any = _spine("PlainSpine", "plain")
PlainIdea: Any = type("PlainIdea", (PlainSpine,), {**_copies(Idea), "__module__": __name__})
WatchedSpine: Any = _spine("WatchedSpine", "watched")
WatchedIdea: Any = type("WatchedIdea", (WatchedSpine,), {**_copies(Idea), "__module__": __name__, "history": HistoricalRecords()})


class WatchedNote(models.Model):
    """A small row with history: saved beside a watched idea until as many rows are written as a verb writes."""

    uid = models.UUIDField(default=uuid7, unique=True)
    digest = models.CharField(max_length=64)
    body = models.TextField()
    history = HistoricalRecords()
