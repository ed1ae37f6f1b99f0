"""Markdown there and back without loss, readable, and harmless whatever is written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from medithread.kernel.text import TextError, canonical_bytes, empty, normalise
from medithread.kernel.text.html import from_html
from medithread.kernel.text.markdown import from_markdown, split_front_matter, to_markdown
from tests.kernel.text.samples import SHA, doc, marked, paragraph, table
from tests.kernel.text.strategies import CHARACTERS, SNIPPETS, documents


def read(text, **options):
    return from_markdown(text, **options)[0]["content"]


def line(*inline):
    return {"type": "paragraph", "content": list(inline)}


@settings(max_examples=400, deadline=None)
@given(documents())
@example(doc(line(marked("*a*"), marked("b", "bold"), marked("c", "bold", "italic"), marked("\u00a0d", "code"))))
@example(
    doc(line(marked("x", "link:https://example.org/(a)"), {"type": "hardBreak"}, marked("- y"), {"type": "hardBreak"}, marked("=== ")))
)
@example(
    doc(paragraph("{header} x"), paragraph("# not a heading"), paragraph("1. not a list"), paragraph("\\pagebreak"), paragraph("| a |"))
)
@example(doc({"type": "codeBlock", "content": [{"type": "text", "text": "```\n    ::: table\n\n\t\n"}]}))
def test_the_round_trip_loses_nothing(document):
    text = to_markdown(document)
    back, losses = from_markdown(text)
    assert back == document, text
    assert losses == []
    assert to_markdown(back) == text


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(SNIPPETS, st.text(CHARACTERS, max_size=6), st.sampled_from(["\n", "\n\n", "  ", "* - ", "> "])), max_size=12).map(
        "".join
    )
)
def test_whatever_is_written_is_read_and_stays(text):
    document, _ = from_markdown(text)
    assert normalise(document) == document
    assert from_markdown(to_markdown(document))[0] == document


@pytest.mark.parametrize(
    "text",
    [
        "# Scope\n\nAll *lots* of **pumps**, `code`, ~~old~~, ++new++, H~2~O, 10^-3^, [[SOP-0042]] and [[SOP-0042 v3]].\n",
        "- a\n- b\n  - c\n- d\n",
        "3. a\n\n4. b\n\n   more\n\n1) again\n",
        "{type=a}\n\n1. a\n2. b\n",
        "| Step | Who |\n|---|---|\n| Check \\| see | QA<br>Lead |\n",
        "|  |  |\n|---|---|\n| a | b |\n",
        f"![A pump](sha256:{SHA}){{width=50}}\n",
        "> quoted\n>\n> more\n",
        "```python\nprint(1)\n```\n",
        "before\n\n***\n\n\\pagebreak\n\n\\blank\n\nafter\n",
        "line one\\\nline two\n",
        "See <https://example.org/x> and [there](#scope) and FRM_0107 at 5 °C.\n",
        "::: table\n* - {header} Step\n  - {header colspan=2} Who\n* - Inspect\n\n    - twice\n  - Inspector\n  - {}\n:::\n",
        "[C++]{bold}or\n",
    ],
)
def test_the_dialect_is_written_as_it_is_read(text):
    document, losses = from_markdown(text)
    assert losses == []
    assert to_markdown(document) == text


def test_the_dialect_means_what_it_says():
    found = read("H~2~O ++x++ [a b]{bold subscript} [[SOP-0042 Rev. B]] a<br>b")
    assert found == [
        line(
            {"type": "text", "text": "H"},
            marked("2", "subscript"),
            {"type": "text", "text": "O "},
            marked("x", "underline"),
            {"type": "text", "text": " "},
            marked("a b", "bold", "subscript"),
            {"type": "text", "text": " "},
            {"type": "recordLink", "attrs": {"number": "SOP-0042", "edition": "Rev. B"}},
            {"type": "text", "text": " a"},
            {"type": "hardBreak"},
            {"type": "text", "text": "b"},
        )
    ]


@pytest.mark.parametrize(
    "text", ["about ~5 mm or ~6 mm", "C++ and D++", "a ^ b ^ c", "x = i++ + j++", "{not} a mark", "a_b_c", "1 < 2 & 3 > 2", "[a]{x}"]
)
def test_ordinary_words_are_no_marks(text):
    assert read(text) == [paragraph(text)]


def test_a_table_in_the_fenced_form_holds_blocks_and_spans():
    [found] = read("::: table\n* - {header colspan=2 rowspan=2} A\n  - {}\n* - {header}\n\n    1. x\n:::")
    first, second = found["content"]
    assert first["content"][0] == {"type": "tableHeader", "attrs": {"colspan": 2, "rowspan": 2}, "content": [paragraph("A")]}
    assert first["content"][1] == {"type": "tableCell", "content": [{"type": "paragraph"}]}
    assert second["content"][0]["type"] == "tableHeader"
    assert [block["type"] for block in second["content"][0]["content"]] == ["orderedList"]


def test_three_roads_lead_to_the_same_bytes():
    by_markdown = from_markdown(
        "## Duties\n\nThe *lead* signs **every** lot.\n\n- QA checks\n- see [x](https://example.org/ä)\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    )[0]
    by_html = from_html(
        "<h2>Duties</h2><p>The <i>lead</i> signs <b>every </b>lot.</p><ul><li><p>QA checks</p></li><li>see <a href='https://example.org/%C3%A4'>x</a></li></ul>"
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td>1</td><td>2</td></tr></table><p></p>"
    )[0]
    by_editor = doc(
        {"type": "heading", "attrs": {"level": 2, "textAlign": None}, "content": [marked("Duties")]},
        line(marked("The "), marked("lead", "italic"), marked(" signs "), marked("every ", "bold"), marked("lot.")),
        {
            "type": "bulletList",
            "content": [
                {"type": "listItem", "content": [paragraph("QA checks")]},
                {"type": "listItem", "content": [line(marked("see "), marked("x", "link:https://example.org/ä"))]},
            ],
        },
        table(["A", "B"], ["1", "2"], head=True),
        {"type": "paragraph"},
    )
    assert canonical_bytes(by_markdown) == canonical_bytes(by_html) == canonical_bytes(by_editor)


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](&#x6a;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<script>alert(1)</script>",
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
    ],
)
def test_hostile_markdown_is_only_text(text):
    document, _ = from_markdown(text)
    assert b'"href"' not in canonical_bytes(document)
    assert b'"image"' not in canonical_bytes(document)


def test_what_could_not_be_carried_is_listed():
    document, losses = from_markdown(
        "a [b](other.md) ![A pump](pump.png)\n\n<!-- hidden\n\nnote -->\n\n<img src=x> <span>c</span> <!-- d -->"
    )
    assert document["content"] == [paragraph("a b [A pump]"), paragraph("c")]
    assert [loss.code for loss in losses] == ["markdown.link", "markdown.image", "markdown.comment", "markdown.tag", "markdown.comment"]
    assert losses[0].message == "The link to 'other.md' was left out; its text stays."


def test_an_import_resolves_pictures_and_records():
    found = read(
        "![A pump](img/pump.png) see [SOP-7](sop-7.md) and [the form](form.md)",
        images=lambda source: SHA if source == "img/pump.png" else None,
        records=lambda href: {"sop-7.md": "SOP-7", "form.md": "FRM-1"}.get(href),
    )
    assert found[0] == {"type": "image", "attrs": {"file": SHA, "alt": "A pump"}}
    assert [node["attrs"]["number"] for node in found[1]["content"] if node["type"] == "recordLink"] == ["SOP-7", "FRM-1"]
    assert "the form (" in found[1]["content"][2]["text"]


def test_tasks_become_boxes():
    [found] = read("- [ ] open\n- [x] done\n- \\[ ] text")
    assert [item["content"][0]["content"][0]["text"] for item in found["content"]] == ["☐ open", "☑ done", "[ ] text"]


def test_html_that_people_write_in_markdown():
    text = (
        {"type": "text", "text": "a"},
        marked("2", "subscript"),
        {"type": "text", "text": " "},
        marked("c", "bold"),
        {"type": "hardBreak"},
    )
    assert read("a<sub>2</sub> <b>c</b><br/>d") == [line(*text, {"type": "text", "text": "d"})]
    assert read("| a |\n|---|\n| x <ul><li>y</li><li>z</li></ul> |")[0]["content"][1]["content"][0]["content"][0]["content"] == [
        {"type": "text", "text": "x"},
        {"type": "hardBreak"},
        {"type": "text", "text": "• y"},
        {"type": "hardBreak"},
        {"type": "text", "text": "• z"},
    ]
    assert read("*\\<your company name>*") == [line(marked("<your company name>", "italic"))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (">" * 20_000, "text.deep"),
        ("[" * 20_000, "markdown.brackets"),
        ("![[" * 20_000, "markdown.brackets"),
        ("x" * 5_000_001, "text.large"),
    ],
)
def test_attacks_on_the_parser_are_refused(text, code):
    with pytest.raises(TextError) as caught:
        from_markdown(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [" ++a" * 2000, "a~b" * 2000, "a^" * 2000, "*a **b " * 2000, "`" * 4001, "<b>" * 2000, "<!--" * 2000, "::: table\n" * 500, "\\" * 5000],
)
def test_long_runs_of_signs_are_read_in_time(text):
    from_markdown(text)


def test_an_empty_document_is_an_empty_text():
    assert to_markdown(empty()) == ""
    assert from_markdown(" \n\n\t\n")[0] == empty()
    assert from_markdown("\ufeff# A")[0]["content"][0]["type"] == "heading"


FRONT = """---
id: SOP-001  # the number
title: 'Document ''Control'''
quoted: "a \\"b\\""
reviewers: [engineering, "quality, first"]
approvers:
  - Executive
  - 'Quality'
summary: >
  two
  lines
training:
  days: 30
empty:
date: 2026-01-15
---

# Body
"""


def test_front_matter_is_split_off():
    found, body = split_front_matter(FRONT)
    assert body == "# Body\n"
    assert found == {
        "id": "SOP-001",
        "title": "Document 'Control'",
        "quoted": 'a "b"',
        "reviewers": ["engineering", "quality, first"],
        "approvers": ["Executive", "Quality"],
        "summary": "two lines",
        "training": "days: 30",
        "empty": "",
        "date": "2026-01-15",
    }


@pytest.mark.parametrize("text", ["# A\n\n---\nb: c\n---\n", "---\nnever: closed\n", "", "--- \nx"])
def test_what_is_no_front_matter_is_body(text):
    assert split_front_matter(text) == ({}, text)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_a_written_document_never_begins_like_front_matter(document):
    text = to_markdown(document)
    assert split_front_matter(text) == ({}, text)
