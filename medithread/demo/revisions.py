"""The revisions of the demo company's documents (README.md, steps 9 to 15), each with its course, its change record and its impact."""

from .courses import NOT_APPLICABLE, Course, Return, Review, tell

COURSES = (
    # step 9
    Course(
        "SOP-0012",
        "zofia",
        opened="2026-01-19 10:30",
        written="2026-01-19 14:30",
        submitted="2026-01-20 09:30",
        reviews=(Review("anselm", "2026-01-21"), Review("kavita", "2026-01-22")),
        approved="2026-01-26 09:40",
        effective="2026-02-02",
        quality="maud",
        more={
            "impact_product": "No. The device stays as it is; the complaints lead to a change of the reservoir instruction by itself (WI-0001).",
            "impact_process": "Yes: intake asks for fluid and days in use; leaks get their own line of triage.",
            "impact_regulatory": "The record follows 21 CFR 820.35(a) from 2026-02-02. No report to an authority follows from this change.",
            "impact_risk": "Yes: the likelihood of “leak at the seal” in the reservoir's risk file is looked at again by 2026-02-13.",
            "impact_training": "Yes: customer care and service before 2026-02-02, half an hour with two cases.",
        },
        absent={
            "impact_supplier": {
                "code": "unknown",
                "reason": "The cause of the leaks is still being looked for; the seal moulder may be touched",
            }
        },
    ),
    # step 10: a release set with the new WI-0003
    Course(
        "WI-0001",
        "perrine",
        opened="2026-02-09",
        written="2026-02-23",
        submitted="2026-03-10",
        reviews=(Review("wanda", "2026-03-16"), Review("freya", "2026-03-18", role="QC")),
        effective="2026-04-13",
        owner_signed="2026-03-27 10:15",
        more={
            "process": "Production and release",
            "impact_product": "No dimension changes; every reservoir is now leak-tested.",
            "impact_process": "Yes: leak test L-02 and the second welder were qualified under PV-26-02 and PV-26-03.",
            "impact_regulatory": "No. RA: change of in-process control only, not reported.",
            "impact_risk": "Yes: control “100 % leak test” added to the reservoir's risk file.",
            "impact_training": "Yes: all operators of lines 1 and 2, at the line, before 2026-04-13.",
        },
        absent={"impact_supplier": NOT_APPLICABLE},
    ),
    # step 12
    Course(
        "SOP-0001",
        "ulla",
        opened="2026-04-13",
        written="2026-04-20",
        submitted="2026-04-27",
        reviews=(Review("perrine", "2026-05-05"), Review("mirela", "2026-05-06")),
        approved="2026-05-18 10:20",
        effective="2026-06-01",
        quality="maud",
        more={
            "process": "Documents and records",
            "impact_process": "The paper change note FRM-0001 ends.",
            "impact_regulatory": "No.",
            "impact_training": "Read the changes; authors get a quarter of an hour with Ulla Ferracci.",
        },
        absent={"impact_product": NOT_APPLICABLE, "impact_supplier": NOT_APPLICABLE, "impact_risk": NOT_APPLICABLE},
    ),
    # step 13
    Course(
        "SOP-0015",
        "tomasz",
        opened="2026-05-11",
        written="2026-05-26",
        submitted="2026-06-01",
        reviews=(Review("chiara", "2026-06-08"), Review("perrine", "2026-06-09"), Review("nerea", "2026-06-12", round=2)),
        approved="2026-06-22 09:15",
        effective="2026-07-06",
        quality="maud",
        more={
            "process": "Nonconformity",
            "impact_product": "No.",
            "impact_process": "Rework orders take the functions that approved the original instruction.",
            "impact_regulatory": "No. Audit finding of 2026-04 is answered by it.",
            "impact_training": "Yes: production, inspection, engineering; one hour with three cases.",
        },
        absent={"impact_supplier": NOT_APPLICABLE, "impact_risk": NOT_APPLICABLE},
    ),
    Course(
        "SOP-0008.draft",
        "freya",
        opened="2026-09-21",
        written="2026-10-26",
        submitted="2026-11-09 09:20",
        reviews=(Review("chiara", "2026-11-12 10:45"), Review("bastien"), Review("nerea", round=2)),
        effective="2026-12-14",
        more={
            "process": "Purchasing",
            "impact_product": "A material sheet for seals, tubing and films becomes a condition of release.",
            "impact_process": "Incoming inspection checks the confirmation of the sheet.",
            "impact_regulatory": "RA states which supplier changes the notified body must know before.",
            "impact_supplier": "Yes: agreements with the seal moulder, the tubing and the film supplier are changed by 2027-01-31.",
            "impact_training": "Yes: purchasing, supplier quality, incoming inspection.",
        },
        absent={
            "impact_risk": {
                "code": "asked_unknown",
                "reason": "Asked of engineering on 2026-10-28; the tests with contact fluids run until December",
            }
        },
    ),
    Course(
        "WI-0002",
        "chiara",
        opened="2026-10-12",
        written="2026-10-20",
        submitted="2026-10-26 10:05",
        reviews=(Review("emeka"),),
        version="WI-0002.v2",
        effective="2026-12-14",
        more={
            "change_reason": "After service findings: the occlusion test is done at 2.0 ml/h as well, and the alarm must come within 8 minutes there.",
            "change_class": "retrain",
            "impact_product": "No.",
            "impact_process": "Test time grows by 9 minutes; bench program 4.2.",
            "impact_regulatory": "No.",
            "impact_risk": "Control “occlusion alarm” is tested at the lowest rate.",
            "impact_training": "Yes: testers at both sites.",
        },
        absent={"impact_supplier": NOT_APPLICABLE},
        patch=(
            (
                "| 8 | Bolus after occlusion |",
                "| 7a | Occlusion, low | 2.0 ml/h against closed valve | Alarm at 90 ± 20 kPa, within 8 min |\n| 8 | Bolus after occlusion |",
            ),
            ("All 15 passed", "All 16 passed"),
            ("all 15 tests", "all 16 tests"),
        ),
        returned=Return(
            "emeka",
            "2026-11-03 14:40",
            "The bench at Grenoble cannot run test 7a: its program is 4.1, and nothing says until when it is changed.",
            (
                "Test 7a needs program 4.2. Grenoble has 4.1; the check of the day would stop us every morning.",
                "8 minutes seems long. Where does the number come from?",
            ),
        ),
    ),
)
for _course in COURSES:
    tell(_course)
