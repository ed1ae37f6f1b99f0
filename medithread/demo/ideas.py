"""Improvement ideas and their actions (8.5.1): done on time, late, declined, given up, new, and one that not everybody may see."""

from typing import Any

from medithread.improvement.ideas.models import Action, Idea

from .made import bars_png, paper, seal_png, table_csv
from .stage import Stage, scene


@scene("2025-11-17 13:40", 7)
def the_first_ideas(stage: Stage) -> None:
    """Final test and incoming inspection approved; first improvement ideas: a microscope, a tablet"""
    stage.kept["microscope"] = stage.create(
        "wanda", Idea, title="Microscope at reservoir line 2", source="work", site=stage.sites["LYO"].uid, owner=stage.uid("perrine"), due=stage.day("2026-03-30"),
        description="At line 1 we look at seals with a magnifier on a stand. Line 2 has none, and small nicks are only found when the reservoir leaks.", benefit="Fewer leaks, and less guessing at the end of a shift.",
    )  # fmt: skip
    stage.kept["tablet"] = stage.create(
        "leandro", Idea, title="Service report on the tablet", source="work", site=stage.sites["GRE"].uid, owner=stage.uid("zofia"), due=stage.day("2026-09-30"),
        description="The report is written on paper at the bench and typed in by customer care the next day. Numbers are read wrongly, and photographs get lost.",
        absent={"benefit": {"code": "unknown", "reason": "Nobody has counted yet how many reports are typed again"}},
    )  # fmt: skip


@scene("2025-11-21 10:30")
def both_are_accepted(stage: Stage) -> None:
    """Quality decides on both, and the owners plan."""
    stage.move(
        "maud", stage.kept["microscope"], "accept", decision="Yes. One microscope, and a comparison before it goes into the instruction."
    )
    stage.move(
        "maud",
        stage.kept["tablet"],
        "accept",
        decision="Yes, for the workshop at Grenoble first. The six data of 21 CFR 820.35(b) are fixed.",
    )
    _action(
        stage,
        "perrine",
        "microscope",
        "buy",
        "Buy and set up a stereo microscope",
        "perrine",
        "2026-01-30",
        "10 times, ring light, cleanable. Register it with metrology.",
    )
    _action(
        stage,
        "perrine",
        "microscope",
        "compare",
        "Compare 200 seals with and without it",
        "chiara",
        "2026-02-27",
        "Two operators, the same seals in another order.",
    )
    _action(
        stage,
        "zofia",
        "tablet",
        "choose",
        "Choose a tablet that can be wiped clean",
        "leandro",
        "2026-02-27",
        "Try three in the wash room; gloves on.",
    )
    _action(
        stage,
        "zofia",
        "tablet",
        "print",
        "Print at the bench",
        "samir",
        "2026-03-31",
        "A small printer for the label of the returned pump.",
    )


def _action(stage: Stage, by: str, idea: str, name: str, title: str, owner: str, due: str, task: str, **more: Any) -> None:
    stage.kept[name] = stage.create(
        by, Action, parent=stage.fresh(stage.kept[idea]), title=title, owner=stage.uid(owner), due=stage.day(due), task=task, **more
    )


@scene("2026-01-27 14:15")
def the_microscope_stands(stage: Stage) -> None:
    """Three days before its date."""
    stage.attach("perrine", stage.kept["buy"], seal_png(damaged=True), "Seal with a nick, 10 times.png", note="First find, lot S-2601")
    stage.move(
        "perrine", stage.kept["buy"], "finish", evidence="Instrument M-067, set up on 2026-01-26, registered and in date until 2028-01."
    )


@scene("2026-02-24 11:30")
def the_comparison(stage: Stage) -> None:
    """200 seals, two operators: a table and a short report."""
    rows = (
        ("Operator", "Bad seals in the sample", "Found without", "Found with the microscope", "Good seals called bad"),
        ("A", 18, 9, 18, 1),
        ("B", 18, 11, 17, 0),
    )
    stage.attach("chiara", stage.kept["compare"], table_csv(rows), "Comparison of 200 seals.csv", role="evidence")
    report = paper(
        "Comparison of 200 seals with and without microscope",
        "M-067/1",
        stage.at("2026-02-23 16:00"),
        text="20 of 36 bad seals were found by eye, 35 of 36 with the microscope. One good seal was called bad.",
    )
    stage.attach("chiara", stage.kept["compare"], report, "Report of the comparison.pdf", role="evidence")
    stage.move("chiara", stage.kept["compare"], "finish", evidence="Report and table attached: 35 of 36 bad seals found, before 20 of 36.")
    _action(
        stage,
        "perrine",
        "microscope",
        "instruct",
        "Put the look under 10 times into the instruction",
        "perrine",
        "2026-03-30",
        "Step 1 of the reservoir instruction, with the limits of the comparison.",
    )
    stage.link("perrine", stage.kept["microscope"], stage.kept["WI-0001"], note="Step 1")


@scene("2026-02-26 15:10")
def the_tablet_is_chosen(stage: Stage) -> None:
    """One day before its date; the form is planned, the printer dropped."""
    stage.move(
        "leandro", stage.kept["choose"], "finish", evidence="Type 2 of the three: gloves work, survives 200 wipes with 70 % isopropanol."
    )
    stage.move(
        "maud",
        stage.kept["print"],
        "drop",
        reason="The label is printed where the pump is unpacked; a second printer makes a second truth.",
    )
    _action(
        stage,
        "zofia",
        "tablet",
        "form",
        "Form of the report with its six fixed data",
        "zofia",
        "2026-08-19",
        "Filled in at the bench; photographs are attached by themselves.",
    )
    stage.edit(
        "zofia", stage.kept["tablet"], benefit="31 of 40 reports in January were typed again, 9 minutes each.", reason="Counted in February"
    )
    stage.link("zofia", stage.kept["tablet"], stage.kept["SOP-0020"], note="Service report")


