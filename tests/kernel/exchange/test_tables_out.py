"""Lists out and back in again: nothing is lost, nothing becomes a formula, the same content gives the same bytes."""

import datetime as dt
import io
import json
import re
import time
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from medithread.kernel.exchange import spreadsheet_out
from medithread.kernel.exchange.spreadsheet_out import MAX_TEXT, write_csv, write_json, write_xlsx
from medithread.kernel.exchange.tables import TableError, read_table

MADE = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("=+-@'\t\r\n\"';,|＝\x00\x0b\x1f\u2028\ufeff\ufffe\U0001f600e\u0301")), max_size=12
)
NOT_IN_CSV = re.compile("[\x00\ud800-\udfff]")
NOT_IN_EXCEL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """Rows of equal length, none of them blank."""
    return st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)
    ).filter(lambda rows: all(any(NOT_IN_EXCEL.sub("", cell).strip() for cell in row) for row in rows))  # fmt: skip


def names_for(rows: list[list[str]]) -> list[str]:
    return [f"Column {'ABCD'[place]}" for place in range(len(rows[0]))]


def xlsx(columns: list[str], rows: list[Any], **more: Any) -> bytes:
    return write_xlsx(columns, rows, **{"title": "Parts", "notes": [], "created": MADE, **more})


def back(data: bytes, name: str = "x") -> list[list[str]]:
    with read_table(data, filename=name) as table:
        return [table.columns, *map(list, table.rows)]


# --- round trips ------------------------------------------------------------------------------------------------------
@settings(deadline=None)
@given(tables(NASTY), st.booleans())
def test_csv_comes_back_as_it_was(rows: list[list[str]], bom: bool) -> None:
    written = b"".join(write_csv(names_for(rows), rows, bom=bom))
    expected = [[NOT_IN_CSV.sub(lambda match: "" if match[0] == "\x00" else "\ufffd", cell) for cell in row] for row in rows]
    assert back(written, "x.csv")[1:] == expected


@settings(deadline=None)
@given(tables(NASTY))
def test_json_comes_back_as_it_was(rows: list[list[str]]) -> None:
    written = b"".join(write_json(names_for(rows), rows))
    assert back(written)[1:] == [[NOT_IN_CSV.sub("\ufffd", cell) for cell in row] for row in rows]
    json.loads(written)


@settings(deadline=None, max_examples=60)
@given(tables(NASTY))
def test_xlsx_comes_back_without_what_excel_cannot_hold(rows: list[list[str]]) -> None:
    expected = [[NOT_IN_EXCEL.sub("", re.sub("\r\n?", "\n", cell)) for cell in row] for row in rows]
    written = xlsx(names_for(rows), rows)
    assert back(written)[1:] == expected
    about = load_workbook(io.BytesIO(written))["About"]
    lost = sum(1 for row in rows for cell in row if NOT_IN_EXCEL.search(cell.replace("\r", "")))
    said = [line[1] for line in about.iter_rows(values_only=True) if line[0] == "Left out"]
    assert said == ([f"Control characters in {lost} texts, which Excel cannot hold."] if lost else [])


@given(st.lists(st.one_of(NASTY, st.from_regex(r"'{0,3}[=+\-@][0-9.,]{0,4}", fullmatch=True)), min_size=1, max_size=5))
def test_column_names_come_back_too(names: list[str]) -> None:
    tidy = [f"{name.strip()} {place}" if place else f"=n{name.strip()}" for place, name in enumerate(names)]
    tidy = [re.sub(r"[\s\x00-\x1f\ufeff]+", " ", NOT_IN_CSV.sub("", name)).strip() for name in tidy]
    assert back(b"".join(write_csv(tidy, [["x"] * len(tidy)])), "x.csv") == [tidy, ["x"] * len(tidy)]


VALUES = [True, None, 5, 2**60, Decimal("1.10"), Decimal("-0.000001"), dt.date(2026, 1, 2), MADE]


def test_values_are_written_as_text_that_parsers_read() -> None:
    expected = ["true", "", "5", str(2**60), "1.10", "-0.000001", "2026-01-02", "2026-11-22T09:30:00+00:00"]
    columns = list("abcdefgh")
    assert back(b"".join(write_csv(columns, [VALUES])), "x.csv") == [columns, expected]
    assert back(b"".join(write_json(columns, [VALUES]))) == [columns, expected]
    in_excel = ["true", "", "5", str(2**60), "1.1", "-0.000001", "2026-01-02", "2026-11-22T09:30:00"]
    assert back(xlsx(columns, [VALUES])) == [columns, in_excel]


def test_floats_are_no_cells() -> None:
    for write in (lambda rows: list(write_csv(["a"], rows)), lambda rows: list(write_json(["a"], rows)), lambda rows: xlsx(["a"], rows)):
        with pytest.raises(TypeError, match="float"):
            write([[0.1]])


# --- CSV --------------------------------------------------------------------------------------------------------------
def lines(rows: list[list[Any]], **options: Any) -> list[str]:
    return b"".join(write_csv(["a", "b"], rows, **options)).decode("utf-8-sig").split("\r\n")[1:-1]


GUARDED = {
    "=1+1": "'=1+1", "+cmd|x": "\"'+cmd|x\"", "@SUM(A1)": "'@SUM(A1)", "-2+3": "'-2+3", "-": "'-", "\tx": "\"'\tx\"", "\rx": "\"'\rx\"", "＝1": "'＝1",
    "'=x": "''=x", "-5": "-5", "+3,2": '"+3,2"', "-1.234,5": '"-1.234,5"', "5": "5", "a=b": "a=b", "'a": "'a", "+49 30 1": "'+49 30 1",
}  # fmt: skip


