"""CSV from every country and program: encoding, delimiter, header, rows and their numbers."""

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.exchange import table_parts
from medithread.kernel.exchange.tables import Table, TableError, read_table


def read(data: str | bytes, **options: object) -> tuple[Table, list[list[str]]]:
    raw = data.encode() if isinstance(data, str) else data
    table = read_table(raw, filename="x.csv", **options)  # type: ignore[arg-type]
    return table, [list(row) for row in table.rows]


def codes(table: Table) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in table.problems]


def refused(data: str | bytes) -> TableError:
    with pytest.raises(TableError) as caught:
        read(data)
    assert str(caught.value.message)
    return caught.value


GERMAN = "Größe;Menge;Preis\r\nSchlauch, lang;3;1.234,56\r\nÖl;;0,5\r\n"
ENCODED = [
    (GERMAN.encode(), "utf-8"),
    (b"\xef\xbb\xbf" + GERMAN.encode(), "utf-8-sig"),
    (b"\xff\xfe" + GERMAN.encode("utf-16-le"), "utf-16-le"),
    (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "utf-16-be"),
    (GERMAN.encode("utf-16-le"), "utf-16-le"),
    (GERMAN.encode("utf-16-be"), "utf-16-be"),
    (GERMAN.encode("cp1252"), "windows-1252"),
]


@pytest.mark.parametrize(("data", "encoding"), ENCODED, ids=[f"{row[1]}-{len(row[0])}" for row in ENCODED])
def test_the_same_table_in_every_encoding(data: bytes, encoding: str) -> None:
    table, rows = read(data)
    assert (table.encoding, table.delimiter) == (encoding, ";")
    assert table.columns == ["Größe", "Menge", "Preis"]
    assert rows == [["Schlauch, lang", "3", "1.234,56"], ["Öl", "", "0,5"]]
    assert [code for code, _row in codes(table)] == (["csv.encoding"] if encoding == "windows-1252" else [])


DELIMITED = [
    ("a,b,c\n1,2,3\n", ","),
    ("a;b;c\n1;2;3\n", ";"),
    ("a\tb\n1\t2\n", "\t"),
    ("a|b\n1|2\n", "|"),
    ("Name;Preis\nA;1,5\nB;2,5\n", ";"),
    ("Länge, mm;Breite, mm\n1,5;2,5\n3,5;4,5\n", ";"),
    ("name;at\nx;1,5 2,5 3,5\ny;1,5 2,5 3,5\n", ";"),
    ('a,"one; two; three",c\n1,"x; y; z",3\n', ","),
    ('"a";"b, c";"d, e"\n"1";"2, 3";"4, 5"\n', ";"),
    ('a,b\n"a;b;c","d"\n"e;f;g","h"\n', ","),
    ("note,more\nfirst; second,x\nthird; fourth,y\n", ","),
    ("1,5;2,5;3,5\n4,5;5,5;6,5\n", ";"),
    ("only one\nvalue\n", ","),
    ('title\n\na;b\n1;"x,\ny"\n', ";"),
    ("sep=|\na|b;c\n1|2;3\n", "|"),
    ('"sep=;"\na;b\n', ";"),
    ("a,b\r1,2\r", ","),
    ("2026-01-01 10:00,a\n2026-01-01 11:00,b\n", ","),
]


@pytest.mark.parametrize(("text", "delimiter"), DELIMITED)
def test_the_delimiter_is_told_by_the_rows(text: str, delimiter: str) -> None:
    assert read(text)[0].delimiter == delimiter


def test_what_is_found_out_can_be_overridden() -> None:
    table, rows = read(b"a;b,c\n1;2,3\n", delimiter=",", encoding="utf-8")
    assert table.columns == ["a;b", "c"]
    assert rows == [["1;2", "3"]]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    table = read_table(b'a,b\n\n1,"x\r\ny"\n,\n \n2,z\n', filename="x.csv")
    assert [(row.number, list(row)) for row in table.rows] == [(3, ["1", "x\r\ny"]), (6, ["2", "z"])]
    after_sep = read_table(b"sep=;\na;b\n1;2\n", filename="x.csv")
    assert [row.number for row in after_sep.rows] == [2]


def test_titles_above_the_header_are_left_out_and_reported() -> None:
    table, rows = read("Supplier list;;;\nAs of;2026-01-01;;\n\nNo;Name;City;Class\n1;A;B;C\n")
    assert table.columns == ["No", "Name", "City", "Class"]
    assert rows == [["1", "A", "B", "C"]]
    assert codes(table) == [("header.rows-above", 1)]


def test_the_header_row_can_be_given() -> None:
    text = "x,y\nName,City\nA,B\n"
    assert read(text, header_row=2)[0].columns == ["Name", "City"]
    table, rows = read(text, header_row=0)
    assert table.columns == ["Column A", "Column B"]
    assert len(rows) == 3
    with pytest.raises(TableError, match=r"table\.no-header"):
        read(text, header_row=7)


def test_names_that_are_missing_or_repeated_are_made_unique_and_reported() -> None:
    table, _rows = read("a,,a,a (2), b \n1,2,3,4,5\n")
    assert table.columns == ["a", "Column B", "a (3)", "a (2)", "b"]
    assert codes(table) == [("header.empty", 1), ("header.repeated", 1)]
    assert [problem.column for problem in table.problems] == ["B", "C"]


