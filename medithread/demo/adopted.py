"""Step 2: six documents of the former system, and one superseded version, are adopted under one protocol that quality signs once (R1–R3)."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from medithread.kernel.reports.report import Table
from medithread.kernel.search.index import index
from medithread.kernel.verbs.unit import unit
from medithread.system.documents.adoption.folders import adopt_folder, count_and_write, mark
from medithread.system.documents.agents import librarian
from medithread.system.documents.kind import DOCUMENT
from medithread.system.documents.models import Document
from medithread.system.documents.references import follow

from .made import paper, table_csv
from .stage import Stage, scene
from .texts import people, text

SOURCE = "Paper archive and server folder Q:\\ of Aria Infusion"
APPROVED_BY = "Maud Okonjo-Vial (Head of quality); Solveig Marchetti (Managing director)"
LIST = "evidence/Approval list of the former system.pdf"


@dataclass(frozen=True)
class Former:
    """A version as the former system has it. `review` is empty for what was superseded."""

    name: str
    former: str
    label: str
    approved: str
    effective: str
    review: str = ""
    until: str = ""
    site: str = ""

    @property
    def file(self) -> str:
        return f"{self.former} {text(self.name).fields['title']} {self.label}.{'pdf' if self.until else 'md'}"


FORMER = (
    Former("SOP-0011", "QP-11", "Rev C", "2024-05-03", "2024-05-15", "2026-05-15"),
    Former("SOP-0014", "QP-14", "Rev B", "2024-10-01", "2024-10-14", "2027-10-14"),
    Former("SOP-0015.v1", "QP-15", "Rev D", "2024-06-05", "2024-06-17", "2026-06-30"),
    Former("SOP-0018", "QP-18", "Rev C", "2024-09-17", "2024-09-30", "2026-09-30"),
    Former("WI-0001.v1", "WI-RES-01", "Rev D", "2025-01-28", "2025-02-10", "2027-02-10", site="LYO"),
    Former("FRM-0001", "F-07", "Rev B", "2023-11-08", "2023-11-20", "2026-11-20"),
    Former("FRM-0001", "F-07", "Rev A", "2020-02-24", "2020-03-02", until="2023-11-20"),
)

WORKSHOP = {
    "WI-REP-01 Opening the housing B.md": "1. Discharge yourself at the bench.\n2. Loosen the four screws crosswise, driver T6.\n3. Lift the cover on the side of the battery first.",
    "WI-REP-02 Exchange of the battery C.md": "1. Take out the old battery and count its charges.\n2. Put in the new one; its date is younger than 12 months.\n3. Charge for 10 minutes and look at the current.",
    "WI-REP-03 Cleaning of returned pumps A.md": "1. Gloves and apron.\n2. Wipe with 70 % isopropanol, 30 seconds wet.\n3. Look at clip and door; what is not clean goes back to step 2.",
}
WORKSHOP_TABLE = (
    ("Number", "Title", "Version", "State", "Approved on", "In force from", "Next review", "Approved by", "Owner", "File"),
    (
        "WI-REP-01",
        "Opening the housing",
        "B",
        "in force",
        "2023-04-17",
        "2023-05-02",
        "2026-12-15",
        "Samir Oberlin (Site lead)",
        "Samir Oberlin",
        "WI-REP-01 Opening the housing B.md",
    ),
    (
        "WI-REP-02",
        "Exchange of the battery",
        "C",
        "in force",
        "2024-02-05",
        "2024-02-19",
        "2027-02-19",
        "Samir Oberlin",
        "Samir Oberlin",
        "WI-REP-02 Exchange of the battery C.md",
    ),
    (
        "WI-REP-03",
        "Cleaning of returned pumps",
        "A",
        "in force",
        "",
        "2022-09-12",
        "",
        "Samir Oberlin (Site lead)",
        "F. Morel",
        "WI-REP-03 Cleaning of returned pumps A.md",
    ),
)


@scene("2025-05-19 09:15", 2)
def the_former_system_is_adopted(stage: Stage) -> None:
    """Six documents of the former system adopted under one protocol, with their own labels and dates"""
    stage.pause()
    adoption, findings = adopt_folder(
        stage.who("ulla"), _folder(stage), _table(stage), title="Documents of the former system", source=SOURCE, types=["QP=SOP", "F=FRM"], listed=6,
    )  # fmt: skip
    if findings.count:
        raise LookupError([no.code for nos in findings.problems.values() for no in nos] + [no.code for no in findings.whole])
    stage.pause(300, 600)
    stage.kept["adoption"] = count_and_write(stage.who("ulla"), stage.fresh(adoption))


@scene("2025-05-19 14:10")
def a_sample_is_compared_and_quality_signs(stage: Stage) -> None:
    """Tomasz Belcourt compares the sample with the paper; one signature makes all of them what they are."""
    drawn = stage.kept["adoption"].versions.filter(drawn=True)
    stage.pause(900, 1500)
    marks = {str(row.uid): (True, "Compared page by page with the signed paper") for row in drawn}
    stage.kept["adoption"] = mark(stage.who("tomasz"), stage.fresh(stage.kept["adoption"]), marks)
    stage.move("tomasz", stage.kept["adoption"], "sample")
    stage.sign("maud", stage.kept["adoption"], "adopt", reason="The former system is closed today; what it held goes on here.")
    _settle(stage)


@scene("2026-11-18 11:15")
def the_repair_workshop_follows(stage: Stage) -> None:
    """A second protocol is being prepared: three instructions of the workshop, with gaps in their table that are named row by row."""
    stage.pause()
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, words in WORKSHOP.items():
            archive.writestr(name, f"## Steps\n\n{words}\n")
    found.seek(0)
    title, source = "Instructions of the repair workshop", "Ring binder of the workshop at Grenoble"
    adopt_folder(stage.who("ulla"), found, table_csv(WORKSHOP_TABLE), title=title, source=source, types=["WI-REP=WI"], listed=4)


def _settle(stage: Stage) -> None:
    """What the worker does after the signature, prints apart: words for search, links, and the sites that the archive did not know."""
    protocol = stage.fresh(stage.kept["adoption"])
    for former in FORMER:
        label = Document.objects.get(number=text(former.name).number, label=former.label, state="approved")
        with unit(librarian(protocol)):
            index(DOCUMENT, label)
            follow(label)
        if former.site:
            stage.edit("ulla", label, site=stage.sites[former.site].uid, reason="The archive kept no sites")
        if not former.until:
            stage.kept[label.number] = stage.kept[former.name] = stage.fresh(label)


def _folder(stage: Stage) -> io.BytesIO:
    """The archive as it was scanned and saved: texts, one old version as PDF, and the list of approvals."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for former in FORMER:
            archive.writestr(former.file, _old_form(stage, former) if former.until else text(former.name).markdown)
        archive.writestr(LIST, _approvals(stage))
    found.seek(0)
    return found


