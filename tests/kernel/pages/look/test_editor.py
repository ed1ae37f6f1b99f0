"""The editor: what it is given comes back, what is typed and pasted becomes canonical text, and it works by keyboard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.kernel.pages.look.conftest import Site, form_parts

pytestmark = pytest.mark.browser
CHAIN = "7be10c5da9d0f04c" * 4
FULL = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"level": 5}, "content": [{"type": "text", "text": "Scope"}]},
        {
            "type": "paragraph",
            "content": [
                {"type": "text", "text": "all", "marks": [{"type": "bold"}, {"type": "italic"}, {"type": "underline"}, {"type": "strike"}]},
                {"type": "text", "text": "2", "marks": [{"type": "superscript"}]},
                {"type": "text", "text": "i", "marks": [{"type": "subscript"}]},
                {"type": "text", "text": "x = 1", "marks": [{"type": "code"}]},
                {"type": "hardBreak"},
                {"type": "text", "text": "here", "marks": [{"type": "link", "attrs": {"href": "https://aria.example/a"}}]},
                {"type": "recordLink", "attrs": {"number": "SOP-0022", "edition": "3"}},
                {"type": "recordLink", "attrs": {"number": "RSK-0042"}},
            ],
        },
        {
            "type": "orderedList",
            "attrs": {"start": 3, "type": "a"},
            "content": [
                {
                    "type": "listItem",
                    "content": [
                        {"type": "paragraph", "content": [{"type": "text", "text": "one"}]},
                        {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph"}]}]},
                    ],
                }
            ],
        },
        {
            "type": "table",
            "content": [
                {
                    "type": "tableRow",
                    "content": [{"type": "tableHeader", "attrs": {"colspan": 2, "rowspan": 1}, "content": [{"type": "paragraph"}]}],
                },
                {
                    "type": "tableRow",
                    "content": [
                        {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 1}, "content": [{"type": "paragraph"}]},
                        {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 1}, "content": [{"type": "paragraph"}]},
                    ],
                },
            ],
        },
        {"type": "image", "attrs": {"file": CHAIN, "alt": "The seal", "width": 60}},
        {"type": "blockquote", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "q"}]}]},
        {"type": "codeBlock", "attrs": {"language": "python"}, "content": [{"type": "text", "text": "a\nb"}]},
        {"type": "horizontalRule"},
        {"type": "pageBreak"},
        {"type": "paragraph"},
    ],
}


def load(page: Page, doc: dict[str, Any]) -> None:
    """Open the editor page with this document in its data block."""

    def fill(route: Any) -> Any:
        if route.request.method != "GET":
            return route.continue_()
        answer = route.fetch()
        before, _, rest = answer.text().partition('data-doc-for="id_body">')
        _, _, after = rest.partition("</script>")
        return route.fulfill(response=answer, body=f'{before}data-doc-for="id_body">{json.dumps(doc)}</script>{after}')

    page.route("**/editor.html", fill)
    page.route(f"**/{CHAIN}", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg xmlns='http://www.w3.org/2000/svg'/>"))
    page.goto("editor.html")
    page.wait_for_selector(".ProseMirror")


def text_doc(*paragraphs: str) -> dict[str, Any]:
    return {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs]}


def sent(page: Page) -> dict[str, Any]:
    """What the form would send now."""
    data = page.evaluate("Object.fromEntries([...new FormData(document.querySelector('form.form'))])")
    assert "body" not in data
    doc: dict[str, Any] = json.loads(data["body_json"])
    while len(doc["content"]) > 1 and doc["content"][-1] == {"type": "paragraph"}:
        doc["content"].pop()
    return doc


def paste(page: Page, html: str, text: str = "x") -> None:
    page.locator(".ProseMirror").evaluate(
        """(dom, [html, text]) => { const data = new DataTransfer(); data.setData('text/html', html); data.setData('text/plain', text);
        dom.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        [html, text],
    )


def write(page: Page, *lines: str) -> None:
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")


def test_a_document_comes_back_as_it_was_given(page: Page) -> None:
    load(page, FULL)
    given = json.loads(json.dumps(FULL))
    given["content"].pop()
    assert sent(page) == given


def test_the_server_takes_what_the_editor_sends(page: Page) -> None:
    from medithread.kernel.text.schema import canonical_bytes, normalise

    load(page, FULL)
    assert canonical_bytes(normalise(sent(page))) == canonical_bytes(normalise(FULL))


