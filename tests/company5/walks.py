"""One walk per registered kind, through every step of its table to every end. A new kind adds its own here."""

from collections.abc import Callable
from typing import Any

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.verbs import people
from medithread.kernel.work.worker import drain
from medithread.system.documents.adoption.desk import mark
from medithread.system.documents.adoption.folders import adopt_folder
from medithread.system.documents.external.models import External
from medithread.system.documents.models import Document
from medithread.system.organisation import acts
from medithread.system.organisation.models import AccessReview, IndependenceException
from medithread.system.parameters.models import ParameterSet
from tests.system.documents.archive import table, zipped
from tests.system.documents.making import FIRST, NEXT, doc

from .firm import Firm, founded, today

Walk = Callable[[], Firm]
WALKS: dict[str, Walk] = {}


def walks(code: str) -> Callable[[Callable[[Firm], None]], Callable[[Firm], None]]:
    """The walk of a kind in the founded company."""

    def keep(story: Callable[[Firm], None]) -> Callable[[Firm], None]:
        def walk() -> Firm:
            firm = founded()
            story(firm)
            return firm

        WALKS[code] = walk
        return story

    return keep


def _founding() -> Firm:
    firm = Firm()
    firm.install()
    firm.move(firm.ana, firm.begin("Wrong Person", "wrong"), "void", reason="Another second person")
    firm.found()
    return firm


WALKS["founding"] = _founding


@walks("identitycheck")
def identity_check(firm: Firm) -> None:
    from medithread.system.organisation.models import IdentityCheck

    person = people.add_person(firm.eva, name="Nia Roth")
    firm.verify(person)
    check = firm.create(firm.eva, IdentityCheck, title="Identity", person=person.uid)
    firm.move(firm.eva, check, "void", reason="Begun twice")


@walks("acceptance")
def acceptance(firm: Firm) -> None:
    """Everybody accepted on the way in."""
    assert ("acceptance", "accept") in firm.steps


@walks("roleproposal")
def role_proposal(firm: Firm) -> None:
    assert firm.cleo.person is not None
    for name, by, role in (("grant", firm.ana, "QA"), ("decline", firm.ana, "REL"), ("void", firm.eva, "TM")):
        proposal = acts.propose_role(firm.eva, firm.cleo.person, role, because="Ben is on leave")
        if name == "grant":
            firm.sign(by, proposal, name)
        else:
            firm.move(by, proposal, name, reason="Not now")


@walks("accessreview")
def access_review(firm: Firm) -> None:
    firm.move(firm.ben, acts.begin_review(firm.eva), "void", reason="Begun too early")
    review: AccessReview = acts.begin_review(firm.eva)
    rows = [{"uid": str(line.uid), "lock": line.lock, "outcome": "keep"} for line in review.lines.all()]
    review = verbs.edit(firm.ben, review, lock=review.lock, conclusion="All as it should be", parts={"lines": rows})
    firm.sign(firm.ben, review, "attest")


@walks("independenceexception")
def independence_exception(firm: Firm) -> None:
    firm.move(firm.ben, exception(firm), "void", reason="Found another way")
    firm.move(firm.ben, firm.sign(firm.ana, exception(firm), "approve"), "end", reason="A second quality approver came")


def exception(firm: Firm, rule: str = "document.author-not-sole-approver") -> IndependenceException:
    values = {"rule": rule, "because": "There is one quality approver.", "valid_from": today(), "valid_until": today(300)}
    return firm.create(firm.ben, IndependenceException, title="One quality approver", person=firm.ben.uid, second=firm.ana.uid, **values)  # type: ignore[no-any-return]


@walks("parameterset")
def parameter_set(firm: Firm) -> None:
    firm.move(firm.ben, firm.create(firm.ben, ParameterSet, title="Numbers", area="numbering"), "void", reason="Not needed")
    values = firm.create(firm.ben, ParameterSet, title="Numbers", area="numbering", why="Ours", parts={"settings": [{"key": "number.SOP", "value": "SOP-{nnn}"}]})
    firm.sign(firm.ana, values, "approve")


def written(firm: Firm, **more: Any) -> Any:
    """A first version by Cleo, owned by Dan."""
    values = {"title": "Control of documents", "body": doc("Say who does what."), "owner": firm.dan.uid, **FIRST, **more}
    return firm.create(firm.cleo, Document, **values)


def approve(firm: Firm, document: Any) -> Any:
    """Quality and owner."""
    firm.sign(firm.ben, document, "approve")
    return firm.sign(firm.dan, document, "approve")


def in_force(firm: Firm, **more: Any) -> Any:
    return approve(firm, firm.move(firm.cleo, written(firm, **more), "submit"))


