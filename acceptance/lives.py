"""The life of documents: adoption of many under one protocol, and ten through draft, review, signature, effect, revision and print."""

import csv
import io
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from medithread.kernel import verbs
from medithread.kernel.base.clock import now, simulated
from medithread.kernel.identity.actor import Actor
from medithread.kernel.pages.printing import print_act, report_of
from medithread.kernel.reports.render import render
from medithread.kernel.reports.stamp import stamp
from medithread.kernel.work.worker import drain
from medithread.system.documents.adoption.folders import adopt_folder, count_and_write, mark
from medithread.system.documents.models import Document
from tests.company import Company, signed

from .sets import Item

FIELDS = {"type": "SOP", "change_reason": "First version here", "change_class": "read", "audience": ["MFG"], "review_months": 24}
COLUMNS = ("number", "title", "type", "version", "approved on", "in force from", "next review", "approved by", "owner", "state", "source", "file")


def adopt(company: Company, found: list[Item], folder: Path, most: int = 90) -> tuple[int, int]:
    """Adopt up to `most` files under one protocol, signed once. Answers (listed, in force)."""
    chosen = [item for item in found if item.suffix in (".md", ".docx", ".odt", ".pdf")][:most]
    folder.mkdir()
    rows = [_row(place, item, folder) for place, item in enumerate(chosen, 1)]
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerows([COLUMNS, *rows])
    adoption, findings = adopt_folder(
        company.dora, folder, table.getvalue().encode(), table_name="register.csv", title="Documents of the former system", source="Former system", listed=len(rows),
    )
    refused = {file.path for file in adoption.files.exclude(trouble=None)}
    if refused:
        return adopt_without(company, adoption, refused)
    return _finish(company, adoption, findings)


def adopt_without(company: Company, adoption: Any, refused: set[str]) -> tuple[int, int]:
    """Files that are not accepted stay out, with the reason; the table is read anew without them."""
    from medithread.system.documents.adoption.desk import change
    from medithread.system.documents.adoption.problems import find_problems

    rows = [{"uid": str(row.uid), "remove": True} for row in adoption.versions.all() if row.file in refused]
    listed = adoption.versions.count() - len(rows)
    adoption = change(company.dora, adoption, parts={"versions": rows}, listed=listed, unused_reason="Not accepted as files; see the list")
    return _finish(company, adoption, find_problems(adoption))


def _row(place: int, item: Item, folder: Path) -> tuple[str, ...]:
    name = f"{place:03d}-{item.name}"
    shutil.copyfile(item.path, folder / name)
    return (f"QP-{place:03d}", f"{item.path.stem} ({place})"[:200], "SOP", "rev. C", "2024-03-01", "2024-03-15", "2027-03-15", "Head of quality (QM)", "Otto Brand", "effective", "Former system", name)


def _finish(company: Company, adoption: Any, findings: Any) -> tuple[int, int]:
    del findings  # what stands against it is said again by `count`, which refuses
    adoption = count_and_write(company.dora, adoption)
    drain()
    adoption.refresh_from_db()
    drawn = {str(row.uid): (True, "") for row in adoption.versions.filter(drawn=True)}
    adoption = mark(company.dora, adoption, drawn)
    verbs.move(company.dora, adoption, "sample", lock=adoption.lock)
    signed(company.quinn, adoption, "adopt")
    drain()
    return adoption.versions.count(), Document.objects.filter(adopted=True, state="approved", effective_from__isnull=False).count()


def live(company: Company, documents: list[Document]) -> list[tuple[str, int, int]]:
    """Each through two versions. Answers (number, bytes of the print, signatures)."""
    return [_live(company, document) for document in documents]


def _live(company: Company, document: Document) -> tuple[str, int, int]:
    reviewers = {"reviewers": [{"person": str(company.rea.uid), "round": 1}]}
    document = verbs.edit(company.ada, document, lock=document.lock, reason="Made ready", parts=reviewers, owner=company.otto.uid, **FIELDS)
    first = _through(company, document)
    second = verbs.revise(company.ada, first, blank=("change_reason", "change_class"), change_reason="One sentence more", change_class="editorial")
    body = json.loads(second.body)
    body["content"].append({"type": "paragraph", "content": [{"type": "text", "text": "Added in the second version."}]})
    second = verbs.edit(company.ada, second, lock=second.lock, body=body, reason="One sentence more")
    second = _through(company, second)
    first.refresh_from_db()
    if first.effective_to != second.effective_from:
        raise AssertionError(f"{first.number}: the versions do not meet")
    actor = Actor(person=company.rea)
    pdf = stamp(render(report_of(actor, second)), print_act(actor, second))
    return second.number, len(pdf), first.signatures.count() + second.signatures.count()


def _through(company: Company, document: Any) -> Any:
    verbs.move(company.otto, document, "submit", lock=document.lock)
    for person in (company.rea, company.quinn, company.otto):
        if document.state == "in_review":
            document = signed(person, document, "approve")
    if document.state != "approved":
        raise AssertionError(f"{document.number} stays {document.state}")
    with simulated(now() + timedelta(seconds=1)):
        condition = document.declared.lifecycle.condition(document, now()).code
    if condition != "effective":
        raise AssertionError(f"{document.number} is {condition}")
    return document
