"""The demo company after loading: each step of its story, every state, everybody's sign-in, and a ledger without findings."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from medithread.demo.load import BEGIN, END, SIGN_INS, be_born, calendar, load
from medithread.demo.stage import PARIS, Calendar, scenes
from medithread.demo.texts import people
from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import simulated
from medithread.kernel.base.refusal import LedgerBroken
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Absence, Account, Delegation, Grant, Person, SigningRight, Site, Token
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.models import Entry, Head, Journal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.pages.seals import is_intact
from medithread.kernel.records.kinds import kind_of, kinds
from medithread.kernel.records.models import Comment, FormerNumber, Given, Link, Record
from medithread.kernel.records.visible import seen_by
from medithread.kernel.search.find import find
from medithread.kernel.signing import prove
from medithread.kernel.signing.models import Compensation, Signature
from medithread.kernel.signing.statement import may_sign
from medithread.kernel.verbs import people_sessions
from medithread.kernel.work.models import Job
from medithread.system.documents.adoption.models import Adoption
from medithread.system.documents.adoption.problems import find_problems
from medithread.system.documents.external.models import External
from medithread.system.documents.models import Document
from medithread.system.organisation.models import AccessReview, Founding, IndependenceException, RoleProposal
from medithread.system.parameters.models import ParameterSet

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOLIDAYS = {(5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (1, 1)}
# States that a thing passes through or that this company never had.
NOT_SHOWN = {
    "document": {"staged"}, "external": {"accepted", "withdrawn", "void"}, "founding": {"open", "void"}, "identitycheck": {"open", "void"}, "acceptance": {"open"},
    "roleproposal": {"void"}, "accessreview": {"void"}, "independenceexception": {"draft", "ended", "void"}, "parameterset": {"draft", "approved", "void"},
    "adoption": {"counted", "sampled", "refused"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_files_left() -> None:
    """The files of the story stay where they were put, for all tests of this module."""


@pytest.fixture(scope="module", autouse=True)
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The demo company, loaded once into a transaction that is given up at the end."""
    said: list[str] = []
    with django_db_blocker.unblock(), stored_in(str(tmp_path_factory.mktemp("files"))):
        whole: Any = transaction.atomic()
        whole._from_testcase = True
        with whole:
            be_born()
            load(said.append)
            yield said
            transaction.set_rollback(True)


def stored_in(place: str) -> Any:
    from django.conf import settings
    from django.test import override_settings

    files = {**settings.STORAGES["files"], "OPTIONS": {"location": place}}
    return override_settings(STORAGES={**settings.STORAGES, "files": files})


def at(text: str) -> datetime:
    return calendar().at(text)


def day(text: str) -> date:
    return calendar().day(text)


def document(number: str, edition: int = 1) -> Document:
    found: Document = Document.objects.get(number=number, edition=edition)
    return found


def condition(record: Record, when: str = END) -> str:
    return kind_of(record).lifecycle.condition(record, at(when)).code


def who(key: str) -> Actor:
    return Actor(person=Person.objects.get(account__username=key), session=f"test of {key}")


def approved_in_time(number: str, edition: int, signed: str, effective: str) -> None:
    found = document(number, edition)
    assert found.effective_from == at(f"{effective} 06:00")
    last = found.signatures.filter(move="approve").latest("at")
    assert last.at.astimezone(PARIS).date() == day(signed)
    assert last.meaning == "approved"


# --- the fifteen steps -----------------------------------------------------------------------------------------------------


def test_the_story_says_its_fifteen_steps(story: list[str]) -> None:
    assert [int(line.split()[0]) for line in story] == list(range(1, 16))
    assert all("of 15" in line for line in story)


def test_1_two_people_found_the_company() -> None:
    founding = Founding.objects.get()
    assert founding.state == "complete"
    assert founding.state_since.astimezone(PARIS).date() == day("2025-05-05")
    assert founding.letter_sent_on == day("2025-06-03")
    signers = {(s.person.name, s.meaning) for s in founding.signatures.select_related("person")}
    assert signers == {(name, meaning) for name in ("Solveig Marchetti", "Maud Okonjo-Vial") for meaning in ("identity_verified", "acknowledged", "appointed")}
    assert Grant.objects.filter(granted_by__name="Maud Okonjo-Vial").count() > 40


def test_2_six_documents_are_adopted_with_their_labels() -> None:
    protocol = Adoption.objects.get(state="adopted")
    assert [s.meaning for s in protocol.signatures.all()] == ["adopted_as_true_copy"]
    labels = set(Document.objects.filter(adopted=True).values_list("number", "label"))
    wanted = {("SOP-0011", "Rev C"), ("SOP-0014", "Rev B"), ("SOP-0015", "Rev D"), ("SOP-0018", "Rev C"), ("WI-0001", "Rev D"), ("FRM-0001", "Rev A"), ("FRM-0001", "Rev B")}
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
    moves = [json.loads(bytes(body))["move"] for body in Entry.objects.filter(subject=purchasing.uid, verb="move").order_by("seq").values_list("body", flat=True)]
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


