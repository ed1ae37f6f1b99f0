"""Bringing every file in, and counting what arrived."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from medithread.kernel.base.refusal import Refused
from medithread.kernel.files.store import hash_of
from medithread.kernel.text.reading import plain_text
from medithread.system.documents.bring import Taken, bring
from medithread.system.documents.models import Document

from . import measure
from .sets import Item


@dataclass
class Brought:
    """What became of one file."""

    item: Item
    outcome: str = "refused"
    document: Document | None = None
    words: int = 0
    missing: int = 0
    told: list[str] = field(default_factory=list)
    lost: str = ""


def bring_all(who: Any, found: list[Item], say: Any) -> list[Brought]:
    """Bring each file as a draft. A file is lost when words are missing and nobody was told."""
    result = []
    for place, item in enumerate(found):
        say(f"  bringing {place + 1} of {len(found)}: {item.set}/{item.name}", place)
        result.append(_one(who, item))
    return result


def _one(who: Any, item: Item) -> Brought:
    brought = Brought(item)
    try:
        with item.path.open("rb") as stream:
            document, taken = bring(who, stream, name=item.name)
    except Refused as refused:
        brought.told = [f"{no.text} {no.fix}".strip() for no in refused.nos]
        brought.lost = "" if brought.told and all(brought.told) else "refused without a sentence"
        return brought
    brought.document, brought.told = document, taken.losses
    _count(brought, taken)
    return brought


def _count(brought: Brought, taken: Taken) -> None:
    brought.outcome = "native" if taken.body else "file"
    brought.words, brought.missing = _missing(brought.item, taken)
    if hash_of(taken.file.sha256) != taken.file.sha256:
        brought.lost = "the original is not in the store"
    elif taken.body and brought.missing and not brought.told:
        brought.lost = f"{brought.missing} words missing without a word about it"
    elif taken.body and brought.missing > max(20, brought.words // 20):
        brought.lost = f"{brought.missing} of {brought.words} words missing"


def _missing(item: Item, taken: Taken) -> tuple[int, int]:
    import json

    try:
        source = _source(item)
    except (BadZipFile, KeyError, SyntaxError):
        return 0, 0
    arrived = measure.words(plain_text(json.loads(taken.body)) if taken.body else taken.file.text or "")
    return sum(source.values()), measure.missing(source, arrived)


def _source(item: Item) -> Counter[str]:
    if item.suffix == ".docx":
        return measure.words_of_docx(item.path)
    if item.suffix == ".pdf":
        return measure.words_of_pdf(item.path)
    if item.suffix == ".md":
        return measure.words_of_markdown(item.path.read_text(errors="replace"))
    return Counter()
