"""The life of a document: written, reviewed, returned, approved, in force, superseded, obsolete (4.2.4; R6, R12, R16, R21)."""

from datetime import timedelta

import pytest

from medithread.kernel import verbs
from medithread.kernel.base.clock import now, simulated
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.models import Person
from medithread.kernel.signing.plans import state_of
from medithread.system.documents.models import Document
from tests.company import Company, see, signed
from tests.proves import proves
from tests.system.documents.making import NEXT, approved, doc, in_review, written


def condition(document: Document) -> str:
    document.refresh_from_db()
    return document.declared.lifecycle.condition(document, now()).code


def reviewed_by(*rows: dict[str, object]) -> dict[str, object]:
    return {"parts": {"reviewers": list(rows)}}


@proves("DOC-1")
def test_author_and_owner_edit_a_draft_and_nobody_else(company: Company) -> None:
    document = written(company)
    verbs.edit(company.ada, document, lock=document.lock, purpose="One")
    verbs.edit(company.otto, document, lock=document.lock, purpose="Two")
    verbs.edit(company.dora, document, lock=document.lock, purpose="Three")
    with pytest.raises(NotAllowed, match=r"who.owner"):
        verbs.edit(company.rea, document, lock=document.lock, purpose="Four")


@proves("DOC-1")
def test_nothing_is_edited_in_review(company: Company) -> None:
    document = in_review(company)
    for person in (company.ada, company.otto, company.quinn):
        with pytest.raises(Refusal, match=r"edit.state"):
            verbs.edit(person, document, lock=document.lock, title="Sneaky")


@pytest.mark.parametrize(("lack", "code"), [
    ({"body": None}, "document.empty"), ({"review_months": None}, "document.review"), ({"review_months": 99}, "document.review-range"),
    ({"type": None}, "required"), ({"audience": None}, "required"), ({"change_class": None}, "required"),
])  # fmt: skip
def test_what_must_be_there_before_review(company: Company, lack: dict[str, object], code: str) -> None:
    document = written(company, **lack)
    with pytest.raises(Refusal, match=code):
        verbs.move(company.ada, document, "submit", lock=document.lock)


def test_no_review_interval_with_a_reason(company: Company) -> None:
    document = written(company, review_months=None, absent={"review_months": {"code": "not_applicable", "reason": "A form"}})
    assert approved(company, document).review_due is None


def test_impact_questions_are_asked_of_a_real_change(company: Company) -> None:
    second = verbs.revise(company.ada, approved(company), change_reason="New step", change_class="retrain")
    with pytest.raises(Refusal, match=r"document.impact"):
        verbs.move(company.ada, second, "submit")
    none = {"code": "not_applicable", "reason": ""}
    verbs.edit(company.ada, second, lock=second.lock, impact_training="New step for operators", absent=dict.fromkeys(
        ("impact_product", "impact_process", "impact_regulatory", "impact_supplier", "impact_risk"), none))
    verbs.move(company.ada, second, "submit")


@proves("DOC-2")
def test_reviews_in_order_then_approval(company: Company) -> None:
    document = in_review(company, **reviewed_by({"person": company.rea, "round": 1}, {"role": "MFG", "round": 1}, {"person": company.tim, "round": 2}))
    with pytest.raises(NotAllowed, match=r"who.person"):
        verbs.ask_signature(company.tim, document, "approve")
    signed(company.rea, document, "approve")
    state = state_of(document, document.declared.lifecycle.move("approve"))
    assert len(state.filled) == 2
    assert [slot.label for slot in state.turn] == ["Tim Oser"]
    signed(company.tim, document, "approve")
    assert approved(company, document).state == "approved"


