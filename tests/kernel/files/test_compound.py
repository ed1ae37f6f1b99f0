"""Files of Word and Excel 1997–2003: their block tables are followed, and rings and ways out of the file are noticed."""

import io
import struct

import pytest

from medithread.kernel.files.compound import Compound, compound_kind
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileRefused
from tests.kernel.files.builders import compound, excel_97, word_97


def body(data: bytes) -> Body:
    return Body(io.BytesIO(data), len(data), "")


def changed(data: bytes, offset: int, *values: int) -> bytes:
    raw = struct.pack(f"<{len(values)}L", *values)
    return data[:offset] + raw + data[offset + len(raw) :]


def table_at(data: bytes) -> int:
    """Where the first block of the block table begins."""
    return (int(struct.unpack_from("<L", data, 76)[0]) + 1) * 512


@pytest.mark.parametrize("size", [10, 64, 4095, 4096, 60_000, 8_000_000])
def test_streams_of_every_size_are_read(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    found = Compound(body(compound({"Other": b"o" * 100, "It": content})))
    item = found.named("It")
    assert item is not None
    assert found.beginning(item, 10_000_000) == content
    assert found.beginning(item, 7) == content[:7]
    assert found.named("Nothing") is None


def test_macros_are_found_in_a_large_file() -> None:
    assert compound_kind(body(compound({"WordDocument": b"x" * 8_000_000, "Macros": b""}))).key == "macros"


GOOD = word_97()
TABLE = table_at(GOOD)
SMALL = compound({"Workbook": b"x" * 70})
FOLDERS = struct.unpack_from("<L", GOOD, 48)[0]
BROKEN = {
    "cut in its header": GOOD[:100],
    "odd block size": GOOD[:30] + b"\x0a" + GOOD[31:],
    "directory outside": changed(GOOD, 48, 5000),
    "directory in a ring": changed(GOOD, TABLE + FOLDERS * 4, FOLDERS),
    "table outside": changed(GOOD, 76, 90_000),
    "list of tables outside": changed(compound({"WordDocument": b"x" * 8_000_000}), 68, 90_000, 1),
    "no text": compound({"WordDocument": b"x" * 8}),
    "small stream outside": changed(SMALL, (int(struct.unpack_from("<L", SMALL, 48)[0]) + 1) * 512 + 116, 0xFFFFFFFE),
}


@pytest.mark.parametrize("case", BROKEN)
def test_damaged_tables_are_refused(case: str) -> None:
    with pytest.raises(FileRefused, match=r"file\.broken"):
        compound_kind(body(BROKEN[case]))


def test_a_workbook_without_an_end_is_read_to_its_end() -> None:
    assert compound_kind(body(compound({"Workbook": struct.pack("<HH", 0x0809, 60_000) + b"\0" * 5000}))).key == "xls"
    assert compound_kind(body(excel_97())).key == "xls"
