"""The content of an edition as it is shown, the same bytes for everybody, so that “what was seen” can be kept by its hash (R5)."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from medithread.kernel.base.fields import RichTextField
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind, field_label, kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.signing.served import serve
from medithread.kernel.text.html import to_html
from medithread.kernel.verbs.link import meaning_of

from . import times
from .addresses import image_url, of_number
from .values import Rows, Shown, rows_of, shown


@dataclass(frozen=True)
class Stretch:
    """A section of the page with its fields."""

    title: str
    fields: list[Shown]

    @property
    def looked_at(self) -> list[Shown]:
        return [field for field in self.fields if field.sort != "unseen"]

    @property
    def unseen(self) -> list[str]:
        """What nobody has looked at yet, told in one line."""
        return [field.label for field in self.fields if field.sort == "unseen"]


@dataclass(frozen=True)
class Content:
    """Everything that the digest of an edition covers, in reading order."""

    sections: list[Stretch]
    texts: list[Shown]
    rows: list[Rows]
    links: list[tuple[str, str, str]]
    files: list[Any]


def content_of_record(kind: Kind[Any], record: Any, zone: str) -> Content:
    """The content as it is now."""
    rows = [found for part in kind.parts if (found := rows_of(part, record, zone)).rows]
    return Content(_sections(kind, record, zone), _texts(kind, record, zone), rows, _links(kind, record), _files(kind, record))


def text_fields(kind: Kind[Any]) -> list[str]:
    """Formatted texts that stand below the sections in their full width."""
    placed = {name for section in kind.sections for name in section.fields}
    return [name for name in kind.content_fields if name not in placed and isinstance(kind.model._meta.get_field(name), RichTextField)]


def section_fields(kind: Kind[Any]) -> list[tuple[str, list[str]]]:
    """(title, fields) of all sections; content that no section names comes last, so that nothing signed is hidden."""
    found = [(str(section.title), list(section.fields)) for section in kind.sections]
    placed = {name for _title, names in found for name in names} | set(text_fields(kind))
    rest = [name for name in kind.content_fields if name not in placed]
    return [*found, (_("More"), rest)] if rest else found


def _sections(kind: Kind[Any], record: Any, zone: str) -> list[Stretch]:
    found = []
    for title, names in section_fields(kind):
        fields = [_field(kind, record, name, zone) for name in names if name != "title"]
        if fields:
            found.append(Stretch(title, fields))
    return found


def _field(kind: Kind[Any], record: Any, name: str, zone: str) -> Shown:
    part = kind.part(name)
    if part is None:
        return shown(kind, record, name, zone)
    count = len(getattr(record, name).all())
    return Shown(name, field_label(kind, name), "text" if count else "unseen", _("%(n)d rows, below") % {"n": count})


def _texts(kind: Kind[Any], record: Any, zone: str) -> list[Shown]:
    return [shown(kind, record, name, zone) for name in text_fields(kind)]


def _links(kind: Kind[Any], record: Record) -> list[tuple[str, str, str]]:
    codes = [meaning.code for meaning in kind.links if meaning.content]
    if not codes:
        return []
    rows = record.links_out.filter(meaning__in=codes, removed=False).select_related("target", "pinned").order_by("meaning", "target__number")
    return [(str(meaning_of(link.meaning).label), link.target.number, link.pinned.label if link.pinned else "") for link in rows]


def _files(kind: Kind[Any], record: Record) -> list[Any]:
    if not kind.files_are_content:
        return []
    return list(record.attachments.filter(removed=False).exclude(role="rendition").order_by("name", "id"))


def rich_html(doc: Any, record: Record, prefix: str = "") -> SafeString:
    """A formatted text as HTML."""
    html = to_html(
        doc, file_url=lambda sha256: image_url(record, sha256), record_url=of_number, heading_offset=1, id_prefix=prefix, table_label=_("Table {n}")
    )
    return mark_safe(html)


def rendition(record: Any) -> str:
    """The HTML of the whole content: what a signer is shown. It depends on the record and the language only."""
    kind = kind_of(record)
    zone = times.zone_name(record)
    content = content_of_record(kind, record, zone)
    texts = [(text, rich_html(text.doc, record, f"{text.name}-") if text.sort == "rich" else "") for text in content.texts]
    return render_to_string("pages/parts/content.html", {"content": content, "texts": texts, "record": record, "kind": kind, "zone": zone})


def note_served(actor: Actor, record: Record, html: str) -> None:
    """Remember that exactly these bytes, the whole content, were sent to this person in this session (R5)."""
    if actor.session:
        serve(actor, record, html.encode(), shown="whole")
