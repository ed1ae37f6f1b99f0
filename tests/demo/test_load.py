"""The demo company after loading: every state and list, everybody's sign-in, and a ledger without findings."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from medithread.demo.load import BEGIN, END, SIGN_INS, load
from medithread.demo.stage import PARIS, Calendar, scenes
from medithread.demo.texts import people
from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import simulated
from medithread.kernel.base.refusal import LedgerBroken
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Absence, Account, Delegation, Grant, SigningRight, Site, Token
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.models import Entry, Head, Journal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.pages.seals import is_intact
from medithread.kernel.records.kinds import kind_of, kinds
from medithread.kernel.records.models import Link, Record
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
from medithread.system.organisation.models import AccessReview, IndependenceException, RoleProposal
from medithread.system.parameters.models import ParameterSet
from tests.demo.telling import at, condition, day, document, who

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("story")]
HOLIDAYS = {(5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (1, 1)}
# States that a thing passes through or that this company never had.
NOT_SHOWN = {
    "document": {"staged"}, "external": {"accepted", "withdrawn", "void"}, "founding": {"open", "void"}, "identitycheck": {"open", "void"}, "acceptance": {"open"},
    "roleproposal": {"void"}, "accessreview": {"void"}, "independenceexception": {"draft", "ended", "void"}, "parameterset": {"draft", "approved", "void"},
    "adoption": {"counted", "sampled", "refused"},
}  # fmt: skip


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
    assert [
        key
        for key in ("maud", "freya", "solveig", "perrine", "radu", "gustav", "casimir")
        if seen_by(who(key), Idea).filter(pk=hidden.pk).exists()
    ] == ["maud", "freya", "solveig"]
    assert seen_by(who("gustav"), Action).filter(title="Order and measure samples of both").exists()


def test_absences_say_why() -> None:
    codes = {
        why["code"] for record in (*Document.objects.all(), *Idea.objects.all(), *External.objects.all()) for why in record.absent.values()
    }
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
        seen = [*account.sign_ins.filter(started_at__lt=at(END)).order_by("started_at").values_list("started_at", flat=True), at(END)]
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
