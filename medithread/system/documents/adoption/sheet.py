"""The rows of a protocol as a table to take away, complete in a spreadsheet, and bring again; and rows put right one by one."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person

from .columns import NAMES, People, Reader, type_words
from .desk import change
from .models import AdoptedVersion, Adoption
from .problems import Findings

HEADS = {
    "number": "Number", "title": "Title", "type": "Type", "label": "Version", "was": "State", "approved_on": "Approved on", "effective_from": "Effective from",
    "effective_to": "Effective to", "review_due": "Next review", "approvers": "Approved by", "owner": "Owner", "source": "Source", "file": "File",
    "evidence": "Evidence", "former": "Former numbers", "clauses": "Clauses",
}
FILLABLE = ("type", "was", "approved_on", "effective_from", "effective_to", "review_due", "approvers", "owner", "source")


def columns() -> list[str]:
    return [*HEADS.values(), _("What is wrong")]


def lines(adoption: Adoption, found: Findings) -> Iterator[list[str]]:
    """Every row as its cells, with what is wrong at the end."""
    for row in adoption.versions.select_related("owner"):
        wrong = " · ".join(f"{HEADS.get(no.field, no.field)}: {no.text}" for no in found.problems.get(row.uid, ()))
        yield [*(cell_of(row, name) for name in HEADS), wrong]


def cell_of(row: AdoptedVersion, name: str) -> str:
    """A value as the table has it; a cell that could not be read comes back with what was made of it."""
    value = getattr(row, name)
    if name == "review_due" and row.no_review:
        return "none"
    if name == "owner":
        return value.name if value else ""
    if value is None:
        return ""
    return "; ".join(value) if isinstance(value, list) else str(value.isoformat() if hasattr(value, "isoformat") else value)


def reader_of(adoption: Adoption) -> Reader:
    return Reader(type_words(adoption.types or ()), People.here())


def correct(who: Actor | Person, adoption: Adoption, row: AdoptedVersion, cells: Mapping[str, str]) -> Adoption:
    """Put one row right as if it stood so in the table. Raises Refusal with what cannot be read, NotAllowed."""
    values = _read(adoption, cells)
    return change(who, adoption, parts={"versions": [{"uid": str(row.uid), **_blank(cells), **values, **_file(adoption, values, cells)}]})


def fill(who: Actor | Person, adoption: Adoption, name: str, text: str) -> int:
    """Give a column the same value in every row where it is missing; answers in how many. Raises Refusal, NotAllowed."""
    if name not in FILLABLE or not text.strip():
        raise Refusal(No("adopt.fill", _("Choose a column and a value."), field="value"))
    values = _read(adoption, {name: text})
    rows = [row for row in adoption.versions.all() if not cell_of(row, name)]
    filled = [{"uid": str(row.uid), **values, "unread": [word for word in row.unread or () if not word.startswith(f"{name}:")]} for row in rows]
    for at in range(0, len(filled), 100):
        adoption = change(who, adoption, parts={"versions": filled[at : at + 100]})
    return len(filled)


def drop(who: Actor | Person, adoption: Adoption, row: AdoptedVersion) -> Adoption:
    """Take a row out of the protocol; its file stays listed. Raises NotAllowed, Refusal."""
    return change(who, adoption, parts={"versions": [{"uid": str(row.uid), "remove": True}]})


def _read(adoption: Adoption, cells: Mapping[str, str]) -> dict[str, Any]:
    values = reader_of(adoption).read({name: text for name, text in cells.items() if name in NAMES})
    unread = values.pop("unread")
    if unread:
        raise Refusal(*(No("adopt.cell", words.partition(": ")[2], field=words.partition(":")[0]) for words in unread))
    return values


def _blank(cells: Mapping[str, str]) -> dict[str, Any]:
    return {**dict.fromkeys(name for name in cells if name in NAMES), "no_review": None, "unread": None}


def _file(adoption: Adoption, values: Mapping[str, Any], cells: Mapping[str, str]) -> dict[str, Any]:
    if "file" not in cells:
        return {}
    file = adoption.files.filter(path=values.get("file") or "").first()
    return {"sha256": file.sha256 if file else None}
