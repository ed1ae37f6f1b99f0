"""Steps 3 to 15: the documents of the demo company, each with its course, and what else happened to some of them."""

from medithread.system.documents.models import Document

from .courses import NOT_APPLICABLE, Course, Return, Review, tell
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

COURSES = (
    # step 3
    Course("POL-0001", "ulla", "2025-05-12", "2025-05-22", "2025-05-26", (Review("maud", "2025-06-02", role="MR"), Review("nerea", "2025-06-04", role="RA")), "2025-06-16 09:20", "2025-07-01", absent={"process": NOT_APPLICABLE}),
    Course("SOP-0001.v1", "ulla", "2025-05-12", "2025-05-23", "2025-05-27", (Review("perrine", "2025-06-03"), Review("mirela", "2025-06-05")), "2025-06-16 10:10", "2025-07-01", quality="maud", more={"process": "Documents and records"}),
    Course("SOP-0002", "tomasz", "2025-05-12", "2025-05-26", "2025-05-28", (Review("zofia", "2025-06-05"), Review("chiara", "2025-06-06")), "2025-06-16 10:40", "2025-07-01", quality="maud", more={"process": "Documents and records"}),
    # step 4
    Course("SOP-0003", "maud", "2025-05-13", "2025-06-24", "2025-06-30", (Review("idriss", "2025-07-07"), Review("nerea", "2025-07-08")), "2025-07-21 09:10", "2025-08-04", more={"process": "Management"}),
    Course("SOP-0004", "ulla", "2025-05-13", "2025-06-25", "2025-07-01", (Review("perrine", "2025-07-08"), Review("bastien", "2025-07-09")), "2025-07-21 09:40", "2025-08-04", more={"process": "Competence"}),
    Course("SOP-0012.v1", "zofia", "2025-05-13", "2025-06-23", "2025-06-27", (Review("anselm", "2025-07-03"), Review("kavita", "2025-07-04"), Review("nerea", "2025-07-10", round=2)), "2025-07-21 10:20", "2025-08-04", quality="maud", more={"process": "Feedback and complaints"}),
    Course("SOP-0013", "anselm", "2025-05-13", "2025-06-26", "2025-07-02", (Review("kavita", "2025-07-07", role="CLI"), Review("zofia", "2025-07-09"), Review("solveig", "2025-07-15", round=2)), "2025-07-21 11:05", "2025-08-04", more={"process": "Reporting and field action"}),
    Course("SOP-0016", "tomasz", "2025-05-14", "2025-06-27", "2025-07-03", (Review("freya", "2025-07-10"), Review("bastien", "2025-07-11")), "2025-07-21 14:10", "2025-08-04", quality="maud", more={"process": "Improvement"}),
    # step 5
    Course(
        "SOP-0008", "freya", "2025-05-14", "2025-08-26", "2025-09-01 09:15", (Review("chiara", "2025-09-08 14:20"), Review("nerea", "2025-09-22 10:35")), "2025-09-29", "2025-10-13", quality="maud",
        more={"process": "Purchasing"},
        patch=(("Critical and major suppliers promise to tell us", "Critical suppliers promise to tell us"), ("SQ agrees in writing with critical and major suppliers on", "SQ agrees in writing with critical suppliers on")),
        returned=Return(
            "nerea", "2025-09-10 11:05", "No notice of change is asked of major suppliers. Boards and housings are major, and a change there reaches the device.",
            ("“Notice of change” names critical suppliers only. MDR and our agreements with the notified body need the major ones too.", "Step 4 of “Approving a supplier” has the same gap."),
            "2025-09-15 15:30", "2025-09-16 09:05",
        ),
    ),
    # step 6
    Course("SOP-0005", "bastien", "2025-05-14", "2025-09-18", "2025-09-24", (Review("kavita", "2025-09-30"), Review("mirela", "2025-10-01"), Review("solveig", "2025-10-08", round=2, role="TM")), "2025-10-20 09:15", "2025-11-03", more={"process": "Risk management"}),
    Course("SOP-0010", "tomasz", "2025-05-14", "2025-09-22", "2025-09-26", (Review("bastien", "2025-10-03"), Review("yannick", "2025-10-06")), "2025-10-20 10:25", "2025-11-03", quality="maud", more={"process": "Validation"}),
    Course("SOP-0017", "anselm", "2025-05-15", "2025-09-23", "2025-09-29", (Review("zofia", "2025-10-07"), Review("kavita", "2025-10-09")), "2025-10-20 13:50", "2025-11-03", quality="maud", more={"process": "Feedback and complaints"}),
    # step 7
    Course("WI-0002", "chiara", "2025-05-15", "2025-10-23", "2025-10-27", (Review("leandro", "2025-11-05", role="MFG"),), "2025-11-17 09:10", "2025-12-01", more={"process": "Production and release"}),
    Course("FRM-0002", "chiara", "2025-05-15", "2025-10-24", "2025-10-28", (Review("emeka", "2025-11-06"),), "2025-11-17 09:50", "2025-12-01", quality="maud", more={"process": "Purchasing"}),
    # step 8: a release set; quality signs the three procedures in one act
    Course("QM-0001", "maud", "2025-05-12", "2025-11-20", "2025-11-26", (Review("nerea", "2025-12-03", role="RA"), Review("idriss", "2025-12-05")), "2025-12-15 14:05", "2026-02-02", absent={"process": NOT_APPLICABLE}),
    Course("SOP-0009", "perrine", "2025-05-15", "2025-11-19", "2025-11-25", (Review("hana", "2025-12-02"), Review("samir", "2025-12-04")), effective="2026-02-02", owner_signed="2025-12-12 10:40", more={"process": "Production and release"}),
    Course("SOP-0019", "anselm", "2025-05-16", "2025-11-24", "2025-11-28", (Review("hana", "2025-12-03"), Review("perrine", "2025-12-05"), Review("nerea", "2025-12-08", round=2)), effective="2026-02-02", owner_signed="2025-12-12 11:20", more={"process": "Production and release"}),
    Course("SOP-0020", "zofia", "2025-05-16", "2025-11-25", "2025-12-01", (Review("leandro", "2025-12-08"), Review("mirela", "2025-12-09")), effective="2026-02-02", owner_signed="2025-12-12 14:10", more={"process": "Service and customer property"}),
    # step 9
    Course(
        "SOP-0012", "zofia", "2026-01-19 10:30", "2026-01-19 14:30", "2026-01-20 09:30", (Review("anselm", "2026-01-21"), Review("kavita", "2026-01-22")), "2026-01-26 09:40", "2026-02-02", quality="maud",
        more={
            "impact_product": "No. The device stays as it is; the complaints lead to a change of the reservoir instruction by itself (WI-0001).",
            "impact_process": "Yes: intake asks for fluid and days in use; leaks get their own line of triage.",
            "impact_regulatory": "The record follows 21 CFR 820.35(a) from 2026-02-02. No report to an authority follows from this change.",
            "impact_risk": "Yes: the likelihood of “leak at the seal” in the reservoir's risk file is looked at again by 2026-02-13.",
            "impact_training": "Yes: customer care and service before 2026-02-02, half an hour with two cases.",
        },
        absent={"impact_supplier": {"code": "unknown", "reason": "The cause of the leaks is still being looked for; the seal moulder may be touched"}},
    ),
    # step 10: a release set with the new WI-0003
    Course(
        "WI-0001", "perrine", "2026-02-09", "2026-02-23", "2026-03-10", (Review("wanda", "2026-03-16"), Review("freya", "2026-03-18", role="QC")), effective="2026-04-13", owner_signed="2026-03-27 10:15",
        more={
            "process": "Production and release", "impact_product": "No dimension changes; every reservoir is now leak-tested.",
            "impact_process": "Yes: leak test L-02 and the second welder were qualified under PV-26-02 and PV-26-03.", "impact_regulatory": "No. RA: change of in-process control only, not reported.",
            "impact_risk": "Yes: control “100 % leak test” added to the reservoir's risk file.", "impact_training": "Yes: all operators of lines 1 and 2, at the line, before 2026-04-13.",
        },
        absent={"impact_supplier": NOT_APPLICABLE},
    ),
    Course("WI-0003", "freya", "2026-02-09", "2026-02-24", "2026-03-10", (Review("emeka", "2026-03-17"),), effective="2026-04-13", owner_signed="2026-03-30 09:05", more={"process": "Purchasing"}),
    # step 12
    Course(
        "SOP-0001", "ulla", "2026-04-13", "2026-04-20", "2026-04-27", (Review("perrine", "2026-05-05"), Review("mirela", "2026-05-06")), "2026-05-18 10:20", "2026-06-01", quality="maud",
        more={
            "process": "Documents and records", "impact_process": "The paper change note FRM-0001 ends.", "impact_regulatory": "No.", "impact_training": "Read the changes; authors get a quarter of an hour with Ulla Ferracci.",
        },
        absent={"impact_product": NOT_APPLICABLE, "impact_supplier": NOT_APPLICABLE, "impact_risk": NOT_APPLICABLE},
    ),
    # step 13
    Course(
        "SOP-0015", "tomasz", "2026-05-11", "2026-05-26", "2026-06-01", (Review("chiara", "2026-06-08"), Review("perrine", "2026-06-09"), Review("nerea", "2026-06-12", round=2)), "2026-06-22 09:15", "2026-07-06", quality="maud",
        more={
            "process": "Nonconformity", "impact_product": "No.", "impact_process": "Rework orders take the functions that approved the original instruction.", "impact_regulatory": "No. Audit finding of 2026-04 is answered by it.",
            "impact_training": "Yes: production, inspection, engineering; one hour with three cases.",
        },
        absent={"impact_supplier": NOT_APPLICABLE, "impact_risk": NOT_APPLICABLE},
    ),
    Course("SOP-0006", "mirela", "2025-05-16", "2026-05-19", "2026-05-27", (Review("idriss", "2026-06-04"), Review("chiara", "2026-06-05")), effective="2026-07-06", owner_signed="2026-06-19 10:30", more={"process": "Design"}),
    Course("SOP-0007", "bastien", "2025-05-16", "2026-05-20", "2026-05-28", (Review("idriss", "2026-06-04"), Review("nerea", "2026-06-10")), effective="2026-07-06", owner_signed="2026-06-19 11:10", more={"process": "Design"}),
    # step 15
    Course(
        "PLN-0001", "perrine", "2025-05-16", "2026-10-12", "2026-10-19",
        (Review("samir", "2026-10-26", role="MFG"), Review("chiara", "2026-10-27", role="QC"), Review("anselm", "2026-10-28", role="RA"), Review("bastien", "2026-11-04", round=2, role="ENG")), "2026-11-16 09:30", "2026-12-01",
        more={"process": "Production and release"},
    ),
    Course(
        "SOP-0008.draft", "freya", "2026-09-21", "2026-10-26", "2026-11-09 09:20", (Review("chiara", "2026-11-12 10:45"), Review("bastien"), Review("nerea", round=2)), effective="2026-12-14",
        more={
            "process": "Purchasing", "impact_product": "A material sheet for seals, tubing and films becomes a condition of release.", "impact_process": "Incoming inspection checks the confirmation of the sheet.",
            "impact_regulatory": "RA states which supplier changes the notified body must know before.", "impact_supplier": "Yes: agreements with the seal moulder, the tubing and the film supplier are changed by 2027-01-31.",
            "impact_training": "Yes: purchasing, supplier quality, incoming inspection.",
        },
        absent={"impact_risk": {"code": "asked_unknown", "reason": "Asked of engineering on 2026-10-28; the tests with contact fluids run until December"}},
    ),
    Course(
        "WI-0002", "chiara", "2026-10-12", "2026-10-20", "2026-10-26 10:05", (Review("emeka"),), version="WI-0002.v2", effective="2026-12-14",
        more={
            "change_reason": "After service findings: the occlusion test is done at 2.0 ml/h as well, and the alarm must come within 8 minutes there.", "change_class": "retrain",
            "impact_product": "No.", "impact_process": "Test time grows by 9 minutes; bench program 4.2.", "impact_regulatory": "No.", "impact_risk": "Control “occlusion alarm” is tested at the lowest rate.", "impact_training": "Yes: testers at both sites.",
        },
        absent={"impact_supplier": NOT_APPLICABLE},
        patch=(("| 8 | Bolus after occlusion |", "| 7a | Occlusion, low | 2.0 ml/h against closed valve | Alarm at 90 ± 20 kPa, within 8 min |\n| 8 | Bolus after occlusion |"), ("All 15 passed", "All 16 passed"), ("all 15 tests", "all 16 tests")),
        returned=Return(
            "emeka", "2026-11-03 14:40", "The bench at Grenoble cannot run test 7a: its program is 4.1, and nothing says until when it is changed.",
            ("Test 7a needs program 4.2. Grenoble has 4.1; the check of the day would stop us every morning.", "8 minutes seems long. Where does the number come from?"),
        ),
    ),
)  # fmt: skip
for _course in COURSES:
    tell(_course)


