"""HTML out: semantic, accessible, escaped. HTML in: whatever is pasted."""

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.text import TextError, empty
from medithread.kernel.text.html import from_html, to_html
from tests.kernel.text.samples import PNG, SHA, doc, marked, paragraph, table
from tests.kernel.text.strategies import documents


def shown(document, **options):
    return to_html(
        document, file_url=lambda file: f"/files/{file}", record_url=lambda number, edition: f"/r/{number}?e={edition}", **options
    )


def read(html, **options):
    return from_html(html, **options)[0]["content"]


@settings(max_examples=150, deadline=None)
@given(documents())
def test_html_carries_everything_there_and_back(document):
    html = shown(document)
    back, losses = from_html(html)
    assert back == document
    assert losses == []


@settings(max_examples=100, deadline=None)
@given(documents())
def test_nothing_a_document_says_becomes_markup(document):
    html = shown(document)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
        *(
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "td",
            "th",
            "figure",
            "img",
            "pre",
        ),
        *("code", "blockquote", "hr", "br", "a", "strong", "em", "u", "s", "sub", "sup"),
    }
    assert not re.search(r"<[^>]*\son\w+=", html)
    assert "<script" not in html


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from(list("<>/=\"' abpiultdrh1!-&;#x\n")), max_size=80))
def test_any_soup_of_tags_is_read(html):
    document, _ = from_html(html)
    assert from_html(shown(document))[0] == document


def test_headings_can_be_shifted_and_stay_headings():
    made = doc(*({"type": "heading", "attrs": {"level": level}, "content": [marked("Scope")]} for level in (1, 5)))
    assert (
        shown(made, heading_offset=2, id_prefix="d-")
        == '<h3 id="d-scope">Scope</h3>\n<p role="heading" aria-level="7" id="d-scope-1">Scope</p>'
    )


def test_links_to_headings_get_the_prefix_too():
    made = doc({"type": "paragraph", "content": [marked("x", "link:#scope"), marked("y", "link:https://example.org/?a=1&b=2")]})
    assert shown(made, id_prefix="d-") == (
        '<p><a href="#d-scope">x</a><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">y</a></p>'
    )


def test_tables_have_scopes_and_a_scrollable_named_region():
    cells = [{"type": "tableHeader", "attrs": {"colspan": 2}, "content": [paragraph("Who")]}]
    side = [
        {"type": "tableHeader", "attrs": {"rowspan": 2}, "content": [paragraph("QA")]},
        {"type": "tableCell", "content": [paragraph("checks")]},
    ]
    rest = [{"type": "tableCell", "content": [paragraph("signs")]}]
    html = shown(
        doc({"type": "table", "content": [{"type": "tableRow", "content": row} for row in (cells, side, rest)]}), table_label="Tabelle {n}"
    )
    assert html == (
        '<div class="table-scroll" role="region" tabindex="0" aria-label="Tabelle 1"><table>'
        '<thead><tr><th scope="colgroup" colspan="2">Who</th></tr></thead>'
        '<tbody><tr><th scope="rowgroup" rowspan="2">QA</th><td>checks</td></tr><tr><td>signs</td></tr></tbody></table></div>'
    )


def test_records_link_by_number_and_edition_or_stay_text():
    made = doc({"type": "paragraph", "content": [{"type": "recordLink", "attrs": {"number": "SOP-0042", "edition": "v3"}}]})
    assert shown(made) == '<p><a class="record-link" href="/r/SOP-0042?e=v3" data-record="SOP-0042" data-edition="v3">SOP-0042 v3</a></p>'
    dead = to_html(made, file_url=str, record_url=lambda number, edition: None)
    assert dead == '<p><span class="record-link" data-record="SOP-0042" data-edition="v3">SOP-0042 v3</span></p>'


def test_images_have_their_alternative_text():
    made = doc({"type": "image", "attrs": {"file": SHA, "alt": 'A "pump" <x>', "width": 50}})
    assert shown(made) == (f'<figure><img src="/files/{SHA}" alt="A &quot;pump&quot; &lt;x&gt;" data-file="{SHA}" width="50%"></figure>')


def test_marks_nest_with_the_longest_outside():
    made = doc({"type": "paragraph", "content": [marked("a", "italic"), marked("b", "bold", "italic"), marked("c", "bold")]})
    assert shown(made) == "<p><em>a<strong>b</strong></em><strong>c</strong></p>"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://example.org"></iframe>',
    '<p style="background:url(javascript:alert(1))" onclick="alert(1)">x</p>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<form action="https://example.org"><input type="password"><button>go</button></form>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    '<a href="https://example.org/" onmouseover="alert(1)" data-record="x y">z</a>',
    "<title><img src=x onerror=alert(1)></title>",
    '<img src="data:image/svg+xml;base64,PHN2Zy8+" data-file="../../etc/passwd">',
]


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_comes_out_harmless(html):
    document, _ = from_html(f"<p>before</p>{html}<p>after</p>", images=lambda data, kind: SHA)
    out = shown(document)
    assert "before" in out
    assert not re.search(r"<script|<iframe|<svg|<form|\son\w+\s*=|href=\"(?!https:|#|/r/)", out)