def test_the_form_sends_json_in_place_of_the_markdown(page: Page, site: Site) -> None:
    load(page, text_doc("one"))
    page.get_by_role("button", name="Save draft").click()
    for _ in range(100):
        if site.posts:
            break
        page.wait_for_timeout(20)
    parts = form_parts(*site.posts[-1][1:])
    assert json.loads(parts["body_json"])["content"][0]["content"][0]["text"] == "one"
    assert "body" not in parts


def test_without_script_the_markdown_is_sent(plain: Page, site: Site) -> None:
    plain.goto("editor.html")
    plain.get_by_role("button", name="Save draft").click()
    plain.wait_for_timeout(100)
    parts = form_parts(*site.posts[-1][1:])
    assert parts["body"].startswith("# Purpose")
    assert "body_json" not in parts


def test_typing_makes_headings_lists_and_quotations(page: Page) -> None:
    load(page, {"type": "doc", "content": [{"type": "paragraph"}]})
    write(page, "## Scope", "- one", "two", "", "1. first")
    kinds = [block["type"] for block in sent(page)["content"]]
    assert kinds[:3] == ["heading", "bulletList", "orderedList"]
    assert len(sent(page)["content"][1]["content"]) == 2


def test_keys_of_word_work(page: Page) -> None:
    load(page, text_doc("one"))
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    for key in ("Control+b", "Control+i", "Control+u"):
        page.keyboard.press(key)
    marks = [mark["type"] for mark in sent(page)["content"][0]["content"][0]["marks"]]
    assert marks == ["bold", "italic", "underline"]
    expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+Alt+2")
    assert sent(page)["content"][0]["attrs"] == {"level": 2}
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert sent(page) == text_doc("one")


