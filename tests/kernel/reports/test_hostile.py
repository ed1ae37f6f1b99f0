"""No text, picture or structure stops a print or hides in it."""

import hashlib
import struct
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from medithread.kernel.reports.render import render_in_process
from medithread.kernel.reports.report import Report, Row, Section

from . import samples
from .reading import squeezed, tags, words
from .samples import Node

pytestmark = pytest.mark.slow

SMALL = Report(title="Control of records", number="SOP-0002", made_at=samples.MADE)
MARKUP = ["#panic()", "#read(\"/etc/passwd\")", "\\", '"', "$x$", "*b* _i_ `c` = h", "<label> @ref", "// gone /* gone */", "]#[", "{{ x }}", "%PDF", "a  b", "~--", "'\"\\n"]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_text_is_never_evaluated(text: str) -> None:
    report = replace(
        SMALL, title=text, number=text, state=text, kind_label=text, organisation=text, meta=((text, text),),
        sections=(Section(text, (Row(text, text),), text),), body=samples.doc(samples.heading(1, text), samples.para(text), samples.grid([[text], [text]])),
    )  # fmt: skip
    found = words(render_in_process(report))
    assert found.count(squeezed(text)) >= 9


@pytest.mark.parametrize(
    ("text", "number"),
    [("中", "4E2D"), ("\ue000", "E000"), ("\u202e", "202E"), ("\x07", "0007"), ("\ud800", "D800"), ("\uffff", "FFFF"), ("😀", "1F600")],
)
def test_what_has_no_shape_is_shown_by_its_number(text: str, number: str) -> None:
    found = words(render_in_process(replace(SMALL, title=f"A{text}B", sections=(Section("S", (Row("L", f"a{text}b"),)),))))
    assert f"a{number}b" in found


def test_a_file_with_numbered_characters_says_why() -> None:
    sentence = squeezed("Some characters have no shape in the fonts installed here")
    assert sentence in words(render_in_process(replace(SMALL, title="中文")))
    assert sentence not in words(render_in_process(replace(SMALL, title="Ärger, Łódź, Żółć, Ελλάδα, Москва")))


@pytest.mark.parametrize("text", ["Ελληνικά", "Русский язык", "Łódź naïve Åse", "≤ ≥ ± µ Ω → ✓", "e\u0301"])
def test_other_scripts_are_set(text: str) -> None:
    import unicodedata

    assert squeezed(unicodedata.normalize("NFC", text)) in words(render_in_process(replace(SMALL, sections=(Section("S", text=text),))))


@pytest.mark.parametrize(
    "text", ["שלום עולם", "مرحبا بالعالم", "ไทย", "हिन्दी", "á́̂̃̄" * 20, "👩‍👩‍👧", "e⃣", "\u200b\u200d\u2060\ufeff", "\u0301"]
)
def test_hard_scripts_do_not_stop_a_print(text: str) -> None:
    render_in_process(
        replace(SMALL, title=text, body=samples.doc(samples.heading(1, text), samples.para(text), samples.grid([[text], [text]])))
    )


def _png_with_size(width: int, height: int) -> bytes:
    return samples.PICTURE[:16] + struct.pack(">II", width, height) + samples.PICTURE[24:]


