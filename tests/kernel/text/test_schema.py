"""The canonical form: one set of bytes for one meaning, and strict about everything else."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given, settings

from medithread.kernel.text import TextError, canonical_bytes, digest, empty, from_json, normalise
from medithread.kernel.text import schema as schema_module
from tests.kernel.text.samples import SHA, doc, marked, paragraph, table
from tests.kernel.text.strategies import JSON, raw_documents


def content(*inline):
    """The canonical inline content of a paragraph."""
    return doc({"type": "paragraph", "content": list(inline)})["content"][0].get("content", [])


def refused(block, code):
    with pytest.raises(TextError) as caught:
        normalise({"type": "doc", "content": [block]})
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    return caught.value


@settings(max_examples=150, deadline=None)
@given(raw_documents())
def test_it_is_idempotent_and_its_bytes_are_rfc_8785(raw):
    once = normalise(raw)
    assert normalise(once) == once
    assert normalise(json.loads(canonical_bytes(once))) == once
    assert canonical_bytes(once) == rfc8785.dumps(once)


@settings(max_examples=150, deadline=None)
@given(raw_documents())
def test_every_text_is_nfc_and_free_of_what_no_document_may_hold(raw):
    text = canonical_bytes(normalise(raw)).decode()
    assert "\x00" not in text
    assert "\r" not in text
    assert "null" not in [repr(part) for part in _values(normalise(raw))]
    assert all(unicodedata.is_normalized("NFC", value) for value in _values(normalise(raw)) if isinstance(value, str))


def _values(value):
    if isinstance(value, dict):
        return [inner for part in value.values() for inner in _values(part)]
    return [inner for part in value for inner in _values(part)] if isinstance(value, list) else [value]


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_taken_or_refused(value):
    for data in (value, {"type": "doc", "content": value}, {"type": "doc", "content": [value]}):
        once = taken(data)
        assert once is None or normalise(once) == once


def taken(data):
    """The canonical document, None when it is refused; every other exception is a failure."""
    try:
        return normalise(data)
    except TextError:
        return None


def test_the_same_meaning_has_the_same_bytes():
    one = doc({"type": "paragraph", "content": [marked("Check  ", "bold"), marked("the\u00a0lot.\r\n")]}, {"type": "paragraph"})
    other = doc(
        {
            "type": "paragraph",
            "attrs": {"textAlign": None},
            "content": [marked("Che", "bold"), marked("ck", "bold"), marked(" the\u00a0lot.")],
        },
        paragraph(" \t "),
        {"type": "paragraph", "content": [{"type": "hardBreak"}]},
    )
    assert canonical_bytes(one) == canonical_bytes(other)
    assert digest(one) == digest(other)
    assert len(digest(one)) == 64


def test_the_digest_does_not_change_with_versions():
    sample = doc(
        {"type": "heading", "attrs": {"level": 1}, "content": [marked("Scope")]},
        {"type": "paragraph", "content": [marked("µm ± 5", "bold", "link:https://example.org/ä")]},
        table(["Step", "Who"], ["Check", "QA"], head=True),
    )
    assert digest(sample)[:12] == "3b440f2917fa"


def test_a_space_carries_the_marks_that_both_sides_have():
    assert content(marked("a ", "bold"), marked("b")) == [marked("a", "bold"), {"type": "text", "text": " b"}]
    assert content(marked("a ", "bold", "italic"), marked("b", "bold")) == [
        marked("a", "bold", "italic"),
        marked(" b", "bold"),
    ]


def test_marks_are_ordered_and_doubles_dropped():
    given_marks = [
        {"type": "code"},
        {"type": "bold"},
        {"type": "bold"},
        {"type": "link", "attrs": {"href": "HTTPS://Example.org", "target": "_blank"}},
    ]
    [node] = content({"type": "text", "text": "x", "marks": given_marks})
    assert [mark["type"] for mark in node["marks"]] == ["link", "bold", "code"]
    assert node["marks"][0] == {"type": "link", "attrs": {"href": "https://Example.org"}}


def test_subscript_wins_over_superscript():
    assert content(marked("2", "superscript", "subscript")) == [marked("2", "subscript")]


def test_unicode_is_composed_across_neighbouring_texts():
    assert content(marked("e"), marked("\u0301")) == [{"type": "text", "text": "é"}]
    assert content(marked("\u2126")) == [{"type": "text", "text": "Ω"}]


def test_line_breaks_at_the_ends_say_nothing():
    line = {"type": "hardBreak"}
    assert content(line, marked("a "), line, line, marked(" b"), line) == [
        {"type": "text", "text": "a"},
        line,
        line,
        {"type": "text", "text": "b"},
    ]


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "\ud800", "\x9b", "\ufffe", "a\x1fb"])
def test_forbidden_characters_are_refused_with_their_place(text):
    error = refused(paragraph(text), "text.character")
    assert error.path == "content/0/content/0"
    assert "U+" in error.message


def test_a_byte_order_mark_and_unicode_line_ends_are_only_white_space():
    assert content(marked("\ufeffa\u2028b\u0085c\x0bd")) == [{"type": "text", "text": "a b c d"}]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "/relative",
        "x.html",
        "",
        "http://",
        None,
        5,
    ],
)
def test_a_link_leads_to_the_web_a_mailbox_or_a_place_in_the_document(href):
    node = {"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": href}}]}
    with pytest.raises(TextError):
        content(node)


@pytest.mark.parametrize(
    ("href", "canonical"),
    [
        (" https://example.org/a b\u00e4?x=<y>&z=%20 ", "https://example.org/a%20b%C3%A4?x=%3Cy%3E&z=%20"),
        ("https://b\u00fccher.example/\u00fc", "https://xn--bcher-kva.example/%C3%BC"),
        ("MAILTO:qa@example.org", "mailto:qa@example.org"),
        ("#größe", "#gr%C3%B6%C3%9Fe"),
    ],
)
def test_addresses_have_one_form(href, canonical):
    [node] = content(marked("x", f"link:{href}"))
    assert node["marks"][0]["attrs"]["href"] == canonical
    [again] = content(node)
    assert again == node


def test_a_text_cannot_lead_to_two_places():
    refused({"type": "paragraph", "content": [marked("x", "link:https://a.example", "link:https://b.example")]}, "text.link-twice")


def test_what_an_editor_emits_is_taken():
    """The defaults and presentation that TipTap writes beside the facts."""
    sent = {
        "type": "doc",
        "content": [
            {"type": "heading", "attrs": {"textAlign": None, "level": 2}, "content": [{"type": "text", "text": "Duties"}]},
            {"type": "orderedList", "attrs": {"start": 1, "type": None}, "content": [{"type": "listItem", "content": [paragraph("One")]}]},
            {
                "type": "table",
                "content": [
                    {
                        "type": "tableRow",
                        "content": [
                            {"type": "tableHeader", "attrs": {"colspan": 1, "rowspan": 1, "colwidth": [120]}, "content": [paragraph("A")]}
                        ],
                    }
                ],
            },
            {"type": "codeBlock", "attrs": {"language": None}, "content": [{"type": "text", "text": "x\n\n"}]},
            {"type": "image", "attrs": {"src": "/files/x", "alt": None, "title": None, "file": SHA, "width": None}},
            {"type": "paragraph"},
        ],
    }
    assert normalise(sent)["content"] == [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Duties"}]},
        {"type": "orderedList", "content": [{"type": "listItem", "content": [paragraph("One")]}]},
        {
            "type": "table",
            "content": [{"type": "tableRow", "content": [{"type": "tableHeader", "content": [paragraph("A")]}]}],
        },
        {"type": "codeBlock", "content": [{"type": "text", "text": "x"}]},
        {"type": "image", "attrs": {"file": SHA}},
    ]


def test_an_empty_document_is_one_empty_paragraph():
    assert normalise({"type": "doc"}) == normalise({"type": "doc", "content": [paragraph("  "), {"type": "bulletList"}]}) == empty()
    assert canonical_bytes(empty()) == b'{"content":[{"type":"paragraph"}],"type":"doc"}'


def test_empty_headings_quotations_lists_and_code_are_dropped():
    blocks = [
        {"type": "heading", "attrs": {"level": 1}},
        {"type": "blockquote"},
        {"type": "orderedList"},
        {"type": "codeBlock"},
        {"type": "table"},
    ]
    assert doc(*blocks) == empty()


def test_images_and_page_breaks_divide_their_paragraph():
    image = {"type": "image", "attrs": {"file": SHA}}
    split = doc({"type": "paragraph", "content": [marked("before "), image, {"type": "pageBreak"}, marked(" after")]})
    assert split["content"] == [paragraph("before"), image, {"type": "pageBreak"}, paragraph("after")]
    headed = doc({"type": "heading", "attrs": {"level": 1}, "content": [marked("A"), image, marked("B")]})
    assert [block["type"] for block in headed["content"]] == ["heading", "image"]


def test_neighbouring_bullet_lists_are_one_and_ordered_lists_when_they_count_on():
    def items(*texts):
        return [{"type": "listItem", "content": [paragraph(text)]} for text in texts]

    bullets = doc({"type": "bulletList", "content": items("a")}, {"type": "bulletList", "content": items("b")})
    assert len(bullets["content"]) == 1
    on = doc({"type": "orderedList", "content": items("a", "b")}, {"type": "orderedList", "attrs": {"start": 3}, "content": items("c")})
    assert len(on["content"]) == 1
    again = doc({"type": "orderedList", "content": items("a")}, {"type": "orderedList", "content": items("b")})
    assert len(again["content"]) == 2


def test_a_list_item_begins_with_a_paragraph():
    nested = doc(
        {
            "type": "bulletList",
            "content": [{"type": "listItem", "content": [{"type": "heading", "attrs": {"level": 3}, "content": [marked("H")]}]}],
        }
    )
    assert [block["type"] for block in nested["content"][0]["content"][0]["content"]] == ["paragraph", "heading"]


def test_every_table_is_made_rectangular():
    def cell(text, **spans):
        return {"type": "tableCell", "attrs": spans, "content": [paragraph(text)]}

    rows = [[cell("a", rowspan=9), cell("b", colspan=2)], [cell("c"), cell("d"), cell("e", colspan=3)], []]
    found = doc({"type": "table", "content": [{"type": "tableRow", "content": row} for row in rows]})["content"][0]
    attrs = [[one.get("attrs", {}) for one in row.get("content", [])] for row in found["content"]]
    assert attrs == [
        [{"rowspan": 3}, {"colspan": 2}, {}, {}, {}],
        [{}, {}, {"colspan": 3}],
        [{}, {}, {}, {}, {}],
    ]


def test_overlapping_cells_are_cut():
    def cell(**spans):
        return {"type": "tableCell", "attrs": spans}

    rows = [[cell(), cell(rowspan=2)], [cell(colspan=3)]]
    found = doc({"type": "table", "content": [{"type": "tableRow", "content": row} for row in rows]})["content"][0]
    assert "attrs" not in found["content"][1]["content"][0]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"type": "video"}, "text.type"),
        ({"type": "text", "text": "x"}, "text.type"),
        ({"type": "listItem"}, "text.type"),
        ({"type": "bulletList", "content": [paragraph("x")]}, "text.type"),
        ({"type": "table", "content": [paragraph("x")]}, "text.type"),
        ({"type": "paragraph", "content": [paragraph("x")]}, "text.type"),
        ({"type": "paragraph", "content": [{"type": "text"}]}, "text.not-text"),
        ({"type": "paragraph", "content": "x"}, "text.content"),
        ({"type": "paragraph", "content": ["x"]}, "text.node"),
        ({"type": "paragraph", "style": "x"}, "text.key"),
        ({"type": "paragraph", "attrs": {"onclick": "x"}}, "text.attr"),
        ({"type": "paragraph", "attrs": []}, "text.attrs"),
        ({"type": "paragraph", "content": [marked("x", "highlight")]}, "text.mark-unknown"),
        ({"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": {"type": "bold"}}]}, "text.marks"),
        ({"type": "heading", "content": [marked("x")]}, "text.level"),
        ({"type": "heading", "attrs": {"level": 7}}, "text.number"),
        ({"type": "heading", "attrs": {"level": 2.0}}, "text.number"),
        ({"type": "heading", "attrs": {"level": True}}, "text.number"),
        ({"type": "orderedList", "attrs": {"start": -1}}, "text.number"),
        ({"type": "orderedList", "attrs": {"type": "z"}}, "text.choice"),
        ({"type": "image", "attrs": {"file": "abc"}}, "text.file"),
        ({"type": "image", "attrs": {"src": "https://example.org/x.png"}}, "text.file"),
        ({"type": "image", "attrs": {"file": SHA, "alt": "x" * 1001}}, "text.long"),
        ({"type": "image", "attrs": {"file": SHA, "width": 101}}, "text.number"),
        ({"type": "codeBlock", "attrs": {"language": "a b"}, "content": [marked("x")]}, "text.language"),
        ({"type": "codeBlock", "content": [{"type": "hardBreak"}]}, "text.type"),
        ({"type": "paragraph", "content": [{"type": "recordLink", "attrs": {"number": "SOP 1"}}]}, "text.number"),
        ({"type": "paragraph", "content": [{"type": "recordLink", "attrs": {"number": "SOP-1", "edition": "v]1"}}]}, "text.edition"),
    ],
)
def test_what_is_not_known_is_refused(block, code):
    assert refused(block, code).path.startswith("content/0")


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, {"type": "paragraph"}, {"type": 5}])
def test_what_is_no_document_is_refused(value):
    with pytest.raises(TextError):
        normalise(value)


def nested_lists(depth):
    block = paragraph("x")
    for _ in range(depth):
        block = {"type": "bulletList", "content": [{"type": "listItem", "content": [block]}]}
    return block


def test_depth_is_limited_and_the_limit_is_stable():
    kept = doc(nested_lists(11))
    assert normalise(kept) == kept
    refused(nested_lists(12), "text.deep")
    refused(nested_lists(3000), "text.deep")


def test_size_is_limited(monkeypatch):
    monkeypatch.setattr(schema_module, "NODES", 50)
    refused({"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph("x")]}] * 20}, "text.many")
    refused(
        {
            "type": "table",
            "content": [{"type": "tableRow", "content": [{"type": "tableCell", "attrs": {"colspan": 40}}]}] + [{"type": "tableRow"}] * 3,
        },
        "text.many",
    )
    monkeypatch.setattr(schema_module, "BYTES", 1000)
    refused(paragraph("x" * 1001), "text.large")
    refused({"type": "codeBlock", "content": [{"type": "text", "text": '"' * 600}]}, "text.large")


def test_a_table_of_a_million_columns_is_refused_at_once():
    wide = {"type": "tableCell", "attrs": {"colspan": 100_000, "rowspan": 100_000}}
    refused({"type": "table", "content": [{"type": "tableRow", "content": [wide]}] * 1000}, "text.table-wide")


def test_a_large_document_is_taken():
    large = doc(*(paragraph(f"Paragraph {number} of a long procedure that goes on and on.") for number in range(20_000)))
    assert len(large["content"]) == 20_000


def test_json_text_is_read_and_bad_json_refused():
    assert from_json(b'{"type":"doc","content":[]}') == empty()
    for data in ("{", b"\xff\xfe", "[" * 100_000, '{"type":"doc","content":[{"type":"heading","attrs":{"level":NaN}}]}'):
        with pytest.raises(TextError):
            from_json(data)
