"""XLSX and ODS: values as a person would type them, and what she should know about the sheet."""

import datetime as dt
import io
import re
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.exchange import sheet_scan
from medithread.kernel.exchange.sheet_in import as_text
from medithread.kernel.exchange.tables import Table, TableError, read_table
from tests.kernel.files.builders import ODF, compound, office, packed

ODS_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def read(data: bytes, **options: Any) -> tuple[Table, list[list[str]]]:
    table = read_table(data, filename="x.xlsx", **options)
    return table, [list(row) for row in table.rows]


def found(table: Table) -> list[tuple[str, int | None, str | None]]:
    return [(problem.code, problem.row, problem.column) for problem in table.problems if problem.code != "sheet.others"]


def refused(data: bytes, **options: Any) -> TableError:
    with pytest.raises(TableError) as caught:
        read(data, **options)
    assert str(caught.value.message)
    return caught.value


def workbook(fill: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as book:
        fill(book)
    return out.getvalue()


def simple(*rows: list[Any], name: str = "S") -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(fill)


def with_sheet(old: str, new: str, data: bytes = b"") -> bytes:
    """A workbook with a change in the XML of its first sheet."""
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(data or simple(["a", "b"], ["x", 1])))
    files = {name: source.read(name) for name in source.namelist()}
    part = files["xl/worksheets/sheet1.xml"].decode()
    assert old in part
    files["xl/worksheets/sheet1.xml"] = part.replace(old, new).encode()
    return packed(files)


def ods(*tables: str) -> bytes:
    body = f'<?xml version="1.0"?><office:document-content {ODS_SPACES}><office:body><office:spreadsheet>{"".join(tables)}'
    content = f"{body}</office:spreadsheet></office:body></office:document-content>"
    return packed({"mimetype": ODF + "spreadsheet", "META-INF/manifest.xml": "<m/>", "content.xml": content})


def cell(text: str, more: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(*rows: str, name: str = "S") -> str:
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


# --- values -----------------------------------------------------------------------------------------------------------
def test_values_of_a_workbook_read_as_typed() -> None:
    day, moment = dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4, 5)

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Liste")
        times = [book.add_format({"num_format": pattern}) for pattern in ("yyyy-mm-dd hh:mm:ss", "[h]:mm:ss", "hh:mm")]
        sheet.write_row(2, 1, ["Text", "Number", "When", "Sure"])
        sheet.write_row(3, 1, ["=1+1", 1.0, day, True])
        sheet.write_row(4, 1, [" Größe\n2 ", 0.1 + 0.2])
        sheet.write_datetime(4, 3, moment, times[0])
        sheet.write_row(6, 1, ["_x0041_", 1e-7])
        sheet.write_number(6, 3, 26.05 / 24, times[1])
        sheet.write_row(7, 1, ["'quoted", -12345678.25])
        sheet.write_number(7, 3, 0.5, times[2])

    table, rows = read(workbook(fill))
    assert (table.columns, table.sheet, table.decimal_mark) == (["Text", "Number", "When", "Sure"], "Liste", ".")
    assert rows == [
        ["=1+1", "1", "2026-01-02", "true"],
        [" Größe\n2 ", "0.3", "2026-01-02T03:04:05", ""],
        ["_x0041_", "0.0000001", "26:03:00", ""],
        ["'quoted", "-12345678.25", "12:00:00", ""],
    ]
    assert [line.number for line in read_table(workbook(fill), filename="x").rows] == [4, 5, 7, 8]


FLOATS = {1.0: "1", -0.0: "0", 0.1: "0.1", 1e15: "1000000000000000", 1e21: "1000000000000000000000", 1.5e-7: "0.00000015", -2.5e-10: "-0.00000000025", 123456.789: "123456.789"}  # fmt: skip


@pytest.mark.parametrize("value", FLOATS)
def test_numbers_come_without_noise_and_exponent(value: float) -> None:
    assert as_text(value) == FLOATS[value]


@given(st.one_of(st.floats(-1e300, 1e300), st.sampled_from([float("nan"), float("inf"), -float("inf")])))
def test_any_number_reads_back_to_fifteen_digits(value: float) -> None:
    text = as_text(value)
    assert re.fullmatch(r"(-?[0-9]+(\.[0-9]+)?)?", text)
    if text:
        assert float(text) == pytest.approx(value, rel=1e-14, abs=1e-322)


def test_times_come_without_the_noise_of_fractions() -> None:
    assert as_text(dt.datetime(2026, 1, 2, 11, 59, 59, 999_600)) == "2026-01-02T12:00:00"
    assert as_text(dt.datetime(2026, 1, 2, 12, 0, 0, 250_000)) == "2026-01-02T12:00:00.250"
    assert as_text(dt.timedelta(hours=-1, minutes=-30)) == "-01:30:00"
    assert as_text(dt.time(12, 30)) == "12:30:00"


