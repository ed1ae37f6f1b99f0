"""What happened to documents beside their course: release sets, evidence, holds, confirmations, what was rejected or given up."""

from medithread.system.documents.models import Document

from .made import bars_png, table_csv
from .stage import Stage, scene
from .texts import body

LEAKS = (
    ("Case", "Received", "Reservoir lot", "Days in use", "Fluid", "Where it was seen"),
    ("C-25-031", "2025-11-19", "R10-2510-03", 2, "insulin aspart", "connector"),
    ("C-25-033", "2025-11-27", "R10-2510-03", 3, "insulin aspart", "connector"),
    ("C-25-034", "2025-12-04", "R10-2510-05", 2, "insulin lispro", "pouch of the belt"),
    ("C-25-036", "2025-12-16", "R10-2510-05", 3, "insulin aspart", "connector"),
    ("C-25-037", "2025-12-29", "R5-2511-01", 1, "not told", "cover"),
    ("C-26-001", "2026-01-08", "R10-2511-02", 3, "insulin lispro", "connector"),
    ("C-26-003", "2026-01-16", "R10-2511-02", 2, "insulin aspart", "connector"),
)


@scene("2025-06-16 09:15", 3)
def the_first_documents_are_approved(_stage: Stage) -> None:
    """First approvals: policy, control of documents, control of records"""


@scene("2025-07-21 09:05", 4)
def five_procedures_are_approved(_stage: Stage) -> None:
    """Five procedures approved; reviews in parallel and in order"""


@scene("2025-09-10 11:00", 5)
def a_review_is_returned(_stage: Stage) -> None:
    """A review is returned with comments, corrected and approved"""


@scene("2025-10-20 09:10", 6)
def three_more_procedures(stage: Stage) -> None:
    """Risk, validation and post-market surveillance approved"""
    stage.link("freya", stage.kept["SOP-0008"], stage.kept["FRM-0002"], "produces")
    stage.link("ulla", stage.kept["SOP-0001.v1"], stage.kept["FRM-0001"], "produces")


@scene("2025-12-15 15:10", 8)
def the_release_set_for_the_new_regulation(stage: Stage) -> None:
    """Manual and three procedures as a release set for 21 CFR 820 as of 2026-02-02"""
    stage.sign_together("tomasz", [stage.kept[name] for name in ("SOP-0009", "SOP-0019", "SOP-0020")], "approve")


@scene("2025-12-03 10:00")
def an_instruction_is_written_too_soon(stage: Stage) -> None:
    """Perrine Halloran would like a second weld for open reservoirs."""
    words = "## Steps\n\n1. A unit with an open weld is put aside and marked yellow.\n2. At the end of the order it is welded a second time with 230 ± 15 J.\n3. It is leak-tested like a sample ([[WI-0001]])."
    stage.kept["WI-0004"] = stage.create(
        "perrine", Document, number="WI-0004", title="Second weld of open reservoirs", type="WI", site=stage.sites["LYO"].uid, owner=stage.uid("perrine"), body=body(words), language="en",
        purpose="A reservoir with an open weld is saved instead of scrapped.", applies_to="Reservoir line 1 at LYO.", audience=["MFG", "QC"], clauses=["7.5.1"], change_reason="First version.", change_class="retrain",
        review_months=24, parts={"reviewers": [{"person": stage.uid("bastien"), "round": 1}]},
    )  # fmt: skip
    stage.move("perrine", stage.kept["WI-0004"], "submit")


@scene("2025-12-11 15:20")
def it_is_rejected_for_good(stage: Stage) -> None:
    """Engineering says no, and quality rejects it by signature; the number is never used again."""
    stage.comment(
        "bastien",
        stage.kept["WI-0004"],
        "The weld is validated for one pass at 210 ± 15 J. There are no data that a second one holds, and the leak test of samples would not find it.",
    )
    stage.sign(
        "tomasz",
        stage.kept["WI-0004"],
        "reject",
        reason="A second weld is not validated, and the samples of the leak test would not show it. The idea may come back with data.",
    )


@scene("2026-01-19 09:30", 9)
def the_seal_leaks(_stage: Stage) -> None:
    """Seven complaints of fluid at the seal: SOP-0012 is revised, class “train again”"""


