"""Reports to try the typesetter with: a long procedure, a short event record, a register, wide tables, hostile text."""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from medithread.kernel.reports.report import (
    Absent,
    ChangeLine,
    Column,
    DecisionLine,
    ElsewhereLine,
    FileLine,
    HistoryLine,
    LinkLine,
    ListReport,
    Report,
    Row,
    Section,
    SignatureLine,
    Stamp,
    Table,
    moment,
)

MADE = datetime(2026, 5, 8, 9, 14, 0, tzinfo=UTC)
DIGEST = hashlib.sha256(b"content").hexdigest()
OLD_DIGEST = hashlib.sha256(b"earlier content").hexdigest()
HEAD = hashlib.sha256(b"ledger").hexdigest()

Node = dict[str, Any]


def text(words: str, *marks: str, href: str = "") -> Node:
    found: list[Node] = [{"type": mark} for mark in marks]
    if href:
        found.append({"type": "link", "attrs": {"href": href}})
    return {"type": "text", "text": words, "marks": found} if found else {"type": "text", "text": words}


def para(*inline: Node | str) -> Node:
    return {"type": "paragraph", "content": [text(each) if isinstance(each, str) else each for each in inline]}


def heading(level: int, words: str) -> Node:
    return {"type": "heading", "attrs": {"level": level}, "content": [text(words)]}


def items(kind: str, *entries: Node | str | list[Node], **attrs: Any) -> Node:
    content = [{"type": "listItem", "content": each if isinstance(each, list) else [para(each)]} for each in entries]
    return {"type": kind, "attrs": attrs, "content": content}


def cell(words: str | list[Node], head: bool = False, **attrs: Any) -> Node:
    return {"type": "tableHeader" if head else "tableCell", "attrs": attrs, "content": words if isinstance(words, list) else [para(words)]}


def grid(rows: Sequence[Sequence[str | Node]], headers: int = 1) -> Node:
    def one(each: str | Node, head: bool) -> Node:
        return cell(each, head) if isinstance(each, str) else each

    return {
        "type": "table",
        "content": [{"type": "tableRow", "content": [one(each, at < headers) for each in row]} for at, row in enumerate(rows)],
    }


def doc(*content: Node) -> Node:
    return {"type": "doc", "content": list(content)}