@proves("DOC-2")
def test_a_reviewer_row_that_names_somebody_else_asks_anew(company: Company) -> None:
    document = in_review(company, **reviewed_by({"person": company.rea, "round": 1}))
    signed(company.rea, document, "approve")
    verbs.move(company.otto, document, "return", reason="Other reviewer")
    row = document.reviewers.get()
    verbs.edit(company.ada, document, lock=document.lock, parts={"reviewers": [{"uid": str(row.uid), "person": company.tim.uid}]})
    verbs.move(company.ada, document, "submit")
    state = state_of(document, document.declared.lifecycle.move("approve"))
    assert state.filled == ()
    assert [slot.label for slot in state.turn] == ["Tim Oser"]


@proves("DOC-3")
def test_returned_with_a_reason_and_reviews_stay_on_their_text(company: Company) -> None:
    document = in_review(company, **reviewed_by({"person": company.rea, "round": 1}))
    signed(company.rea, document, "approve")
    old = document.digest
    with pytest.raises(Refusal, match=r"move.reason"):
        verbs.move(company.rea, document, "return")
    verbs.move(company.rea, document, "return", reason="Step 3 is missing.")
    verbs.edit(company.ada, document, lock=document.lock, body=doc("Say who does what.", "Step 3."))
    verbs.move(company.ada, document, "submit")
    state = state_of(document, document.declared.lifecycle.move("approve"))
    assert state.filled[0].earlier_text
    assert state.filled[0].signature.digest == old != document.digest


@proves("DOC-3")
def test_an_approval_is_always_on_the_final_text(company: Company) -> None:
    document = in_review(company)
    signed(company.quinn, document, "approve")
    verbs.move(company.otto, document, "return", reason="One more word")
    verbs.edit(company.ada, document, lock=document.lock, body=doc("Other"))
    verbs.move(company.ada, document, "submit")
    signed(company.otto, document, "approve")
    assert document.state == "in_review"
    signed(company.quinn, document, "approve")
    assert document.state == "approved"


def test_a_bystander_does_not_return_it(company: Company) -> None:
    document = in_review(company)
    with pytest.raises(NotAllowed, match=r"document.reviewer-only"):
        verbs.move(company.rea, document, "return", reason="I do not like it")


@proves("DOC-3")
def test_the_author_takes_it_back(company: Company) -> None:
    document = in_review(company)
    with pytest.raises(NotAllowed):
        verbs.move(company.rea, document, "recall", reason="x")
    verbs.move(company.ada, document, "recall", reason="Forgot the annex")
    assert document.state == "draft"


@proves("DOC-4")
def test_who_wrote_it_does_not_approve_it_alone(company: Company) -> None:
    document = written(company, owner=company.otto.uid)
    verbs.edit(company.quinn, document, lock=document.lock, body=doc("Quinn's own words"))
    verbs.move(company.otto, document, "submit")
    see(company.quinn, document)
    with pytest.raises(NotAllowed, match=r"document.author"):
        verbs.ask_signature(company.quinn, document, "approve")
    signed(company.mara, document, "approve")
    assert signed(company.otto, document, "approve").state == "approved"


def test_a_remark_or_a_signature_is_no_authorship(company: Company) -> None:
    document = in_review(company, **reviewed_by({"person": company.quinn, "round": 1}))
    verbs.resolve(company.quinn, verbs.comment(company.quinn, document, "Good."))
    verbs.edit(company.quinn, document, lock=document.lock, due="2030-01-01", reason="Planned")
    signed(company.quinn, document, "approve")
    assert approved(company, document).state == "approved"


@proves("DOC-4")
def test_manual_and_policy_take_top_management(company: Company) -> None:
    for sort in ("QM", "POL"):
        document = in_review(company, type=sort)
        see(company.quinn, document)
        with pytest.raises(NotAllowed, match=r"who.role"):
            verbs.ask_signature(company.quinn, document, "approve")
        assert signed(company.tim, document, "approve").state == "approved"