@scene("2026-01-19 15:40")
def the_evidence_is_attached(stage: Stage) -> None:
    """The cases as a table and as a chart, part of what is signed."""
    stage.attach(
        "zofia",
        stage.kept["SOP-0012"],
        table_csv(LEAKS),
        "Leaks at the seal, weeks 47 to 3.csv",
        role="evidence",
        note="Seven cases, from the intake list",
    )
    stage.attach(
        "zofia",
        stage.kept["SOP-0012"],
        bars_png((0, 0.2, 0.1, 0.2, 0.4, 1.1, 1.3, 1.6), limit=1.0),
        "Leaks per 1,000 pump-years.png",
        role="evidence",
        note="By month, June 2025 to January 2026; red line: 1.0",
    )


@scene("2026-02-03 09:25")
def a_hold_is_set(stage: Stage) -> None:
    """What was in force while the leaks happened is kept until the insurer has closed the case."""
    stage.edit("maud", stage.kept["SOP-0012.v1"], hold=True, reason="Seal leaks of winter 2025: kept until the insurer has closed the case")


@scene("2026-02-10 11:15")
def a_form_is_opened(stage: Stage) -> None:
    """Zofia Laurentin begins a form for the service report on paper."""
    stage.kept["FRM-0003"] = stage.create(
        "zofia", Document, title="Service report", type="FRM", owner=stage.uid("zofia"), audience=["MFG", "CMP"], language="en"
    )


@scene("2026-02-17 14:00")
def and_given_up(stage: Stage) -> None:
    """The number is kept and says why nothing stands under it."""
    stage.move(
        "ulla",
        stage.kept["FRM-0003"],
        "void",
        reason="The report will be made on the tablet; a paper form is not needed. Opened by mistake beside the idea.",
    )


@scene("2026-03-30 10:05", 10)
def instruction_and_inspection_as_one_set(stage: Stage) -> None:
    """100 % leak test: WI-0001 and the new WI-0003 as one release set; the microscope stands"""
    stage.sign_together("tomasz", [stage.kept["WI-0001"], stage.kept["WI-0003"]], "approve")


@scene("2026-04-28 10:40", 11)
def a_procedure_is_confirmed(stage: Stage) -> None:
    """SOP-0011 is confirmed unchanged in its periodic review"""
    stage.read("yannick", stage.kept["SOP-0011"])
    stage.comment(
        "yannick",
        stage.kept["SOP-0011"],
        "Read against the list of instruments of April 2026: 64 instruments, 2 new, none without a limit. Nothing to change.",
    )
    stage.move("yannick", stage.kept["SOP-0011"], "confirm")


@scene("2026-06-24 09:30")
def the_policy_is_confirmed(stage: Stage) -> None:
    """Top management reads its policy once a year."""
    stage.read("solveig", stage.kept["POL-0001"])
    stage.move("solveig", stage.kept["POL-0001"], "confirm")


@scene("2026-05-18 10:15", 12)
def control_of_documents_version_two(stage: Stage) -> None:
    """SOP-0001 version 2 replaces the paper change note"""
    stage.edit("ulla", stage.kept["FRM-0001"], retain_until=stage.day("2036-06-01"), reason="Class A: ten years after the form ends")


@scene("2026-06-01 08:50")
def the_paper_note_ends(stage: Stage) -> None:
    """FRM-0001 becomes obsolete on the day on which SOP-0001 version 2 begins."""
    stage.move(
        "ulla",
        stage.kept["FRM-0001"],
        "withdraw",
        reason="The change record inside each version replaces the paper note (SOP-0001 version 2)",
    )


@scene("2026-06-22 14:00", 13)
def nonconformity_and_contact_fluids(stage: Stage) -> None:
    """SOP-0015 with short path and rework; SOP-0006 and SOP-0007 with the contact-fluid rule"""
    stage.sign_together("tomasz", [stage.kept["SOP-0006"], stage.kept["SOP-0007"]], "approve")


@scene("2026-11-16 09:20", 15)
def the_present(stage: Stage) -> None:
    """The quality plan is approved, SOP-0008 is in review, WI-0002 is a draft"""
    stage.comment("perrine", stage.kept["PLN-0001"], "Printed for the line meetings of 2026-11-30; valid from the day after.")
