"""Word documents become canonical text; what is not carried is listed by name and place."""

import hashlib

import pytest

from medithread.kernel.text.docx_in import from_docx
from tests.kernel.text.samples import PNG, SHA, STRICT_W, W, item, level, marked, numbering, p, paragraph, picture, r, word, zipped


def store(data, kind):
    return hashlib.sha256(data).hexdigest()


def imported(body, **options):
    return from_docx(word(body, **options), store)


def content(body, **options):
    return imported(body, **options).doc["content"]


def losses(body, **options):
    return [(loss.code.removeprefix("docx."), loss.message, loss.place) for loss in imported(body, **options).losses]


IMAGES = {
    "relations": '<Relationship Id="i1" Type="x/image" Target="media/a.png"/><Relationship Id="i2" Type="x/image" Target="media/b.emf"/>'
}
PARTS = {"word/media/a.png": PNG, "word/media/b.emf": b"\x01\x00\x00\x00emf"}


def test_headings_come_from_styles_their_ancestors_and_outline_levels():
    body = (
        p("The title", "Title")
        + p("Scope", "Heading1")
        + p("Ours", "Chapter")
        + p("Direct", properties='<w:outlineLvl w:val="2"/>')
        + p("Text")
    )
    found = imported(body)
    assert [(block["type"], block.get("attrs")) for block in found.doc["content"]] == [
        ("heading", {"level": 1}),
        ("heading", {"level": 1}),
        ("heading", {"level": 1}),
        ("heading", {"level": 3}),
        ("paragraph", None),
    ]
    assert found.title == "The title"
    assert "marks" not in found.doc["content"][1]["content"][0]


def test_marks_come_from_runs_and_styles():
    body = p(
        r("b", "<w:b/>")
        + r("i", "<w:i/>")
        + r("u", '<w:u w:val="single"/>')
        + r("s", "<w:strike/>")
        + r("2", '<w:vertAlign w:val="subscript"/>')
        + r("off", '<w:b w:val="false"/>')
        + r("strong", '<w:rStyle w:val="Strong"/>')
    ) + p(r("loud") + r("not", '<w:b w:val="0"/>'), "Loud")
    first, second = content(body)
    assert first["content"] == [
        marked("b", "bold"),
        marked("i", "italic"),
        marked("u", "underline"),
        marked("s", "strike"),
        marked("2", "subscript"),
        {"type": "text", "text": "off"},
        marked("strong", "bold"),
    ]
    assert second["content"] == [marked("loud", "bold"), {"type": "text", "text": "not"}]


LISTS = numbering(
    level(0, "decimal", "%1.") + level(1, "lowerLetter", "%2)"),
    level(0, "bullet", "•") + level(1, "bullet", "◦"),
    level(0, "decimal", "%1") + level(1, "decimal", "%1.%2"),
)


def lists(body):
    return content(body, parts={"word/numbering.xml": LISTS})


def test_lists_nest_and_keep_their_numbers_across_paragraphs():
    first, between, second = lists(item("a", 1) + item("a1", 1, 1) + item("b", 1) + p("between") + item("c", 1))
    assert [len(first["content"]), between["type"]] == [2, "paragraph"]
    nested = first["content"][0]["content"][1]
    assert nested["attrs"] == {"type": "a"}
    assert second["attrs"] == {"start": 3}


def test_bullets_are_bullets_and_mixed_lists_stay_apart():
    found = lists(item("a", 2) + item("b", 2, 1) + item("c", 1))
    assert [block["type"] for block in found] == ["bulletList", "orderedList"]
    assert found[0]["content"][0]["content"][1]["type"] == "bulletList"


def test_numbers_of_several_levels_are_kept_as_text():
    body = item("Scope", 3) + item("Lots", 3, 1) + item("Parts", 3, 1)
    first, *rest = lists(body)
    assert first["type"] == "orderedList"
    assert rest == [paragraph("1.1 Lots"), paragraph("1.2 Parts")]
    assert ("numbers", "The automatic number is now part of the text.", "paragraph 2 and 1 more place") in losses(
        body, parts={"word/numbering.xml": LISTS}
    )


