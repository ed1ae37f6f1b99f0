"""Archives that are built to harm: bombs, lies about sizes and names, paths that lead out, archives in archives."""

import io
import struct
import zipfile
import zlib

import pytest

from medithread.kernel.files import zips
from medithread.kernel.files.safety import FileRefused
from medithread.kernel.files.sniff import inspect
from tests.kernel.files.builders import office, packed, pdf, word_97

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def refused(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        inspect(io.BytesIO(data), declared_name="a.zip", size_limit=50_000_000)
    return caught.value


def accepted(data: bytes) -> None:
    assert inspect(io.BytesIO(data), declared_name="a.zip", size_limit=50_000_000).extension == "zip"


def changed(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with some bytes of its first record of that kind replaced."""
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


def test_a_zip_bomb_by_its_ratio() -> None:
    assert refused(packed({"zeros": b"\0" * (17 << 20)})).code == "file.bomb"


def test_repetitive_but_honest_content_is_taken() -> None:
    accepted(packed({"sheet.xml": b"<c><v>1</v></c>" * 100_000}))


def test_a_zip_bomb_by_its_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medithread.kernel.files.zips.Budget.size", 5000)
    monkeypatch.setattr("medithread.kernel.files.zips.Budget.__init__", lambda self: None)
    assert refused(packed({"a": b"x" * 3000, "b": b"x" * 3000})).code == "file.bomb"


def test_archives_inside_share_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medithread.kernel.files.sniff.Budget", lambda: zips.Budget(size=9000))
    accepted(packed({"a.zip": packed({"b": b"x" * 3000})}))
    assert refused(packed({"a.zip": packed({"b": b"x" * 8950})})).code == "file.bomb"


def test_too_many_entries() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(zips.MAX_ENTRIES + 1):
            archive.writestr(str(number), "")
    assert refused(out.getvalue()).code == "file.bomb"


def test_archives_in_archives_are_looked_into_to_a_depth() -> None:
    workbook = office("xlsx", {"xl/embeddings/x": "x"})
    accepted(packed({"a.docx": office("docx", {"word/embeddings/b.xlsx": workbook})}))
    deep = packed({"a.zip": packed({"b.zip": packed({"c.zip": packed({"d": "e"})})})})
    no = refused(deep)
    assert no.code == "file.nested"
    assert "a.zip" in str(no.message)
    assert "c.zip" in str(no.message)


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/x", "C:\\x", "a\\..\\..\\b", "\\\\server\\x", "a\nb"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    assert refused(packed({name: "x"})).code == "file.unsafe-path"


def test_dots_in_names_lead_nowhere() -> None:
    accepted(packed({"a..b/...c": "x", "v1.0/read.me": "x"}))


def test_symbolic_links_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()).code == "file.unsafe-path"


def test_a_name_hidden_behind_a_nul_is_refused() -> None:
    assert refused(packed({"good.txt_bad": "x"}).replace(b"good.txt_bad", b"good.txt\0bad")).code == "file.unsafe-path"


def test_a_password_is_refused() -> None:
    assert refused(changed(packed({"a": "x"}), CENTRAL, 8, b"\x01\x00")).code == "file.encrypted"


def test_an_unusual_packing_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", "x" * 500)
    assert refused(out.getvalue()).code == "file.not-accepted"


GOOD = packed({"a.txt": b"hello " * 50})
CONTRADICTIONS = {
    "name": changed(GOOD, LOCAL, 30, b"b"),
    "method": changed(GOOD, LOCAL, 8, b"\x00\x00"),
    "packed size": changed(GOOD, LOCAL, 18, b"\x01\x00\x00\x00"),
    "password": changed(GOOD, LOCAL, 6, b"\x01\x00"),
    "checksum": changed(GOOD, CENTRAL, 16, b"\x00\x00\x00\x00"),
    "no local header": changed(packed({"a": "x", "b": "y"}), CENTRAL, 42, b"\x05"),
    "junk in front of the directory": GOOD.replace(CENTRAL, b"junk" + CENTRAL),
    "junk at the end": GOOD + b"junk",
    "no directory": GOOD[:60],
    "one of several": changed(GOOD, END, 4, b"\x01\x00"),
    "damaged content": changed(GOOD, LOCAL, 36, b"\xff\xff\xff"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_records_that_contradict_each_other_are_refused(case: str) -> None:
    assert refused(CONTRADICTIONS[case]).code == "file.broken"


def test_the_same_name_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "x")
        archive.writestr("b", "y")
    assert refused(out.getvalue().replace(b"b", b"a")).code == "file.broken"


def test_parts_that_differ_only_in_case_are_refused_in_office_files() -> None:
    data = office("docx", {"word/A.xml": "<a/>", "word/a.xml": "<a/>"})
    with pytest.raises(FileRefused, match=r"file\.broken"):
        inspect(io.BytesIO(data), declared_name="a.docx", size_limit=10**6)


def test_an_entry_that_is_larger_than_it_says_is_a_bomb() -> None:
    content = b"x" * 40_000
    data = packed({"a": content})
    small = struct.pack("<L", 100)
    lying = changed(changed(data, LOCAL, 22, small), CENTRAL, 24, small)
    cut_crc = struct.pack("<L", zlib.crc32(content[:100]))
    lying = changed(changed(lying, LOCAL, 14, cut_crc), CENTRAL, 16, cut_crc)
    with zipfile.ZipFile(io.BytesIO(lying)) as archive:
        assert archive.read("a") == content[:100]  # a lenient reader would not notice
    assert refused(lying).code == "file.bomb"


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    inner = packed({"inner": b"x" * 500}, deflated=False)
    local, central = inner[: inner.index(CENTRAL)], inner[inner.index(CENTRAL) : inner.index(END)]
    outer = packed({"outer": local}, deflated=False)
    end = bytearray(outer[outer.index(END) :])
    struct.pack_into("<HHL", end, 8, 2, 2, struct.unpack_from("<L", end, 12)[0] + len(central))
    shared = outer[: outer.index(END)] + changed(central, CENTRAL, 42, struct.pack("<L", outer.index(local))) + bytes(end)
    with zipfile.ZipFile(io.BytesIO(shared)) as archive:
        assert archive.read("inner") == b"x" * 500  # a lenient reader would not notice
    assert refused(shared).code == "file.bomb"


def with_64(data: bytes, count: int) -> bytes:
    """The archive with a 64-bit directory record that speaks of `count` entries."""
    end = data.index(END)
    size, offset = struct.unpack_from("<LL", data, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    return data[:end] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1) + data[end:]


def test_the_64_bit_directory_must_say_the_same() -> None:
    accepted(with_64(GOOD, 1))
    assert refused(with_64(GOOD, 10**9)).code == "file.broken"


def test_programs_are_found_in_archives_by_name_and_by_content() -> None:
    assert refused(packed({"docs/Setup.EXE": "x"})).code == "file.program"
    assert refused(packed({"docs/readme.txt": b"\x7fELF\x02\x01"})).code == "file.program"
    no = refused(packed({"in.zip": packed({"a.txt": b"MZ\x90\0\3" + b"\0" * 60})}))
    assert no.code == "file.program"
    assert "in.zip" in str(no.message)
    assert refused(packed({"in.zip": packed({"META-INF/MANIFEST.MF": "x"})})).code == "file.program"


def test_documents_in_archives_are_checked_like_others() -> None:
    accepted(packed({"a.pdf": pdf(), "b.doc": word_97(), "c.html": "<html>", "d.vsdx": office("vsdx")}))
    no = refused(packed({"forms/a.pdf": pdf(b"<< /S /JavaScript /JS (x) >>")}))
    assert no.code == "file.active"
    assert "forms/a.pdf" in str(no.message)
