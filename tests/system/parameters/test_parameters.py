"""Parameters are controlled records: inactive until approved, stamped on acts, checked; number patterns obey them (R3, T-10k-1)."""

import json

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.ledger.models import Entry
from medithread.system.parameters.models import ParameterSet
from tests.company import Company, see, signed


def numbering(company: Company, pattern: str) -> ParameterSet:
    rows = {"settings": [{"key": "number.IMP", "value": pattern}]}
    return verbs.create(company.dora, ParameterSet, title="Numbers", area="numbering", why="House style", parts=rows)


def last_header() -> dict[str, object]:
    return json.loads(bytes(Entry.objects.order_by("-seq").values_list("body", flat=True)[0]))


def test_a_draft_is_inactive_and_an_approved_edition_is_stamped_on_acts(company: Company) -> None:
    draft = numbering(company, "VI/{year}/{nnn}")
    assert verbs.create(company.rea, Idea, title="One").number.startswith("IMP-")
    assert "params" not in last_header()
    signed(company.quinn, draft, "approve")
    made = verbs.create(company.rea, Idea, title="Two")
    assert made.number.startswith("VI/")
    assert made.number.endswith("/001") or made.number.endswith("/002")
    assert last_header()["params"] == "PAR-0001@1"
    second = verbs.revise(company.dora, draft)
    verbs.edit(company.dora, second, lock=second.lock, parts={"settings": [{"uid": str(second.settings.get().uid), "value": "I-{nnnnn}"}]})
    assert verbs.create(company.rea, Idea, title="Three").number.startswith("VI/")
    signed(company.quinn, second, "approve")
    assert verbs.create(company.rea, Idea, title="Four").number.startswith("I-0000")
    assert last_header()["params"] == "PAR-0001@2"


@pytest.mark.parametrize(("key", "value", "code"), [
    ("number.IMP", "no counter", "parameter.pattern"), ("number.IMP", "{nn}{nn}", "parameter.pattern"), ("number.IMP", "a b {nn}", "parameter.pattern"),
    ("number.MARS", "X-{nn}", "parameter.unknown"), ("number.IMP", "", "parameter.pattern"),
])  # fmt: skip
def test_values_that_do_not_fit_are_not_approved(company: Company, key: str, value: str, code: str) -> None:
    made = verbs.create(company.dora, ParameterSet, title="N", area="numbering", why="w", parts={"settings": [{"key": key, "value": value}]})
    see(company.quinn, made)
    with pytest.raises(Refusal, match=code):
        verbs.ask_signature(company.quinn, made, "approve")


def test_one_set_per_area_and_no_approval_of_ones_own(company: Company) -> None:
    first = numbering(company, "VI-{nnn}")
    with pytest.raises(Refusal, match=r"parameter.area-taken"):
        numbering(company, "VI-{nnn}")
    with pytest.raises(Refusal, match=r"parameter.area"):
        verbs.create(company.dora, ParameterSet, title="N", area="weather")
    with pytest.raises(NotAllowed):
        verbs.create(company.rea, ParameterSet, title="N", area="numbering")
    mine = verbs.edit(company.quinn, first, lock=first.lock, why="Better")
    see(company.quinn, mine)
    with pytest.raises(NotAllowed, match=r"parameter.author"):
        verbs.ask_signature(company.quinn, mine, "approve")


def test_a_number_outgrows_its_pattern_rather_than_start_again(company: Company) -> None:
    signed(company.quinn, numbering(company, "V{n}"), "approve")
    numbers = [verbs.create(company.rea, Idea, title="x").number for _n in range(11)]
    assert numbers[-1] == "V11"
    assert len(set(numbers)) == 11