@scene("2026-03-30 14:45")
def the_microscope_idea_is_done(stage: Stage) -> None:
    """On its date: the instruction is approved. Now it is watched for three months."""
    stage.move("perrine", stage.kept["instruct"], "finish", evidence="WI-0001 Rev E approved today, in force from 2026-04-13.")
    stage.move("perrine", stage.kept["microscope"], "finish")


@scene("2026-07-07 10:20")
def the_microscope_idea_is_closed(stage: Stage) -> None:
    """It got better; quality closes the idea by signature."""
    chart = bars_png((0.2, 0.4, 1.1, 1.3, 1.6, 1.2, 0.7, 0.3, 0.2, 0.1), limit=1.0)
    stage.attach(
        "perrine",
        stage.kept["microscope"],
        chart,
        "Leaks per 1,000 pump-years.png",
        role="evidence",
        note="By month, September 2025 to June 2026; red line: 1.0",
    )
    stage.edit(
        "perrine",
        stage.kept["microscope"],
        outcome="better",
        result="Leaks fell from 1.6 to 0.1 per 1,000 pump-years; 41 bad seals were found before assembly in three months.",
    )
    stage.comment("wanda", stage.kept["microscope"], "The second chair at the microscope came last week. Thank you!")
    stage.sign("maud", stage.kept["microscope"], "close")


@scene("2026-01-28 11:20")
def a_nurse_has_a_wish(stage: Stage) -> None:
    """An idea of a customer that belongs to design: declined with the reason."""
    found = stage.create(
        "zofia",
        Idea,
        title="Larger digits on Aria Mini",
        source="customer",
        description="A ward nurse reads the rate at arm's length and in dim light; the digits are too small for her.",
        benefit="Fewer wrong readings at night.",
        owner=stage.uid("bastien"),
    )
    stage.comment(
        "bastien", found, "The display has no room for larger digits without a new front. It is design input D-26-014 for the next Mini."
    )
    stage.move("tomasz", found, "decline", reason="It becomes a design input for the next Aria Mini (D-26-014) and is followed there.")


@scene("2026-03-12 08:50")
def one_comes_twice(stage: Stage) -> None:
    """Entered twice on the same morning: one is given up, its number is kept."""
    for _number in range(2):
        stage.kept["list"] = stage.create(
            "emeka",
            Idea,
            title="One list of instruments for both sites",
            source="audit",
            description="Lyon and Grenoble keep a list each; two instruments stood in both.",
            owner=stage.uid("yannick"),
        )
    stage.move(
        "tomasz",
        Idea.objects.filter(title=stage.kept["list"].title).order_by("id").first(),
        "void",
        reason="Entered twice by the same click",
    )
    stage.move("tomasz", stage.kept["list"], "accept", decision="Yes, with the next round of calibrations.")
    _action(
        stage,
        "yannick",
        "list",
        "merge",
        "Merge both lists and number the doubles anew",
        "yannick",
        "2026-09-25",
        "64 instruments; owner and place for each.",
    )


@scene("2026-09-22 16:05")
def one_list_of_instruments(stage: Stage) -> None:
    """Done, and watched until the next audit."""
    stage.move(
        "yannick",
        stage.kept["merge"],
        "finish",
        evidence="64 instruments in one list since 2026-09-21; two numbers given anew, labels changed.",
    )
    stage.move("yannick", stage.kept["list"], "finish")


@scene("2026-09-14 10:10")
def not_for_everybody(stage: Stage) -> None:
    """A second source for seals: prices and names are confidential."""
    stage.kept["second"] = stage.create(
        "freya", Idea, title="Second source for moulded seals", source="review", confidentiality="confidential", owner=stage.uid("freya"), due=stage.day("2027-03-31"),
        description="One moulder makes all seals. Two offers are in: moulder A 0.31 € with 14 weeks, moulder B 0.27 € with 9 weeks and no clean room of its own.", benefit="Delivery goes on when one of them stops.",
    )  # fmt: skip
    stage.move(
        "maud", stage.kept["second"], "accept", decision="Evaluate both by SOP-0008; nothing is promised before the samples are measured."
    )
    _action(
        stage,
        "freya",
        "second",
        "samples",
        "Order and measure samples of both",
        "gustav",
        "2026-12-18",
        "125 pieces each, plan of WI-0003; marked “not for sale”.",
        confidentiality="confidential",
    )


@scene("2026-09-30 09:40", 14)
def the_tablet_idea_is_late(stage: Stage) -> None:
    """SOP-0018 passes its review date unconfirmed; one action of the tablet idea is six weeks late"""
    stage.comment("maud", stage.kept["form"], "Six weeks late. What is missing, and until when?")
    stage.comment(
        "zofia",
        stage.kept["form"],
        "The maker changed the program of the tablet in August; the camera works again since last week. I ask for time until the middle of November.",
    )
    stage.edit(
        "maud",
        stage.kept["tablet"],
        due=stage.day("2026-11-13"),
        reason="The form could not be tried while the camera did not work; agreed with Zofia Laurentin",
    )


@scene("2026-11-12 15:50")
def nobody_has_looked_at_this_one(stage: Stage) -> None:
    """A new idea."""
    stage.create(
        "hana",
        Idea,
        title="One signature for a carton that is labelled again",
        source="work",
        description="A carton with a torn label takes three signatures today, though nothing inside is touched.",
    )