def test_values_of_an_open_document_read_as_typed() -> None:
    data = ods(
        sheet(
            row(cell("Name"), cell("Value"), cell("Day")),
            row(
                cell("ä"),
                cell("1,50", 'office:value-type="float" office:value="1.5"'),
                cell("x", 'office:value-type="date" office:date-value="2026-01-02"'),
            ),
            row(cell("b"), cell("ja", 'office:value-type="boolean" office:boolean-value="true"'), more='table:number-rows-repeated="2"'),
            row('<table:table-cell table:number-columns-repeated="16384"/>', more='table:number-rows-repeated="1048000"'),
        )
    )
    table, rows = read(data)
    assert (table.columns, table.sheet) == (["Name", "Value", "Day"], "S")
    assert rows == [["ä", "1.5", "2026-01-02"], ["b", "true", ""], ["b", "true", ""]]


# --- what she should know ---------------------------------------------------------------------------------------------
def test_what_the_values_do_not_show_is_reported() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.merge_range(2, 0, 2, 1, "both")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.write_formula(3, 2, "=A2+1", None, "2")
        sheet.write_number(3, 0, 12345678901234567890)

    table, rows = read(workbook(fill))
    assert rows == [["1", "2", ""], ["both", "", ""], ["12345678901234600000", "", "2"]]
    assert found(table) == [
        ("cell.error", 2, "C"),
        ("sheet.hidden-rows", 3, None),
        ("sheet.hidden-columns", None, "B"),
        ("cell.merged", 3, "A"),
        ("cell.digits", 4, "A"),
    ]


def test_a_formula_without_a_stored_result_is_reported() -> None:
    table, rows = read(with_sheet('<c r="B2"><v>1</v></c>', '<c r="B2"><f>1+1</f><v></v></c>'))
    assert rows == [["x", ""]]
    assert found(table) == [("cell.no-result", 2, "B")]
    assert found(read(with_sheet('<c r="B2"><v>1</v></c>', '<c r="B2"><f>1+1</f><v>2</v></c>'))[0]) == []


def test_what_an_open_document_does_not_show_is_reported() -> None:
    data = ods(
        sheet(
            '<table:table-column table:number-columns-repeated="1"/><table:table-column table:visibility="collapse"/>',
            row(cell("a"), cell("b")),
            row(cell("x"), cell("y", 'office:value-type="string" table:number-columns-spanned="2"'), more='table:visibility="filter"'),
        )
    )
    assert found(read(data)[0]) == [("sheet.hidden-rows", 2, None), ("sheet.hidden-columns", None, "B"), ("cell.merged", None, None)]


def test_columns_are_lettered_as_the_sheet_shows_them() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 3, ["a", "", "c"])
        sheet.write_row(1, 3, ["1", "2", "3"])

    assert read(workbook(fill))[0].columns == ["a", "Column E", "c"]


# --- sheets -----------------------------------------------------------------------------------------------------------
def several() -> bytes:
    def fill(book: Any) -> None:
        hidden, empty, first, second = (book.add_worksheet(name) for name in ("Lists", "Empty", "Parts", "Notes & more"))
        first.activate()
        hidden.hide()
        for sheet, text in ((hidden, "h"), (first, "p"), (second, "n")):
            sheet.write_column(0, 0, [text, "1"])
        second.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        second.write(0, 1, "e")
        assert empty

    return workbook(fill)


def test_the_first_visible_sheet_with_content_is_read() -> None:
    table, _rows = read(several())
    assert (table.sheet, table.columns) == ("Parts", ["p"])
    assert [problem.code for problem in table.problems] == ["sheet.others"]
    assert "Notes & more" in str(table.problems[0].message)


def test_a_sheet_can_be_chosen() -> None:
    table, _rows = read(several(), sheet="Notes & more")
    assert table.columns == ["n", "e"]
    assert found(table) == [("cell.error", 2, "B")]
    no = refused(several(), sheet="Nothing")
    assert no.code == "sheet.unknown"
    assert "Parts" in str(no.message)


def test_an_empty_workbook_is_refused() -> None:
    assert refused(simple()).code == "table.empty"
    assert refused(ods(sheet())).code == "table.empty"


# --- hostile ----------------------------------------------------------------------------------------------------------
def test_one_cell_in_the_last_corner_is_refused_before_memory_is() -> None:
    assert refused(with_sheet('<c r="B2">', '<c r="XFD1048576">')).code == "sheet.too-large"
    assert refused(with_sheet('<c r="B2">', "<c r='XFD1048576'>")).code == "sheet.too-large"
    assert refused(with_sheet('<c r="B2">', '<c r="&#66;1048576">')).code == "sheet.sparse"
    assert refused(with_sheet('<row r="2" spans="1:2"><c r="A2"', '<row r="600000"><c', simple(["a", "b"], [1, 2]))).code == "sheet.sparse"
    assert refused(with_sheet('<c r="B2">', '<c r="2B">')).code == "sheet.broken"


def test_a_formatted_blank_cell_far_below_is_borne() -> None:
    table, rows = read(with_sheet("</sheetData>", '<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'))
    assert rows == [["x", "1"]]
    assert found(table) == []