# --- what the README tells, where one course alone does not say it ---------------------------------------------------------


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
    stage.comment("bastien", stage.kept["WI-0004"], "The weld is validated for one pass at 210 ± 15 J. There are no data that a second one holds, and the leak test of samples would not find it.")
    stage.sign("tomasz", stage.kept["WI-0004"], "reject", reason="A second weld is not validated, and the samples of the leak test would not show it. The idea may come back with data.")


@scene("2026-01-19 09:30", 9)
def the_seal_leaks(_stage: Stage) -> None:
    """Seven complaints of fluid at the seal: SOP-0012 is revised, class “train again”"""


@scene("2026-01-19 15:40")
def the_evidence_is_attached(stage: Stage) -> None:
    """The cases as a table and as a chart, part of what is signed."""
    stage.attach("zofia", stage.kept["SOP-0012"], table_csv(LEAKS), "Leaks at the seal, weeks 47 to 3.csv", role="evidence", note="Seven cases, from the intake list")
    stage.attach("zofia", stage.kept["SOP-0012"], bars_png((0, 0.2, 0.1, 0.2, 0.4, 1.1, 1.3, 1.6), limit=1.0), "Leaks per 1,000 pump-years.png", role="evidence", note="By month, June 2025 to January 2026; red line: 1.0")


