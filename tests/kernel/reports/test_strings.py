"""Text made safe for the page."""

from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.reports.strings import BREAK, CLOSE, OPEN, ems, plain, shown, visible


def test_line_ends_and_composition() -> None:
    assert shown("a\r\nb\u2028c\x85d") == "a\nb\nc\nd"
    assert shown("e\u0301") == "é"


def test_hidden_characters_are_numbered() -> None:
    assert shown("a\u202eb") == f"a{OPEN}202E{CLOSE}b"
    assert plain("a\u202eb\n c") == "a\ufffdb c"


def test_only_words_too_long_for_the_line_may_break() -> None:
    assert shown("short words here", 4) == "short words here"
    assert BREAK in shown("x" * 50, 10)
    assert BREAK not in shown("x" * 10, 10)


def test_a_break_never_parts_a_letter_from_its_mark() -> None:
    found = shown("x\u0304" * 40, 5)
    assert f"{BREAK}\u0304" not in found


def test_visible() -> None:
    assert visible("a")
    assert visible("·")
    assert not visible(" \u200b\u2060\u0301\n")


@given(st.text(max_size=80), st.floats(1, 60))
def test_nothing_is_lost(text: str, room: float) -> None:
    import re
    import unicodedata

    found = re.sub(f"{OPEN}([0-9A-F]+){CLOSE}", lambda match: chr(int(match[1], 16)), shown(text, room))
    wanted = re.sub("\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    assert found.replace(BREAK, "") == wanted.replace(BREAK, "")


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200), st.floats(2, 30))
def test_no_piece_is_wider_than_the_line(text: str, room: float) -> None:
    assert all(ems(piece) <= max(room, 1.0) + 0.001 for piece in shown(text, room).split(BREAK))