@proves("DOC-4")
def test_two_approvers_at_once(company: Company) -> None:
    """Both open the dialog for the same slot; the second is told that it is taken."""
    from medithread.kernel.signing import prove

    document = in_review(company)
    see(company.quinn, document)
    see(company.mara, document)
    one, two = (prove.simulated(verbs.ask_signature(person, document, "approve")) for person in (company.quinn, company.mara))
    verbs.sign(company.quinn, document, one.nonce)
    with pytest.raises(NotAllowed):
        verbs.sign(company.mara, document, two.nonce)
    assert document.signatures.count() == 1


@proves("DOC-5")
def test_the_approver_confirms_the_class_of_change(company: Company) -> None:
    second = verbs.revise(company.ada, approved(company), **NEXT)
    verbs.move(company.ada, second, "submit")
    labels = [str(slot.label) for slot in state_of(second, second.declared.lifecycle.move("approve")).open]
    assert labels == ["Quality, confirming “Editorial: nothing to learn”", "Owner"]


@proves("DOC-6")
def test_in_force_from_an_instant_never_before_approval(company: Company) -> None:
    with simulated(now()):
        first = approved(company)
        assert first.effective_from >= first.signatures.order_by("-at").first().at
    later = now() + timedelta(days=10)
    second = verbs.revise(company.ada, first, **NEXT, planned_from=later)
    approved(company, second)
    assert (condition(first), condition(second)) == ("effective", "approved")
    first.refresh_from_db()
    assert first.effective_to == second.effective_from == later
    with simulated(later):
        assert (condition(first), condition(second)) == ("superseded", "effective")


@proves("DOC-6")
def test_backdating_is_refused(company: Company) -> None:
    document = written(company, planned_from=now() - timedelta(days=1))
    with pytest.raises(Refusal, match=r"document.date-passed"):
        verbs.move(company.ada, document, "submit")
    for name in ("effective_from", "effective_to", "state", "adopted"):
        with pytest.raises(Refusal, match=r"field.unknown"):
            verbs.edit(company.ada, document, lock=document.lock, **{name: "2020-01-01T00:00:00Z"})


@proves("DOC-6")
def test_a_planned_date_that_passed_is_asked_about(company: Company) -> None:
    start = now()
    with simulated(start):
        document = in_review(company, planned_from=start + timedelta(days=2))
    with simulated(start + timedelta(days=3)), pytest.raises(Refusal, match=r"document.date-passed"):
        verbs.ask_signature(company.quinn, document, "approve")
    with simulated(start + timedelta(days=3)):
        verbs.move(company.ada, document, "recall", reason="The date passed")
        verbs.edit(company.ada, document, lock=document.lock, planned_from=None)
        assert approved(company, document).effective_from >= start + timedelta(days=3)


def test_a_superseded_version_takes_no_steps(company: Company) -> None:
    first = approved(company)
    approved(company, verbs.revise(company.ada, first, **NEXT))
    first.refresh_from_db()
    assert condition(first) == "superseded"
    see(company.otto, first)
    with pytest.raises(Refusal, match=r"document.not-in-force"):
        verbs.move(company.otto, first, "confirm")
    with pytest.raises(Refusal, match=r"document.superseded"):
        verbs.move(company.dora, first, "withdraw", reason="Old")
    with pytest.raises(Refusal, match=r"move.state"):
        verbs.ask_signature(company.quinn, first, "approve")


@proves("DOC-7")
def test_it_supersedes_another_number(company: Company) -> None:
    old = approved(company, title="Paper archive")
    new = written(company, title="Archive")
    verbs.link(company.ada, new, old, "supersedes")
    new.refresh_from_db()
    approved(company, new)
    old.refresh_from_db()
    assert old.effective_to == new.effective_from
    assert condition(old) == "superseded"


@proves("DOC-8")
def test_made_obsolete_by_a_protective_decision(company: Company) -> None:
    document = approved(company)
    with pytest.raises(NotAllowed):
        verbs.move(company.rea, document, "withdraw", reason="x")
    with pytest.raises(Refusal, match=r"move.reason"):
        verbs.move(company.dora, document, "withdraw")
    verbs.move(company.dora, document, "withdraw", reason="The product is gone.")
    assert (document.state, document.review_due) == ("obsolete", None)
    assert document.effective_to is not None
    assert document.declared.lifecycle.move("withdraw").protective