def test_a_table_is_inserted_grown_and_merged(page: Page) -> None:
    load(page, {"type": "doc", "content": [{"type": "paragraph"}]})
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name="Table").first.click()
    page.get_by_label("Rows").fill("2")
    page.get_by_label("Columns").fill("2")
    page.get_by_role("dialog").get_by_role("button", name="Insert").click()
    for word in ("a", "b", "c", "d"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.type("e")
    table = sent(page)["content"][0]
    assert [len(row["content"]) for row in table["content"]] == [2, 2, 2]
    assert table["content"][0]["content"][0]["type"] == "tableHeader"
    page.get_by_role("button", name="Column right").click()
    page.get_by_role("button", name="Row above").click()
    table = sent(page)["content"][0]
    assert [len(row["content"]) for row in table["content"]] == [3, 3, 3, 3]
    cells = page.locator(".ProseMirror td")
    cells.nth(0).click()
    cells.nth(1).click(modifiers=["Shift"])
    page.get_by_role("button", name="Merge cells").click()
    assert any(cell.get("attrs", {}).get("colspan") == 2 for row in sent(page)["content"][0]["content"] for cell in row["content"])


def test_a_link_is_set_refused_and_taken_away(page: Page) -> None:
    load(page, text_doc("one"))
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    page.get_by_label("Address").fill("javascript:alert(1)")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("A link begins with")
    page.get_by_label("Address").fill("https://aria.example/")
    page.get_by_role("button", name="Apply").click()
    assert sent(page)["content"][0]["content"][0]["marks"] == [{"type": "link", "attrs": {"href": "https://aria.example/"}}]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Address")).to_have_value("https://aria.example/")
    page.get_by_label("Address").fill("")
    page.get_by_role("button", name="Apply").click()
    assert sent(page) == text_doc("one")


def test_two_brackets_ask_for_a_record(page: Page) -> None:
    load(page, text_doc("see "))
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("as [[")
    expect(page.get_by_role("dialog", name="Link to a record")).to_be_visible()
    with page.expect_response("**/_records.json*"):
        page.get_by_label("Number of the record").press_sequentially("SOP")
    expect(page.locator("datalist option")).to_have_count(2)
    page.get_by_label("Number of the record").fill("SOP-0022")
    page.get_by_label("Edition").fill("3")
    page.get_by_role("button", name="Insert").click()
    inline = sent(page)["content"][0]["content"]
    assert inline[-1] == {"type": "recordLink", "attrs": {"number": "SOP-0022", "edition": "3"}}
    assert "[" not in inline[0]["text"]


def picture(page: Page) -> None:
    page.locator(".ProseMirror").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Picture").click()
    chooser.value.set_files({"name": "the-seal.png", "mimeType": "image/png", "buffer": b"\x89PNG"})


def test_a_picture_is_sent_and_kept_by_its_hash(page: Page, site: Site) -> None:
    site.answers["/_upload.json"] = (201, {"Content-Type": "application/json"}, json.dumps({"file": CHAIN, "url": f"/{CHAIN}"}).encode())
    load(page, text_doc("one"))
    picture(page)
    expect(page.locator(".ProseMirror img")).to_have_attribute("src", f"/{CHAIN}")
    _, headers, body = site.posts[-1]
    assert headers["X-CSRFToken"] == "gallery"
    assert b'name="file"; filename="the-seal.png"' in body
    images = [block for block in sent(page)["content"] if block["type"] == "image"]
    assert images == [{"type": "image", "attrs": {"file": CHAIN, "alt": "the seal"}}]
    page.locator(".ProseMirror img").click()
    page.get_by_role("button", name="Picture").click()
    page.get_by_label("What the picture shows").fill("Seal, cut open")
    page.get_by_label("Width in percent").fill("40")
    page.get_by_role("button", name="Apply").click()
    assert [block["attrs"] for block in sent(page)["content"] if block["type"] == "image"] == [
        {"file": CHAIN, "alt": "Seal, cut open", "width": 40}
    ]


def test_a_refused_picture_says_why(page: Page, site: Site) -> None:
    site.answers["/_upload.json"] = (
        422,
        {"Content-Type": "application/problem+json"},
        json.dumps({"detail": "This is not a picture."}).encode(),
    )
    load(page, text_doc("one"))
    picture(page)
    expect(page.locator(".editor-foot .note")).to_contain_text("This is not a picture.")
    assert sent(page) == text_doc("one")


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head><body>
<!--StartFragment--><h1 style='color:blue'>Purpose<o:p></o:p></h1>
<p class=MsoNormal>This is <b style='mso-bidi-font-weight:normal'>bold</b> and <span style='font-style:italic;color:red'>slanted</span><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span><![endif]>first</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>inner</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>second</p>
<table class=MsoTableGrid style='border:none'><tr><td width=100 style='padding:0'><p class=MsoNormal>cell</p></td></tr></table>
<img src="file:///C:/a.png"><!--EndFragment--></body></html>"""


def test_paste_from_word_keeps_structure_and_drops_looks(page: Page) -> None:
    load(page, {"type": "doc", "content": [{"type": "paragraph"}]})
    page.locator(".ProseMirror").click()
    paste(page, WORD)
    heading, paragraph, items, table = sent(page)["content"][:4]
    assert (heading["type"], heading["attrs"]["level"]) == ("heading", 1)
    assert [node.get("marks", [{}])[0].get("type") for node in paragraph["content"]] == [None, "bold", None, "italic"]
    assert items["type"] == "orderedList"
    assert [item["content"][0]["content"][0]["text"] for item in items["content"]] == ["first", "second"]
    assert items["content"][0]["content"][1]["type"] == "bulletList"
    assert table["content"][0]["content"][0]["content"][0]["content"][0]["text"] == "cell"
    expect(page.locator(".editor-foot .note")).to_contain_text("1 pictures came without their bytes")


def test_the_toolbar_is_one_stop_and_arrows_move_in_it(page: Page) -> None:
    load(page, text_doc("one"))
    page.locator(".ProseMirror").click()
    page.keyboard.press("Alt+F10")
    assert page.evaluate("document.activeElement.closest('.toolbar') !== null")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Bold"
    page.keyboard.press("Enter")
    page.keyboard.type("b")
    assert page.locator(".toolbar [tabindex='0']").count() == 1
    page.keyboard.press("Alt+F10")
    page.keyboard.press("Escape")
    expect(page.locator(".ProseMirror")).to_be_focused()


def test_tab_indents_in_a_list_and_leaves_after_escape(page: Page) -> None:
    load(page, {"type": "doc", "content": [{"type": "paragraph"}]})
    write(page, "- one")
    page.keyboard.type("two")
    page.keyboard.press("Tab")
    assert sent(page)["content"][0]["content"][0]["content"][1]["type"] == "bulletList"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator(".ProseMirror")).not_to_be_focused()


def test_typing_in_the_editor_keeps_a_draft(page: Page, site: Site) -> None:
    load(page, text_doc("one"))
    page.evaluate("document.querySelector('form.form').dataset.autosaveUrl = '/keep'")
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name="Page break").click()
    with page.expect_response("**/keep"):
        pass
    kinds = [block["type"] for block in json.loads(form_parts(*site.posts[-1][1:])["body_json"])["content"]]
    assert "pageBreak" in kinds
