"""Tables in JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.exchange.tables import TableError, read_table


def read(text: str | bytes) -> tuple[list[str], list[list[str]], list[tuple[str, int | None]]]:
    table = read_table(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), filename="x.json")
    rows = [list(row) for row in table.rows]
    return table.columns, rows, [(problem.code, problem.row) for problem in table.problems]


def test_a_list_of_objects() -> None:
    text = '[{"a": 1.10, "b": true}, {}, {"c": null, "a": "x", "b": false}, {"a": 123456789012345678901234567890, "c": -1e-5}]'
    columns, rows, problems = read(text)
    assert columns == ["a", "b", "c"]
    assert rows == [["1.10", "true", ""], ["x", "false", ""], ["123456789012345678901234567890", "", "-1e-5"]]
    assert problems == []


def test_rows_in_an_object_with_the_order_of_columns() -> None:
    assert read('{"columns": ["b", "a"], "rows": [{"a": "1", "c": "2"}], "made": "today"}')[:2] == (["b", "a", "c"], [["", "1", "2"]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_every_unicode(encoding: str) -> None:
    assert read('[{"ä": "ö"}]'.encode(encoding))[:2] == (["ä"], [["ö"]])


def test_json_is_found_without_its_extension() -> None:
    assert read_table(b' [{"a": 1}]', filename="export").columns == ["a"]
    assert read_table(b"[1],b\n2,3\n", filename="x.csv").columns == ["[1]", "b"]


def test_numbers_are_in_the_notation_of_programs() -> None:
    assert read_table(b'[{"a": 1.5}]', filename="x.json").decimal_mark == "."


def test_repeated_names_and_impossible_characters_are_reported() -> None:
    columns, rows, problems = read('[{"a": 1, "a": 2, "b": "x\\ud800y\\u0000"}]')
    assert (columns, rows) == (["a", "b"], [["2", "x\ufffdy\ufffd"]])
    assert problems == [("json.repeated", 1), ("json.characters", 1)]


REFUSED = [
    ('[{"a": 1}, {"a": {"b": [1]}}]', "json.nested", "[1].a", 2),
    ('{"rows": [{"a": [1]}]}', "json.nested", "rows[0].a", 1),
    ('{"rows": 5}', "json.shape", "", None),
    ("[1]", "json.shape", "[0]", 1),
    ("5", "json.shape", "", None),
    ("[]", "table.empty", "", None),
    ("[{}]", "table.empty", "", None),
    ('[{"a": 1},\n}]', "json.broken", "line 2", 2),
    ('[{"a": NaN}]', "json.number", "NaN", None),
    (b'[{"a": "\xe4"}]', "json.broken", "Unicode", None),
    ("[" * 100_000, "json.nested", "", None),
    ('[{"a": "' + "x" * 100_001 + '"}]', "cell.too-long", "", 1),
    ("[{" + ",".join(f'"{n}": 1' for n in range(1001)) + "}]", "table.too-wide", "", 1),
]


@pytest.mark.parametrize(("text", "code", "says", "row"), REFUSED, ids=[f"{row[1]}-{place}" for place, row in enumerate(REFUSED)])
def test_what_is_no_table_is_refused(text: str | bytes, code: str, says: str, row: int | None) -> None:
    with pytest.raises(TableError) as caught:
        read(text)
    assert (caught.value.code, caught.value.row) == (code, row)
    assert says in str(caught.value.message)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_ends_in_a_table_or_an_error(value: object) -> None:
    import json

    try:
        columns, rows, _problems = read(json.dumps(value))
    except TableError:
        return
    assert all(len(row) == len(columns) for row in rows)
