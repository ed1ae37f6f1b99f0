"""The register of independence rules, and compensations in force (R9)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from medithread.kernel.signing import independence
from medithread.kernel.signing.independence import Independence
from medithread.kernel.signing.models import Compensation
from medithread.kernel.verbs.unit import unit
from tests.company import Company


def test_hard_rules_are_told_apart() -> None:
    found = {rule.code: rule.hard for rule in independence.rules()}
    assert found["it.no-quality-decision"] is True
    assert found["audit.own-work"] is True
    assert found["document.author-not-sole-approver"] is False
    assert independence.find("no-such-rule") is None


def test_a_rule_is_declared_once() -> None:
    with pytest.raises(RuntimeError, match="twice"):
        independence.declare(Independence("it.no-quality-decision", "again", "advice"))


def test_only_compensations_in_force_count(company: Company) -> None:
    at = timezone.now()
    dates = {"past": (-9, -1), "present": (-1, 1), "future": (1, 9)}
    with unit(company.tim) as act:
        for name, (first, last) in dates.items():
            start, end = at + timedelta(days=first), at + timedelta(days=last)
            act.put("create", Compensation(rule=name, reason="small", valid_from=start, valid_to=end, granted_by=company.tim))
    assert [found.rule for found in independence.in_force(at)] == ["present"]
    assert not independence.in_force(at, "past").exists()
    assert independence.in_force(at + timedelta(days=2), "future").exists()
