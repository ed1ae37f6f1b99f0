"""R9: five people walk every life of every registered kind, through every step and to every end; independence is kept, or compensated."""

import re
from pathlib import Path

import pytest

import medithread
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.records.kinds import kind_of, kinds
from medithread.kernel.signing.independence import in_force, rules
from tests.company import see

from .firm import Firm, founded
from .walks import WALKS, approve, document, exception, written


def test_every_kind_has_a_walk() -> None:
    assert {kind.code for kind in kinds()} == set(WALKS)


@pytest.mark.parametrize("code", sorted(WALKS))
@pytest.mark.django_db
def test_a_life_can_be_lived_by_five(code: str) -> None:
    firm, life = WALKS[code](), kind_of(code).lifecycle
    assert {name for kind, name in firm.steps if kind == code} == {move.name for move in life.moves}
    ends = {state for kind, state in firm.ends if kind == code}
    assert {state.code for state in life.states if state.final} <= ends
    assert {move.to for move in life.moves} - {life.start} <= ends


@pytest.mark.django_db
def test_afterwards_the_ledger_verifies() -> None:
    firm = founded()
    document(firm)
    report = verify()
    assert [str(finding) for finding in report.findings] == []


@pytest.fixture
def firm(db: None) -> Firm:
    return founded()


def test_t_10f_3_the_only_quality_approver_does_not_approve_her_own_text(firm: Firm) -> None:
    """Refused without a compensation; with one signed by top management it passes, and the compensation is listed."""
    own = firm.move(firm.ben, firm.create(firm.ben, type(written(firm)), title="Audits", body=written(firm).body, **_first(firm)), "submit")
    see(firm.ben, own)
    firm.sign(firm.dan, own, "approve")
    with pytest.raises(NotAllowed, match=r"document\.author"):
        firm.sign(firm.ben, own, "approve")
    with pytest.raises(Refusal, match=r"exception\.hard"):
        exception(firm, "audit.own-work")
    firm.sign(firm.ana, exception(firm), "approve")
    assert [(c.rule, c.person, c.granted_by) for c in in_force()] == [("document.author-not-sole-approver", firm.ben.person, firm.ana.person)]
    own = firm.sign(firm.ben, own, "approve")
    assert kind_of(own).lifecycle.condition(own, now()).code == "effective"


def _first(firm: Firm) -> dict[str, object]:
    from tests.system.documents.making import FIRST

    return {"owner": firm.dan.uid, **FIRST}


def test_an_exception_for_one_is_none_for_another(firm: Firm) -> None:
    firm.sign(firm.ana, exception(firm), "approve")
    from medithread.kernel.verbs import people_roles

    assert firm.cleo.person is not None
    people_roles.grant(firm.ben, firm.cleo.person, "QA")
    draft = firm.move(firm.cleo, written(firm), "submit")
    with pytest.raises(NotAllowed, match=r"document\.author"):
        firm.sign(firm.cleo, draft, "approve")
    approve(firm, draft)


def test_every_rule_of_independence_that_is_enforced_is_declared() -> None:
    """Only a declared rule can be compensated; a misspelt one never."""
    root = Path(medithread.__file__).parent
    used = {code for path in root.rglob("*.py") for code in re.findall(r'independent\(\s*"([^"]+)"', path.read_text())}
    assert used <= {rule.code for rule in rules()}
    assert used
