"""Bringing every file in, and comparing what arrived with an independent reading of the source."""

import json
from dataclasses import dataclass, field
from typing import Any

from medithread.kernel.base.refusal import Refused
from medithread.kernel.files.store import hash_of
from medithread.system.documents.bring import Taken, bring
from medithread.system.documents.models import Document

from . import measure
from .measure import Measure
from .sets import Item


@dataclass
class Brought:
    """What became of one file: of the words, cells and pictures of the source, how many did not arrive."""

    item: Item
    outcome: str = "refused"
    document: Document | None = None
    words: int = 0
    gone: int = 0
    cells: int = 0
    cells_gone: int = 0
    pictures: int = 0
    pictures_gone: int = 0
    example: str = ""
    told: list[str] = field(default_factory=list)
    lost: str = ""


def bring_all(who: Any, found: list[Item], say: Any) -> list[Brought]:
    """Bring each file as a draft. A file is lost when something is missing and nobody was told."""
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
    brought.outcome = "native" if taken.body else "file"
    brought.lost = _kept(item, taken) or judge(brought, measure.of_file(item.path), arrived(taken.body, taken.file.text))
    return brought


def arrived(body: str | None, text: str | None) -> Measure:
    """What is here now: the text of ours, or the words taken from a file that stays one."""
    return measure.of_body(json.loads(body)) if body else Measure(measure.words(text or ""), measure.Counter(), 0)


def _kept(item: Item, taken: Taken) -> str:
    """The original must be in the store, byte for byte."""
    same = hash_of(taken.file.sha256) == taken.file.sha256 == measure.sha256(item.path)
    return "" if same else "the original is not in the store"


def judge(brought: Brought, source: Measure | None, here: Measure) -> str:
    """Count what is missing, and say why the file counts as lost; empty when it does not."""
    if source is None:
        return "" if brought.outcome == "file" and brought.told else "the source could not be read for a comparison"
    missing = measure.gone(source.words, here.words)
    brought.words, brought.gone = len(source.words), sum(missing.values())
    brought.example = " ".join(str(word) for word in list(missing)[:6])
    if brought.outcome == "file":
        return _file_lost(brought)
    cells = measure.gone(source.cells.elements(), here.cells.elements())
    brought.cells, brought.cells_gone = sum(source.cells.values()), sum(cells.values())
    brought.pictures, brought.pictures_gone = source.pictures, max(source.pictures - here.pictures, 0)
    return _native_lost(brought, sum(measure.gone(source.pairs.elements(), here.pairs.elements()).values()))


def _file_lost(brought: Brought) -> str:
    """The file itself is whole; its words are only for search, and two programs divide them differently."""
    if brought.gone > max(20, brought.words // 10) and not brought.told:
        return f"{brought.gone} of {brought.words} words cannot be found: {brought.example}"
    return ""


def _native_lost(brought: Brought, breaks: int) -> str:
    """What is missing must be told; more than a twentieth may not be missing even then."""
    named = set(measure.words(" ".join(brought.told)))
    for what, total, gone in (("words", brought.words, brought.gone), ("cells", brought.cells, brought.cells_gone)):
        if gone and not brought.told:
            return f"{gone} {what} missing without a word about it: {brought.example}"
        if gone > max(20, total // 20):
            return f"{gone} of {total} {what} missing: {brought.example}"
    if brought.pictures_gone and not named & {"picture", "pictures", "image", "chart", "shape"}:
        return f"{brought.pictures_gone} of {brought.pictures} pictures missing without a word about it"
    if breaks > max(20, brought.words // 10):
        return f"the words stand in another order, {breaks} times"
    return ""