@proves("DOC-8")
def test_withdrawn_before_its_day_the_version_before_goes_on(company: Company) -> None:
    first = approved(company)
    second = approved(company, verbs.revise(company.ada, first, **NEXT, planned_from=now() + timedelta(days=10)))
    verbs.move(company.dora, second, "withdraw", reason="The change was a mistake.")
    first.refresh_from_db()
    assert first.effective_to is None
    assert condition(first) == "effective"


def test_three_versions_approved_ahead_follow_each_other(company: Company) -> None:
    first = approved(company)
    second = approved(company, verbs.revise(company.ada, first, **NEXT, planned_from=now() + timedelta(days=10)))
    third = approved(company, verbs.revise(company.ada, second, **NEXT, planned_from=now() + timedelta(days=5)))
    second.refresh_from_db()
    assert second.effective_from == second.effective_to == third.effective_from


def test_final_rejection_is_signed(company: Company) -> None:
    document = in_review(company)
    with pytest.raises(Refusal, match=r"move.signatures"):
        verbs.move(company.quinn, document, "reject", reason="No")
    signed(company.quinn, document, "reject", reason="No")
    assert [s.meaning for s in document.signatures.all()] == ["rejected"]


@proves("DOC-9")
def test_confirmed_unchanged_only_when_it_was_opened(company: Company) -> None:
    start = now()
    with simulated(start):
        document = approved(company)
    with simulated(start + timedelta(days=700)):
        with pytest.raises(NotAllowed, match=r"document.not-opened"):
            verbs.move(company.otto, document, "confirm")
        see_then(company.otto, document)
        verbs.move(company.otto, document, "confirm")
        assert (document.review_due - start.date()).days > 1400
        assert document.edition == 1
        assert document.confirmed_at == now()


def see_then(person: Person, document: Document) -> None:
    """As if it were served on the simulated day."""
    from medithread.kernel.base.guard import door_open
    from medithread.kernel.signing.models import Served

    with door_open():
        Served.objects.create(person=person, record=document, digest=document.digest, rendition="0" * 64, shown="whole", session="", at=now())


@pytest.mark.parametrize("claim", [{"source": "Paper"}, {"approved_on": "2020-01-01"}, {"protocol": "MIG-2020-0001"}, {"parts": {"historic_approvals": [{"name": "Somebody"}]}}])
def test_nothing_written_here_claims_an_approval_elsewhere(company: Company, claim: dict[str, object]) -> None:
    document = written(company, **claim)
    with pytest.raises(Refusal, match=r"document.not-adopted"):
        verbs.move(company.ada, document, "submit")


def test_an_owner_who_left_is_noticed(company: Company) -> None:
    from medithread.kernel.verbs.unit import unit

    document = written(company)
    with unit(company.mara) as act:
        company.otto.left_on = now().date() - timedelta(days=1)
        act.put("edit", company.otto)
    with pytest.raises(Refusal, match=r"document.owner"):
        verbs.move(company.ada, document, "submit")


def test_an_adopted_version_without_interval_keeps_its_rhythm_when_it_is_confirmed() -> None:
    from datetime import UTC, date, datetime
    from types import SimpleNamespace

    from medithread.system.documents.rules import confirm_unchanged

    document = SimpleNamespace(
        review_months=None, review_due=date(2026, 5, 15), effective_from=datetime(2024, 5, 15, tzinfo=UTC), confirmed_at=None, site=SimpleNamespace(zone="Europe/Paris")
    )
    confirm_unchanged(SimpleNamespace(at=datetime(2026, 4, 27, 22, 30, tzinfo=UTC)), document)
    assert document.review_due == date(2028, 4, 28)
