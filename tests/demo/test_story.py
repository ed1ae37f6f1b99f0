"""Each of the fifteen steps of the story is really there."""

import json
from datetime import timedelta

import pytest

from medithread.demo.stage import PARIS
from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel.identity.models import Grant
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.models import Comment, FormerNumber, Given, Link
from medithread.kernel.signing.models import Signature
from medithread.system.documents.adoption.models import Adoption
from medithread.system.documents.models import Document
from medithread.system.organisation.models import Founding
from tests.demo.telling import approved_in_time, at, condition, day, document

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("story")]


def test_the_story_says_its_fifteen_steps(story: list[str]) -> None:
    assert [int(line.split()[0]) for line in story] == list(range(1, 16))
    assert all("of 15" in line for line in story)


def test_1_two_people_found_the_company() -> None:
    founding = Founding.objects.get()
    assert founding.state == "complete"
    assert founding.state_since.astimezone(PARIS).date() == day("2025-05-05")
    assert founding.letter_sent_on == day("2025-06-03")
    signers = {(s.person.name, s.meaning) for s in founding.signatures.select_related("person")}
    assert signers == {
        (name, meaning)
        for name in ("Solveig Marchetti", "Maud Okonjo-Vial")
        for meaning in ("identity_verified", "acknowledged", "appointed")
    }
    assert Grant.objects.filter(granted_by__name="Maud Okonjo-Vial").count() > 40


def test_2_six_documents_are_adopted_with_their_labels() -> None:
    protocol = Adoption.objects.get(state="adopted")
    assert [s.meaning for s in protocol.signatures.all()] == ["adopted_as_true_copy"]
    labels = set(Document.objects.filter(adopted=True).values_list("number", "label"))
    wanted = {
        ("SOP-0011", "Rev C"),
        ("SOP-0014", "Rev B"),
        ("SOP-0015", "Rev D"),
        ("SOP-0018", "Rev C"),
        ("WI-0001", "Rev D"),
        ("FRM-0001", "Rev A"),
        ("FRM-0001", "Rev B"),
    }
    assert labels == wanted
    assert document("SOP-0014").effective_from == at("2024-10-14")
    assert (condition(document("FRM-0001")), document("FRM-0001").is_file) == ("superseded", True)
    assert document("FRM-0001").attachments.filter(role="original", file__media_type="application/pdf").exists()
    assert FormerNumber.objects.get(number="WI-RES-01").series.number == "WI-0001"
    assert document("SOP-0011").historic_approvals.count() == 2


def test_3_policy_and_control_of_documents_and_records() -> None:
    for number in ("POL-0001", "SOP-0001", "SOP-0002"):
        approved_in_time(number, 1, "2025-06-16", "2025-07-01")
    assert document("POL-0001").signatures.get(meaning="approved").person.name == "Solveig Marchetti"


def test_4_five_procedures_with_reviews_in_parallel_and_in_order() -> None:
    for number in ("SOP-0003", "SOP-0004", "SOP-0012", "SOP-0013", "SOP-0016"):
        approved_in_time(number, 1, "2025-07-21", "2025-08-04")
    in_order = document("SOP-0012")
    assert sorted(in_order.reviewers.values_list("round", flat=True)) == [1, 1, 2]
    assert [s.person.name for s in in_order.signatures.order_by("at")][2] == "Nerea Lindqvist"
    both = document("SOP-0016").signatures.filter(meaning="approved")
    assert [s.slots for s in both] == ["quality,owner"]


def test_5_a_review_is_returned_with_comments() -> None:
    purchasing = document("SOP-0008")
    approved_in_time("SOP-0008", 1, "2025-09-29", "2025-10-13")
    moves = [
        json.loads(bytes(body))["move"]
        for body in Entry.objects.filter(subject=purchasing.uid, verb="move").order_by("seq").values_list("body", flat=True)
    ]
    assert moves == ["submit", "return", "submit", "approve"]
    assert Comment.objects.filter(record=purchasing, person__name="Nerea Lindqvist", resolved=True).count() == 2
    early = purchasing.signatures.get(person__name="Chiara Dunoyer")
    assert early.digest != purchasing.digest
    assert early.at < at("2025-09-10")


def test_6_risk_validation_and_surveillance() -> None:
    for number in ("SOP-0005", "SOP-0010", "SOP-0017"):
        approved_in_time(number, 1, "2025-10-20", "2025-11-03")
    assert document("SOP-0005").signatures.filter(person__name="Solveig Marchetti", meaning="reviewed").exists()
    assert Link.objects.filter(meaning="produces", source=document("SOP-0008"), target__number="FRM-0002").exists()