def test_what_was_left_out_is_listed():
    _, losses = from_html(
        "<p>x<script>1</script><script>2</script><img src='https://example.org/a.png' alt='A pump'><a href='/x'>y</a><svg></svg></p>"
    )
    assert [(loss.code, str(loss)) for loss in losses] == [
        ("html.element", "The script <script> was left out. (2 times)"),
        ("html.link", "The link to '/x' was left out; its text stays."),
        ("html.element", "The drawing <svg> was left out."),
        ("html.image", "The picture 'A pump' was left out; insert it from its file."),
    ]


@pytest.mark.parametrize("html", ["<div>" * 5000, "<ul><li>" * 5000, "<b>" * 4000 + "x", "<table><tr><td>" * 4000])
def test_absurd_nesting_is_refused_quickly(html):
    with pytest.raises(TextError) as caught:
        from_html(html)
    assert caught.value.code == "html.deep"


def test_deep_but_honest_nesting_is_flattened():
    assert read("<div>" * 1000 + "x" + "</div>" * 1000) == [paragraph("x")]


def test_too_much_is_refused():
    with pytest.raises(TextError) as caught:
        from_html("x" * 40_000_001)
    assert caught.value.code == "html.large"


def test_words_pasted_from_word_keep_their_lists():
    html = """
    <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>3.<span>&nbsp; </span></span><![endif]>First</p>
    <p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp;</span></span>Nested</p>
    <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>4.</span><b>Second</b></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
    """
    [found] = read(html)
    assert found["type"] == "orderedList"
    assert found["attrs"] == {"start": 3}
    assert [block["type"] for block in found["content"][0]["content"]] == ["paragraph", "bulletList"]
    assert found["content"][1]["content"] == [{"type": "paragraph", "content": [marked("Second", "bold")]}]


def test_style_counts_like_tags_and_wrappers_do_not():
    html = '<b style="font-weight:normal"><p><span style="font-weight:700;font-style:italic">a</span> <a href="https://example.org"><u style="text-decoration:underline">b</u></a></p></b>'
    [block] = read(html)
    assert block["content"][0] == marked("a", "bold", "italic")
    assert {"type": "bold"} not in block["content"][2]["marks"]


def test_lists_inside_lists_belong_to_the_item_before():
    [found] = read("<ul><li>a</li><ul><li>b</li></ul></ul>")
    assert [block["type"] for block in found["content"][0]["content"]] == ["paragraph", "bulletList"]
    assert read("<ol type='a' start='5'><li>x</li></ol>")[0]["attrs"] == {"start": 5, "type": "a"}


def test_tables_of_every_writing_are_read():
    html = "<table><caption>Lots</caption><tr><th>A<th>B<tbody><tr><td colspan=0>1<td rowspan=0>2<tr><td colspan=9999>3</table>"
    caption, found = read(html)
    assert caption == paragraph("Lots")
    assert [cell["type"] for cell in found["content"][0]["content"]][:2] == ["tableHeader", "tableHeader"]
    assert found["content"][1]["content"][1]["attrs"] == {"rowspan": 2}


def test_empty_paragraphs_of_html_are_nothing_and_a_break_is_one():
    assert read("<p></p><p>&nbsp;</p><div> </div>") == empty()["content"]
    assert read("<p>a</p><p><br></p><p>b</p>") == [paragraph("a"), {"type": "paragraph"}, paragraph("b")]


def test_definition_lists_checkboxes_and_code():
    assert read("<dl><dt>Lot</dt><dd>What is made at once</dd></dl>") == [
        {"type": "paragraph", "content": [marked("Lot", "bold")]},
        paragraph("What is made at once"),
    ]
    assert read('<p><input type="checkbox" checked> done <input type=checkbox> open</p>') == [paragraph("☑ done ☐ open")]
    assert read('<pre class="language-py">a\n  b<br>c</pre>') == [
        {"type": "codeBlock", "attrs": {"language": "py"}, "content": [{"type": "text", "text": "a\n  b\nc"}]}
    ]


def test_pictures_inside_are_stored_by_their_content():
    kept = []

    def store(data, kind):
        kept.append((data, kind))
        return SHA

    source = f"data:image/gif;base64,{base64.b64encode(PNG).decode()}"
    assert read(f"<p>a<img src='{source}' alt='A  pump'>b</p>", images=store) == [
        paragraph("a"),
        {"type": "image", "attrs": {"file": SHA, "alt": "A pump"}},
        paragraph("b"),
    ]
    assert kept == [(PNG, "image/png")]
    document, losses = from_html("<img src='data:image/png;base64,bm90IGEgcGljdHVyZQ==' alt='x'>", images=store)
    assert document["content"] == [paragraph("[x]")]
    assert [loss.code for loss in losses] == ["html.image"]


def test_tables_keep_their_region_apart_from_others():
    assert shown(doc(table(["a"]), table(["b"]))).count('aria-label="Table 2"') == 1
