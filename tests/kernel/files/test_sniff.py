"""What is accepted, what is refused, and with which words."""

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.files.safety import FileRefused
from medithread.kernel.files.sniff import FileFacts, inspect
from tests.kernel.files import builders as b

LIMIT = 5_000_000


def look(data: bytes, name: str = "x", allow: frozenset[str] = frozenset()) -> FileFacts:
    return inspect(io.BytesIO(data), declared_name=name, size_limit=LIMIT, allow=allow)


def refused(data: bytes, name: str = "x") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        look(data, name)
    assert str(caught.value.message)
    assert str(caught.value.fix)
    return caught.value


def warned(data: bytes, name: str = "x", allow: frozenset[str] = frozenset()) -> list[str]:
    return [warning.code for warning in look(data, name, allow).warnings]


ACCEPTED = [
    ("a.pdf", b.pdf(), "application/pdf", "pdf"),
    ("a.PNG", b.png(), "image/png", "png"),
    ("a.jpeg", b.JPEG, "image/jpeg", "jpeg"),
    ("a.gif", b.GIF, "image/gif", "gif"),
    ("a.webp", b.WEBP_LOSSY, "image/webp", "webp"),
    ("b.webp", b.WEBP_LOSSLESS, "image/webp", "webp"),
    ("c.webp", b.WEBP_EXTENDED, "image/webp", "webp"),
    ("a.docx", b.office("docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("a.xlsx", b.office("xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("a.pptx", b.office("pptx"), "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("a.odt", b.open_document("text"), "application/vnd.oasis.opendocument.text", "odt"),
    ("a.ods", b.open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("a.zip", b.packed({"a/b.txt": "hi", "main.py": "#!/usr/bin/python\n", "a/": ""}), "application/zip", "zip"),
    ("a.doc", b.word_97(), "application/msword", "doc"),
    ("a.xls", b.excel_97((0x85, b"\0" * 8)), "application/vnd.ms-excel", "xls"),
    ("a.txt", "Größe ≤ 5 µm\n".encode(), "text/plain", "txt"),
    ("a.log", b"one line", "text/plain", "log"),
    ("a.md", b"<!-- c -->\n<div align=center>\n\n# Title", "text/markdown", "md"),
    ("a.csv", "Länge;5\r\n".encode("cp1252"), "text/csv", "csv"),
    ("b.csv", "\ufeffa;ä".encode("utf-16-le"), "text/csv", "csv"),
    ("c.csv", "\ufeffa;ä".encode(), "text/csv", "csv"),
    ("a.tsv", b"a\tb", "text/tab-separated-values", "tsv"),
    ("a.json", b' [{"a": 1}]', "application/json", "json"),
    ("a.xml", b'<?xml version="1.0"?><a><b/></a>', "application/xml", "xml"),
    ("ReadMe", b"plain", "text/plain", "txt"),
    ("scan", b.pdf(), "application/pdf", "pdf"),
    ("notes.txt", b"MZ is how this sentence begins, and BM could too.", "text/plain", "txt"),
]


@pytest.mark.parametrize(("name", "data", "media_type", "extension"), ACCEPTED, ids=[row[0] for row in ACCEPTED])
def test_accepted_kinds_are_told_by_content(name: str, data: bytes, media_type: str, extension: str) -> None:
    facts = look(data, name)
    assert (facts.media_type, facts.extension) == (media_type, extension)
    assert (facts.size, facts.sha256) == (len(data), hashlib.sha256(data).hexdigest())


LIES = [
    ("report.pdf", b"  <!-- x --><!DOCTYPE html><p>", "PDF", "HTML"),
    ("report.pdf", b"MZ\x90\x00\x03" + b"\0" * 80, "PDF", "program"),
    ("report.pdf", b"\x7fELF\x02", "PDF", "program"),
    ("report.pdf", b.packed({"a": "b"}), "PDF", "ZIP"),
    ("report.pdf", b"just words", "PDF", "plain text"),
    ("report.docx", b.packed({"a": "b"}), "Word", "ZIP"),
    ("report.docx", b.office("xlsx"), "Word", "Excel"),
    ("table.csv", b.office("xlsx"), "CSV", "Excel"),
    ("table.xls", b"<html><table>", "Excel", "HTML"),
    ("table.txt", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "plain text", "SVG"),
    ("photo.png", b.JPEG, "PNG", "JPEG"),
    ("photo.jpg", b"II*\0" + b"\0" * 30, "JPEG", "TIFF"),
    ("list.json", b.pdf(), "JSON", "PDF"),
    ("page.html", b.pdf(), "HTML", "PDF"),
    ("page.txt", "\ufeff<html>".encode("utf-16-be"), "plain text", "HTML"),
]


@pytest.mark.parametrize(("name", "data", "says", "what"), LIES, ids=[f"{row[0]}-{row[3]}" for row in LIES])
def test_a_file_that_lies_is_refused_naming_both(name: str, data: bytes, says: str, what: str) -> None:
    no = refused(data, name)
    assert no.code == "file.lies"
    assert says in str(no.message)
    assert what in str(no.message)


NOT_TAKEN = [
    ("a.html", b"<html>", "file.active"),
    ("a.svg", b"<svg/>", "file.active"),
    ("setup.exe", b"MZ\x90\x00\x03" + b"\0" * 80, "file.program"),
    ("run.sh", b"#!/bin/sh\nrm", "file.program"),
    ("run.bat", b"@echo off", "file.program"),
    ("run.js", b"alert(1)", "file.program"),
    ("a.lnk", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "file.program"),
    ("a.jar", b.packed({"META-INF/MANIFEST.MF": "x"}), "file.program"),
    ("a.dcm", b"\0" * 128 + b"DICM", "file.not-accepted"),
    ("a.rtf", b"{\\rtf1 hello}", "file.not-accepted"),
    ("a.tar", b"x" * 257 + b"ustar", "file.not-accepted"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0", "file.not-accepted"),
    ("a.heic", b"\0\0\0\x18ftypheic", "file.not-accepted"),
    ("a.mp4", b"\0\0\0\x18ftypisom", "file.not-accepted"),
    ("a.dotx", b.office("dotx"), "file.not-accepted"),
    ("visio", b.office("vsdx"), "file.not-accepted"),
    ("slides", b.open_document("presentation"), "file.not-accepted"),
    ("letter", b.open_document("text-template"), "file.not-accepted"),
    ("book", b.packed({"mimetype": "application/epub+zip"}), "file.not-accepted"),
    ("a.ppt", b.compound({"PowerPoint Document": b"x" * 5000}), "file.not-accepted"),
    ("a.msg", b.compound({"__properties_version1.0": b"x" * 20}), "file.not-accepted"),
    ("a.doc", b.word_97(version=0x65), "file.lies"),
    ("setup", b.compound({"!Something": b"x" * 20}), "file.not-accepted"),
    ("data.yaml", b"a: 1", "file.not-accepted"),
    ("scan.foo", b.pdf(), "file.not-accepted"),
    ("noise", b"\x00\x01\x02\x03", "file.unknown"),
    ("noise.txt", b"a\x00b", "file.lies"),
    ("mac.txt", b"d\x8ej\x8d", "file.lies"),
    ("empty.txt", b"", "file.empty"),
]


@pytest.mark.parametrize(("name", "data", "code"), NOT_TAKEN, ids=[f"{row[0]}-{row[2]}" for row in NOT_TAKEN])
def test_what_is_not_on_the_list_is_refused(name: str, data: bytes, code: str) -> None:
    assert refused(data, name).code == code


def test_the_declared_name_is_cleaned_before_its_extension_counts() -> None:
    assert refused(b"plain words", "invoice\u202etxt.exe").code == "file.lies"
    assert refused(b.pdf(), "invoice.pdf.exe").code == "file.lies"


# --- macros and passwords ---------------------------------------------------------------------------------------------
VBA = b.compound({"VBA": b"", "PROJECT": b"x" * 70})
MACROS = {
    "docm": b.office("docm"),
    "renamed": b.office("docx", {"word/vbaProject.bin": VBA}),
    "renamed-case": b.office("docx", {"word/VBAPROJECT.BIN": "x"}),
    "content-type": b.office("docx", extra_types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
    "excel-4": b.office("xlsx", {"xl/macrosheets/sheet1.xml": "<a/>"}),
    "embedded": b.office("docx", {"word/embeddings/sheet.xlsx": b.office("xlsx", {"xl/vbaProject.bin": VBA})}),
    "embedded-ole": b.office("docx", {"word/embeddings/oleObject1.bin": b.word_97(more={"VBA": b""})}),
    "zipped": b.packed({"a.docx": b.office("docm")}),
    "odt": b.open_document("text", {"Basic/Standard/Module1.xml": "<a/>"}),
    "odt-script": b.open_document("text", {"Scripts/python/a.py": "x"}),
    "doc": b.word_97(more={"Macros": b"", "VBA": b""}),
    "xls": b.compound({"Workbook": b"x" * 5000, "_VBA_PROJECT_CUR": b""}),
    "xls-4": b.excel_97((0x85, b"\0\0\0\0\0\x01\x02\x00ab")),
}


@pytest.mark.parametrize("case", MACROS)
def test_macros_are_found_wherever_they_hide(case: str) -> None:
    no = refused(MACROS[case], "x.docx" if MACROS[case][:2] == b"PK" and "odt" not in case and case != "zipped" else "x")
    assert no.code == "file.macros"
    assert "acro" in str(no.message)


def test_macros_in_utf_16_types_are_found() -> None:
    types = '<?xml version="1.0" encoding="utf-16"?><Types><Override ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    assert refused(b.packed({b.TYPES: types.encode("utf-16")}), "a.docx").code == "file.macros"


def test_empty_macro_libraries_of_libreoffice_are_no_macros() -> None:
    assert look(b.open_document("text", {"Basic/script-lc.xml": "<a/>", "Basic/Standard/script-lb.xml": "<a/>"})).extension == "odt"


LOCKED = {
    "a.docx": b.compound({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"x" * 70}),
    "a.odt": b.open_document("text", {"META-INF/manifest.xml": '<m:m xmlns:m="u"><m:encryption-data/></m:m>'}),
    "a.doc": b.word_97(flags=0x0100),
    "a.xls": b.excel_97((0x2F, b"\0" * 6)),
}


@pytest.mark.parametrize("name", [name for name in LOCKED if name != "a.odt"])
def test_documents_with_a_password_are_refused(name: str) -> None:
    assert refused(LOCKED[name], name).code == "file.encrypted"


def test_an_open_document_with_a_password_is_refused() -> None:
    manifest = '<m:m xmlns:m="u"><m:encryption-data/></m:m>'
    data = b.packed({"mimetype": b.ODF + "text", "META-INF/manifest.xml": manifest})
    assert refused(data, "a.odt").code == "file.encrypted"


def test_old_office_files_are_kept_with_a_warning() -> None:
    assert warned(b.word_97(), "a.doc") == ["file.legacy"]


def test_what_office_files_load_or_carry_is_said() -> None:
    assert warned(b.office(more={"word/_rels/s.xml.rels": b.relations("attachedTemplate", "https://x/t.dotm")})) == [
        "file.external",
        "file.no-extension",
    ]
    assert warned(b.office(more={"word/_rels/d.xml.rels": b.relations("hyperlink", "https://x/")}), "a.docx") == []
    assert warned(b.office(more={"word/embeddings/a.xlsx": b.office("xlsx")}), "a.docx") == ["file.embedded"]
    assert warned(b.office(more={"word/activeX/activeX1.xml": "<a/>"}), "a.docx") == ["file.controls"]


def test_a_program_packed_as_an_object_is_refused() -> None:
    packed = b"\0\0\0\0\x02\x00invoice.exe\x00C:\\invoice.exe\x00"
    data = b.office(more={"word/embeddings/oleObject1.bin": b.compound({"\x01Ole10Native": packed})})
    assert refused(data, "a.docx").code == "file.program"
    harmless = b.office(more={"word/embeddings/oleObject1.bin": b.compound({"\x01Ole10Native": packed.replace(b".exe", b".pdf")})})
    assert warned(harmless, "a.docx") == ["file.embedded"]


def test_xml_entities_inside_an_office_file_are_refused() -> None:
    evil = '<!DOCTYPE a [<!ENTITY b "c">]><Types/>'
    assert refused(b.packed({b.TYPES: evil}), "a.docx").code == "file.entities"


# --- texts ------------------------------------------------------------------------------------------------------------
def test_stray_control_characters_are_borne_only_in_long_texts() -> None:
    assert look(b"word " * 2000 + b"\x04", "a.txt").media_type == "text/plain"
    assert look(b"w\xf6rd " * 2000 + b"\x04", "a.txt").media_type == "text/plain"
    assert refused(b"word \x04", "a.txt").code == "file.lies"


def test_a_multibyte_character_cut_by_the_end_is_no_utf_8() -> None:
    assert look("ä".encode()[:1] * 3, "a.txt").media_type == "text/plain"  # Windows-1252 it is


def test_json_that_is_none_is_kept_as_text() -> None:
    facts = look(b"// hello", "a.json")
    assert facts.media_type == "text/plain"
    assert [warning.code for warning in facts.warnings] == ["file.not-json"]


XML_REFUSED = {
    "file.entities": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "file.broken": b"<a><b></a>",
    "file.active": b'<a><s:script xmlns:s="http://www.w3.org/1999/xhtml">alert(1)</s:script></a>',
}


@pytest.mark.parametrize("code", XML_REFUSED)
def test_xml_is_read_to_its_end(code: str) -> None:
    assert refused(XML_REFUSED[code], "a.xml").code == code


def test_xml_in_an_unknown_encoding_is_refused() -> None:
    assert refused(b'<?xml version="1.0" encoding="klingon"?><a/>', "a.xml").code == "file.broken"


def test_xml_with_a_style_sheet_is_kept_with_a_warning() -> None:
    assert warned(b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>', "a.xml") == ["file.stylesheet"]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">%s</svg>'


def test_svg_is_taken_only_where_allowed_and_harmless() -> None:
    good = (SVG % '<path d="M0 0"/><use href="#a"/>').encode()
    assert look(good, "a.svg", frozenset({"svg"})).media_type == "image/svg+xml"
    for evil in ("<script/>", '<a onclick="x"/>', '<a l:href="javascript:x"/>', "<foreignObject/>", '<image href="https://x/"/>'):
        with pytest.raises(FileRefused, match=r"file\.active"):
            look((SVG % evil).encode(), "a.svg", frozenset({"svg"}))


# --- pictures ---------------------------------------------------------------------------------------------------------
def test_a_picture_that_unpacks_to_gigabytes_is_refused() -> None:
    assert refused(b.png(60_000, 60_000), "a.png").code == "file.pixels"


@pytest.mark.parametrize("data", [b.png()[:20], b.png(0, 5), b.JPEG[:9], b"\xff\xd8\xff\xe0\x00\x04abxx", b.GIF[:8], b.WEBP_LOSSY[:20]])
def test_a_picture_without_a_size_is_damaged(data: bytes) -> None:
    assert refused(data).code == "file.broken"


def test_a_picture_that_is_also_an_archive_is_refused() -> None:
    assert refused(b.png() + b.packed({"a": "b"}), "a.png").code == "file.two-in-one"


# --- streams ----------------------------------------------------------------------------------------------------------
class Endless(io.RawIOBase):
    """A stream without end that counts what was read of it."""

    def __init__(self, start: bytes = b"", seekable: bool = False) -> None:
        self.start, self.given, self.can_seek = start, 0, seekable

    def seekable(self) -> bool:
        return self.can_seek

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.given += size
        return (self.start + b"a" * size)[:size]


@pytest.mark.parametrize("seekable", [True, False])
def test_a_file_over_the_limit_is_refused_without_reading_on(seekable: bool) -> None:
    stream = Endless(seekable=seekable)
    with pytest.raises(FileRefused, match=r"file\.too-large") as caught:
        inspect(stream, declared_name="a.txt", size_limit=1_000_000)
    assert stream.given < 1_200_000
    assert "1 MB" in str(caught.value.message)


def test_a_program_is_refused_by_its_first_bytes() -> None:
    stream = Endless(b"MZ\x90\x00\x03")
    with pytest.raises(FileRefused, match=r"file\.lies"):
        inspect(stream, declared_name="a.pdf", size_limit=10**12)
    assert stream.given <= 1 << 16


def test_a_file_exactly_at_the_limit_is_taken() -> None:
    assert inspect(io.BytesIO(b"a" * 100), declared_name="a.txt", size_limit=100).size == 100


def test_the_stream_is_left_at_its_beginning() -> None:
    stream = io.BytesIO(b.office())
    stream.seek(7)
    inspect(stream, declared_name="a.docx", size_limit=LIMIT)
    assert stream.tell() == 0


def test_a_stream_that_cannot_seek_is_looked_into_as_well() -> None:
    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, offset: int, whence: int = 0) -> int:
            raise io.UnsupportedOperation

    assert inspect(OneWay(b.office()), declared_name="a.docx", size_limit=LIMIT).extension == "docx"


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"0123456789abcde\n" * 2_000_000)
    with path.open("rb") as stream:
        tracemalloc.start()
        inspect(stream, declared_name="big.txt", size_limit=10**9)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2_000_000


# --- whatever comes ---------------------------------------------------------------------------------------------------
SAMPLES = [data for _name, data, _type, _extension in ACCEPTED] + [*MACROS.values(), *LOCKED.values()]
NAMES = st.one_of(st.text(max_size=20), st.sampled_from([row[0] for row in ACCEPTED]))


def only_refusals(data: bytes, name: str) -> None:
    try:
        facts = look(data, name, frozenset({"svg"}))
    except FileRefused:
        return
    assert facts.size == len(data)


@given(st.binary(max_size=300), NAMES)
def test_random_bytes_end_in_facts_or_a_refusal(data: bytes, name: str) -> None:
    only_refusals(data, name)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_files_end_in_facts_or_a_refusal(sample: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sample)))
    kind = data.draw(st.sampled_from(["cut", "change", "insert", "remove"]))
    noise = data.draw(st.binary(min_size=1, max_size=8))
    changed = {
        "cut": sample[:at],
        "change": sample[:at] + noise + sample[at + len(noise) :],
        "insert": sample[:at] + noise + sample[at:],
        "remove": sample[:at] + sample[at + len(noise) :],
    }[kind]
    only_refusals(changed, "x")
