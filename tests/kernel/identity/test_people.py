"""People and sites: added, changed, away, gone (11.10(d), 11.100(a))."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, NotFound, Refusal
from medithread.kernel.identity.models import Account, Delegation, Grant, Person, Site
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.models import Entry, Value
from medithread.kernel.verbs import people, people_roles
from medithread.system.documents.models import Document
from tests.company import Company
from tests.proves import proves


@proves("ID-1")
def test_a_trainee_needs_no_account(company: Company) -> None:
    nia = people.add_person(company.ike, name="Nia Roth", function="Trainee", manager=company.otto.uid)
    assert (nia.name, nia.email, nia.manager) == ("Nia Roth", None, company.otto)
    assert not Account.objects.filter(person=nia).exists()
    assert Entry.objects.filter(subject=nia.uid, actor=company.ike.uid, verb="create").exists()


@pytest.mark.parametrize("first", ["rea", "ada", "ina"])
def test_only_administrators_and_granters_add_people(company: Company, first: str) -> None:
    with pytest.raises(NotAllowed, match=r"who\.role"):
        people.add_person(getattr(company, first), name="Nobody")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": ""}, "field.empty"), ({"name": "x" * 121}, "field.long"), ({"name": "A\x00B"}, "field.characters"),
        ({"name": "A", "email": "no address"}, "field.invalid"), ({"name": "A", "email": "QUINN@aria.example"}, "person.email"),
        ({"name": "A", "manager": "00000000-0000-0000-0000-000000000000"}, "field.unknown"),
    ],
)  # fmt: skip
def test_bad_values_are_refused_beside_the_field(company: Company, values: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        people.add_person(company.ike, **values)
    assert refusal.value.codes == (code,)
    assert refusal.value.nos[0].field in ("name", "email", "manager")


def test_overwriting_asks_why_and_the_ledger_keeps_both(company: Company) -> None:
    with pytest.raises(Refusal, match="reason"):
        people.change_person(company.ike, company.ada, name="Ada Berg")
    people.change_person(company.ike, company.ada, name="Ada Berg", reason="married")
    bodies = set(Value.objects.values_list("body", flat=True))
    assert {'"Ada Lund"', '"Ada Berg"', '"married"'} <= bodies


def test_filling_an_empty_field_asks_nothing(company: Company) -> None:
    people.change_person(company.ike, company.ada, manager=company.otto.uid)
    assert Person.objects.get(uid=company.ada.uid).manager == company.otto


@proves("ID-5")
def test_who_has_left_can_do_nothing_and_stays_named(company: Company) -> None:
    at = timezone.now()
    people_roles.delegate(company.ada, company.rea, "AUT", valid_to=at + timedelta(days=9), reason="leave")
    document = verbs.create(company.ada, Document, title="Hers", type="SOP")
    people.leave(company.ike, company.ada, on=at.date(), reason="end of contract")
    assert not Account.objects.get(person=company.ada).is_active
    assert not Grant.objects.filter(person=company.ada, valid_to=None).exists()
    assert not Delegation.objects.filter(giver=company.ada, valid_to__gt=timezone.now()).exists()
    document.refresh_from_db()
    assert document.owner == company.ada
    with pytest.raises((NotAllowed, NotFound)):
        verbs.edit(Person.objects.get(uid=company.ada.uid), document, lock=document.lock, purpose="x")


def test_a_last_day_to_come_changes_nothing_yet(company: Company) -> None:
    people.leave(company.ike, company.ada, on=timezone.now().date() + timedelta(days=30), reason="end of contract")
    assert Account.objects.get(person=company.ada).usable
    with pytest.raises(Refusal, match="reason"):
        people.leave(company.ike, company.otto, on=date(2030, 1, 1), reason=" ")


def test_absence_is_noted_by_oneself_or_an_administrator(company: Company) -> None:
    today = timezone.now().date()
    away = people.away(company.ada, company.ada, first=today, last=today + timedelta(days=4))
    assert people.is_away(company.ada)
    assert not people.is_away(company.ada, today + timedelta(days=5))
    with pytest.raises(NotAllowed):
        people.away(company.rea, company.ada, first=today, last=today)
    with pytest.raises(Refusal, match=r"absence\.days"):
        people.away(company.ike, company.ada, first=today, last=today - timedelta(days=1))
    with pytest.raises(NotAllowed):
        people.back(company.rea, away)
    later = people.away(company.ike, company.ada, first=today + timedelta(days=8), last=today + timedelta(days=9))
    assert people.back(company.ada, later).first == today
    assert people.back(company.mara, away).last == today


def test_sites(company: Company) -> None:
    porto = people.add_site(company.quinn, code="POR", name="Porto", zone="Europe/Lisbon")
    with pytest.raises(NotAllowed):
        people.add_site(company.ike, code="XXX", name="X")
    with pytest.raises(Refusal, match=r"site\.taken.*site\.zone"):
        people.add_site(company.quinn, code="por", name="Porto 2", zone="Europe/Atlantis")
    with pytest.raises(Refusal, match=r"site\.code"):
        people.change_site(company.quinn, porto, code="OPO", reason="airport")
    people.change_site(company.quinn, porto, zone="Atlantic/Azores", reason="moved")
    assert Site.objects.get(code="POR").zone == "Atlantic/Azores"


def test_a_thing_that_is_gone_is_not_found(company: Company) -> None:
    ghost = Grant(pk=987654, person=company.ada, role=Role.QA, valid_from=timezone.now())
    with pytest.raises(NotFound):
        people_roles.withdraw(company.quinn, ghost, reason="x")