@scene("2026-02-03 09:25")
def a_hold_is_set(stage: Stage) -> None:
    """What was in force while the leaks happened is kept until the insurer has closed the case."""
    stage.edit("maud", stage.kept["SOP-0012.v1"], hold=True, reason="Seal leaks of winter 2025: kept until the insurer has closed the case")


@scene("2026-02-10 11:15")
def a_form_is_opened(stage: Stage) -> None:
    """Zofia Laurentin begins a form for the service report on paper."""
    stage.kept["FRM-0003"] = stage.create("zofia", Document, title="Service report", type="FRM", owner=stage.uid("zofia"), audience=["MFG", "CMP"], language="en")


@scene("2026-02-17 14:00")
def and_given_up(stage: Stage) -> None:
    """The number is kept and says why nothing stands under it."""
    stage.move("ulla", stage.kept["FRM-0003"], "void", reason="The report will be made on the tablet; a paper form is not needed. Opened by mistake beside the idea.")


@scene("2026-03-30 10:05", 10)
def instruction_and_inspection_as_one_set(stage: Stage) -> None:
    """100 % leak test: WI-0001 and the new WI-0003 as one release set; the microscope stands"""
    stage.sign_together("tomasz", [stage.kept["WI-0001"], stage.kept["WI-0003"]], "approve")


@scene("2026-04-28 10:40", 11)
def a_procedure_is_confirmed(stage: Stage) -> None:
    """SOP-0011 is confirmed unchanged in its periodic review"""
    stage.read("yannick", stage.kept["SOP-0011"])
    stage.comment("yannick", stage.kept["SOP-0011"], "Read against the list of instruments of April 2026: 64 instruments, 2 new, none without a limit. Nothing to change.")
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
    stage.move("ulla", stage.kept["FRM-0001"], "withdraw", reason="The change record inside each version replaces the paper note (SOP-0001 version 2)")


@scene("2026-06-22 14:00", 13)
def nonconformity_and_contact_fluids(stage: Stage) -> None:
    """SOP-0015 with short path and rework; SOP-0006 and SOP-0007 with the contact-fluid rule"""
    stage.sign_together("tomasz", [stage.kept["SOP-0006"], stage.kept["SOP-0007"]], "approve")


@scene("2026-11-16 09:20", 15)
def the_present(stage: Stage) -> None:
    """The quality plan is approved, SOP-0008 is in review, WI-0002 is a draft"""
    stage.comment("perrine", stage.kept["PLN-0001"], "Printed for the line meetings of 2026-11-30; valid from the day after.")
