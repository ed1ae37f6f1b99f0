"""Values on their way into a record: cleaned by the codec, told apart from absences, checked by the kind's rules."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, Nos
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.codec import Unfit
from medithread.kernel.records.kinds import EDITABLE_HANDLING, Kind, field_label
from medithread.kernel.records.models import Record

ABSENCES = ("unknown", "not_applicable", "asked_unknown", "withheld")


def clean_values(kind: Kind[Any], values: Mapping[str, Any], *, also: Collection[str] = ()) -> dict[str, Any]:
    """Storable values by field; every field that cannot hold its value is refused at once.

    A kind's own handling fields are set by moves; `also` names those that a move asks for.
    """
    nos, found = Nos(), {}
    for name, value in values.items():
        codec = kind.content_codec if name in kind.content_fields else kind.handling_codec
        if name not in kind.content_fields and name not in EDITABLE_HANDLING and name not in also:
            nos.add(No("field.unknown", _("There is no field “%(name)s” to fill in.") % {"name": name[:60]}, field=name[:60]))
            continue
        try:
            found[name] = codec.clean(name, value)
        except Unfit as unfit:
            nos.add(unfit.no)
    nos.raise_any()
    return found


def apply(kind: Kind[Any], record: Record, values: Mapping[str, Any], absent: Mapping[str, Mapping[str, str]], *, by: Actor) -> set[str]:
    """Set cleaned values and absences; answers the names that changed. A value and an absence exclude each other."""
    changed = set()
    for name, value in values.items():
        attribute = record._meta.get_field(name).attname  # type: ignore[union-attr]
        if _empty_where_needed(name, value):
            continue
        if getattr(record, attribute) != value:
            setattr(record, attribute, value)
            changed.add(name)
        if value is not None and name in record.absent:
            del record.absent[name]
            changed.add(name)
    for name, why in absent.items():
        changed |= _set_absent(kind, record, name, why, by)
    return changed


def _empty_where_needed(name: str, value: Any) -> bool:
    """Handling fields that can never be empty keep what they have."""
    return value is None and name in ("confidentiality", "hold")


def _set_absent(kind: Kind[Any], record: Record, name: str, why: Mapping[str, str], by: Actor) -> set[str]:
    nos = Nos()
    code, reason = str(why.get("code", "")), str(why.get("reason", "")).strip()
    if name not in kind.absent_codec_fields:
        nos.add(No("absent.field", _("This field cannot be marked absent."), field=name))
    elif not code:
        return {name} if record.absent.pop(name, None) else set()
    elif code not in ABSENCES:
        nos.add(No("absent.code", _("Choose why there is no value."), field=name))
    elif not reason and code != "not_applicable":
        nos.add(No("absent.reason", _("Say why “%(field)s” is not known.") % {"field": field_label(kind, name)}, field=name))
    elif getattr(record, record._meta.get_field(name).attname) is not None:  # type: ignore[union-attr]
        nos.add(No("absent.value", _("“%(field)s” has a value; it cannot be absent too.") % {"field": field_label(kind, name)}, field=name))
    nos.raise_any()
    entry = {"code": code, "by": str(by.uid), **({"reason": reason[:500]} if reason else {})}
    old = record.absent.get(name, {})
    if {k: v for k, v in old.items() if k != "by"} == {k: v for k, v in entry.items() if k != "by"}:
        return set()
    record.absent = {**record.absent, name: entry}
    return {name}


def check_rules(kind: Kind[Any], record: Record) -> None:
    """What must hold of this kind at every save: a title, and the kind's own rules."""
    nos = Nos()
    if not record.title:
        nos.add(No("title.empty", _("A title is needed."), field="title", fix=_("Say in a few words what this is.")))
    nos.extend(rule(record) for rule in kind.rules)
    nos.raise_any()