def test_7_final_test_and_the_first_ideas() -> None:
    for number in ("WI-0002", "FRM-0002"):
        approved_in_time(number, 1, "2025-11-17", "2025-12-01")
    assert [(i.number, i.title, str(i.site)) for i in Idea.objects.order_by("id").select_related("site")[:2]] == [
        (f"IMP-{day('2025-11-17').year}-001", "Microscope at reservoir line 2", "LYO"),
        (f"IMP-{day('2025-11-17').year}-002", "Service report on the tablet", "GRE"),
    ]


def test_8_a_release_set_for_the_new_regulation() -> None:
    for number in ("QM-0001", "SOP-0009", "SOP-0019", "SOP-0020"):
        approved_in_time(number, 1, "2025-12-15", "2026-02-02")
    together = Signature.objects.filter(record__number__in=("SOP-0009", "SOP-0019", "SOP-0020"), slots="quality")
    assert len(set(Entry.objects.filter(subject__in=together.values("uid")).values_list("act", flat=True))) == 1


def test_9_the_seal_leaks_change_complaint_handling() -> None:
    approved_in_time("SOP-0012", 2, "2026-01-26", "2026-02-02")
    second = document("SOP-0012", 2)
    assert second.change_class == "retrain"
    assert sorted(second.attachments.filter(role="evidence").values_list("file__media_type", flat=True)) == ["image/png", "text/csv"]
    assert second.absent["impact_supplier"]["code"] == "unknown"
    assert document("SOP-0012").hold
    assert condition(document("SOP-0012")) == "superseded"


def test_10_microscope_and_leak_test() -> None:
    for number, edition in (("WI-0001", 2), ("WI-0003", 1)):
        approved_in_time(number, edition, "2026-03-30", "2026-04-13")
    assert (document("WI-0001", 2).label, condition(document("WI-0001"))) == ("Rev E", "superseded")
    acting = document("WI-0001", 2).signatures.get(person__name="Freya Castellan")
    assert acting.behalf_of is not None
    assert acting.behalf_of.name == "Chiara Dunoyer"
    instruct = Action.objects.get(title="Put the look under 10 times into the instruction")
    assert (instruct.state, instruct.state_since.astimezone(PARIS).date()) == ("done", instruct.due)
    closed = Idea.objects.get(title="Microscope at reservoir line 2")
    assert (closed.state, closed.outcome) == ("closed", "better")


def test_11_a_procedure_is_confirmed_unchanged() -> None:
    confirmed = document("SOP-0011")
    assert confirmed.confirmed_at is not None
    assert confirmed.confirmed_at.astimezone(PARIS).date() == day("2026-04-28")
    assert Document.objects.filter(number="SOP-0011").count() == 1


def test_12_the_paper_note_ends() -> None:
    approved_in_time("SOP-0001", 2, "2026-05-18", "2026-06-01")
    note = document("FRM-0001", 2)
    assert (note.state, note.retain_until) == ("obsolete", day("2036-06-01"))


def test_13_nonconformity_and_contact_fluids() -> None:
    for number, edition in (("SOP-0015", 2), ("SOP-0006", 1), ("SOP-0007", 1)):
        approved_in_time(number, edition, "2026-06-22", "2026-07-06")
    assert document("SOP-0015", 2).label == "Rev E"


def test_14_a_review_is_overdue_and_an_action_late() -> None:
    overdue = document("SOP-0018")
    assert (condition(overdue), overdue.review_due) == ("effective", day("2026-09-30"))
    actions = {a.title: a for a in Action.objects.filter(parent__title="Service report on the tablet")}
    assert sorted(a.state for a in actions.values()) == ["done", "dropped", "open"]
    late = actions["Form of the report with its six fixed data"]
    assert (day("2026-09-30") - late.due).days == 42


def test_15_the_present() -> None:
    approved_in_time("PLN-0001", 1, "2026-11-16", "2026-12-01")
    assert condition(document("PLN-0001")) == "approved"
    review = document("SOP-0008", 2)
    assert (review.state, review.state_since.astimezone(PARIS).date()) == ("in_review", day("2026-11-09"))
    assert [s.person.name for s in review.signatures.all()] == ["Chiara Dunoyer"]
    draft = document("WI-0002", 2)
    assert (draft.state, draft.label) == ("draft", "v2.2")
    assert Comment.objects.filter(record=draft, resolved=False).count() == 2
    visit = Grant.objects.get(person__name="Casimir Nordal")
    assert visit.valid_to is not None
    assert visit.valid_to - visit.valid_from <= timedelta(days=5)
    assert Given.objects.filter(person__name="Casimir Nordal", valid_to=visit.valid_to).count() == 4