def png(width: int = 240, height: int = 120) -> bytes:
    """A small picture: two bands of colour."""
    row = b"".join(b"\x0b\x5f\x63" if x < width // 2 else b"\xe1\xf0\xef" for x in range(width))
    raw = b"".join(b"\x00" + row for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


PICTURE = png()
PICTURE_NAME = hashlib.sha256(PICTURE).hexdigest()


def picture(alt: str = "Two bands of colour", width: int | None = 60, file: str = PICTURE_NAME) -> Node:
    return {"type": "image", "attrs": {"file": file, "alt": alt, "width": width}}


def signature(name: str, role: str, meaning: str, day: int, valid: bool = True, **more: str) -> SignatureLine:
    local, zone, utc = moment(datetime(2026, 5, day, 9, 14, 7, tzinfo=UTC), "Europe/Paris")
    return SignatureLine(
        name, role, meaning, local, zone, utc, more.pop("method", "Passkey"), DIGEST if valid else OLD_DIGEST, valid, **more
    )  # fmt: skip


SIGNATURES = (
    signature("Wilma Rader", "Document controller", "Reviewed", 6, valid=False, shown="whole", method="Password and one-time code"),
    signature("Ines Okafor", "Head of engineering", "Reviewed", 7, shown="changes since v3"),
    signature("Quinn Meyer", "Head of quality", "Approved", 8, shown="changes since v3", on_behalf_of="Tess Almeida, managing director", note="Delegation DEL-0007 until 2026-06-30"),
)  # fmt: skip
_LOCAL, _ZONE, _UTC = moment(datetime(2026, 5, 5, 15, 40, 12, tzinfo=UTC), "Europe/Paris")
DECISIONS = (
    DecisionLine(
        "Ines Okafor", "Head of engineering", "Returned with comments", _LOCAL, _ZONE, _UTC, "Table 2 does not name the drug diluent."
    ),
)
HISTORY = (
    HistoryLine("2026-05-04 10:02:11 UTC", "Arno Beck", "Created", "Version 4 from version 3", "", "18,204"),
    HistoryLine("2026-05-05 15:40:12 UTC", "Ines Okafor", "Returned with comments", "in review → draft", "Table 2 does not name the drug diluent.", "18,260"),
    HistoryLine("2026-05-06 08:12:54 UTC", "Arno Beck", "Changed", "Owner: Arno Beck → Ines Okafor\nReview due: 2027-03-01 → 2027-05-01", "New head of engineering", "18,277"),
    HistoryLine("2026-05-08 09:14:07 UTC", "Quinn Meyer", "Approved", "in review → approved", "", "18,301"),
)  # fmt: skip
CHANGES = (
    ChangeLine(
        "v4", "2026-12-01", "read the changes", "Every fluid that touches the product is named in the verification plan (CAPA-2026-0007)."
    ),
    ChangeLine("v3", "2025-02-10", "retrain", "Sample sizes follow the risk of the requirement."),
    ChangeLine("v2", "2023-09-01", "editorial", "New numbering of forms."),
)
FILES = (
    FileLine("swelling-test-diluent.pdf", "1.2 MB", hashlib.sha256(b"one").hexdigest(), "application/pdf"),
    FileLine("returned-pumps.xlsx", "48 kB", hashlib.sha256(b"two").hexdigest(), note="withdrawn 2026-05-07"),
)
LINKS = (
    LinkLine("corrects", "NC-2026-0019", "Seal swollen at return", state="closed"),
    LinkLine("corrects", "CMP-2026-0011", "Pump leaked on the ward"),
    LinkLine("changes", "SOP-0012", "Design verification and validation", "v3 → v4"),
    LinkLine("reviewed in", "MR-2026-02", "Management review, second half"),
)
LOREM = (
    "The verification lead checks that each requirement has a method, a sample size with its reason and a limit that was fixed before the test. "
    "Where a test is repeated, the first result stays in the record, and the reason for the repetition is stated beside it. "
    "A result outside its limit is a nonconformity from the moment it is read, not from the moment it is explained."
)  # fmt: skip


def procedure(parts: int = 9) -> Report:
    """A procedure of several pages with everything that a body can hold."""
    content: list[Node] = [
        heading(1, "Purpose"),
        para("This procedure says how ", text("design outputs", "bold"), " are shown to meet ", text("design inputs", "italic"), ", and how the finished device is shown to meet the needs of its users. It serves ", {"type": "recordLink", "attrs": {"number": "QM-0001", "edition": "v7"}}, "."),
        heading(1, "Scope"),
        para("All pumps, sets and software of the company. Not in scope: cleaning of the building."),
        heading(1, "Responsibilities"),
        grid([["Role", "Does", "Answers to"], ["Verification lead", "Writes the plan, chooses the methods, reads the results.", "Head of engineering"], ["Head of quality", "Approves plan and report.", "Managing director"], ["Test engineer", "Carries out each test as the protocol says and records what was seen, not what was expected.", "Verification lead"]]),
        heading(1, "Procedure"),
    ]  # fmt: skip
    for part in range(parts):
        content += [heading(2, f"Step {part + 1}: prepare, test, judge"), para(LOREM), para("Record what was measured with H", text("2", "subscript"), "O at 10", text("−3", "superscript"), " l/h; see ", text("the method", href="https://example.org/method"), ", ", text("never", "underline"), " ", text("guess", "strike"), " and keep ", text("sample_id", "code"), ".")]  # fmt: skip
        if part % 3 == 0:
            content += [items("bulletList", "requirement with its number", [para("method and its limits"), items("bulletList", "limit of detection", "uncertainty of the instrument")], "sample size, with the reason for it")]  # fmt: skip
        if part % 3 == 1:
            content += [items("orderedList", "Open the protocol in the version in force.", "Check the instrument: is its calibration valid today?", [para("Test, and write down at once:"), items("orderedList", "the reading,", "the time,", "the person.")], start=1)]  # fmt: skip
        if part == 2:
            content += [
                heading(3, "Sample sizes by risk"),
                merged_table(),
                picture(alt="Test set-up: pump, reservoir and balance, drawn as two bands", width=46),
            ]
        if part == 3:
            content += [{"type": "blockquote", "content": [para("A limit that is fixed after the test is not a limit."), para("— from the training")]}, {"type": "codeBlock", "content": [text("for sample in lot.samples:\n    reading = balance.read(sample, settle_seconds=30)\n    record(sample.number, reading, limit=0.5)  # grams, fixed in protocol VP-0031 before the first reading was taken")]}]  # fmt: skip
    content += [
        {"type": "horizontalRule"},
        heading(1, "Records"),
        grid([["Form", "Kept for", "Where"], ["FRM-0107 Verification report", "lifetime of the device and two years", "design file"]]),
    ]
    return Report(
        title="Design verification and validation", number="SOP-0012", edition="v4", state="Effective", state_tone="good", made_at=MADE,
        kind_label="Standard operating procedure", organisation="Aria Infusion",
        meta=(("Owner", "Ines Okafor"), ("Site", "Lyon"), ("Clauses", "7.3.6, 7.3.7"), ("Audience", "Engineering, Quality"), ("Approved", "2026-05-08"), ("In force from", "2026-12-01 00:00 Europe/Paris"), ("Review due", "2028-12-01"), ("Supersedes", "v3 of 2025-02-10")),
        change_record=CHANGES, body=doc(*content), signatures=SIGNATURES, decisions=DECISIONS, links=LINKS[2:], files=FILES, history=HISTORY,
        images={PICTURE_NAME: PICTURE}, digest=DIGEST, ledger_head=HEAD, rendition_of="SOP-0012 v4, made at approval",
    )  # fmt: skip


def merged_table() -> Node:
    return grid([
        [cell("Risk", True, rowspan=2), cell("Sample", True, colspan=2), cell("Limit", True, rowspan=2)],
        [cell("n", True), cell("c", True)],
        ["low", "5", "0", "each unit within the limit"],
        ["medium", "29", "0", cell("95 % confidence that 90 % of units meet the requirement", rowspan=2)],
        ["high", "59", "0"],
    ], headers=2)  # fmt: skip


def event() -> Report:
    """A short record of an event, in a demo ledger, with all the empties."""
    return Report(
        title="Reservoir seal leaks after 30 days of use", number="CAPA-2026-0007", state="Checking effectiveness", state_tone="warn",
        made_at=MADE, kind_label="Corrective action", organisation="Aria Infusion", demo=True,
        meta=(("Owner", "Ines Okafor"), ("Due", "2027-02-14"), ("Site", "Lyon"), ("Product", "Aria pump")),
        sections=(
            Section("Problem", (
                Row("What, where, when", "Fluid at the reservoir seal, 17 complaints from 4,150 pumps in 12 months, homes and wards, after 28 to 41 days of use"),
                Row("Scope", "Aria and Aria Mini, seal lots S-118 to S-131 · other products: none, because they have no elastomer seal"),
                Row("Lot of the drug", None, "the wards had thrown the bags away"),
                Row("Patient harmed", Absent("asked_unknown", "two wards did not answer three letters")),
                Row("Sterilisation", Absent("not_applicable", "the pump is not sterile")),
                Row("Temperature in use", None),
                Row("Severity", "4", note="was 3 until 2026-04-30, corrected by Quinn Meyer: one pump was at a bedside"),
            )),
            Section("Cause", text="The seal swells because the elastomer takes up the new drug diluent.\nThe verification plan lists no drug contact as a material input."),
            Section("Actions", table=Table(("No.", "Action", "Owner", "Due", "Evidence"), (
                ("A1", "Seal in FKM, drawing DWG-0107 v3", "Engineering", "2026-05-20", "DO-0107"),
                ("A2", "Material contact becomes a design input kind", "Engineering", "2026-06-01", "DI-0311"),
                ("A3", "SOP-0012: verification plans name every contact fluid", "Quality", "2026-11-11", None),
            ))),
        ),
        signatures=SIGNATURES[2:], decisions=DECISIONS, links=LINKS, files=FILES, history=HISTORY, digest=DIGEST, ledger_head=HEAD,
        elsewhere=(ElsewhereLine("Paul Stern", "Quality manager", "Approved", "2021-03-04", "paper file 12", "scan-0012.pdf"),),
    )  # fmt: skip


def register(rows: int = 1000) -> ListReport:
    """A register of documents."""
    titles = (
        "Control of documents",
        "Purchasing and supplier control",
        "Design verification and validation",
        "Field safety corrective action and advisory notices",
    )
    owners = ("Document control", "Purchasing", "Engineering", "Regulatory affairs")
    lines = tuple((f"SOP-{at:04d}", titles[at % 4], f"v{at % 9 + 1}", ("Effective", "Draft")[at % 7 == 0], owners[at % 4], f"2027-{at % 12 + 1:02d}-15" if at % 5 else None, f"{at * 37 % 1000:,}") for at in range(1, rows + 1))  # fmt: skip
    return ListReport(
        title="Documents", made_at=MADE, as_of="2026-05-08, in force on that day, as known on 2026-05-08 09:14 UTC", organisation="Aria Infusion",
        kind_label="Register", columns=("Number", "Title", "Version", "State", "Owner", "Review due", Column("Readers", "right")), rows=lines,
        filters=(("Type", "SOP"), ("Site", "Lyon")), ledger_head=HEAD,
    )  # fmt: skip


def wide() -> Report:
    """A body with a table too wide for an upright page, and one that nothing can make fit."""
    head = ["Hazard", "Sequence of events", "Hazardous situation", "Harm", "Severity", "P1", "P2", "Risk before", "Control measure", "Verification of implementation", "Verification of effectiveness", "Risk after"]  # fmt: skip
    row = ["Over-infusion", "Free flow after the set is removed while the clamp is open", "Patient receives a bolus of an opioid", "Respiratory depression, death", "5", "2", "3", "not acceptable", "Anti-free-flow valve in the set; the door does not open while the clamp is open", "DV-0107", "DV-0112 and DVAL-0003", "acceptable"]  # fmt: skip
    hashes = ["File", "SHA-256", "Second digest"]
    return Report(
        title="Risk analysis of the Aria pump", number="RMF-0002", edition="v2", state="Draft", state_tone="warn", made_at=MADE, watermark="DRAFT",
        kind_label="Risk management file", organisation="Aria Infusion", digest=DIGEST, ledger_head=HEAD,
        body=doc(heading(1, "Method"), para(LOREM), heading(1, "Analysis"), grid([head, *([row] * 24)]), heading(1, "Files"), para("Long words must break: ", text("https://example.org/" + "verylongpath" * 14)), grid([hashes, ["a" * 90, DIGEST * 2, HEAD * 2]])),
    )  # fmt: skip


STAMP = Stamp(
    printed_by="Quinn Meyer",
    printed_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    zone="Europe/Paris",
    valid_until="2026-11-29",
    ledger_head=HEAD,
)
