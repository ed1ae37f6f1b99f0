"""Rules of independence: what each is founded on, whether it can be compensated, and which compensations are in force (R9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import Words

from .models import Compensation

Basis = Literal["standard", "law", "procedure", "advice"]


@dataclass(frozen=True)
class Independence:
    """One rule. `hard` ones are never departed from; the others may be, by an exception that top management signed."""

    code: str
    text: Words
    basis: Basis
    hard: bool = False


_rules: dict[str, Independence] = {}


def declare(rule: Independence) -> Independence:
    """Put a rule on the shelf; called once, by the room that enforces it."""
    if rule.code in _rules:
        raise RuntimeError(f"independence rule {rule.code} is declared twice")
    _rules[rule.code] = rule
    return rule


def rules() -> tuple[Independence, ...]:
    """All declared rules."""
    return tuple(_rules.values())


def find(code: str) -> Independence | None:
    return _rules.get(code)


def in_force(at: datetime | None = None, rule: str | None = None) -> "QuerySet[Compensation]":
    """Compensations in force: for Standing, management review and the record they were used on."""
    at = at or now()
    found: QuerySet[Compensation] = Compensation.objects.filter(Q() if rule is None else Q(rule=rule), valid_from__lte=at, valid_to__gt=at)
    return found.select_related("person", "second", "granted_by").order_by("valid_to")


IT_SIGNS_NOTHING = declare(
    Independence("it.no-quality-decision", _("The role of system administrator signs no quality decision."), "procedure", hard=True)
)
