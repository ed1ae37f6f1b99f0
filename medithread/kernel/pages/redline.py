"""Changes of a content field by field, old struck out and new underlined."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.base.fields import RichTextField
from medithread.kernel.ledger.asof import DISPOSED
from medithread.kernel.records.kinds import SPINE_HANDLING, Kind, field_label
from medithread.kernel.records.models import Record
from medithread.kernel.text.redline_html import Words, redline_html
from medithread.kernel.text.redline_words import segments

from .addresses import image_url, of_number
from .past import past_value, plain
from .values import ABSENCES, Shown

HIDDEN = frozenset(SPINE_HANDLING) - {"owner", "deputy", "site", "due", "confidentiality", "effective_from", "effective_to", "retain_until", "hold"}
LONG = 20_000


@dataclass(frozen=True)
class Change:
    """One field with its redline."""

    label: str
    html: SafeString


def changed_fields(kind: Kind[Any], pairs: dict[str, tuple[Any, Any]], zone: str, *, record: Record | None = None, whole: bool = False) -> list[Change]:
    """path → (old, new) as redlines in the order of the declaration. `whole` shows formatted texts in full, with `record` for its pictures."""
    names = _names(pairs)
    found: list[Change] = []
    fields = {path.removeprefix("absent/") for path in pairs if "/" not in path or path.startswith("absent/")}
    for name in sorted(fields, key=lambda name: _place(kind, name)):
        if name not in HIDDEN and _is_field(kind, name):
            found.append(_field(kind, name, pairs, zone, names, record if whole else None))
    found.extend(_parts(kind, pairs, zone, names))
    return [change for change in found if change.html]


def _place(kind: Kind[Any], name: str) -> tuple[int, str]:
    order = [*kind.content_fields, *SPINE_HANDLING, *kind.handling]
    return (order.index(name) if name in order else 999, name)


def _is_field(kind: Kind[Any], name: str) -> bool:
    return name in {f.name for f in kind.model._meta.get_fields()}


def _names(pairs: dict[str, tuple[Any, Any]]) -> Any:
    from .past import _Names

    return _Names({f"{path}/{n}": value for path, pair in pairs.items() for n, value in enumerate(pair)})


def _field(kind: Kind[Any], name: str, pairs: dict[str, tuple[Any, Any]], zone: str, names: Any, record: Record | None) -> Change:
    field = kind.model._meta.get_field(name)
    label = field_label(kind, name)
    old, new = pairs.get(name, (None, None))
    if record is not None and isinstance(field, RichTextField) and isinstance(old, dict) and isinstance(new, dict):
        return Change(label, _rich(old, new, record))
    why = pairs.get(f"absent/{name}", (None, None))
    before, after = (past_value(field, value, {name: reason} if isinstance(reason, dict) else {}, label, zone, names) for value, reason in zip((old, new), why, strict=True))
    told = {before.sort, after.sort} & {"unseen", "absent"}
    return Change(label, replaced(_text(before), _text(after)) if told else words(_text(before), _text(after)))


def _text(shown: Shown) -> str:
    return plain(shown) if shown.sort != "unseen" else _("not yet looked at")


def replaced(old: str, new: str) -> SafeString:
    """One for the other as a whole: what says why there is no value shares no words with a value."""
    return SafeString("") if old == new else format_html("<del>{}</del> <ins>{}</ins>", old, new)


def words(old: str, new: str) -> SafeString:
    """Two plain texts word by word."""
    if old == new:
        return SafeString("")
    if len(old) + len(new) > LONG:
        return mark_safe(f"<p>{_('A long text was changed.')}</p>")
    parts: list[str] = []
    for segment in segments([{"type": "text", "text": old}] if old else [], [{"type": "text", "text": new}] if new else []):
        inner = escape("".join(str(node.get("text", "")) for node in segment.nodes)).replace("\n", "<br>")
        tag = {"added": "ins", "removed": "del"}.get(segment.kind)
        if tag == "ins" and parts and parts[-1].endswith("</del>") and not parts[-1].endswith((" </del>", "<br></del>")):
            parts.append(" ")
        parts.append(f"<{tag}>{inner}</{tag}>" if tag else inner)
    return mark_safe("".join(parts))


def _rich(old: Any, new: Any, record: Record) -> SafeString:
    html = redline_html(
        old, new, file_url=lambda sha256: image_url(record, sha256), record_url=of_number, context=1, heading_offset=1, words=redline_words()
    )
    return mark_safe(f'<div class="prose redline">{html}</div>')


def redline_words() -> Words:
    """What a redline says, in the person's language."""
    return Words(
        added=_("inserted:"), added_end=_("end of insertion"), removed=_("deleted:"), removed_end=_("end of deletion"),
        formatted=_("formatting changed:"), formatted_end=_("end of formatting change"), moved_from=_("moved from here:"), moved_to=_("moved here:"),
        moved_end=_("end of moved text"), table=_("Table {n}"), unchanged=lambda n: ngettext("%(n)d unchanged paragraph", "%(n)d unchanged paragraphs", n) % {"n": n},
    )  # fmt: skip


def _parts(kind: Kind[Any], pairs: dict[str, tuple[Any, Any]], zone: str, names: Any) -> list[Change]:
    """Rows, files and links that came, went or changed."""
    found = []
    for part in kind.parts:
        for path, (old, new) in sorted(pairs.items()):
            if path.startswith(f"parts/{part.name}/"):
                found.append(Change(str(part.label), words(_row(part, old, zone, names), _row(part, new, zone, names))))
    for path, (old, new) in sorted(pairs.items()):
        if path.startswith(("files/", "links/")):
            label = _("File") if path.startswith("files/") else _("Link")
            found.append(Change(label, words(_thing(old), _thing(new))))
    return found


def _row(part: Any, value: Any, zone: str, names: Any) -> str:
    if value is DISPOSED:
        return str(ABSENCES["withheld"])
    if not isinstance(value, dict):
        return ""
    shown = [past_value(field, value.get(name), {}, name, zone, names) for name, field in part.codec.fields.items()]
    return " · ".join(text for item in shown if (text := plain(item)))


def _thing(value: Any) -> str:
    if value is DISPOSED:
        return str(ABSENCES["withheld"])
    return str(value.get("name") or value.get("number") or "") if isinstance(value, dict) else ""
