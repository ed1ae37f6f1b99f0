"""Documents from outside: two regulations and two standards, by number and title only (ISO 13485 4.2.4 f)."""

from medithread.system.documents.external.models import External

from .stage import Stage, scene

MDR = {
    "title": "Regulation on medical devices", "sort": "law", "issuer": "European Union", "identifier": "Regulation (EU) 2017/745", "issue": "2017",
    "products": "Aria, Aria Mini, Aria Reservoir", "markets": ["EU"], "distribution": "EUR-Lex, free; nobody keeps a copy", "check_months": 12,
}  # fmt: skip
ISO_13485 = {
    "title": "Quality management systems for medical devices", "sort": "standard", "issuer": "ISO", "identifier": "ISO 13485", "issue": "2016",
    "products": "All", "markets": ["EU", "US"], "distribution": "Two single licences: quality, regulatory affairs", "check_months": 12,
}  # fmt: skip
CFR_820 = {
    "title": "Quality management system regulation", "sort": "law", "issuer": "FDA", "identifier": "21 CFR Part 820", "issue": "until 2026-02-01",
    "products": "Aria, Aria Mini, Aria Reservoir", "markets": ["US"], "distribution": "eCFR, free; nobody keeps a copy", "check_months": 6,
}  # fmt: skip
ISO_10993 = {
    "title": "Biological evaluation within risk management", "sort": "standard", "issuer": "ISO", "identifier": "ISO 10993-1", "issue": "2018",
    "products": "Aria Reservoir", "markets": ["EU", "US"], "distribution": "One single licence: regulatory affairs", "check_months": 12,
}  # fmt: skip


@scene("2025-06-10 13:45")
def what_we_rely_on_is_registered(stage: Stage) -> None:
    """Nerea Lindqvist registers what the company relies on, and accepts each as current."""
    for name, values in (("MDR", MDR), ("ISO 13485", ISO_13485), ("820", CFR_820), ("10993", ISO_10993)):
        found = stage.create("nerea", External, owner=stage.uid("nerea"), **values)
        stage.kept[name] = stage.move("nerea", found, "accept")


@scene("2025-10-14 10:20")
def a_new_edition_is_found(stage: Stage) -> None:
    """The new 21 CFR 820 applies from 2026-02-02; what it changes here is assessed, and regulatory affairs signs."""
    stage.move("nerea", stage.kept["820"], "found", reason="Final rule read again: 21 CFR 820 takes up ISO 13485 from 2026-02-02")
    fresh = External.objects.get(series=stage.kept["820"].series, state="registered")
    stage.edit(
        "nerea", fresh, issue="as of 2026-02-02", transition_on=stage.day("2026-02-02"),
        gap_assessment="Records of complaints and servicing (820.35), labels and packing (820.45), traceability (820.10). Our procedures for these four change.",
        gap_actions="QM-0001, SOP-0009, SOP-0019, SOP-0020 as one release set for 2026-02-02; SOP-0012 with its next change.",
    )  # fmt: skip
    stage.kept["820"] = stage.sign("anselm", fresh, "accept")


@scene("2026-02-02 09:30")
def the_manual_names_them(stage: Stage) -> None:
    """Links from the manual to what it is built on."""
    for name in ("ISO 13485", "MDR", "820"):
        stage.link("maud", stage.kept["QM-0001"], stage.kept[name], "refers")


@scene("2026-06-08 11:00")
def the_regulation_is_still_current(stage: Stage) -> None:
    """Looked up and confirmed; the look at ISO 13485 was forgotten."""
    stage.move("nerea", stage.kept["MDR"], "confirm", checked_where="EUR-Lex, consolidated texts")


@scene("2026-08-03 10:30")
def the_new_part_820_is_still_current(stage: Stage) -> None:
    """Every six months."""
    stage.move("nerea", stage.kept["820"], "confirm", checked_where="eCFR, title 21")


@scene("2026-10-06 15:20")
def another_new_edition_waits(stage: Stage) -> None:
    """ISO 10993-1 has a new edition; nobody has assessed yet what it changes."""
    stage.move("anselm", stage.kept["10993"], "found", reason="The sixth edition is in the catalogue of ISO")
    fresh = External.objects.get(series=stage.kept["10993"].series, state="registered")
    stage.edit(
        "anselm",
        fresh,
        issue="2025",
        absent={"gap_actions": {"code": "asked_unknown", "reason": "The test laboratory answers by 2026-12-18"}},
    )