@walks("document")
def document(firm: Firm) -> None:
    first = firm.move(firm.cleo, written(firm), "submit")
    firm.move(firm.ben, first, "return", reason="Say where")
    firm.move(firm.cleo, firm.move(firm.cleo, first, "submit"), "recall", reason="One more word")
    first = approve(firm, firm.move(firm.cleo, first, "submit"))
    _served(firm, first)
    firm.move(firm.dan, first, "confirm")
    firm.move(firm.ben, first, "reschedule", reason="Spread", review_due=today(200))
    second = verbs.revise(firm.cleo, first, **NEXT)
    second = approve(firm, firm.move(firm.cleo, second, "submit"))
    firm.move(firm.ben, second, "withdraw", reason="Replaced by the manual")
    firm.sign(firm.ben, firm.move(firm.cleo, written(firm), "submit"), "reject")
    firm.move(firm.ben, written(firm), "void", reason="Not needed")


def _served(firm: Firm, document: Any) -> None:
    """The owner opens what is in force."""
    from tests.company import see

    see(firm.dan, document)


def _adoption(firm: Firm, **more: Any) -> Any:
    rows = {f"r{n}": {"Owner": "Dan Holm"} for n in (1, 2)}
    values = {"title": "The paper archive", "source": "Paper archive", "types": ["QP=SOP", "AA=WI"], "listed": 2, **more}
    adoption, _found = adopt_folder(firm.ben, zipped(), table(**rows), **values)
    firm.ends.add(("adoption", adoption.state))
    return adoption


def _sampled(firm: Firm, adoption: Any) -> Any:
    adoption = firm.move(firm.ben, adoption, "count")
    drain()
    adoption.refresh_from_db()
    mark(firm.ben, adoption, {str(row.uid): (True, "") for row in adoption.versions.filter(drawn=True)})
    return firm.move(firm.ben, adoption, "sample")


@walks("adoption")
def adoption(firm: Firm) -> None:
    firm.move(firm.ben, _adoption(firm), "refuse", reason="The archive is not complete")
    migration = firm.move(firm.ben, _sampled(firm, _adoption(firm)), "reopen", reason="A title is wrong")
    firm.sign(firm.ben, _sampled(firm, migration), "adopt")


@walks("external")
def external(firm: Firm) -> None:
    values = {"sort": "standard", "issuer": "ISO", "identifier": "ISO 13485", "issue": "2016", "title": "Quality management systems"}
    standard = firm.move(firm.ana, firm.create(firm.ana, External, **values), "accept")
    firm.move(firm.ana, standard, "confirm", checked_where="iso.org")
    firm.move(firm.ana, firm.move(firm.ana, standard, "found", reason="A draft"), "dismiss", reason="Only a draft")
    firm.move(firm.ana, standard, "found", reason="Published")
    second = External.objects.get(series=standard.series, state="registered")
    second = verbs.edit(firm.ana, second, lock=second.lock, issue="2027", gap_assessment="Clause 4 is new", gap_actions="Write it", transition_on=today())
    firm.move(firm.ana, firm.sign(firm.ana, second, "accept"), "withdraw", reason="Replaced")
    firm.move(firm.ana, firm.create(firm.ana, External, **values), "void", reason="Twice")


@walks("idea")
def idea(firm: Firm) -> None:
    for end in ("decline", "void"):
        firm.move(firm.ben, _idea(firm), end, reason="Not now")
    better = improved(firm)
    firm.move(firm.dan, better, "reopen", reason="One more action")
    firm.move(firm.dan, better, "finish")
    firm.sign(firm.ben, better, "close")


def _idea(firm: Firm) -> Any:
    return firm.create(firm.dan, Idea, title="Shadow board", description="Tools are searched for.", source="work")


def improved(firm: Firm) -> Any:
    """An idea with two actions, both done, and what came of it."""
    better = firm.move(firm.ben, _idea(firm), "accept", decision="Do it")
    for title in ("Buy the board", "Hang it up"):
        step = firm.create(firm.dan, Action, parent=better, title=title, due=today(30))
        firm.move(firm.dan, step, "finish", evidence="It hangs there.")
    better = firm.move(firm.dan, better, "finish")
    return verbs.edit(firm.dan, better, lock=better.lock, outcome="better", result="Nobody searches.")


@walks("action")
def action(firm: Firm) -> None:
    better = improved(firm)
    firm.move(firm.dan, better, "reopen", reason="One more")
    step = firm.create(firm.dan, Action, parent=better, title="A second board", due=today(30))
    firm.move(firm.ben, step, "drop", reason="Not needed")