def test_a_column_without_name_but_with_data_is_kept() -> None:
    table, rows = read("Name,\nA,5\n")
    assert table.columns == ["Name", "Column B"]
    assert rows == [["A", "5"]]


def test_empty_columns_at_the_end_are_no_columns() -> None:
    table, rows = read("a;b;;;\n1;2;;;\n")
    assert table.columns == ["a", "b"]
    assert rows == [["1", "2"]]
    assert codes(table) == []


def test_a_header_that_looks_like_data_is_reported() -> None:
    assert codes(read("1,2026-01-01,x\n2,2026-01-02,y\n")[0]) == [("header.looks-like-data", 1)]


def test_ragged_rows_are_evened_and_reported() -> None:
    table, rows = read("a,b\n1\n" + "1,2\n" * 30 + "1,2,3\n1,2,,\n")
    assert rows[0] == ["1", ""]
    assert rows[-2:] == [["1", "2"], ["1", "2"]]
    assert codes(table) == [("row.short", 2), ("row.long", 33)]


def test_many_problems_are_counted() -> None:
    table, _rows = read("a,b\n" + "1\n" * 700)
    assert (len(table.problems), table.problems.left_out) == (500, 200)


def test_stray_nul_characters_are_dropped_and_reported() -> None:
    table, rows = read("a,b\n" + "1,2\n" * 100 + "x\x00y,z\n")
    assert rows[-1] == ["xy", "z"]
    assert codes(table) == [("csv.nul", 102)]


def test_the_formula_guard_is_taken_away_once() -> None:
    text = "a,b\n'=1+1,''=x\n'5,-5\n"
    assert read(text)[1] == [["=1+1", "'=x"], ["'5", "-5"]]
    assert read(text, guarded=False)[1][0] == ["'=1+1", "''=x"]


def test_spaces_after_commas_before_quotes_are_borne() -> None:
    assert read('"a", "b"\n"1", "x, y"\n')[1] == [["1", "x, y"]]


REFUSED = [
    ("", "table.empty", None),
    ("\n\n , \n", "table.empty", None),
    ('a,b\n1,2\n1,"open\n', "csv.quotes", 3),
    ('a,b\n1,"x"y\n', "csv.quotes", 2),
    ("a,b\n1," + "x" * 131_000 + "\n", "cell.too-long", 2),
    ("a,b\n1," + "x" * 140_000 + "\n", "cell.too-long", 2),
    ("a,b\n1," + "x" * 2_100_000, "cell.too-long", 2),
    ("a" * 1001 + ",b\n1,2", "header.too-long", 1),
    (",".join(f"c{n}" for n in range(1001)) + "\n", "table.too-wide", 1),
    (b"%PDF-1.7\n", "table.kind", None),
    (b"<html><table><tr><td>1", "table.kind", None),
    (b"\x89PNG\r\n\x1a\n", "table.kind", None),
    (b"\x00\x01\x02\x03\x04" * 50, "table.not-text", None),
    ("ä;ö\n1;2\n".encode("mac-roman") + b"\x81\x8d", "table.not-text", None),
]


@pytest.mark.parametrize(("data", "code", "row"), REFUSED, ids=[f"{row[1]}-{place}" for place, row in enumerate(REFUSED)])
def test_what_cannot_be_read_is_refused_with_its_row(data: str | bytes, code: str, row: int | None) -> None:
    no = refused(data)
    assert (no.code, no.row) == (code, row)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_parts, "MAX_ROWS", 50)
    read("a\n" + "1\n" * 50)
    no = refused("a\n" + "1\n" * 51)
    assert (no.code, no.row) == ("table.too-long", 52)


def test_a_record_without_end_is_refused_before_memory_is() -> None:
    assert refused("a,b\n" + '"x\n",' * 500_000).code == "cell.too-long"


def test_an_encoding_that_changes_within_is_refused() -> None:
    with pytest.raises(TableError, match=r"csv\.encoding"):
        read(b"a,b\n" + "ä,ö\n".encode("cp1252"), encoding="utf-8")


def test_a_file_is_closed_and_a_stream_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with read_table(path, filename="a.csv") as table:
        assert table.columns == ["a", "b"]
    with path.open("rb") as stream:
        with read_table(stream, filename="a.csv") as table:
            assert list(map(list, table.rows)) == [["1", "2"]]
        assert not stream.closed


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("number,text\n" + f"123456,{'some words ' * 40}\n" * 30_000)
    tracemalloc.start()
    with read_table(path, filename="big.csv") as table:
        assert sum(1 for _row in table.rows) == 30_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000 < path.stat().st_size / 4


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=400), st.text(alphabet="a\"';,\t|\r\n\x00=1é", max_size=200).map(str.encode)),
    st.sampled_from(["x.csv", "x.json", "x"]),
)
def test_random_bytes_end_in_a_table_or_an_error(data: bytes, name: str) -> None:
    try:
        with read_table(io.BytesIO(data), filename=name) as table:
            for row in table.rows:
                assert len(row) == len(table.columns)
    except TableError:
        return
