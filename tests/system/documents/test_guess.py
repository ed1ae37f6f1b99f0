"""What a table and a file say of themselves: suggestions from names, front matter and properties; cells read or told (R3)."""

from datetime import date
from typing import Any

import pytest

from medithread.system.documents.adoption.columns import TYPE_OF, Approver, Reader, approvers_of, fields_of, key, type_of, type_words
from medithread.system.documents.adoption.guess import from_name, guess
from medithread.system.documents.adoption.table import resolve
from tests.company import Company
from tests.system.documents.archive import pdf, word


@pytest.mark.parametrize(("stem", "found"), [
    ("SOP-0042_Control of documents_v3", {"number": "SOP-0042", "title": "Control of documents", "label": "v3"}),
    ("QP-4.2.4-01 Control of documents Rev C", {"number": "QP-4.2.4-01", "title": "Control of documents", "label": "Rev C"}),
    ("AA 17 - Cleaning", {"number": "AA-17", "title": "Cleaning"}),
    ("D-10023 (rev. 2.1) Housing", {"number": "D-10023", "title": "Housing", "label": "rev. 2.1"}),
    ("Quality manual", {"title": "Quality manual"}),
    ("version control", {"title": "version control"}),
    ("post-market-surveillance", {"title": "Post market surveillance"}),
])  # fmt: skip
def test_a_file_name_says_number_title_and_version(stem: str, found: dict[str, str]) -> None:
    assert from_name(stem) == found


def test_front_matter_goes_before_the_name() -> None:
    data = b"---\nid: SOP-7\nversion: '2'\napproved by: [Jane Doe (QA), John Roe (Owner)]\nfoo: bar\n---\n# Purchasing\n"
    assert guess("old name v1.md", data) == {"number": "SOP-7", "label": "2", "approvers": "Jane Doe (QA); John Roe (Owner)", "title": "Purchasing"}


def test_properties_of_word_and_pdf() -> None:
    assert guess("x.docx", word("Text", title="Purchasing"))["title"] == "Purchasing"
    assert guess("SOP-1 Cleaning.pdf", pdf())["title"] == "Cleaning"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"%PDF-1.7 torn", b"\xff" * 50])
@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.odt", "a.md"])
def test_a_damaged_file_says_nothing_and_stops_nothing(name: str, data: bytes) -> None:
    assert "number" not in guess(name, data)


@pytest.mark.parametrize(("text", "found"), [
    ("Jane Doe (Head of quality) 2024-05-01", [Approver("Jane Doe", "Head of quality", date(2024, 5, 1))]),
    ("Jane Doe, Head of quality; John Roe - Owner", [Approver("Jane Doe", "Head of quality"), Approver("John Roe", "Owner")]),
    ("Jane Doe-Miller (QA), 01.05.2024", [Approver("Jane Doe-Miller", "QA", date(2024, 5, 1))]),
    ("Jane Doe", [Approver("Jane Doe")]), ("", []), (None, []), (" ; \n", []),
])  # fmt: skip
def test_approvers_with_their_functions(text: str | None, found: list[Approver]) -> None:
    assert approvers_of(text) == found


@pytest.mark.parametrize(("word_", "code"), [("SOP", "SOP"), ("Procedure", "SOP"), ("qp", "WI"), ("QP-4.2.4-01", "WI"), ("Form", "FRM"), ("WI_17", "WI"), ("Memo", ""), ("", "")])
def test_types_by_the_companys_own_words(word_: str, code: str) -> None:
    assert type_of(word_, type_words(["QP=WI", "Memo=", "X=NONE"])) == code


def test_no_word_means_two_types() -> None:
    assert len(TYPE_OF) == len(set(TYPE_OF))


def test_columns_by_many_names() -> None:
    places, unknown = fields_of(["Doc. No.", "Document Title", "Rev.", "Gültig ab", "Valid until", "Shelf", "Title"])
    assert places == {0: "number", 1: "title", 2: "label", 3: "effective_from", 4: "effective_to"}
    assert unknown == ["Shelf", "Title"]
    assert key("Größe: (mm)") == "grossemm"


def test_the_day_or_the_month_first_is_learnt_from_the_whole_column(company: Company) -> None:
    from medithread.system.documents.adoption.columns import People

    reader = Reader({}, People.here())
    rows = [{"approved_on": "03/04/2020"}, {"approved_on": "25/12/2020"}]
    reader.settle(rows)
    assert [reader.read(row).get("approved_on") for row in rows] == [date(2020, 4, 3), date(2020, 12, 25)]
    reader.settle(rows[:1])
    assert "could be two dates" in reader.read(rows[0])["unread"][0]


@pytest.mark.parametrize(("path", "found"), [
    ("a/SOP-1.docx", "a/SOP-1.docx"), ("A/sop-1.DOCX", "a/SOP-1.docx"), ("SOP-1.docx", "a/SOP-1.docx"), ("SOP-1", "a/SOP-1.docx"), (".\\a\\SOP-1.docx", "a/SOP-1.docx"),
    ("both.pdf", "both.pdf"), ("nowhere.pdf", "nowhere.pdf"),
])  # fmt: skip
def test_a_path_is_found_where_only_one_file_can_be_meant(path: str, found: str) -> None:
    there: list[Any] = ["a/SOP-1.docx", "x/both.pdf", "y/both.pdf"]
    assert resolve(path, there) == found
