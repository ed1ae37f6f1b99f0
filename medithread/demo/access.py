"""Who may do what, over the eighteen months: parameters, role proposals, delegations, absences, access reviews, an exception, a token."""

from datetime import timedelta

from medithread.kernel.base.clock import now
from medithread.kernel.identity.models import Grant
from medithread.kernel.identity.roles import Role
from medithread.kernel.verbs.people import away
from medithread.kernel.verbs.people_roles import delegate, withdraw
from medithread.kernel.verbs.people_tokens import make_token
from medithread.system.organisation import acts
from medithread.system.organisation.models import AccessReview, IndependenceException
from medithread.system.parameters.models import ParameterSet

from .stage import Scene, Stage, add, scene

# Signing is suspended for whoever is not seen for ninety days (21 CFR 11.300(b)); here everybody looks in more often.
NEWS = ("2025-07-30 08:45", "2025-10-22 08:45", "2026-01-13 08:45", "2026-04-07 08:45", "2026-06-30 08:45", "2026-09-22 08:45")


def everybody_reads_the_news(stage: Stage) -> None:
    """Everybody signs in, reads what is new and goes to work."""
    for key in stage.people:
        stage.pause(5, 40)
        stage.who(key)


for _day in NEWS:
    add(Scene(_day, everybody_reads_the_news))


@scene("2025-05-14 09:10")
def numbers_are_set(stage: Stage) -> None:
    """The number pattern of improvement ideas, as the company wants it."""
    found = stage.create(
        "ulla",
        ParameterSet,
        title="Number patterns",
        area="numbering",
        why="Fewer than a thousand ideas a year are expected.",
        parts={"settings": [{"key": "number.IMP", "value": "IMP-{year}-{nnn}"}]},
    )
    stage.kept["parameters"] = stage.sign("maud", found, "approve")


@scene("2026-01-06 09:30")
def numbers_are_changed(stage: Stage) -> None:
    """A second edition of the parameters; ideas of 2025 keep their numbers."""
    from medithread.kernel import verbs

    stage.pause()
    found = verbs.revise(
        stage.who("ulla"),
        stage.fresh(stage.kept["parameters"]),
        blank=("why",),
        why="Two digits are enough: there were two ideas in half a year.",
    )
    row = found.settings.get()
    stage.edit("ulla", found, parts={"settings": [{"uid": str(row.uid), "value": "IMP-{year}-{nn}"}]})
    stage.sign("maud", found, "approve")


@scene("2025-08-04 10:15")
def an_exception_for_the_holidays(stage: Stage) -> None:
    """For two weeks in August one quality approver is alone; top management signs the exception, with a second person and an end."""
    found = stage.create(
        "maud", IndependenceException, title="One quality approver in August 2025", rule="document.author-not-sole-approver", person=stage.uid("tomasz"), second=stage.uid("nerea"),
        because="Maud Okonjo-Vial is away. An urgent change that Tomasz Belcourt writes would find no other approver; Nerea Lindqvist reads it as second person.",
        valid_from=stage.day("2025-08-11"), valid_until=stage.day("2025-08-22"),
    )  # fmt: skip
    stage.sign("solveig", found, "approve")
    away(stage.who("maud"), stage.people["maud"], first=stage.day("2025-08-11"), last=stage.day("2025-08-22"))


@scene("2026-07-01 09:50")
def an_exception_in_force(stage: Stage) -> None:
    """Only one person handles complaints; a named second person reads what she extends."""
    found = stage.create(
        "tomasz", IndependenceException, title="New due dates of complaints", rule="extension.another-holder", person=stage.uid("zofia"), second=stage.uid("anselm"),
        because="Zofia Laurentin is the only complaint handler until a second one is trained. Anselm Daoudi reads each extension within five working days.",
        valid_from=stage.day("2026-07-01"), valid_until=stage.day("2027-06-30"),
    )  # fmt: skip
    stage.sign("solveig", found, "approve")


@scene("2025-09-02 09:40")
def a_role_is_proposed_and_confirmed(stage: Stage) -> None:
    """An administrator cannot give a quality role; he proposes it, and a second authorised person confirms by signature."""
    found = acts.propose_role(
        stage.who("radu"),
        stage.people["perrine"],
        Role.TRN,
        because="Trains the operators at the line and enters the results.",
        valid_to=now() + timedelta(days=365),
    )
    stage.sign("maud", found, "grant")