def test_numbered_headings_keep_their_numbers():
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    assert lists(p("Scope", "Heading1", numbered))[0]["content"] == [{"type": "text", "text": "1. Scope"}]


def row(*cells, properties=""):
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def cell(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def test_merged_cells_and_heading_rows_of_tables():
    body = (
        "<w:tbl>"
        + "".join(
            [
                row(cell("A", '<w:gridSpan w:val="2"/>'), cell("B"), properties="<w:tblHeader/>"),
                row(cell("x", '<w:vMerge w:val="restart"/>'), cell("y"), cell("z")),
                row(cell("", "<w:vMerge/>"), cell("v"), cell("w")),
            ]
        )
        + "</w:tbl>"
    )
    [found] = content(body)
    rows = [[(one["type"], one.get("attrs", {})) for one in line["content"]] for line in found["content"]]
    assert rows == [
        [("tableHeader", {"colspan": 2}), ("tableHeader", {})],
        [("tableCell", {"rowspan": 2}), ("tableCell", {}), ("tableCell", {})],
        [("tableCell", {}), ("tableCell", {})],
    ]


def test_tables_of_old_word_with_hmerge_and_skipped_cells():
    first = row(cell("A", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), cell("B"))
    second = row(cell("C"), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>')
    [found] = content(f"<w:tbl>{first}{second}</w:tbl>")
    assert found["content"][0]["content"][0]["attrs"] == {"colspan": 2}
    assert [one["content"] for one in found["content"][1]["content"]] == [
        [{"type": "paragraph"}],
        [paragraph("C")],
        [{"type": "paragraph"}],
    ]


def test_a_first_row_bold_throughout_is_a_heading_row():
    def bold(text):
        return f"<w:tc>{p(r(text, '<w:b/>'))}</w:tc>"

    [found] = content(f"<w:tbl>{row(bold('A'), bold('B'))}{row(cell('1'), cell('2'))}</w:tbl>")
    assert {one["type"] for one in found["content"][0]["content"]} == {"tableHeader"}
    [plain] = content(f"<w:tbl>{row(bold('Name'), cell(''))}{row(cell('1'), cell('2'))}</w:tbl>")
    assert {one["type"] for one in plain["content"][0]["content"]} == {"tableCell"}


def test_nested_tables_stay_in_their_cell():
    inner = f"<w:tbl>{row(cell('in'))}</w:tbl>"
    [found] = content(f"<w:tbl><w:tr><w:tc>{p('out')}{inner}{p()}</w:tc></w:tr></w:tbl>")
    assert [block["type"] for block in found["content"][0]["content"][0]["content"]] == ["paragraph", "table"]


def test_pictures_are_stored_with_description_and_width():
    body = p(r("before") + picture("i1", "A pump") + r("after"))
    assert content(body, **IMAGES, parts=PARTS) == [
        paragraph("before"),
        {"type": "image", "attrs": {"file": SHA, "alt": "A pump", "width": 50}},
        paragraph("after"),
    ]


def test_the_path_of_an_old_picture_is_not_its_description():
    [found] = content(p(picture("i1", "C:\\Documents and Settings\\someone\\pump.png")), **IMAGES, parts=PARTS)
    assert found["attrs"]["alt"] == "pump.png"


def test_pictures_no_document_may_hold_are_listed_and_leave_their_description():
    body = p(picture("i2", "A curve")) + p(picture("gone"))
    assert content(body, **IMAGES, parts=PARTS) == [paragraph("[A curve]")]
    assert losses(body, **IMAGES, parts=PARTS)[:2] == [
        ("picture", "The picture b.emf (EMF) was left out. Save it as PNG and insert it: A curve.", "paragraph 1"),
        ("picture", "A picture that is only linked was left out: ''.", "paragraph 2"),
    ]


def test_vml_pictures_of_old_word_are_carried():
    shape = '<w:r><w:pict><v:shape style="width:2in" alt="Old pump"><v:imagedata r:id="i1"/></v:shape></w:pict></w:r>'
    [found] = content(p(shape), **IMAGES, parts=PARTS)
    assert found["attrs"] == {"file": SHA, "alt": "Old pump", "width": 32}


def test_links_lead_out_or_to_headings():
    relations = '<Relationship Id="h1" Type="x/hyperlink" Target="https://example.org/" TargetMode="External"/><Relationship Id="h2" Type="x/hyperlink" Target="file:///c:/x" TargetMode="External"/>'
    body = (
        p(
            '<w:hyperlink r:id="h1">'
            + r("out", '<w:rStyle w:val="Hyperlink"/>')
            + '</w:hyperlink><w:hyperlink r:id="h2">'
            + r("file")
            + "</w:hyperlink>"
        )
        + p(
            '<w:hyperlink w:anchor="_Ref1">' + r("inside") + '</w:hyperlink><w:hyperlink w:anchor="lost">' + r("nowhere") + "</w:hyperlink>"
        )
        + p('<w:bookmarkStart w:id="1" w:name="_Ref1"/>' + r("The scope"), "Heading1")
    )
    first, second, _ = content(body, relations=relations)
    assert first["content"] == [marked("out", "link:https://example.org/"), {"type": "text", "text": "file"}]
    assert second["content"] == [marked("inside", "link:#the-scope"), {"type": "text", "text": "nowhere"}]
    assert [code for code, _, _ in losses(body, relations=relations)] == ["link", "link"]


def field(code, result, kind="begin"):
    sign = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return sign.format("begin") + f"<w:r><w:instrText>{code}</w:instrText></w:r>" + sign.format("separate") + r(result) + sign.format("end")


def test_fields_become_their_text_and_are_listed():
    body = p(field(" DATE \\@ yyyy ", "2026") + f'<w:fldSimple w:instr="DOCPROPERTY Lot">{r("L-7")}</w:fldSimple>')
    assert content(body) == [paragraph("2026L-7")]
    assert losses(body) == [
        ("field", "The field DATE is now plain text: '2026'.", "paragraph 1"),
        ("field", "The field DOCPROPERTY is now plain text: 'L-7'.", "paragraph 1"),
    ]


def test_hyperlink_fields_stay_links():
    assert content(p(field(' HYPERLINK "https://example.org/" ', "x")))[0]["content"] == [marked("x", "link:https://example.org/")]


def test_form_fields_show_what_was_chosen():
    box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    entries = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="red"/><w:listEntry w:val="blue"/></w:ddList>'
    drop = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{entries}</w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert content(p(box + r(" ") + drop)) == [paragraph("☑ blue")]


@pytest.mark.parametrize(
    "contents",
    [
        p(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            + r("Scope 1")
        )
        + p('<w:r><w:t>Duties 2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        f'<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>{p("Scope 1")}</w:sdtContent></w:sdt>',
        p("Scope 1", "TOC1"),
    ],
)
def test_a_table_of_contents_is_left_out(contents):
    body = p("before") + contents + p("after")
    assert content(body) == [paragraph("before"), paragraph("after")]
    assert {code for code, _, _ in losses(body)} == {"contents"}


def test_tracked_changes_are_accepted_and_listed():
    by = 'w:author="Quinn" w:date="2026-01-01T00:00:00Z"'
    body = p(
        r("a")
        + f"<w:ins {by}>{r('b')}</w:ins><w:del {by}><w:r><w:delText>c</w:delText></w:r></w:del><w:moveFrom {by}>{r('d')}</w:moveFrom>"
    )
    assert content(body) == [paragraph("ab")]
    assert losses(body) == [
        ("inserted", "The tracked insertion of Quinn was accepted: 'b'.", "paragraph 1"),
        ("deleted", "The tracked deletion of Quinn was carried out: 'c'.", "paragraph 1"),
        ("deleted", "The tracked deletion of Quinn was carried out: 'd'.", "paragraph 1"),
    ]


def test_tracked_rows_are_accepted_too():
    rows = row(cell("old"), properties='<w:del w:author="Quinn"/>') + row(cell("new"), properties='<w:ins w:author="Quinn"/>')
    [found] = content(f"<w:tbl>{rows}</w:tbl>")
    assert len(found["content"]) == 1


def test_comments_are_listed_at_their_place():
    body = p("Scope", "Heading1") + p(r("lot") + '<w:r><w:commentReference w:id="4"/></w:r>')
    parts = {"word/comments.xml": f'<w:comment w:id="4" w:author="Rea">{p("Which lot?")}</w:comment>'}
    assert losses(body, parts=parts) == [("comment", "The comment of Rea was left out: 'Which lot?'.", "paragraph 2 under 'Scope'")]


def test_text_boxes_follow_their_paragraph():
    box = f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>{p('Mind the wire')}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{p('Mind the wire')}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    body = p(r("before") + box) + p("after")
    assert content(body) == [paragraph("before"), paragraph("Mind the wire"), paragraph("after")]
    assert losses(body) == [("text-box", "A text box became paragraphs after its place: 'Mind the wire'.", "paragraph 1")]


def test_footnotes_stand_at_the_end():
    body = p(r("a") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    parts = {"word/footnotes.xml": f'<w:footnote w:id="2">{p("See the plan")}</w:footnote><w:footnote w:id="3">{p("unused")}</w:footnote>'}
    text, rule, notes = content(body, parts=parts)
    assert text["content"] == [{"type": "text", "text": "a"}, marked("[1]", "superscript")]
    assert rule == {"type": "horizontalRule"}
    assert notes["content"][0]["content"] == [paragraph("See the plan")]
    assert [code for code, _, _ in losses(body, parts=parts)] == ["notes"]
    assert [code for code, _, _ in losses(p('<w:r><w:footnoteReference w:id="9"/></w:r>'), parts=parts)] == ["note"]


DRAWN = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Thing 1"/><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'


@pytest.mark.parametrize(
    ("run", "code", "words"),
    [
        (DRAWN.format("<c:chart/>"), "chart", "The chart 'Thing 1' was left out"),
        (DRAWN.format("<dgm:relIds/>"), "diagram", "The diagram (SmartArt) 'Thing 1' was left out"),
        (DRAWN.format("<wps:wsp/>"), "shape", "A drawn shape was left out: Thing 1"),
        (
            '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>',
            "object",
            "The embedded object 'Excel.Sheet.12' was left out",
        ),
        ('<w:r><w:object><w:control w:name="Box7"/></w:object></w:r>', "control", "The form element 'Box7' was left out"),
        ('<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>', "word-art", "Drawn text was left out: 'DRAFT'"),
        ("<m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath>", "formula", "A formula became plain text: 'a=b'"),
        (r("secret", "<w:vanish/>"), "hidden", "Hidden text was left out: 'secret'"),
        (r("x", '<w:highlight w:val="yellow"/>'), "highlight", "Highlighting was left out"),
        (r("x", '<w:color w:val="FF0000"/>'), "colour", "The colour of text was left out"),
        (
            "<w:ruby><w:rt>" + r("kana") + "</w:rt><w:rubyBase>" + r("x") + "</w:rubyBase></w:ruby>",
            "ruby",
            "The pronunciation above 'x' was left out",
        ),
        (
            '<w:sdt><w:sdtPr><w:alias w:val="Lot"/></w:sdtPr><w:sdtContent>' + r("x") + "</w:sdtContent></w:sdt>",
            "control",
            "The content control 'Lot' became its content",
        ),
        ("<w:strange>" + r("x") + "</w:strange>", "unknown", "The Word element strange is not known here; its text 'x' stays"),
        ('<w:r><w:sym w:font="Odd" w:char="F001"/></w:r>', "symbol", "The sign F001 of the font Odd was left out"),
        ('<w:subDoc r:id="x"/>', "foreign", "An inserted document was left out"),
    ],
)
def test_everything_else_is_listed_by_name_and_place(run, code, words):
    [found] = losses(p(run))
    assert found[0] == code
    assert found[1].startswith(words)
    assert found[2] == "paragraph 1"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (f'<w:dir w:val="rtl">{r("x")}</w:dir>', "x"),
        (f'<w:bdo w:val="rtl">{r("x")}</w:bdo>', "x"),
        (f"<w:smartTag>{r('x')}</w:smartTag>", "x"),
        ("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:tab/><w:t>c</w:t></w:r>", "a\u2011b c"),
        ('<w:r><w:t>a</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "a✓"),
    ],
)
def test_no_text_is_lost_in_wrappers_and_signs(inner, text):
    assert content(p(inner)) == [paragraph(text)]


def test_breaks_rules_quotations_and_code():
    edge = '<w:pBdr><w:bottom w:val="single"/></w:pBdr>'
    body = (
        p('<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:cr/><w:t>c</w:t><w:br w:type="page"/></w:r>')
        + p(properties=edge)
        + p('<w:r><w:pict><v:rect o:hr="t"/></w:pict></w:r>')
        + p("new page", properties="<w:pageBreakBefore/>")
        + p("wise", "Quote")
        + p("words", "Quote")
        + p("x = 1", "SourceCode")
        + p("y = 2", "SourceCode")
    )
    found = content(body)
    assert [block["type"] for block in found] == [
        "paragraph",
        "pageBreak",
        "horizontalRule",
        "horizontalRule",
        "pageBreak",
        "paragraph",
        "blockquote",
        "codeBlock",
    ]
    assert [node["type"] for node in found[0]["content"]] == ["text", "hardBreak", "text", "hardBreak", "text"]
    assert found[6]["content"] == [paragraph("wise"), paragraph("words")]
    assert found[7]["content"][0]["text"] == "x = 1\ny = 2"


def test_what_stands_around_the_text_is_listed():
    body = p("x") + '<w:sectPr><w:pgSz w:w="16838" w:orient="landscape"/><w:cols w:num="2"/></w:sectPr>'
    parts = {
        "word/header.xml": p("Our company"),
        "word/footer.xml": p('<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>' + r("page 1")),
        "word/settings.xml": "<w:documentProtection/>",
        "word/fonts/font1.odttf": b"x",
        "_xmlsignatures/sig1.xml": b"<x/>",
    }
    assert losses(body, parts=parts) == [
        ("header", "The header 'Our company' was left out; prints have their own.", ""),
        ("watermark", "The watermark 'DRAFT' was left out.", ""),
        ("footer", "The footer 'page 1' was left out; prints have their own.", ""),
        ("layout", "The page layout was left out: landscape pages, columns.", ""),
        ("fonts", "1 embedded font was left out; the house style is used.", ""),
        ("protection", "The restriction of editing was left out.", ""),
        ("signature", "A digital signature was left out; it holds for the original file only.", ""),
    ]


def test_places_name_tables_and_headings():
    hidden = f"<w:tc>{p(r('x', '<w:vanish/>'))}</w:tc>"
    body = p("Scope", "Heading1") + f"<w:tbl>{row(cell('a'))}{row(cell('b'), hidden)}</w:tbl>"
    assert losses(body)[0][2] == "table 1, row 2, cell 2 under 'Scope'"


def test_empty_paragraphs_are_counted_not_carried():
    assert content(p("a") + p() + p() + p("b")) == [paragraph("a"), paragraph("b")]
    assert losses(p("a") + p() + p() + p("b")) == [("blank", "2 empty paragraphs were left out; the house style sets the distances.", "")]


def test_properties_are_metadata():
    core = '<c:coreProperties xmlns:c="urn:c" xmlns:dc="urn:dc"><dc:title> The  title </dc:title><dc:creator>Quinn</dc:creator></c:coreProperties>'
    custom = '<Properties xmlns="urn:x" xmlns:vt="urn:vt"><property name="Number"><vt:lpwstr>SOP-1</vt:lpwstr></property></Properties>'
    found = imported(p("x"), parts={"docProps/core.xml": core, "docProps/custom.xml": custom})
    assert found.metadata == {"title": "The title", "creator": "Quinn", "Number": "SOP-1"}
    assert found.title == "The title"


def test_strict_ooxml_is_read_like_any_other():
    plain = word(p("Scope", "Heading1") + item("a", 1), parts={"word/numbering.xml": LISTS})
    strict = zipped({name: data.replace(W.encode(), STRICT_W.encode()) for name, data in _parts(plain).items()})
    assert from_docx(strict, store).doc == from_docx(plain, store).doc


def _parts(data):
    import io
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def test_right_to_left_and_odd_characters_survive():
    assert content(p("وثيقة 12 \u200f \U0001f600 e\u0301")) == [paragraph("وثيقة 12 \u200f \U0001f600 é")]