# --- everything is there ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_every_state_is_shown(kind: Any) -> None:
    wanted = {state.code for state in (*kind.lifecycle.states, *(derived.state for derived in kind.lifecycle.derived))}
    assert {condition(record) for record in kind.model.objects.all()} == wanted - NOT_SHOWN.get(kind.code, set())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
def test_every_list_shows_something(kind: Any) -> None:
    assert seen_by(who("maud"), kind.model).exists()
    client = signed_in("maud")
    page = client.get(reverse("list", args=[kind]), follow=True)
    assert page.status_code == 200
    shown = page.content.decode()
    assert kind.code == "founding" or [number for number in kind.model.objects.values_list("number", flat=True) if f">{number}<" in shown]


def test_every_corner_of_access_is_told() -> None:
    assert {site.code for site in Site.objects.all()} == {"LYO", "GRE"}
    assert set(Grant.objects.values_list("role", flat=True)) == {role.value for role in Role}
    assert Grant.objects.filter(site__code="GRE").exists()
    assert Delegation.objects.count() == 2
    assert Absence.objects.count() == 3
    assert Token.objects.filter(scopes="read").count() == 1
    assert Compensation.objects.count() == IndependenceException.objects.count() == 2
    assert {proposal.state for proposal in RoleProposal.objects.all()} == {"granted", "declined", "proposed"}
    assert AccessReview.objects.filter(state="closed").count() == 2
    assert AccessReview.objects.get(state="open").due < day("2026-11-20")
    assert not Grant.objects.filter(person__name="Solveig Marchetti", role=Role.IT, valid_to=None).exists()


def test_parameters_number_the_ideas() -> None:
    first, second = ParameterSet.objects.order_by("edition")
    assert (condition(first), condition(second)) == ("superseded", "effective")
    assert Idea.objects.get(title="Larger digits on Aria Mini").number == f"IMP-{day('2026-01-28').year}-01"


def test_a_second_protocol_names_its_gaps() -> None:
    findings = find_problems(Adoption.objects.get(state="staged"))
    rows = sorted(no.field for nos in findings.problems.values() for no in nos)
    assert (rows, [no.code for no in findings.whole]) == (["approvers", "owner", "review_due"], ["adopt.counts"])


def test_documents_from_outside() -> None:
    found = {(e.identifier, e.issue): condition(e) for e in External.objects.all()}
    assert found == {
        ("Regulation (EU) 2017/745", "2017"): "current", ("ISO 13485", "2016"): "current", ("21 CFR Part 820", "until 2026-02-01"): "superseded",
        ("21 CFR Part 820", "as of 2026-02-02"): "current", ("ISO 10993-1", "2018"): "found", ("ISO 10993-1", "2025"): "registered",
    }  # fmt: skip


def test_numbers_of_what_was_given_up_are_kept() -> None:
    assert document("FRM-0003").state == "void"
    assert document("WI-0004").state == "rejected"
    assert document("WI-0004").signatures.get().meaning == "rejected"


def test_confidential_records_are_for_few() -> None:
    hidden = Idea.objects.get(confidentiality="confidential")
    assert [key for key in ("maud", "freya", "solveig", "perrine", "radu", "gustav", "casimir") if seen_by(who(key), Idea).filter(pk=hidden.pk).exists()] == ["maud", "freya", "solveig"]
    assert seen_by(who("gustav"), Action).filter(title="Order and measure samples of both").exists()


def test_absences_say_why() -> None:
    codes = {why["code"] for record in (*Document.objects.all(), *Idea.objects.all(), *External.objects.all()) for why in record.absent.values()}
    assert {"unknown", "not_applicable", "asked_unknown"} <= codes


def test_texts_are_tied_to_what_they_name() -> None:
    assert Link.objects.filter(meaning="refers", source__number="SOP-0018", removed=False).exists()
    assert Link.objects.filter(target__number="SOP-0002", meaning="refers", removed=False).count() > 15
    assert [hit for hit in find(who("maud"), "microscope") if hit.record.number == "WI-0001"]


def test_prints_wait_for_the_worker() -> None:
    waiting = Job.objects.filter(name="documents.rendition").count()
    assert waiting == Document.objects.filter(adopted=False, state="approved").count()
    assert not Document.objects.filter(attachments__role="rendition").exists()


# --- it can be believed, and used ---------------------------------------------------------------------------------------------