@pytest.mark.parametrize("text", GUARDED)
def test_no_cell_leaves_as_a_formula(text: str) -> None:
    assert lines([[text, "x"]]) == [f"{GUARDED[text]},x"]
    assert lines([[text, "x"]], guard=False)[0].strip('"').startswith(text[:1])


def test_csv_is_as_rfc_4180_says() -> None:
    assert b"".join(write_csv(["a", "b"], [['say "hi"', "x, y"], ["two\r\nlines", " ä "]], bom=False)) == (
        'a,b\r\n"say ""hi""","x, y"\r\n"two\r\nlines"," ä "\r\n'.encode()
    )
    assert next(write_csv(["a"], [])) == b"\xef\xbb\xbfa\r\n"


def test_pieces_come_while_rows_are_still_made() -> None:
    made = 0

    def rows() -> Any:
        nonlocal made
        for made in range(100_000):
            yield [str(made), "x" * 50]

    for write in (write_csv, write_json):
        next(write(["a", "b"], rows()))
        assert made < 2000


# --- JSON -------------------------------------------------------------------------------------------------------------
def test_json_keeps_what_readers_would_round_as_text() -> None:
    written = json.loads(b"".join(write_json(list("abcdefgh"), [VALUES])))
    assert written["columns"] == list("abcdefgh")
    assert list(written["rows"][0].values()) == [True, None, 5, str(2**60), "1.10", "-0.000001", "2026-01-02", "2026-11-22T09:30:00+00:00"]
    assert json.loads(b"".join(write_json(["a"], []))) == {"columns": ["a"], "rows": []}
    with pytest.raises(ValueError, match="share a name"):
        list(write_json(["a", "a"], []))


# --- XLSX -------------------------------------------------------------------------------------------------------------
def test_a_workbook_says_what_it_is() -> None:
    notes = [("Filters", "state: open"), ("Ledger head", "42 ab12")]
    book = load_workbook(io.BytesIO(xlsx(["No", "Name"], [["1", "A"], ["2", "B" * 90]], title="Parts: all/open [2026]", notes=notes)))
    assert book.sheetnames == ["Parts  all open  2026", "About"]
    assert list(book["About"].iter_rows(values_only=True)) == [
        ("Title", "Parts: all/open [2026]"), ("Made", "2026-11-22 09:30:00 UTC"), ("Rows", "2"), *notes,
    ]  # fmt: skip
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet["A1"].font.bold
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (pytest.approx(8, abs=1), pytest.approx(60, abs=1))
    assert book.properties.created == MADE.replace(tzinfo=None)


def test_texts_in_a_workbook_are_never_formulas_or_links() -> None:
    texts = ["=1+1", "https://example.org", "{=1}", "12", "mailto:x@example.org", "+1"]
    sheet = load_workbook(io.BytesIO(xlsx(["a"], [[text] for text in texts]))).worksheets[0]
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows(min_row=2)] == [(text, "s") for text in texts]
    assert not sheet._hyperlinks


def test_numbers_and_dates_in_a_workbook_are_such() -> None:
    row = [
        5,
        Decimal("1.10"),
        2**60,
        Decimal("1E-30"),
        dt.date(2026, 1, 2),
        dt.date(1850, 1, 2),
        dt.datetime(2026, 1, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    ]
    sheet = load_workbook(io.BytesIO(xlsx(list("abcdefg"), [row]))).worksheets[0]
    values = [cell.value for cell in sheet[2]]
    assert values == [5, 1.1, str(2**60), "0." + "0" * 29 + "1", dt.datetime(2026, 1, 2), "1850-01-02", dt.datetime(2026, 1, 2, 10)]
    assert sheet["B2"].number_format == "0.00"


def test_long_texts_are_cut_and_told() -> None:
    book = load_workbook(io.BytesIO(xlsx(["a", "b"], [["x" * (MAX_TEXT + 5), "y"]])))
    assert len(book.worksheets[0]["A2"].value) == MAX_TEXT
    assert ("Cut", "1 texts were cut at 32,767 characters.") in list(book["About"].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("title", "name"), [("", "List"), ("About", "List"), ("History", "List"), ("'x'", "x"), ("y" * 40, "y" * 31), ("a:b", "a b")]
)
def test_the_sheet_has_a_name_that_excel_allows(title: str, name: str) -> None:
    assert load_workbook(io.BytesIO(xlsx(["a"], [], title=title))).sheetnames == [name, "About"]


def test_more_rows_than_excel_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet_out, "MAX_SHEET_ROWS", 3)
    xlsx(["a"], [["x"]] * 3)
    with pytest.raises(TableError, match=r"xlsx\.too-long"):
        xlsx(["a"], [["x"]] * 4)


def test_the_same_content_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["a", Decimal("1.5"), dt.date(2026, 1, 2)]] * 3
    first = xlsx(["x", "y", "z"], rows)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert xlsx(["x", "y", "z"], rows, created=MADE.astimezone(dt.timezone(dt.timedelta(hours=5)))) == first
    finally:
        monkeypatch.undo()
        time.tzset()
    assert {info.date_time[0] for info in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {1980}
    assert xlsx(["x", "y", "z"], rows, created=MADE + dt.timedelta(seconds=1)) != first
