"""What is read off a document: outline, words, files, records."""

from medithread.kernel.text import empty, files, is_empty, outline, plain_text, record_numbers, words
from tests.kernel.text.samples import SHA, doc, marked, paragraph, table


def heading(level, text):
    return {"type": "heading", "attrs": {"level": level}, "content": [marked(text)]}


def test_the_outline_numbers_headings_and_never_counts_a_skipped_level():
    found = outline(
        doc(heading(2, "Scope"), heading(4, "Lots"), heading(4, "Parts"), heading(3, "Rest"), heading(2, "Duties"), heading(1, "End"))
    )
    assert [(one.number, one.level, one.text) for one in found] == [
        ("1", 2, "Scope"),
        ("1.1", 4, "Lots"),
        ("1.2", 4, "Parts"),
        ("1.3", 3, "Rest"),
        ("2", 2, "Duties"),
        ("3", 1, "End"),
    ]


def test_typed_numbers_are_not_numbered_again():
    found = outline(doc(heading(1, "1. Purpose"), heading(2, "1.1 Scope"), heading(1, "Annex")))
    assert [one.number for one in found] == ["", "", ""]


def test_ids_are_stable_words_and_unique():
    found = outline(
        doc(
            heading(1, "Scope & Duties (QA)"),
            heading(1, "Größe"),
            heading(1, "Scope"),
            heading(1, "Scope"),
            heading(1, "Scope-1"),
            heading(1, "!?"),
        )
    )
    assert [one.id for one in found] == ["scope--duties-qa", "größe", "scope", "scope-1", "scope-1-1", "section"]


def test_the_path_leads_to_the_heading_even_in_a_cell():
    cell = {"type": "tableCell", "content": [heading(3, "Inside")]}
    made = doc(paragraph("x"), {"type": "table", "content": [{"type": "tableRow", "content": [cell]}]})
    [found] = outline(made)
    node = made
    for index in found.path:
        node = node["content"][index]
    assert node["type"] == "heading"


def test_plain_text_keeps_words_apart():
    made = doc(
        heading(1, "Scope"),
        {
            "type": "paragraph",
            "content": [
                marked("see "),
                {"type": "recordLink", "attrs": {"number": "SOP-1", "edition": "v3"}},
                {"type": "hardBreak"},
                marked("now"),
            ],
        },
        table(["a", "b"], ["c", "d"]),
        {"type": "image", "attrs": {"file": SHA, "alt": "A pump"}},
        {"type": "codeBlock", "content": [{"type": "text", "text": "x\ny"}]},
    )
    assert plain_text(made) == "Scope\nsee SOP-1 v3\nnow\na\tb\nc\td\nA pump\nx\ny"
    assert words(made) == 13


def test_files_and_records_are_named_once_in_reading_order():
    link = {"type": "recordLink", "attrs": {"number": "SOP-2"}}
    other = {"type": "recordLink", "attrs": {"number": "SOP-1"}}
    image = {"type": "image", "attrs": {"file": SHA}}
    made = doc(
        {"type": "paragraph", "content": [link, marked(" "), other, marked(" "), link]}, image, {"type": "blockquote", "content": [image]}
    )
    assert record_numbers(made) == ["SOP-2", "SOP-1"]
    assert files(made) == [SHA]


def test_empty_means_nothing_to_see():
    assert is_empty(empty())
    assert is_empty(doc({"type": "pageBreak"}))
    assert not is_empty(doc({"type": "image", "attrs": {"file": SHA}}))
    assert not is_empty(doc(paragraph("x")))
