"""Roles given and taken, delegation (11.10(d), (g); R9, R10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Grant, Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.models import Entry
from medithread.kernel.verbs import people, people_roles
from medithread.system.documents.models import Document
from tests.company import Company, see, signed
from tests.kernel.identity.test_accounts import BODY
from tests.proves import proves


def grant_of(person: Person, role: str) -> Grant:
    found: Grant = Grant.objects.get(person=person, role=role)
    return found


def in_review(company: Company) -> Document:
    document = verbs.create(company.ada, Document, title="Ours", type="SOP", owner=company.otto.uid, change_reason="new", change_class="retrain", audience=["MFG"], review_months=12, body=BODY)
    return verbs.move(company.otto, document, "submit", lock=document.lock)


@pytest.mark.parametrize("first", ["quinn", "mara", "tim"])
def test_quality_management_and_top_management_give_roles(company: Company, first: str) -> None:
    made = people_roles.grant(getattr(company, first), company.rea, "QC", reason="inspects incoming goods")
    assert Actor(person=company.rea).has(Role.QC)
    assert (made.granted_by, made.confirmed_by) == (getattr(company, first), None)
    assert Entry.objects.filter(subject=made.uid, of=company.rea.uid).exists()


def test_others_give_none(company: Company) -> None:
    with pytest.raises(NotAllowed, match=r"who\.role"):
        people_roles.grant(company.ada, company.rea, "QC")


@proves("ID-19")
def test_t_10g_3_nobody_gives_themselves_a_role_and_it_gives_no_quality_role(company: Company) -> None:
    for giver, taker, role in ((company.ike, company.ike, "REL"), (company.ike, company.rea, "QA"), (company.quinn, company.quinn, "REL"), (company.ike, company.ike, "IT")):
        with pytest.raises(NotAllowed, match=r"grant\.second-person") as refusal:
            people_roles.grant(giver, taker, role)
        assert refusal.value.nos[0].link == "role-proposal"
    assert people_roles.grant(company.ike, company.rea, "IT").role == "IT"


def test_a_role_at_one_site_gives_roles_at_that_site_only(company: Company) -> None:
    people_roles.grant(company.quinn, company.dora, "QA", site=company.gren)
    with pytest.raises(NotAllowed, match=r"grant\.second-person"):
        people_roles.grant(company.dora, company.rea, "QC")
    with pytest.raises(NotAllowed):
        people_roles.grant(company.dora, company.rea, "QC", site=company.lyon)
    assert str(people_roles.grant(company.dora, company.rea, "QC", site=company.gren)) == "QC @ GRE"


def test_a_delegated_right_gives_no_rights_away(company: Company) -> None:
    people_roles.delegate(company.quinn, company.dora, "QA", valid_to=timezone.now() + timedelta(days=3), reason="holiday")
    with pytest.raises(NotAllowed, match=r"grant\.second-person"):
        people_roles.grant(company.dora, company.rea, "QC")


@pytest.mark.parametrize(
    ("role", "first", "last", "code"),
    [
        ("BOSS", None, None, "grant.role"), ("MFG", None, None, "grant.twice"), ("QC", -1, None, "grant.past"), ("QC", 5, 4, "grant.end"),
        ("INSP", None, 10, "grant.inspector"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(company: Company, role: str, first: int | None, last: int | None, code: str) -> None:
    at = timezone.now()
    dates: dict[str, Any] = {name: at + timedelta(days=days) for name, days in (("valid_from", first), ("valid_to", last)) if days is not None}
    with pytest.raises(Refusal) as refusal:
        people_roles.grant(company.quinn, company.rea, role, **dates)
    assert refusal.value.codes == (code,)


def test_an_inspector_has_limited_days_and_no_other_role(company: Company) -> None:
    guest = people.add_person(company.ike, name="Insa Notified", external=True)
    with pytest.raises(Refusal, match=r"grant\.inspector-end"):
        people_roles.grant(company.quinn, guest, "INSP")
    people_roles.grant(company.quinn, guest, "INSP", valid_to=timezone.now() + timedelta(days=5))
    with pytest.raises(Refusal, match=r"grant\.inspector"):
        people_roles.grant(company.quinn, guest, "QA")


def test_who_has_left_gets_no_role(company: Company) -> None:
    gone = people.leave(company.ike, company.rea, on=timezone.now().date() - timedelta(days=1), reason="left")
    with pytest.raises(Refusal, match=r"grant\.left"):
        people_roles.grant(company.quinn, gone, "QC")


@proves("ID-20")
def test_t_10g_1_a_role_that_ended_yesterday_signs_nothing(company: Company) -> None:
    document = in_review(company)
    start = timezone.now()
    people_roles.grant(company.quinn, company.dora, "QA", valid_to=start + timedelta(days=1))
    see(company.dora, document)
    verbs.ask_signature(company.dora, document, "approve")
    with clock.simulated(start + timedelta(days=2)), pytest.raises(NotAllowed, match=r"who\.role"):
        verbs.ask_signature(company.dora, document, "approve")


def test_a_role_to_come_holds_when_it_comes(company: Company) -> None:
    start = timezone.now()
    people_roles.grant(company.quinn, company.rea, "QC", valid_from=start + timedelta(days=7))
    assert not Actor(person=company.rea).has(Role.QC)
    with clock.simulated(start + timedelta(days=8)):
        assert Actor(person=company.rea).has(Role.QC)


@proves("ID-21")
def test_t_10g_4_a_delegation_until_friday_is_nothing_on_saturday(company: Company) -> None:
    document = in_review(company)
    friday = timezone.now() + timedelta(days=3)
    people_roles.delegate(company.quinn, company.dora, "QA", valid_to=friday, reason="holiday")
    signed(company.dora, document, "approve")
    signature = document.signatures.get()
    assert signature.behalf_of == company.quinn
    assert '"behalf_of":{"name":"Quinn Maar"' in signature.statement
    other = in_review(company)
    with clock.simulated(friday + timedelta(days=1)), pytest.raises(NotAllowed, match=r"who\.role"):
        verbs.ask_signature(company.dora, other, "approve")


@proves("ID-21")
def test_nobody_delegates_more_than_they_hold(company: Company) -> None:
    at = timezone.now()
    people_roles.grant(company.quinn, company.rea, "QC", valid_to=at + timedelta(days=5))
    week = at + timedelta(days=7)
    for giver, role, end, taker, code in (
        (company.rea, "QA", week, company.ada, "delegate.more"), (company.rea, "QC", week, company.ada, "delegate.more"),
        (company.rea, "MFG", week, company.rea, "delegate.self"), (company.rea, "MFG", at - timedelta(days=1), company.ada, "delegate.dates"),
        (company.rea, "MFG", at + timedelta(days=400), company.ada, "delegate.dates"), (company.rea, "MFG", week, company.ina, "delegate.taker"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            people_roles.delegate(giver, taker, role, valid_to=end, reason="holiday")
        assert refusal.value.codes == (code,)
    people_roles.delegate(company.quinn, company.dora, "QA", valid_to=week, reason="holiday")
    with pytest.raises(Refusal, match=r"delegate\.more"):
        people_roles.delegate(company.dora, company.ada, "QA", valid_to=week, reason="passed on")
    with pytest.raises(Refusal, match="reason"):
        people_roles.delegate(company.quinn, company.dora, "QA", valid_to=week, reason=" ")


def test_a_delegation_ends_with_the_right_it_came_from(company: Company) -> None:
    people_roles.delegate(company.quinn, company.dora, "QA", valid_to=timezone.now() + timedelta(days=9), reason="holiday")
    people_roles.withdraw(company.mara, grant_of(company.quinn, "QA"), reason="moves on", despite=True)
    assert not Actor(person=company.dora).has(Role.QA)


def test_a_delegation_is_ended_by_either_or_by_a_giver_of_roles(company: Company) -> None:
    given = people_roles.delegate(company.quinn, company.dora, "QA", valid_to=timezone.now() + timedelta(days=9), reason="holiday")
    with pytest.raises(NotAllowed):
        people_roles.end_delegation(company.rea, given, reason="x")
    people_roles.end_delegation(company.dora, given, reason="too much")
    assert not Actor(person=company.dora).has(Role.QA)
    people_roles.end_delegation(company.mara, given, reason="ended before: nothing to do")


@proves("ID-22")
def test_r10_a_role_still_in_use_is_refused_with_the_list(company: Company) -> None:
    document = in_review(company)
    people_roles.withdraw(company.quinn, grant_of(company.mara, "QA"), reason="keeps MR")
    with pytest.raises(Refusal) as refusal:
        people_roles.withdraw(company.mara, grant_of(company.quinn, "QA"), reason="changes desk")
    assert set(refusal.value.codes) == {"role.last-holder", "role.open-slots"}
    words = str(refusal.value)
    assert document.number in words
    assert "Document: Approve" in words
    taken = people_roles.withdraw(company.mara, grant_of(company.quinn, "QA"), reason="changes desk", despite=True)
    assert taken.valid_to is not None
    assert b"role.last-holder" in Entry.objects.filter(subject=taken.uid).latest("seq").body


@proves("ID-22")
def test_the_last_who_gives_roles_keeps_it(company: Company) -> None:
    for first, role in (("quinn", "QA"), ("mara", "QA"), ("mara", "MR")):
        people_roles.withdraw(company.tim, grant_of(getattr(company, first), role), reason="x", despite=True)
    with pytest.raises(Refusal, match=r"withdraw\.last"):
        people_roles.withdraw(company.tim, grant_of(company.tim, "TM"), reason="x", despite=True)


def test_who_may_withdraw(company: Company) -> None:
    with pytest.raises(NotAllowed):
        people_roles.withdraw(company.ike, grant_of(company.rea, "MFG"), reason="x")
    people_roles.grant(company.quinn, company.dora, "QA", site=company.gren)
    with pytest.raises(NotAllowed, match=r"withdraw\.site"):
        people_roles.withdraw(company.dora, grant_of(company.rea, "MFG"), reason="x")
    people_roles.grant(company.ike, company.rea, "IT")
    people_roles.withdraw(company.ike, grant_of(company.rea, "IT"), reason="learnt enough")
    own = people_roles.withdraw(company.rea, grant_of(company.rea, "MFG"), reason="lays it down")
    with pytest.raises(Refusal, match=r"withdraw\.over"):
        people_roles.withdraw(company.quinn, own, reason="again")
