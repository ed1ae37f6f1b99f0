"""Version labels go on as they began (R3)."""

import pytest

from medithread.kernel import verbs
from medithread.system.documents.labels import next_label
from tests.company import Company, signed
from tests.system.documents.making import NEXT, approved, in_review, written


@pytest.mark.parametrize(("label", "following"), [
    ("v3", "v4"), ("Rev C", "Rev D"), ("Rev Z", "Rev AA"), ("AZ", "BA"), ("2.0", "3.0"), ("2.1", "2.2"), ("007", "008"), ("9", "10"), ("3.0.0", "4.0.0"),
    ("draft", ""), ("", ""), ("Final", ""), ("Rev. b", ""),
])  # fmt: skip
def test_a_companys_labels_go_on(label: str, following: str) -> None:
    assert next_label(label) == following


def test_each_round_of_review_has_its_minor(company: Company) -> None:
    document = in_review(company)
    assert document.label == "v1.1"
    verbs.move(company.quinn, document, "return", reason="Name the roles.")
    assert document.label == "v1.2"
    verbs.move(company.ada, document, "submit")
    assert document.label == "v1.2"
    assert approved(company, document).label == "v1"


def test_a_rejected_draft_keeps_its_label_and_the_next_one_counts_on(company: Company) -> None:
    first = approved(company)
    second = verbs.revise(company.ada, first, **NEXT)
    verbs.move(company.ada, second, "submit")
    signed(company.quinn, second, "reject", reason="Wrong way.")
    assert (second.state, second.label) == ("rejected", "v2.1")
    third = verbs.revise(company.ada, first, **NEXT)
    assert (third.edition, third.label) == (3, "v2.2")
    assert approved(company, third).label == "v2"


def test_a_void_draft_keeps_its_number(company: Company) -> None:
    document = written(company)
    verbs.move(company.dora, document, "void", reason="Begun twice.")
    assert (document.state, document.label) == ("void", "v1.1")
    assert written(company).number == "SOP-0002"
