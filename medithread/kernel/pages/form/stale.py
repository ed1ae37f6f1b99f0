"""Two people changed a record at once: what each did to the version both began from, and which fields meet."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from medithread.kernel.identity.models import Person
from medithread.kernel.ledger.asof import DISPOSED, content_at, handling_at
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.codec import Unfit
from medithread.kernel.records.kinds import Kind, PartSpec, field_label

from ..past import decoded, plain
from ..redline import replaced, words
from ..values import ABSENCES, show_value
from .plan import fields_of, parts_of
from .typed import Typed, said, typed

Side = tuple[Any, str, str]


@dataclass
class Difference:
    """One field: `sort` is both (they meet), mine, or theirs. `raw` are the hidden inputs that carry mine on."""

    name: str
    label: str
    sort: str
    theirs: SafeString | str
    mine: SafeString | str
    raw: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Meeting:
    """Everything that the page of two versions shows."""

    differences: list[Difference]
    who: str
    at: Any

    @property
    def both(self) -> list[Difference]:
        return [d for d in self.differences if d.sort == "both"]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Hidden inputs of all that is mine."""
        return [pair for d in self.differences if d.sort != "theirs" for pair in d.raw]


def meeting(kind: Kind[Any], record: Any, raw: QueryDict, zone: str) -> Meeting:
    """Compare the form with the record as it is now; both against the version that the form was opened on."""
    place = raw.get("seq", "")
    seq = int(place) if place.isdigit() and len(place) < 19 else 0
    base = {**(content_at(record.uid, seq) or {}), **(handling_at(record.uid, seq) or {})}
    mine = typed(kind, record, raw, zone)
    found = [_field(kind, record, name, base, mine, raw, zone) for name in fields_of(kind, record)]
    for name in parts_of(kind, record):
        part = kind.part(name)
        if part is not None:
            found.append(_part(part, record, base, mine, raw))
    last = Entry.objects.filter(of=record.uid).order_by("-seq").first()
    who = Person.objects.filter(uid=last.actor).values_list("name", flat=True).first() if last and last.actor else None
    return Meeting([d for d in found if d is not None], who or _("Somebody else"), last.at if last else None)


def _field(kind: Kind[Any], record: Any, name: str, base: dict[str, Any], mine: Typed, raw: QueryDict, zone: str) -> Difference | None:
    column = kind.model._meta.get_field(name)
    began = _began(column, name, base)
    why = record.absent.get(name, {})
    now: Side = (getattr(record, column.attname), why.get("code", ""), why.get("reason", ""))
    own = _own(kind, name, mine, began)
    sort = _sort(began, now, own)
    if not sort:
        return None
    pairs = [(key, said(column, key, raw)) for key in (name, f"{name}_json", f"{name}__absent", f"{name}__reason") if key in raw]
    theirs, ours = (_redline(column, began, side, zone) for side in (now, own))
    return Difference(name, field_label(kind, name), sort, theirs, ours, pairs)


def _sort(began: Side, now: Side, own: Side) -> str:
    changed_by_them, changed_by_me = now != began, own != began
    if changed_by_me and changed_by_them:
        return "" if own == now else "both"
    return "mine" if changed_by_me else "theirs" if changed_by_them else ""


def _began(column: Any, name: str, base: dict[str, Any]) -> Side:
    value = base.get(name)
    why = base.get(f"absent/{name}")
    why = why if isinstance(why, dict) else {}
    return (None if value in (None, DISPOSED) else decoded(column, value), why.get("code", ""), why.get("reason", ""))


def _own(kind: Kind[Any], name: str, mine: Typed, began: Side) -> Side:
    if name not in mine.values:
        return began
    why = mine.absent.get(name, {})
    codec = kind.content_codec if name in kind.content_fields else kind.handling_codec
    try:
        value = codec.clean(name, mine.values[name])
    except Unfit:
        value = mine.values[name]
    if value is None and name in ("confidentiality", "hold"):
        value = began[0]
    return (value, why.get("code", ""), why.get("reason", "").strip())


def _redline(column: Any, old: Side, new: Side, zone: str) -> SafeString:
    """Word by word where both are values; else one for the other."""
    values = all(value is not None and not code for value, code, _reason in (old, new))
    return (words if values else replaced)(_text(column, old, zone), _text(column, new, zone))


def _text(column: Any, side: Side, zone: str) -> str:
    """One side in words."""
    value, code, reason = side
    if code:
        return f"{ABSENCES.get(code, code)} {reason}".strip()
    if value is None:
        return _("not yet looked at")
    if column.is_relation:
        return str(_referred(column, value) or value)
    try:
        return plain(show_value(column, value, {}, "", zone))
    except ValueError:  # what was typed is no formatted text at all
        return str(value)


def _referred(column: Any, value: Any) -> Any:
    try:
        return column.related_model.objects.filter(uid=UUID(str(value))).first()
    except ValueError:  # what was typed is no identifier
        return None


def _part(part: PartSpec, record: Any, base: dict[str, Any], mine: Typed, raw: QueryDict) -> Difference | None:
    """Rows are taken together: whoever changed any of them changed the part."""
    rows = {str(row.uid): row for row in getattr(record, part.name).all()}
    began = {path.rpartition("/")[2]: value for path, value in base.items() if path.startswith(f"parts/{part.name}/") and isinstance(value, dict)}
    now = {uid: {**part.codec.encode(row), "order": row.order, "lock": row.lock} for uid, row in rows.items()}
    theirs = now != began
    own = part.name in mine.parts and _rows_changed(part, mine.parts[part.name], began)
    if not theirs and not own:
        return None
    sort = "both" if theirs and own else "mine" if own else "theirs"
    return Difference(part.name, str(part.label), sort, _("%(n)d rows") % {"n": len(now)}, _("your rows"), _raw_rows(part, raw, rows))


def _rows_changed(part: PartSpec, rows: list[dict[str, Any]], began: dict[str, Any]) -> bool:
    for row in rows:
        before = began.get(str(row.get("uid", "")))
        if before is None or row.get("remove"):
            return True
        for name in part.fields:
            try:
                value = part.codec.clean(name, row.get(name))
            except Unfit:
                return True
            known = before.get(name)
            if (None if value is None else part.codec.encode(_Holder(part, name, value)).get(name)) != known:
                return True
    return False


class _Holder:
    """One value where the codec looks for it."""

    def __init__(self, part: PartSpec, name: str, value: Any) -> None:
        for field_name, column in part.codec.fields.items():
            setattr(self, column.attname, value if field_name == name else None)


def _raw_rows(part: PartSpec, raw: QueryDict, rows: dict[str, Any]) -> list[tuple[str, str]]:
    """My rows once more, on the present locks; a row that they took away comes back as a new one."""
    found = []
    for key in raw:
        if not key.startswith(f"part-{part.name}-"):
            continue
        value = raw.get(key, "")
        if key.endswith("-uid") and value not in rows:
            value = ""
        if key.endswith("-lock"):
            row = rows.get(raw.get(key.removesuffix("lock") + "uid", ""))
            value = str(row.lock) if row else ""
        found.append((key, value))
    return found
