"""Running text as Markdown: first in the form a person would write, and where that would be read otherwise, in a form that cannot be."""

from __future__ import annotations

import re

from medithread.kernel.text.inline import Node
from medithread.kernel.text.markdown_in import Reader, trees
from medithread.kernel.text.markdown_rules import parser
from medithread.kernel.text.nesting import Nested, Span, nest
from medithread.kernel.text.schema import normalise

_SIGNS = {"bold": "**", "italic": "*", "strike": "~~", "underline": "++", "subscript": "~", "superscript": "^"}
_CODE = frozenset({"code"})
_LIGHT = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~~|(?<![\w+])\+\+(?=[^\s+])")
_LINE_START = re.compile(
    r"^(?=#{1,6}(?:\s|$)|[>{]|[-+](?:\s|$)|-[-|:\s]*$|=+\s*$|~~~|:::|:[-|:\s]*$)|^(\d{1,9})(?=[.)](?:\s|$))", re.MULTILINE
)
_HEAVY = re.compile(r"[!-/:-@\[-`{-~]")
_WIDE_SPACE = re.compile(r"[^\S \n]")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def inline_markdown(content: list[Node], one_line: bool = False) -> str:
    """The Markdown of a paragraph's content; `one_line` for headings and cells, which cannot hold a line end."""
    line_end = "<br>" if one_line else "\\\n"
    light = "".join(_light(item, line_end) for item in nest(content, _CODE))
    medium = "".join(_single(node, line_end, _LIGHT) for node in content)
    for form in dict.fromkeys((light, medium)):
        text = form if one_line else _LINE_START.sub(lambda match: (match[1] or "") + "\\", form)
        if _reads_as(f"# {text}" if one_line else text, content, "heading" if one_line else "paragraph"):
            return text
    return "".join(_single(node, line_end, _HEAVY) for node in content)


def _reads_as(text: str, content: list[Node], kind: str) -> bool:
    """True when the text is one block of this kind with exactly this content."""
    parts = trees(parser().parse(text))
    if len(parts) != 1 or parts[0].kind != kind:
        return False
    reader = Reader()
    read = reader.inline(trees(parts[0].children[0].token.children or []), ())
    block = {"type": "paragraph", "content": read}
    return not reader.losses and bool(
        normalise({"type": "doc", "content": [block]})["content"] == [{"type": "paragraph", "content": content}]
    )


def _light(item: Nested, line_end: str) -> str:
    if not isinstance(item, Span):
        return _node(item, line_end, _LIGHT)
    if item.mark == "link" and [node for node in item.inside if not isinstance(node, Span)] == [_bare(item.href, item.href)]:
        return f"<{item.href}>"
    inner = "".join(_light(inside, line_end) for inside in item.inside)
    if item.mark == "link":
        return f"[{inner}]({_target(item.href)})"
    return f"{_SIGNS[item.mark]}{inner}{_SIGNS[item.mark]}"


def _bare(text: str, href: str) -> Node:
    return {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]}


def _single(node: Node, line_end: str, escaped: re.Pattern[str]) -> str:
    """One node by itself, its marks as a bracketed span."""
    marks = node.get("marks", [])
    text = _node({**node, "marks": []}, line_end, escaped)
    hrefs = [mark["attrs"]["href"] for mark in marks if mark["type"] == "link"]
    text = f"[{text}]({_target(hrefs[0])})" if hrefs else text
    names = [mark["type"] for mark in marks if mark["type"] != "link"]
    return f"[{text}]{{{' '.join(names)}}}" if names else text


def _node(node: Node, line_end: str, escaped: re.Pattern[str]) -> str:
    if node["type"] == "hardBreak":
        return line_end
    if node["type"] == "recordLink":
        return f"[[{' '.join(node['attrs'].values())}]]"
    text = str(node["text"])
    if any(mark["type"] == "code" for mark in node.get("marks", ())):
        return _code(text)
    text = escaped.sub(lambda match: "".join("\\" + sign for sign in match[0]), text)
    return _WIDE_SPACE.sub(lambda match: f"&#x{ord(match[0]):x};", text) if escaped is _HEAVY else text


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _target(href: str) -> str:
    href = _ENTITY.sub("&amp;", href)
    return f"<{href}>" if "(" in href or ")" in href else href


def escaped(text: str) -> str:
    """Text in which no sign means anything."""
    return _WIDE_SPACE.sub(lambda match: f"&#x{ord(match[0]):x};", _HEAVY.sub(lambda match: "\\" + match[0], text))
