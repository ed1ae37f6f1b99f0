"""Links in the text become links of meaning “refers” on save; numbers that do not exist are named."""

import pytest

from medithread.kernel import verbs
from medithread.kernel.records.models import Link
from medithread.system.documents.references import missing
from tests.company import Company
from tests.proves import proves
from tests.system.documents.making import NEXT, approved, doc, link, para, written


def refers(document: object) -> list[tuple[str, str | None]]:
    rows = Link.objects.filter(source=document, meaning="refers", removed=False).select_related("target").order_by("target__number")
    return [(row.target.number, row.note) for row in rows]


@proves("DOC-10")
def test_saving_ties_the_text_to_what_it_names(company: Company) -> None:
    first, second = written(company), written(company)
    third = written(company, body=doc(para("See ", link(first.number), " and ", link(second.number, "v2"), ".")))
    assert refers(third) == [(first.number, "in the text"), (second.number, "in the text: v2")]
    verbs.edit(company.ada, third, lock=third.lock, body=doc(para("See ", link(second.number), ".")))
    assert refers(third) == [(second.number, "in the text")]
    verbs.edit(company.ada, third, lock=third.lock, body=None)
    assert refers(third) == []


def test_numbers_written_as_words_are_tied_too(company: Company) -> None:
    first = written(company)
    second = written(company, body=doc(f"As {first.number} says, and as ISO-13485 says."))
    assert refers(second) == [(first.number, "in the text")]


def test_links_made_by_a_person_stay(company: Company) -> None:
    first, second = written(company), written(company, body=doc("Nothing"))
    verbs.link(company.ada, second, first, "refers", note="The form of it")
    verbs.edit(company.ada, second, lock=second.lock, body=doc("Still nothing"))
    assert refers(second) == [(first.number, "The form of it")]


def test_links_are_edges_and_not_signed(company: Company) -> None:
    first = written(company)
    text = doc(para(link(first.number)))
    second = written(company, body=text)
    digest = second.digest
    gone = Link.objects.get(source=second)
    verbs.unlink(company.ada, gone, reason="Try")
    second.refresh_from_db()
    assert second.digest == digest


def test_a_text_that_names_itself_has_no_link_to_itself(company: Company) -> None:
    document = written(company)
    verbs.edit(company.ada, document, lock=document.lock, body=doc(para("This is ", link(document.number))))
    assert refers(document) == []


@proves("DOC-10")
def test_numbers_that_do_not_exist_are_named(company: Company) -> None:
    first = written(company)
    document = written(company, body=doc(para(link("SOP-0999"), link(first.number), link("WI-0001"))))
    assert missing(document) == ["SOP-0999", "WI-0001"]


def test_a_new_edition_has_its_own_edges(company: Company) -> None:
    other = written(company)
    first = approved(company, body=doc(para(link(other.number))))
    second = verbs.revise(company.ada, first, **NEXT, body=doc("No link"))
    assert refers(first) == [(other.number, "in the text")]
    assert refers(second) == []


@pytest.mark.parametrize("body", [doc("SOP-" * 2000 + "1"), doc(" ".join(f"X-{n}" for n in range(3000)))])
def test_a_text_of_nothing_but_numbers_is_saved(company: Company, body: dict[str, object]) -> None:
    assert refers(written(company, body=body)) == []
