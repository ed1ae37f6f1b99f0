"""Hypothesis strategies for rich text: `documents()` gives canonical documents, `raw_documents()` what an editor might send."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from medithread.kernel.text.inline import RANK
from medithread.kernel.text.schema import normalise

Node = dict[str, Any]

PUNCTUATION = "\\`*_{}[]()<>#+-.!|~^:;=&\"'/%$@?,"
NASTY = "äß\u0301\u0338\u00a0\u200b\u200f\u2003\u3000\ufeff\u05d0\u0639\u0939\U0001f600\u1e9b\u2126\uac00ﬁ"
CHARACTERS = st.one_of(
    st.sampled_from("abcxyzABC0129"), st.sampled_from("    \t\n\r"), st.sampled_from(PUNCTUATION), st.sampled_from(NASTY)
)
SNIPPETS = st.sampled_from(
    [
        *("# ", "- ", "+ x", "1. a", "12) b", "> q", "***", "---", "===", "```", "~~~", "::: table", ":::", "\\pagebreak", "\\blank"),
        *(
            "[[SOP-1]]",
            "[a](https://x.y)",
            "![a](b)",
            "[a]: https://x.y",
            "[x]{bold}",
            "{header}",
            "{width=50}",
            "{type=a}",
            "[ ] x",
            "[x] y",
        ),
        *("<br>", "<b>", "<!-- c -->", "<script>x</script>", "&amp;", "&#32;", "https://x.y", "H~2~O", "x^2^", "++u++", "~~s~~", "a_b_c"),
        *("|", "a|b", "|---|", "    code", "e.g. 5 µm ± 0,1", "„Größe“", "يسار", "\u00a0", "\u0301"),
    ]
)
WORDS = st.lists(st.one_of(SNIPPETS, st.text(CHARACTERS, min_size=1, max_size=8), st.just(" ")), max_size=4).map("".join)
HREFS = st.sampled_from(
    ["https://example.org/a?b=1&c=(d)", "http://example.org/ä ö", "mailto:qa@example.org", "#scope", "https://example.org/*_*~^|<>\"'\\[x]"]
)
FILES = st.sampled_from(["a" * 64, "0123456789abcdef" * 4])


def _mark(name: str) -> st.SearchStrategy[Node]:
    return HREFS.map(lambda href: {"type": name, "attrs": {"href": href}}) if name == "link" else st.just({"type": name})


MARKS = st.lists(st.sampled_from(sorted(RANK)), unique=True, max_size=3).flatmap(lambda names: st.tuples(*map(_mark, names))).map(list)
TEXTS: st.SearchStrategy[Node] = st.builds(
    lambda text, marks: {"type": "text", "text": text, "marks": marks}, WORDS, st.one_of(st.just([]), MARKS)
)
RECORD_LINKS: st.SearchStrategy[Node] = st.builds(
    lambda number, edition: {"type": "recordLink", "attrs": {"number": number, "edition": edition}},
    st.sampled_from(["SOP-0042", "FRM-0107/2026-0031", "4.2*1_x", "ÄA-1"]),
    st.sampled_from([None, "v3", "Rev. B", "3.1*"]),
)
IMAGES: st.SearchStrategy[Node] = st.builds(
    lambda file, alt, width: {"type": "image", "attrs": {"file": file, "alt": alt, "width": width}},
    FILES,
    WORDS,
    st.one_of(st.none(), st.integers(1, 100)),
)
BREAK = st.just({"type": "hardBreak"})
INLINES = st.lists(st.one_of(TEXTS, TEXTS, TEXTS, RECORD_LINKS, BREAK, IMAGES), max_size=5)
CODE_TEXT = st.lists(st.one_of(SNIPPETS, st.text(CHARACTERS, max_size=8), st.just("\n")), max_size=6).map("".join)


def _node(kind: str, content: list[Node], **attrs: object) -> Node:
    return {"type": kind, "content": content, "attrs": attrs}


PARAGRAPHS = st.builds(lambda content: _node("paragraph", content), INLINES)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    PARAGRAPHS,
    PARAGRAPHS,
    st.builds(lambda content, level: _node("heading", content, level=level), INLINES, st.integers(1, 6)),
    st.builds(
        lambda text, language: {"type": "codeBlock", "content": [{"type": "text", "text": text}], "attrs": {"language": language}},
        CODE_TEXT,
        st.sampled_from([None, "python", "c++"]),
    ),
    IMAGES,
    st.sampled_from([{"type": "horizontalRule"}, {"type": "pageBreak"}, {"type": "paragraph"}]),
)


def _containers(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    bodies = st.lists(blocks, max_size=3)
    items = st.lists(st.builds(lambda content: _node("listItem", content), bodies), min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda content: _node("bulletList", content), items),
        st.builds(
            lambda content, start, kind: _node("orderedList", content, start=start, type=kind),
            items,
            st.sampled_from([None, 1, 0, 2, 4, 99]),
            st.sampled_from([None, None, "a", "I"]),
        ),
        st.builds(lambda content: _node("blockquote", content), bodies),
        _tables(bodies),
        _tables(st.lists(PARAGRAPHS, max_size=1)),
    )


def _tables(bodies: st.SearchStrategy[list[Node]]) -> st.SearchStrategy[Node]:
    spans = st.sampled_from([None, None, None, 1, 2, 3])
    cells = st.builds(
        lambda kind, content, colspan, rowspan: _node(kind, content, colspan=colspan, rowspan=rowspan),
        st.sampled_from(["tableCell", "tableCell", "tableHeader"]),
        bodies,
        spans,
        spans,
    )
    plain = st.builds(lambda content: _node("tableCell", content), bodies)
    heads = st.builds(lambda content: _node("tableHeader", content), bodies)
    spanned = st.lists(st.lists(cells, max_size=3), min_size=1, max_size=3)
    ordinary = st.builds(
        lambda head, rows: [head, *rows], st.lists(heads, min_size=1, max_size=3), st.lists(st.lists(plain, max_size=3), max_size=2)
    )
    headless = st.lists(st.lists(plain, min_size=1, max_size=3), min_size=1, max_size=3)
    return st.one_of(spanned, ordinary, headless).map(lambda rows: _node("table", [_node("tableRow", row) for row in rows]))


BLOCKS: st.SearchStrategy[Node] = st.recursive(LEAVES, _containers, max_leaves=6)


def raw_documents() -> st.SearchStrategy[Node]:
    """Documents as an editor sends them: valid, not yet canonical."""
    return st.lists(st.one_of(LEAVES, BLOCKS), max_size=4).map(lambda content: {"type": "doc", "content": content})


def documents() -> st.SearchStrategy[Node]:
    """Canonical documents of every kind of block, with nasty words."""
    return raw_documents().map(normalise)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["doc", "paragraph", "text", "table", "tableRow", "tableCell", "bulletList", "listItem", "heading", "image"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["type", "content", "attrs", "text", "marks", "level"]), inner, max_size=5),
    ),
    max_leaves=20,
)
"""Any JSON, often nearly a document."""
