"""What must hold of parameters, and how they come into force."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.base.sql import to_db
from medithread.kernel.records.parameters import declared
from medithread.kernel.verbs.effect import take_effect

from .models import ParameterSet

IN_FORCE = """
SELECT r.number, r.edition, s.key, s.value FROM records_record r
LEFT JOIN parameters_setting s ON s.record_id = r.id
WHERE r.kind = 'parameterset' AND r.state = 'approved' AND r.effective_from <= %s AND (r.effective_to IS NULL OR r.effective_to > %s)
ORDER BY r.number, s.key
"""


def values_fit(record: ParameterSet) -> No | None:
    """Every row names a declared parameter of this area, once, with a value that passes its check."""
    rows = list(record.settings.all())
    doubled = [key for key, count in Counter(row.key for row in rows).items() if count > 1]
    if doubled:
        return No("parameter.twice", _("“%(key)s” stands twice.") % {"key": doubled[0]}, field="settings")
    for row in rows:
        known = declared().get(row.key or "")
        if known is None or known.area != record.area:
            return No("parameter.unknown", _("“%(key)s” is no parameter of this area.") % {"key": row.key or ""}, field="settings")
        no = known.check(row.value or "")
        if no is not None:
            return No(no.code, f"{row.key}: {no.text}", field="settings", fix=no.fix)
    return None


def area_is_known(record: ParameterSet) -> No | None:
    """The area is one that something is declared for, and no other series has it."""
    if record.area not in {parameter.area for parameter in declared().values()}:
        return No("parameter.area", _("There is no such area."), field="area")
    others = ParameterSet.objects.filter(area=record.area).exclude(state__in=("void",))
    if record.series_id is not None:
        others = others.exclude(series_id=record.series_id)
    if others.exists():
        return No("parameter.area-taken", _("This area has its parameters already."), field="area", fix=_("Revise that set."))
    return None


def comes_into_force(act: Any, record: ParameterSet) -> None:
    """In force from the instant of approval; the edition before ends at the same instant."""
    take_effect(act, record, act.at)


def draft_label(record: ParameterSet) -> str:
    return f"v{record.edition}" if record.state == "approved" else f"v{record.edition} draft"


def is_effective(record: Any, at: datetime) -> bool:
    return record.effective_from is not None and record.effective_from <= at and (record.effective_to is None or at < record.effective_to)


def is_superseded(record: Any, at: datetime) -> bool:
    return record.effective_to is not None and record.effective_to <= at


def effective_query(at: datetime) -> Q:
    return Q(effective_from__lte=at) & (Q(effective_to=None) | Q(effective_to__gt=at))


def superseded_query(at: datetime) -> Q:
    return Q(effective_to__lte=at)


def in_force() -> tuple[Mapping[str, str], str]:
    """Values and editions in force now: one short statement per act."""
    at = to_db(now())
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [at, at])
        rows = cursor.fetchall()
    editions = dict.fromkeys(f"{number}@{edition}" for number, edition, _key, _value in rows)
    return {key: value for _n, _e, key, value in rows if key}, ",".join(editions)
