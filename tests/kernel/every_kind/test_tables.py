"""Every table is carried by the ledger or says why not (T-10e-3), and nothing is written round the door."""

from typing import Any

import pytest
from django.conf import settings
from django.db import models

from medithread.kernel.base.guard import Guarded, RoundTheDoor
from medithread.kernel.records.kinds import kinds
from medithread.kernel.records.models import Part, Record
from medithread.kernel.verbs.things import THINGS

from .tables import BOOKKEEPING, UNGUARDED, UNLOGGED_COLUMNS, kind_models, label, ours, part_models


def test_t_10e_3_every_table_is_evidence_or_says_why_not() -> None:
    evidence = kind_models() | part_models() | set(THINGS)
    bare = [label(model) for model in ours() if model not in evidence and label(model) not in BOOKKEEPING]
    assert bare == [], "declare a kind, a PartSpec or a ThingSpec, or say in tables.py why it is no evidence"


def test_nothing_is_both_and_nothing_is_stale() -> None:
    evidence = {label(model) for model in kind_models() | part_models() | set(THINGS)}
    known = {label(model) for model in ours()}
    assert evidence & set(BOOKKEEPING) == set()
    assert set(BOOKKEEPING) - known == set()
    assert set(UNGUARDED) - known == set()
    assert all(reason for reason in (*BOOKKEEPING.values(), *UNGUARDED.values(), *UNLOGGED_COLUMNS.values()))


def test_every_child_of_the_spine_is_a_kind_and_every_part_is_declared() -> None:
    assert {model for model in ours() if issubclass(model, Record)} - {Record} == kind_models()
    assert {model for model in ours() if issubclass(model, Part)} == part_models()


def test_every_column_of_a_thing_is_carried() -> None:
    for model, spec in THINGS.items():
        columns = {f.name for f in model._meta.local_fields if not f.primary_key and f.name != "uid"}
        left = {name for name in columns - set(spec.fields) if (label(model), name) not in UNLOGGED_COLUMNS}
        assert left == set(), f"{label(model)}: {left} would change without a trace"


def test_every_column_of_a_part_is_carried() -> None:
    for kind in kinds():
        for part in kind.parts:
            columns = {f.name for f in part.model._meta.local_fields if not f.primary_key} - {"uid", "order", "lock", "record"}
            assert columns == set(part.fields), f"{kind.code}.{part.name}"


def test_every_column_of_the_spine_is_content_or_handling() -> None:
    columns = {f.name for f in Record._meta.local_fields if not f.primary_key}
    for kind in kinds():
        known = {*kind.content_fields, *kind.handling_codec.fields, "digest", "absent"}
        assert columns - known == set(), kind.code


def test_only_what_says_why_is_without_a_guard() -> None:
    bare = {label(model) for model in ours() if not issubclass(model, Guarded)}
    assert bare == set(UNGUARDED)


def _attempts(model: type[models.Model]) -> dict[str, Any]:
    rows, one = model._default_manager, model()
    return {
        "save": one.save,
        "delete": one.delete,
        "create": lambda: rows.create(),
        "get_or_create": lambda: rows.get_or_create(pk=one.pk or 0),
        "update_or_create": lambda: rows.update_or_create(pk=one.pk or 0),
        "update": lambda: rows.filter(pk__isnull=False).update(pk=1),
        "delete rows": lambda: rows.all().delete(),
        "bulk_create": lambda: rows.bulk_create([one]),
        "bulk_update": lambda: rows.bulk_update([one], [model._meta.local_fields[-1].name]),
    }


@pytest.mark.django_db
def test_saving_round_the_door_raises() -> None:
    for model in ours():
        if label(model) in UNGUARDED:
            continue
        for name, attempt in _attempts(model).items():
            assert _refused(attempt), f"{label(model)}: {name} went round the door"


def _refused(attempt: Any) -> bool:
    try:
        attempt()
    except RoundTheDoor:
        return True
    return False


def test_there_is_no_admin_site() -> None:
    assert not [app for app in settings.INSTALLED_APPS if "admin" in app]
