"""Names of files as they may be shown and saved anywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.files.safety import MAX_NAME, FileCode, extension_of, safe_name

NAMES = [
    ("Report 1.pdf", "Report 1.pdf"),
    ("C:\\Users\\x\\a.pdf", "a.pdf"),
    ("../../etc/passwd", "passwd"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("a\x00b\x1f.pdf", "ab.pdf"),
    ("a\tb\n c.pdf", "a b c.pdf"),
    ("Gro\u0308\u00dfe.pdf", "Größe.pdf"),
    ('a<b>:|?*".pdf', "a_b______.pdf"),
    ("a.pdf::$DATA", "a.pdf__$DATA"),
    ("run.exe. . ", "run.exe"),
    ("  .hidden", "hidden"),
    ("CON.txt", "_CON.txt"),
    ("com1", "_com1"),
    ("\u200f\u200e", "file"),
    ("\u200d", "file"),
    ("", "file"),
    ("...", "file"),
    ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
    ("lone \ud800.pdf", "lone .pdf"),
]


@pytest.mark.parametrize(("given_name", "shown"), NAMES)
def test_names_are_made_safe(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("ä" * 500 + ".docx")
    assert len(name) == MAX_NAME
    assert name.endswith("ä.docx")


@given(st.text(max_size=400) | st.from_regex(r"\A(con|[ .\u200d/\\])*.{0,200}\.[a-z]{1,20}\Z"))
def test_a_safe_name_is_safe_and_stays_as_it_is(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= MAX_NAME
    assert safe_name(safe) == safe
    assert unicodedata.is_normalized("NFC", safe)
    assert not set(safe) & set('/\\<>:"|?*\n\t\x00\u202e')
    assert not safe.startswith((".", " "))
    assert not safe.endswith((".", " "))
    safe.encode()


def test_extensions_come_in_lower_case() -> None:
    assert [extension_of(name) for name in ("a.PDF", "a", "a.b c", "a.tar.gz", "a.")] == ["pdf", "", "", "gz", ""]


def test_the_codes_are_sorted_and_named_alike() -> None:
    assert [code.value for code in FileCode] == sorted(code.value for code in FileCode)
    assert all(code.value == f"file.{code.name.lower().replace('_', '-')}" for code in FileCode)
