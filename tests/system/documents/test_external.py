"""External documents: registered, current, a new edition found, assessed, worked by from its day (4.2.4 f)."""

from datetime import timedelta
from typing import Any

import pytest

from medithread.kernel import verbs
from medithread.kernel.base.clock import now, simulated
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.models import Grant, Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.verbs.unit import unit
from medithread.system.documents.external.models import External
from tests.company import Company, signed
from tests.proves import proves

STANDARD: dict[str, Any] = {"title": "Quality management systems", "sort": "standard", "issuer": "ISO", "identifier": "ISO 13485", "issue": "2016"}
GAP: dict[str, Any] = {"issue": "2028", "gap_assessment": "Two clauses are new.", "gap_actions": "Revise SOP-0001."}


@pytest.fixture
def rita(company: Company) -> Person:
    """Regulatory affairs."""
    with unit(company.mara) as act:
        act.put("create", Grant(person=company.ada, role=Role.RA.value, valid_from=now() - timedelta(days=1)))
    return company.ada


def current(company: Company) -> External:
    external = verbs.create(company.otto, External, **STANDARD, check_months=6)
    return verbs.move(company.otto, external, "accept", lock=external.lock)


def state(external: External) -> str:
    external.refresh_from_db()
    return external.declared.lifecycle.condition(external, now()).code


@proves("DOC-11")
def test_a_first_edition_is_registered_and_current(company: Company) -> None:
    external = current(company)
    assert (external.number, external.label, state(external)) == ("EXT-0001", "2016", "current")
    assert external.checked_at is not None
    assert external.check_due > now().date() + timedelta(days=170)


@proves("DOC-11")
@pytest.mark.parametrize("name", ["issue", "identifier", "issuer", "sort"])
def test_edition_and_issuer_must_be_known(company: Company, name: str) -> None:
    external = verbs.create(company.otto, External, **{**STANDARD, name: None})
    with pytest.raises(Refusal, match="required"):
        verbs.move(company.otto, external, "accept")


@proves("DOC-11")
def test_currency_is_confirmed_by_the_owner(company: Company) -> None:
    external = current(company)
    with pytest.raises(NotAllowed):
        verbs.move(company.rea, external, "confirm", checked_where="Catalogue of the issuer")
    with pytest.raises(Refusal, match="required"):
        verbs.move(company.otto, external, "confirm")
    verbs.move(company.otto, external, "confirm", checked_where="Catalogue of the issuer")
    assert (state(external), external.checked_where) == ("current", "Catalogue of the issuer")


@proves("DOC-11")
def test_a_new_edition_is_assessed_and_signed_before_it_is_worked_by(company: Company, rita: Person) -> None:
    old = current(company)
    verbs.move(company.otto, old, "found", reason="Announced in the catalogue")
    assert state(old) == "found"
    new = External.objects.get(series=old.series, edition=2)
    assert (new.state, new.issue, new.identifier) == ("registered", None, "ISO 13485")
    verbs.edit(company.otto, new, lock=new.lock, issue="2028")
    with pytest.raises(Refusal, match=r"external.gap"):
        verbs.move(company.otto, new, "accept")
    day = (now() + timedelta(days=30)).date()
    verbs.edit(company.otto, new, lock=new.lock, **GAP, transition_on=day)
    with pytest.raises(Refusal, match=r"move.signatures"):
        verbs.move(company.otto, new, "accept")
    with pytest.raises(NotAllowed, match=r"who.role"):
        verbs.ask_signature(company.otto, new, "accept")
    signed(rita, new, "accept")
    assert (state(old), state(new)) == ("current", "accepted")
    old.refresh_from_db()
    assert old.effective_to == new.effective_from
    with simulated(now() + timedelta(days=31)):
        assert (state(old), state(new)) == ("superseded", "current")


def test_a_transition_that_passed_is_asked_about(company: Company, rita: Person) -> None:
    old = current(company)
    verbs.move(company.otto, old, "found", reason="x")
    new = External.objects.get(series=old.series, edition=2)
    verbs.edit(company.otto, new, lock=new.lock, **GAP, transition_on=now().date() - timedelta(days=2))
    with pytest.raises(Refusal, match=r"external.transition-passed"):
        verbs.ask_signature(rita, new, "accept")


def test_no_new_edition_after_all(company: Company) -> None:
    old = current(company)
    verbs.move(company.otto, old, "found", reason="A rumour")
    verbs.move(company.otto, old, "dismiss", reason="It was a draft")
    assert state(old) == "current"
    assert External.objects.get(series=old.series, edition=2).state == "void"
    verbs.move(company.otto, old, "found", reason="Now it is out")
    assert External.objects.get(series=old.series, edition=3).state == "registered"


def test_withdrawn(company: Company) -> None:
    external = current(company)
    verbs.move(company.otto, external, "withdraw", reason="No longer sold there")
    assert state(external) == "withdrawn"
    assert (external.effective_to is not None, external.check_due) == (True, None)