@scene("2025-09-03 14:20")
def another_is_declined(stage: Stage) -> None:
    """Release and purchasing in one hand: no."""
    stage.pause()
    found = acts.propose_role(stage.who("radu"), stage.people["gustav"], Role.REL, because="Could release spare parts on Fridays.")
    stage.move("maud", found, "decline", reason="Whoever buys does not release. Hana Pelissard's deputy is Tomasz Belcourt.")


@scene("2025-11-04 09:20")
def the_first_access_review(stage: Stage) -> None:
    """After six months: everybody's access is looked at line by line, and attested two days later."""
    stage.kept["review"] = _reviewed(
        stage,
        {"Solveig Marchetti": ("change", "System administrator since the founding act; not needed any more.")},
        "One role too many, one to be watched. All others as in the organisation chart.",
    )


@scene("2025-11-06 10:10")
def the_first_access_review_is_attested(stage: Stage) -> None:
    """Idriss Fontanel attests it, and the founder lays down the administrator's role."""
    stage.sign("idriss", stage.kept["review"], "attest")
    stage.pause()
    withdraw(
        stage.who("solveig"),
        Grant.objects.get(person=stage.people["solveig"], role=Role.IT),
        reason="Access review of November 2025: Radu Delacombe administers",
    )


@scene("2026-05-05 09:30")
def the_second_access_review(stage: Stage) -> None:
    """After a year: nothing to change."""
    stage.kept["review"] = _reviewed(
        stage, {}, "All access is as it is needed. Training role of Perrine Halloran ends in September by itself."
    )


@scene("2026-05-06 11:10")
def the_second_access_review_is_attested(stage: Stage) -> None:
    """Nothing to change."""
    stage.sign("idriss", stage.kept["review"], "attest")


def _reviewed(stage: Stage, found: dict[str, tuple[str, str]], conclusion: str) -> AccessReview:
    stage.pause()
    review = acts.begin_review(stage.who("radu"))
    rows = []
    for line in review.lines.select_related("person"):
        outcome, remark = found.get(line.person.name, ("keep", ""))
        rows.append({"uid": str(line.uid), "outcome": outcome, **({"remark": remark} if remark else {})})
    return stage.edit("radu", review, conclusion=conclusion, parts={"lines": rows})


@scene("2026-11-04 10:00")
def the_third_access_review_stands_still(stage: Stage) -> None:
    """Begun when it was due; a third of the lines is judged, and the fortnight has passed."""
    stage.pause()
    review = acts.begin_review(stage.who("radu"))
    rows = [{"uid": str(line.uid), "outcome": "keep"} for line in review.lines.all()[:8]]
    stage.edit("radu", review, parts={"lines": rows})


@scene("2026-03-06 15:30")
def inspection_is_delegated(stage: Stage) -> None:
    """Chiara Dunoyer is away for two weeks; Freya Castellan acts for her as inspection, and her signatures say so."""
    delegate(
        stage.who("chiara"),
        stage.people["freya"],
        Role.QC,
        valid_from=stage.at("2026-03-09"),
        valid_to=stage.at("2026-03-21"),
        reason="Leave; drawing DWG-0107 and the leak test are known to her",
    )
    away(stage.who("chiara"), stage.people["chiara"], first=stage.day("2026-03-09"), last=stage.day("2026-03-20"))


@scene("2026-10-05 09:15")
def a_program_may_read(stage: Stage) -> None:
    """A token for the figures of the quarterly analysis: read only, for a year."""
    stage.pause()
    make_token(stage.who("tomasz"), label="Figures for the quarterly analysis", scopes=("read",), days=365)


@scene("2026-11-17 16:40")
def production_is_delegated(stage: Stage) -> None:
    """Perrine Halloran is away until the beginning of December."""
    delegate(
        stage.who("perrine"),
        stage.people["samir"],
        Role.MFG,
        valid_from=stage.at("2026-11-18"),
        valid_to=stage.at("2026-12-05"),
        reason="Leave; Samir Oberlin leads both lines",
    )
    away(stage.who("perrine"), stage.people["perrine"], first=stage.day("2026-11-18"), last=stage.day("2026-12-04"))


@scene("2026-11-19 09:50")
def a_proposal_waits(stage: Stage) -> None:
    """Service would like to enter complaints by itself; quality has not decided yet."""
    acts.propose_role(
        stage.who("radu"),
        stage.people["leandro"],
        Role.CMP,
        site=stage.sites["GRE"],
        because="Asked for by Zofia Laurentin: service sees the complaint first and could enter it on the day.",
    )
