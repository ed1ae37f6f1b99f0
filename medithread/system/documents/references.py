"""Links to records by number become edges of meaning “refers” whenever a text is saved; numbers that do not exist are named.

An edge is logged and not signed: the text itself, with its numbers, is what signatures cover. It leads to the series, so that
a reader always finds what is in force; where the text names an edition, the edge keeps that label in its note.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from medithread.kernel.records.models import FormerNumber, Link, Series
from medithread.kernel.text.reading import nodes, plain_text, record_numbers
from medithread.kernel.text.schema import normalise
from medithread.kernel.verbs.unit import Act, current

from .models import Document

IN_TEXT = "in the text"
_NUMBER_LIKE = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-./][A-Za-z0-9]+)+")
MOST = 500
MOST_LINES = 20_000


def doc_of(document: Document) -> Any:
    """The canonical text of a document; None where it is a file."""
    return json.loads(document.body) if document.body else None


def words_of(document: Document) -> Any:
    """The text to compare a version by: its own, or the words taken from the file that it is; None where there are none."""
    if document.body:
        return doc_of(document)
    original = document.attachments.filter(removed=False, role="original").select_related("file").order_by("-id").first()
    lines = [line.strip() for line in (original.file.text or "").splitlines() if line.strip()] if original else []
    blocks = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines[:MOST_LINES]]
    return normalise({"type": "doc", "content": blocks}) if blocks else None


def follow(document: Document) -> None:
    """Make the edges of a document say what its text says. Part of the write that is under way."""
    act = current()
    if act is not None:
        _settle(act, document, named(doc_of(document)))


def named(doc: Any) -> dict[str, str]:
    """Number → edition label (mostly empty) of everything that a text links to, or names as a number would be written."""
    if doc is None:
        return {}
    links = {node["attrs"]["number"]: node["attrs"].get("edition", "") for _path, node in nodes(doc) if node["type"] == "recordLink"}
    words = dict.fromkeys(word for word in _NUMBER_LIKE.findall(plain_text(doc)) if any(char.isdigit() for char in word))
    return {**dict.fromkeys(list(words)[:MOST], ""), **dict(list(links.items())[:MOST])}


def missing(document: Document) -> list[str]:
    """Numbers that the text links to and that no record has or had."""
    doc = doc_of(document)
    numbers = record_numbers(doc) if doc else []
    there = set(Series.objects.filter(number__in=numbers).values_list("number", flat=True))
    there |= set(FormerNumber.objects.filter(number__in=numbers).values_list("number", flat=True))
    return [number for number in numbers if number not in there]


def _settle(act: Act, document: Document, wanted: dict[str, str]) -> None:
    there = {link.target_id: link for link in Link.objects.filter(source=document.pk, meaning="refers", removed=False)}
    targets = _targets(wanted) if wanted else {}
    targets.pop(document.series_id, None)
    for pk, (series, label) in targets.items():
        note = f"{IN_TEXT}: {label}" if label else IN_TEXT
        if pk not in there:
            act.put("create", Link(meaning="refers", source=document, target=series, note=note), meaning="refers", target=str(series.uid))
        elif _ours(there[pk]) and there[pk].note != note:
            there[pk].note = note
            act.put("edit", there[pk])
    for link in _gone(there, targets):
        link.removed = True
        act.put("edit", link, note={"reason": "no longer in the text"})


def _gone(there: dict[int, Link], targets: dict[int, Any]) -> Iterable[Link]:
    return [link for pk, link in there.items() if pk not in targets and _ours(link)]


def _ours(link: Link) -> bool:
    """Links that a person has made stay hers."""
    return (link.note or "").startswith(IN_TEXT)


def _targets(wanted: dict[str, str]) -> dict[int, tuple[Series, str]]:
    found = {series.pk: (series, wanted[series.number]) for series in Series.objects.filter(number__in=wanted)}
    for former in FormerNumber.objects.filter(number__in=wanted).select_related("series"):
        found.setdefault(former.series_id, (former.series, wanted[former.number]))
    return found