def test_the_ledger_is_a_demo_and_nothing_is_found() -> None:
    assert Head.objects.get().purpose == "demo"
    report = verify()
    assert [str(finding) for finding in report.findings] == []


def test_no_refusal_was_journalled() -> None:
    assert not Journal.objects.filter(what__in=("refused", "sign.failed", "sign-in.failed")).exists()
    assert Journal.objects.filter(what="sign-in").count() > 100


def test_all_signatures_hold_and_say_that_they_are_simulated() -> None:
    assert set(Signature.objects.values_list("method", flat=True)) == {"simulated"}
    signed = [record.whole for record in Record.objects.filter(signatures__isnull=False).distinct()]
    assert len(signed) >= 80
    assert [record.number for record in signed if not is_intact(kind_of(record), record)] == []
    for signature in Signature.objects.exclude(meaning="reviewed").select_related("record"):
        assert signature.digest == signature.record.digest


def test_time_goes_forward_at_work_and_never_ahead_of_the_clock() -> None:
    times = list(Entry.objects.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)
    assert times[0] == at(BEGIN)
    assert times[-1] <= datetime.now(UTC)
    assert not Entry.objects.filter(body__contains=b"clock_behind_us").exists()
    told = [moment.astimezone(PARIS) for moment in times if moment < at(END)]
    assert {moment.hour for moment in told} <= set(range(8, 18))


def test_nobody_works_on_holidays() -> None:
    days = [date.fromisoformat(scene.at[:10]) for scene in scenes()]
    assert [found for found in days if found.weekday() > 4 or (found.month, found.day) in HOLIDAYS] == []


@pytest.mark.parametrize("key", list(people()))
def test_everybody_signs_in_and_may_sign_but_the_inspector(key: str) -> None:
    account, asks_code = people_sessions.by_password(key, SIGN_INS.password)
    assert (account.username, asks_code) == (key, False)
    assert {hold.role for hold in Actor(person=account.person).holds()} >= set(people()[key].roles)
    assert (may_sign(Actor(person=account.person)) is None) == (key != "casimir")
    assert account.last_seen is not None
    assert datetime.now(UTC) - account.last_seen < timedelta(hours=1)


def test_nobody_was_away_so_long_that_signing_would_be_suspended() -> None:
    for account in Account.objects.exclude(username="casimir").select_related("person"):
        seen = [*account.sign_ins.order_by("started_at").values_list("started_at", flat=True)]
        assert max(later - sooner for sooner, later in pairwise(seen)) < timedelta(days=90), account.username


def test_the_sign_ins_that_are_printed_exist() -> None:
    assert {name for name, _what in SIGN_INS.people} <= set(Account.objects.values_list("username", flat=True))
    assert SigningRight.objects.filter(accepted_at__isnull=False).count() == 23


def test_a_visitor_signs_with_the_password() -> None:
    """Bastien's review of SOP-0008 is asked for, and he gives it by name and password."""
    actor, review = who("bastien"), document("SOP-0008", 2)
    from medithread.system.organisation.acts import serve

    serve(actor, review)
    intent = prove.by_password(verbs.ask_signature(actor, review, "approve"), SIGN_INS.password, "bastien")
    verbs.sign(actor, review, intent.nonce)
    assert review.signatures.get(person=actor.person).method == "password"
    assert verify().findings == []


def test_it_is_loaded_once() -> None:
    with pytest.raises(LedgerBroken, match=r"demo.there"):
        load(lambda _line: None)


def signed_in(key: str) -> Client:
    client = Client()
    answer = client.post(reverse("sign-in"), {"username": key, "password": SIGN_INS.password})
    assert answer.status_code == 302
    return client


def test_the_inspector_sees_what_is_in_force_and_what_he_was_given() -> None:
    seen = seen_by(who("casimir"), Document)
    assert seen.filter(number="SOP-0001", edition=2).exists()
    assert not seen.filter(state__in=("draft", "in_review")).exists()
    assert seen_by(who("casimir"), Idea).get().title == "Microscope at reservoir line 2"


# --- the calendar ------------------------------------------------------------------------------------------------------------


def test_a_clock_behind_the_story_tells_it_whole_weeks_earlier() -> None:
    late, early = Calendar(END, datetime(2026, 11, 22, tzinfo=UTC)), Calendar(END, datetime(2026, 11, 10, tzinfo=UTC))
    assert late.day("2025-05-05") == date(2025, 5, 5)
    assert early.day("2025-05-05") == date(2025, 4, 21)
    assert early.at(END) <= datetime(2026, 11, 10, tzinfo=UTC)
    with simulated(late.at("2025-07-01")):
        assert late.at("2025-07-01").isoformat() == "2025-06-30T22:00:00+00:00"
