"""The life of a document: draft, review with a return, signature, effect, revision, redline, copies and print."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from medithread.kernel import verbs
from medithread.kernel.base.clock import now, simulated
from medithread.kernel.files.store import read
from medithread.kernel.identity.actor import Actor
from medithread.kernel.pages.printing import print_act
from medithread.kernel.reports.stamp import stamp
from medithread.kernel.text.redline import redline, summarise
from medithread.kernel.work.worker import drain
from medithread.system.documents.bring import bring
from medithread.system.documents.copies import as_markdown, as_word
from medithread.system.documents.models import Document
from medithread.system.documents.renditions import rendition_bytes
from tests.company import Company, signed

from . import measure
from .bringing import Brought

FIELDS = {"type": "SOP", "change_reason": "First version here", "change_class": "read", "audience": ["MFG"], "review_months": 24}
SENTENCE = "Added in the second version"


def choose(brought: list[Brought], number: int) -> list[Brought]:
    """So many documents, from every set and sort of file in turn, those that say something first."""
    heaps: dict[tuple[str, str], list[Brought]] = {}
    for one in sorted(brought, key=lambda b: b.words < 50):
        if one.document is not None:
            heaps.setdefault((one.item.set, one.item.suffix), []).append(one)
    chosen: list[Brought] = []
    while len(chosen) < number and any(heaps.values()):
        chosen += [heap.pop(0) for heap in heaps.values() if heap]
    return chosen[:number]


def live(company: Company, chosen: list[Brought], scratch: Path, say: Callable[[str], None]) -> list[str]:
    """Each through two versions; answers what was lost on the way."""
    lost = []
    for place, one in enumerate(chosen):
        try:
            lost += [f"{one.item.set}/{one.item.name}: {what}" for what in _live(company, one, place, scratch, say)]
        except AssertionError as wrong:
            lost.append(f"{one.item.set}/{one.item.name}: {wrong}")
    return lost


def _live(company: Company, one: Brought, place: int, scratch: Path, say: Callable[[str], None]) -> list[str]:
    reviewers = {"reviewers": [{"person": str(company.rea.uid), "round": 1}, {"role": "MR", "round": 1 + place % 2}]}
    document = one.document
    assert document is not None
    document = verbs.edit(company.ada, document, lock=document.lock, reason="Made ready", parts=reviewers, owner=company.otto.uid, **FIELDS)
    if place % 3 == 0:
        document = _returned(company, document)
    first = _through(company, document)
    second = verbs.revise(company.ada, first, blank=("change_reason", "change_class"), change_reason="One sentence more", change_class="editorial")
    second = _through(company, _changed(company, second, one))
    first.refresh_from_db()
    assert first.effective_to == second.effective_from, "the versions do not meet"
    pdf = stamp(rendition_bytes(second), print_act(Actor(person=company.rea), second))
    lost = [*_redlined(first, second), *_printed(second, pdf), *_copied(second, scratch)]
    signatures = first.signatures.count() + second.signatures.count()
    say(f"  {second.number:<10} {one.outcome:<7} {one.item.name[:44]:<44} two versions, {signatures} signatures, print of {len(pdf) // 1024} kB")
    return lost


def _returned(company: Company, document: Document) -> Document:
    """Sent to review, signed by one reviewer, returned with comments, corrected; the review stays on its text."""
    verbs.move(company.otto, document, "submit", lock=document.lock)
    signed(company.rea, document, "approve")
    document.refresh_from_db()
    seen = document.digest
    verbs.move(company.quinn, document, "return", lock=document.lock, reason="Say who reads it")
    document.refresh_from_db()
    document = verbs.edit(company.ada, document, lock=document.lock, reason="As commented", audience=["MFG", "QC"])
    assert document.signatures.get().digest == seen != document.digest, "the review did not stay on the text it was given on"
    return document


def _through(company: Company, document: Any) -> Any:
    verbs.move(company.otto, document, "submit", lock=document.lock)
    reviewed = set(document.signatures.values_list("person_id", flat=True))
    for person in (company.rea, company.mara, company.quinn, company.otto):
        document.refresh_from_db()
        if person.uid in reviewed or person.pk in reviewed:
            continue
        assert document.state == "in_review", f"is {document.state} before everybody signed"
        document = signed(person, document, "approve")
    assert document.state == "approved", f"stays {document.state}"
    drain()
    with simulated(now() + timedelta(seconds=1)):
        condition = document.declared.lifecycle.condition(document, now()).code
    assert condition == "effective", f"is {condition}"
    return document


def _changed(company: Company, document: Any, one: Brought) -> Any:
    """One sentence more in a text; the same file anew for what is a file."""
    if document.body is None:
        changed, _taken = bring(company.ada, BytesIO(one.item.path.read_bytes()), name=one.item.name, document=document)
        return changed
    body = json.loads(document.body)
    body["content"].append({"type": "paragraph", "content": [{"type": "text", "text": f"{SENTENCE}."}]})
    return verbs.edit(company.ada, document, lock=document.lock, body=body, reason="One sentence more")


def _redlined(first: Document, second: Document) -> list[str]:
    """The redline shows the new sentence and nothing else."""
    if first.body is None or second.body is None:
        return []
    found = summarise(redline(json.loads(first.body), json.loads(second.body)))
    right = found.words_added == len(SENTENCE.split()) and not found.words_removed
    return [] if right else [f"the redline says {found.words_added} words in and {found.words_removed} out"]


def _printed(document: Document, pdf: bytes) -> list[str]:
    """The print holds the words of the text as another program reads them; its number and the last day stand on it."""
    printed = measure.of_pdf(pdf).words
    said = measure.of_body(json.loads(document.body)).words if document.body else ()
    missing = sum(measure.gone(said, printed).values())
    lost = [f"{missing} of {len(said)} words are not in the print"] if missing > max(20, len(said) // 10) else []
    number = measure.words(document.number)
    return lost if set(number) <= set(printed) else [*lost, "the print does not bear its number"]


def _copied(document: Document, scratch: Path) -> list[str]:
    """Copies in Word and Markdown hold the same words and cells; a file is handed out as it came in."""
    if document.body is None:
        return [] if all(measure.hashed(read(file.file_id)) == file.file_id for file in document.attachments.filter(removed=False)) else ["a file is damaged"]
    here = measure.of_body(json.loads(document.body))
    lost = []
    for form, data in (("docx", as_word(document)), ("md", as_markdown(document).encode())):
        path = scratch / f"copy.{form}"
        path.write_bytes(data)
        there = measure.of_file(path)
        missing = sum(measure.gone(here.words, there.words).values()) if there else len(here.words)
        if missing > max(2, len(here.words) // 200):
            lost.append(f"{missing} of {len(here.words)} words are not in the copy as {form}")
    return lost
