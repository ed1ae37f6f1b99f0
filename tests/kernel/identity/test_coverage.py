"""“Can we still work?” (R10)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from medithread.kernel.base.uid import uuid7
from medithread.kernel.identity.models import Account, Grant, Person, SigningRight
from medithread.kernel.verbs import people, people_roles
from medithread.kernel.verbs.people_coverage import Finding, breaks, findings, waiting_only_for
from medithread.kernel.verbs.unit import unit
from tests.company import Company
from tests.proves import proves

from .test_roles import in_review


def found(what: list[Finding], kind: str, move: str) -> dict[str, tuple[str, ...]]:
    return {finding.need.key[2]: tuple(person.name for person in finding.people) for finding in what if finding.need.key[:2] == (kind, move)}


@proves("ID-23")
def test_one_person_only_and_nobody_are_told_apart(company: Company) -> None:
    there = findings()
    assert found(there, "independenceexception", "approve") == {"approved": ("Tim Oser",)}
    assert found(there, "document", "approve") == {}, "two quality approvers, and anybody may own"
    assert not any(finding.nobody for finding in there)
    without = findings(without=[company.tim.uid])
    assert [finding.need.words for finding in without if finding.nobody] == ["Independence exception: Approve, signature Top management"]


@proves("ID-23")
def test_leave_is_seen_before_it_comes(company: Company) -> None:
    today = timezone.now().date()
    people.away(company.tim, company.tim, first=today + timedelta(days=10), last=today + timedelta(days=20))
    assert not any(f.nobody for f in findings())
    assert any(f.nobody for f in findings(timezone.now() + timedelta(days=12)))
    assert not any(f.nobody for f in findings(timezone.now() + timedelta(days=22)))


def test_a_delegation_covers(company: Company) -> None:
    today = timezone.now().date()
    people.away(company.tim, company.tim, first=today, last=today)
    people_roles.delegate(company.tim, company.mara, "TM", valid_to=timezone.now() + timedelta(days=2), reason="leave")
    assert found(findings(), "independenceexception", "approve") == {"approved": ("Mara Voss",)}


def test_who_cannot_sign_in_or_not_sign_does_not_count(company: Company) -> None:
    with unit(company.quinn) as act:
        right = SigningRight.objects.get(person=company.tim)
        right.verified_at = None
        act.put("edit", right)
    assert found(findings(), "independenceexception", "approve") == {"approved": ()}
    Account.objects.exclude(username__in=["ike", "ina"]).update(is_active=False)
    stuck = findings()
    assert found(stuck, "document", "approve") == {"quality": ()}
    Account.objects.filter(username="quinn").update(is_active=True, valid_until=timezone.now() - timedelta(days=1))
    assert found(findings(), "document", "approve") == {"quality": ()}


def test_signatures_need_two_where_a_rule_says_so(company: Company) -> None:
    """Who verifies an identity is somebody else than the person: with one quality approver left it is one person."""
    people_roles.withdraw(company.quinn, Grant.objects.get(person=company.mara, role="QA"), reason="x")
    people_roles.withdraw(company.quinn, Grant.objects.get(person=company.mara, role="MR"), reason="x")
    assert found(findings(), "identitycheck", "verify") == {"identity_verified": ("Quinn Maar",)}


def test_what_breaks_without_somebody(company: Company) -> None:
    at = timezone.now()
    assert [need.key for need in breaks(at, without=[company.tim.uid])] == [("independenceexception", "approve", "approved")]
    assert breaks(at, without=[company.rea.uid]) == []
    assert breaks(at, dropping=people_roles.dropped_by(company.tim, at)) != []


def test_records_that_wait_for_one_person_alone(company: Company) -> None:
    at, document = timezone.now(), in_review(company)
    assert waiting_only_for(company.otto, at, without=[company.otto.uid]) == [document], "the owner alone signs as owner"
    assert waiting_only_for(company.quinn, at, without=[company.quinn.uid]) == []
    assert waiting_only_for(company.mara, at, without=[company.mara.uid, company.quinn.uid]) == [document]
    Account.objects.filter(username="otto").update(is_active=False)
    assert waiting_only_for(company.otto, at) == []


def test_the_number_of_queries_does_not_grow_with_the_people(company: Company, django_assert_max_num_queries: Any) -> None:
    with unit(company.quinn) as act:
        for number in range(30):
            person = Person(name=f"Worker {number}")
            act.put("create", person)
            account = Account(uid=uuid7(), person=person, username=f"worker{number}")
            act.put("create", account)
            act.put("create", Grant(person=person, role="MFG", valid_from=act.at))
    with django_assert_max_num_queries(400):
        findings()
