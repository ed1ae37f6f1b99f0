"""Long tables: refused beyond 2,000 rows, and never more queries for more rows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medithread.kernel.base.refusal import Refusal
from medithread.system.documents.adoption.desk import change
from medithread.system.documents.adoption.folders import adopt_folder
from medithread.system.documents.adoption.problems import find_problems
from medithread.system.documents.adoption.table import read_listed
from tests.company import Company
from tests.system.documents.archive import ROWS, table, zipped
from tests.system.documents.conftest import As


def rows(count: int) -> list[dict[str, str]]:
    return [{**ROWS[2], "Number": f"AA-{n:04d}", "Evidence": ""} for n in range(count)]


def test_a_table_of_two_thousand_rows_is_read_and_no_longer_one() -> None:
    assert len(read_listed(table(rows(2000)), "t.csv").cells) == 2000
    with pytest.raises(Refusal, match=r"adopt.rows"):
        read_listed(table(rows(2001)), "t.csv")


@pytest.mark.parametrize("listing", [b"", b"\n\n\n", b"a;b\n1;2\n", b"\xff\xfe\x00", b"PK\x03\x04 torn", b"<html><body>no</body></html>", b'Number,Title\n"open,1\n'])
def test_a_table_that_is_none_is_refused_with_a_sentence(listing: bytes) -> None:
    with pytest.raises(Refusal) as found:
        read_listed(listing, "t.csv")
    assert all(str(no.text) for no in found.value.nos)


def test_a_table_in_latin_1_with_semicolons() -> None:
    listed = read_listed("Nummer;Titel;Gültig ab\nAA-1;Prüfung;01.02.2020\n".encode("latin-1"), "t.csv")
    assert listed.cells == [{"number": "AA-1", "title": "Prüfung", "effective_from": "01.02.2020"}]


def test_checking_takes_the_same_queries_for_any_number_of_rows(company: Company, as_: As) -> None:
    def queries(adoption: Any) -> int:
        with CaptureQueriesContext(connection) as caught:
            find_problems(adoption)
        return len(caught)

    few, _found = adopt_folder(company.quinn, zipped(), table(rows(3)), title="Few", source="Paper", types=["AA=WI"], listed=3)
    many, _found = adopt_folder(company.quinn, zipped(), table(rows(120)), title="Many", source="Paper", types=["AA=WI"], listed=120)
    assert queries(few) == queries(many)
    client = as_(company.quinn)
    address = f"/r/{many.number}/desk"
    client.get(address)
    with CaptureQueriesContext(connection) as first:
        client.get(f"{address}?show=all")
    change(company.quinn, many, parts={"versions": [{"uid": str(uid), "remove": True} for uid in many.versions.values_list("uid", flat=True)[:80]]})
    with CaptureQueriesContext(connection) as second:
        client.get(f"{address}?show=all")
    assert abs(len(first) - len(second)) <= 2
