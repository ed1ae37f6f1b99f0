"""Adoption of every file that is accepted, under one protocol: as what it was, and with what it said."""

import csv
import io
import shutil
from pathlib import Path
from typing import Any

from medithread.kernel import verbs
from medithread.kernel.work.worker import drain
from medithread.system.documents.adoption.desk import change
from medithread.system.documents.adoption.folders import adopt_folder, count_and_write, mark
from medithread.system.documents.models import Document
from tests.company import Company, signed

from . import measure
from .bringing import Brought, arrived, judge
from .sets import Item

COLUMNS = ("number", "title", "type", "version", "approved on", "in force from", "in force until", "next review", "approved by", "owner", "state", "source", "file")


def adopt(company: Company, found: list[Item], folder: Path) -> tuple[int, int, list[str]]:
    """Adopt all files under one protocol, signed once. Every tenth was superseded. Answers (listed, adopted, what was lost)."""
    folder.mkdir()
    rows = [_row(place, item, folder) for place, item in enumerate(found, 1)]
    table = io.StringIO()
    csv.writer(table, delimiter=";").writerows([COLUMNS, *rows])
    adoption, _findings = adopt_folder(
        company.dora, folder, table.getvalue().encode(), table_name="register.csv", title="Documents of the former system", source="Former system", listed=len(rows),
    )
    adoption = _finish(company, _without_refused(company, adoption))
    lost = [problem for item, row in zip(found, rows, strict=True) for problem in _compare(item, row, adoption)]
    return adoption.versions.count(), Document.objects.filter(adopted=True, state="approved", effective_from__isnull=False).count(), lost


def _row(place: int, item: Item, folder: Path) -> tuple[str, ...]:
    name, gone = f"{place:03d}-{item.name}", place % 10 == 0
    shutil.copyfile(item.path, folder / name)
    until, state = ("2025-05-01", "superseded") if gone else ("", "effective")
    title = f"{item.path.stem} ({place})"[:200]
    return (f"QP-{place:03d}", title, "SOP", "rev. C", "2024-03-01", "2024-03-15", until, "" if gone else "2027-03-15", "Head of quality (QM)", "Otto Brand", state, "Former system", name)


def _without_refused(company: Company, adoption: Any) -> Any:
    """Files that are not accepted stay out, with the reason; their rows go."""
    refused = {file.path for file in adoption.files.exclude(trouble=None)}
    if not refused:
        return adoption
    rows = [{"uid": str(row.uid), "remove": True} for row in adoption.versions.all() if row.file in refused]
    listed = adoption.versions.count() - len(rows)
    return change(company.dora, adoption, parts={"versions": rows}, listed=listed, unused_reason="Not accepted as files; see the list")


def _finish(company: Company, adoption: Any) -> Any:
    adoption = count_and_write(company.dora, adoption)
    drain()
    adoption.refresh_from_db()
    drawn = {str(row.uid): (True, "") for row in adoption.versions.filter(drawn=True)}
    adoption = mark(company.dora, adoption, drawn)
    verbs.move(company.dora, adoption, "sample", lock=adoption.lock)
    signed(company.quinn, adoption, "adopt")
    drain()
    return adoption


def _compare(item: Item, row: tuple[str, ...], adoption: Any) -> list[str]:
    """What one adopted version says now, against its file and its row of the table."""
    document = Document.objects.filter(number=row[0]).first()
    if document is None:
        told = adoption.files.filter(path=row[-1]).exclude(trouble=None).exists()
        return [] if told else [f"{item.set}/{item.name}: not adopted, and nobody was told why"]
    return [f"adopted {row[0]}, {item.set}/{item.name}: {what}" for what in (*_facts(document, row), *_text(item, document)) if what]


def _facts(document: Document, row: tuple[str, ...]) -> list[str]:
    approver = document.historic_approvals.first()
    here = (document.number, document.title, document.type, document.label, str(document.approved_on), approver and f"{approver.name} ({approver.function})", document.source)
    told = (row[0], row[1], row[2], row[3], row[4], row[8], row[11])
    wrong = [f"says {is_!r} and not {was!r}" for is_, was in zip(here, told, strict=True) if is_ != was]
    if (document.effective_to is not None) != bool(row[6]) or document.signatures.exists():
        wrong.append("is not in force as it was, or shows an approval elsewhere as a signature here")
    return wrong


def _text(item: Item, document: Document) -> list[str]:
    original = document.attachments.filter(role="original", removed=False).select_related("file").get()
    if original.file_id != measure.sha256(item.path):
        return ["the original is another file"]
    brought = Brought(item, outcome="native" if document.body else "file", told=(document.import_note or "").splitlines())
    return [judge(brought, measure.of_file(item.path), arrived(document.body, original.file.text))]