def _old_form(stage: Stage, former: Former) -> bytes:
    rows = (("Document", ""), ("What changes", ""), ("Why", ""), ("Agreed by", ""), ("Date, signature", ""))
    return paper(
        "Change note",
        f"{former.former} {former.label}",
        stage.at(former.effective),
        rows=rows,
        text="One note per document. File it behind the document.",
    )


def _approvals(stage: Stage) -> bytes:
    lines = tuple((f"{one.former} {one.label}", one.approved, one.effective, "M. Okonjo-Vial, S. Marchetti") for one in FORMER)
    table = Table(("Document", "Approved", "In force", "Signed on paper by"), lines)
    return paper("Approval list", "F-02", stage.at("2025-05-16 15:00"), table=table)


def _table(stage: Stage) -> bytes:
    """The list of documents of the former system, as it was kept there."""
    names = (
        "Number",
        "Title",
        "Type",
        "Version",
        "State",
        "Approved on",
        "In force from",
        "In force until",
        "Next review",
        "Approved by",
        "Owner",
        "File",
        "Evidence",
        "Former number",
        "Clauses",
    )
    return table_csv([names, *(_row(stage, former) for former in FORMER)])


def _row(stage: Stage, former: Former) -> list[Any]:
    found = text(former.name)
    days = [stage.day(day).isoformat() if day else "" for day in (former.approved, former.effective, former.until, former.review)]
    return [
        found.number, found.fields["title"], found.fields["type"], former.label, "superseded" if former.until else "in force", *days, APPROVED_BY,
        people()[found.owner].name, former.file, LIST, former.former, ", ".join(found.fields["clauses"]),
    ]  # fmt: skip