BROKEN = {
    "cut": samples.PICTURE[:60], "huge": _png_with_size(60_000, 60_000), "none": b"", "text": b"this is no picture",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x10\x00\x10\x03", "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><g></svg>", "zero": _png_with_size(0, 5),
}  # fmt: skip


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_picture_is_named(content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()
    report = replace(SMALL, body=samples.doc(samples.picture("The set-up", file=name)), images={name: content})
    found = words(render_in_process(report))
    assert squeezed("This picture could not be shown The set-up") in found


def test_a_picture_that_is_not_there_is_named() -> None:
    found = words(render_in_process(replace(SMALL, body=samples.doc(samples.picture("", file="ab" * 32)))))
    assert squeezed("This picture could not be shown") + "ab" * 32 in found


def test_pictures_have_alternative_text_and_fit() -> None:
    tall = samples.png(20, 4000)
    names = {hashlib.sha256(tall).hexdigest(): tall, samples.PICTURE_NAME: samples.PICTURE}
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='#0b5f63'/></svg>"
    names["drawing"] = svg
    content = [samples.picture(f"Picture {at}", width, name) for at, name in enumerate(names) for width in (None, 100)]
    content.append(samples.picture("", None))
    pdf = render_in_process(replace(SMALL, body=samples.doc(*content), images=names))
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node["/Alt"]))
            walk(node.get("/K"))

    walk(PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"])
    assert sorted(found) == ["Picture 0", "Picture 0", "Picture 1", "Picture 1", "Picture 2", "Picture 2", "Picture without a description"]


def test_only_harmless_links_are_links() -> None:
    targets = ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", 'https://example.org/a b?q=ü"<>', "mailto:qm@example.org"]
    body = samples.doc(*[samples.para(samples.text(f"link {at}", href=href)) for at, href in enumerate(targets)])
    pdf = render_in_process(replace(SMALL, body=body))
    notes = [note.get_object() for page in PdfReader(BytesIO(pdf)).pages for note in page.get("/Annots", ())]
    assert [str(note["/A"]["/URI"]) for note in notes] == ["https://example.org/a%20b?q=%C3%BC%22%3C%3E", "mailto:qm@example.org"]
    assert "link3" in words(pdf)


def test_every_mark_on_one_text() -> None:
    every = ("bold", "italic", "underline", "strike", "code", "subscript", "superscript")
    body = samples.doc(
        samples.para(samples.text("all of it", *every, href="https://example.org/")),
        samples.para(*[samples.text(mark, mark) for mark in every]),
    )
    found = words(render_in_process(replace(SMALL, body=body)))
    assert "allofit" in found
    assert "".join(every) in found


@pytest.mark.parametrize("depth", [9, 40, 300])
@pytest.mark.parametrize("kind", ["bulletList", "blockquote", "table", "nonsense"])
def test_deep_nesting_loses_no_text(kind: str, depth: int) -> None:
    node: Node = samples.para("at the bottom")
    for _ in range(depth):
        if kind == "table":
            node = samples.grid([["head"], [samples.cell([node])]])
        else:
            node = samples.items(kind, [node]) if kind == "bulletList" else {"type": kind, "content": [node]}
    assert "atthebottom" in words(render_in_process(replace(SMALL, body=samples.doc(node))))


def test_code_keeps_its_lines_and_wraps() -> None:
    code = "def f(x):\n    return x\n\n" + "y" * 300
    pdf = render_in_process(replace(SMALL, body=samples.doc({"type": "codeBlock", "content": [samples.text(code)]})))
    assert squeezed(code) in words(pdf)
    assert "Code" in tags(pdf)


HARD = st.one_of(
    st.text(max_size=20),
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=8),
    st.sampled_from(["#panic()", "x" * 200, "中文字" * 20, "שלום", "á́" * 9, "e⃣", "\u202ex", "\n\n", "\ud800", "a\x00b", "\u200b", "\ue000\ue001"]),
)  # fmt: skip
FIGURE = st.one_of(st.integers(-5, 12), st.none(), st.just("x"), st.floats(), st.just(10**30))
ATTRS = st.fixed_dictionaries({}, optional={"level": FIGURE, "start": FIGURE, "colspan": FIGURE, "rowspan": FIGURE, "alt": HARD, "width": FIGURE, "file": st.sampled_from([samples.PICTURE_NAME, "bad"])})  # fmt: skip
MARK = st.builds(lambda kind, href: {"type": kind, "attrs": {"href": href}}, st.sampled_from(["bold", "italic", "underline", "strike", "code", "subscript", "superscript", "link", "other"]), st.one_of(HARD, st.just("https://example.org/ü")))  # fmt: skip
INLINE = st.one_of(
    st.builds(lambda words, marks: {"type": "text", "text": words, "marks": marks}, HARD, st.lists(MARK, max_size=3)),
    st.builds(
        lambda number, edition: {"type": "recordLink", "attrs": {"number": number, "edition": edition}}, HARD, st.one_of(st.none(), HARD)
    ),
    st.sampled_from([{"type": "hardBreak"}, {"type": "text"}, {"type": "image"}]),
)
KIND = st.sampled_from(["paragraph", "heading", "bulletList", "orderedList", "listItem", "table", "tableRow", "tableHeader", "tableCell", "codeBlock", "blockquote", "horizontalRule", "pageBreak", "image", "other"])  # fmt: skip


def _node(kind: object, attrs: object, content: object) -> Node:
    return {"type": kind, "attrs": attrs, "content": content}


BLOCK = st.recursive(INLINE, lambda inner: st.builds(_node, KIND, ATTRS, st.lists(inner, max_size=4)), max_leaves=15)
CELL = st.builds(_node, st.sampled_from(["tableCell", "tableHeader"]), ATTRS, st.lists(BLOCK, max_size=2))
ROWS = st.lists(st.builds(_node, st.just("tableRow"), st.just({}), st.lists(CELL, max_size=4)), max_size=4)
DOC = st.builds(lambda content: {"type": "doc", "content": content}, st.lists(st.one_of(BLOCK, st.builds(_node, st.just("table"), st.just({}), ROWS)), max_size=5))  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(DOC, HARD, HARD)
def test_any_document_can_be_set(body: Node, one: str, two: str) -> None:
    report = Report(
        title=one, number=two, made_at=samples.MADE, body=body, state=two, watermark=one, organisation=two, meta=((one, two),),
        sections=(Section(two, (Row(one, two), Row(two, None, one)), one),), images={samples.PICTURE_NAME: samples.PICTURE, "bad": samples.PICTURE[:50]},
    )  # fmt: skip
    assert render_in_process(report).startswith(b"%PDF-1.7")
