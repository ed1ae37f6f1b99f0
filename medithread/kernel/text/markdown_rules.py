"""The parser of our Markdown dialect: markdown-it with GFM tables and strikethrough, and rules for what GFM cannot say."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.container import container_plugin

from medithread.kernel.text.errors import TextError
from medithread.kernel.text.inline import EDITION, MARKS, NUMBER

RECORD = re.compile(rf"\[\[({NUMBER.pattern})(?: ({EDITION.pattern}))?\]\]")
DIRECTIVES = {"\\pagebreak": "page_break", "\\blank": "blank"}
SPAN_MARKS = tuple(name for name in MARKS if name != "link")
HTML_MARKS = {
    **{"u": "underline", "ins": "underline", "sub": "subscript", "sup": "superscript", "kbd": "code", "b": "bold", "strong": "bold"},
    **{"i": "italic", "em": "italic", "s": "strike", "del": "strike"},
}

BRACKETS = 5000
"""The most opening brackets in one paragraph."""

_OPENING = re.compile(r"(?<!\\)\[")
_SPAN_END = re.compile(rf"\]\{{((?:{'|'.join(SPAN_MARKS)})(?: (?:{'|'.join(SPAN_MARKS)}))*)\}}")
_LIST_TYPE = re.compile(r"\{type=([aAiI])\}")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:ul|ol|li|p|div|span|center|font|small|big|a|img|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PAIR = re.compile(rf"<({'|'.join(HTML_MARKS)})>", re.IGNORECASE)
_SUB = re.compile(r"(?<=[\w)\]}])~(?!~)[^\s~]+(?<!~)~(?!~)")
_SUP = re.compile(r"(?<=[\w)\]}])\^[^\s^]+\^")
_UNDERLINE = re.compile(r"(?<![\w+])\+\+(?=[^\s+]).{1,1000}?(?<=[^\s+])\+\+(?![\w+])")


class _Parser(MarkdownIt):
    """Addresses are checked when the document is built, so they come through unchanged."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's names
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@cache
def parser() -> MarkdownIt:
    """The configured parser."""
    md = _Parser("commonmark", {"html": False, "maxNesting": 100})
    md.enable(["table", "strikethrough"])
    md.use(container_plugin, "table")
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "directive", _directive, alt)
    md.block.ruler.before("fence", "list_type", _list_type, alt)
    md.block.ruler.before("fence", "comment_block", _comment_block, alt)
    md.core.ruler.before("inline", "density", _density)
    for name, rule in (("delimited", _delimited), ("record", _record), ("span", _span), ("html_bits", _html_bits)):
        md.inline.ruler.before("strikethrough", name, rule)
    return md


def _density(state: StateCore) -> None:
    """Refuses what only an attack writes: reading nested brackets takes time by the square of their number."""
    for token in state.tokens:
        if token.type == "inline" and len(_OPENING.findall(token.content)) > BRACKETS:
            raise TextError("markdown.brackets", f"One paragraph holds more than {BRACKETS:,} opening brackets. Divide it.")


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip(" \t")


def _directive(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    name = DIRECTIVES.get(_line(state, start))
    if name is None or state.is_code_block(start):
        return False
    if not silent:
        state.push(name, "", 0)
        state.line = start + 1
    return True


def _list_type(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    match = _LIST_TYPE.fullmatch(_line(state, start))
    if not match or state.is_code_block(start):
        return False
    if not silent:
        state.push("list_type", "", 0).info = match[1]
        state.line = start + 1
    return True


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = _line(state, start)
    if not first.startswith("<!--") or state.is_code_block(start):
        return False
    last = start
    while last < end and "-->" not in _line(state, last):
        last += 1
    if last == end or not _line(state, last).endswith("-->"):
        return False
    if not silent:
        state.push("comment", "", 0).content = state.getLines(start, last + 1, 0, False)
        state.line = last + 1
    return True


def _mark(state: StateInline, names: list[str], start: int, end: int, after: int, silent: bool) -> bool:
    """Pushes the marks over what lies between `start` and `end`, and goes on at `after`."""
    if not silent:
        most = state.posMax
        state.pos, state.posMax = start, end
        state.push("mark_open", "", 1).meta = {"marks": names}
        state.md.inline.tokenize(state)
        state.push("mark_close", "", -1)
        state.posMax = most
    state.pos = after
    return True


def _delimited(state: StateInline, silent: bool) -> bool:
    """`++underline++`, `~sub~` and `^sup^`; the last two only directly after a letter, digit or closing bracket."""
    sign = state.src[state.pos]
    if sign not in "+~^":
        return False
    pattern, name, width = {"+": (_UNDERLINE, "underline", 2), "~": (_SUB, "subscript", 1), "^": (_SUP, "superscript", 1)}[sign]
    match = pattern.match(state.src, state.pos, state.posMax)
    if not match or "\\" in match[0]:
        return False
    return _mark(state, [name], match.start() + width, match.end() - width, match.end(), silent)


def _record(state: StateInline, silent: bool) -> bool:
    match = RECORD.match(state.src, state.pos, state.posMax) if state.src.startswith("[[", state.pos) else None
    if not match:
        return False
    if not silent:
        state.push("record_link", "", 0).meta = {"number": match[1], "edition": match[2]}
    state.pos = match.end()
    return True


def _span(state: StateInline, silent: bool) -> bool:
    """`[text]{bold italic}`."""
    if state.src[state.pos] != "[" or "]{" not in state.src:
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos)
    match = _SPAN_END.match(state.src, end, state.posMax) if end >= 0 else None
    if not match:
        return False
    return _mark(state, match[1].split(" "), state.pos + 1, end, match.end(), silent)


def _html_bits(state: StateInline, silent: bool) -> bool:
    """The little HTML that people write in Markdown: line breaks, simple marks, comments and tags without meaning here."""
    if state.src[state.pos] != "<":
        return False
    if match := _BREAK.match(state.src, state.pos, state.posMax):
        return _push(state, "hardbreak", "", match.end(), silent)
    if match := _PAIR.match(state.src, state.pos, state.posMax):
        closing = f"</{match[1]}>"
        end = state.src.find(closing, match.end(), state.posMax)
        return end >= 0 and _mark(state, [HTML_MARKS[match[1].lower()]], match.end(), end, end + len(closing), silent)
    if match := _TAG.match(state.src, state.pos, state.posMax):
        return _push(state, "tag", match[0], match.end(), silent)
    end = state.src.find("-->", state.pos, state.posMax) if state.src.startswith("<!--", state.pos) else -1
    return end >= 0 and _push(state, "comment", state.src[state.pos : end + 3], end + 3, silent)


def _push(state: StateInline, kind: str, content: str, after: int, silent: bool) -> bool:
    if not silent:
        state.push(kind, "", 0).content = content
    state.pos = after
    return True