@pytest.mark.parametrize(
    "evil",
    [
        row(cell("x", 'office:value-type="string" table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048576"'),
        row('<table:table-cell table:number-columns-repeated="4000000000"/>', cell("x")),
        row("<table:table-cell/>", more='table:number-rows-repeated="4000000000"') + row(cell("x"), cell("y"), cell("z")),
        row(cell("x", 'office:value-type="string" table:number-columns-repeated="99999999999999999999"')),
    ],
)
def test_repeated_cells_of_an_open_document_cannot_grow_without_limit(evil: str) -> None:
    assert refused(ods(sheet(row(cell("a"), cell("b")), evil))).code in ("sheet.too-large", "sheet.sparse")


def test_spaces_and_tables_in_cells_cannot_hide_what_is_there() -> None:
    assert refused(ods(sheet(row(cell('x<text:s text:c="4000000000"/>'))))).code == "cell.too-long"
    inner = f"<table:table-cell>{sheet(row(cell('y')), name='T')}</table:table-cell>"
    assert refused(ods(sheet(row(cell("a")), row(inner)))).code == "sheet.broken"


def changed_part(part: str, old: str, new: str) -> bytes:
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(several()))
    files = {name: source.read(name) for name in source.namelist()}
    assert old.encode() in files[part]
    files[part] = files[part].replace(old.encode(), new.encode())
    return packed(files)


def test_a_sheet_that_only_a_lenient_reader_would_find_is_refused() -> None:
    sheet = "xl/worksheets/sheet3.xml"
    assert refused(changed_part(sheet, 'encoding="UTF-8"', 'encoding="unheard-of"')).code == "sheet.broken"
    assert refused(changed_part(sheet, "<?xml", "junk<?xml")).code == "sheet.broken"
    assert refused(changed_part("xl/workbook.xml", 'name="Parts"', 'name="Lists"')).code == "sheet.broken"
    assert refused(changed_part("xl/_rels/workbook.xml.rels", 'Id="rId2"', 'Id="rId1"')).code == "sheet.broken"
    with_other_name = changed_part("xl/_rels/workbook.xml.rels", "worksheets/sheet3.xml", "/xl/worksheets/sheet3.xml")
    assert read(with_other_name)[0].columns == ["p"]


def test_a_dense_large_sheet_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_scan, "_SPARSE", 1000)
    data = simple(*[[n, n, n, n, n, n] for n in range(300)])
    assert len(read(data)[1]) == 299
    monkeypatch.setattr(sheet_scan, "MAX_AREA", 1000)
    assert refused(data).code == "sheet.too-large"


REFUSED = {
    "file.bomb": with_sheet("</sheetData>", " " * (20 << 20) + "</sheetData>"),
    "file.encrypted": b"",
    "sheet.old": compound({"Workbook": b"x" * 5000}),
    "sheet.kind": office("docx"),
    "file.broken": simple(["a"])[:-30],
    "sheet.broken": with_sheet("</sheetData>", ""),
    "file.entities": packed({"[Content_Types].xml": '<!DOCTYPE a [<!ENTITY b "c">]><Types/>'}),
}
REFUSED["file.encrypted"] = packed({"mimetype": ODF + "spreadsheet", "META-INF/manifest.xml": '<m xmlns="u"><encryption-data/></m>'})


@pytest.mark.parametrize("code", REFUSED)
def test_unsafe_and_damaged_workbooks_are_refused(code: str) -> None:
    assert refused(REFUSED[code]).code == code


def test_macros_are_refused_here_too() -> None:
    assert "macros" in str(refused(office("xlsx", {"xl/vbaProject.bin": "x"})).message)


SAMPLES = [simple(["a", "b"], ["x", 1.5], [dt.date(2026, 1, 2), True]), ods(sheet(row(cell("a"), cell("b")), row(cell("x"), cell("y"))))]
PART = re.compile(rb"[<>/\"= ]")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_workbooks_end_in_a_table_or_an_error(sample: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sample)))
    noise = data.draw(st.binary(max_size=6))
    ends_in_table_or_error(sample[:at] + noise + sample[at + data.draw(st.integers(0, 6)) :])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_parts_end_in_a_table_or_an_error(sample: bytes, data: st.DataObject) -> None:
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(sample))
    files = {name: source.read(name) for name in source.namelist()}
    name = data.draw(st.sampled_from(sorted(name for name in files if name.endswith(("xml", "rels")))))
    marks = [match.start() for match in PART.finditer(files[name])] or [0]
    at = data.draw(st.sampled_from(marks))
    noise = data.draw(st.sampled_from([b"", b"9", b"-1", b"x", b'"', b"<a/>", b"</a>", b"99999999999", b"\xff"]))
    files[name] = files[name][:at] + noise + files[name][at + data.draw(st.integers(0, 8)) :]
    ends_in_table_or_error(packed(files))


def ends_in_table_or_error(data: bytes) -> None:
    try:
        table, rows = read(data)
    except TableError:
        return
    assert all(len(line) == len(table.columns) for line in rows)
