"""Arbitrary HTML as a small, well-formed tree, and a list of what no document can hold."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias

import nh3

from medithread.kernel.text.errors import Loss, TextError, shortened
from medithread.kernel.text.inline import address, printable

LIMIT = 40_000_000
"""The longest HTML, in characters (pictures inside it count)."""
DEPTH = 120
NESTING = 3000
VOID = frozenset({"br", "hr", "img", "input", "col"})

_DIVISIONS = "p div section article main header footer aside nav address figure figcaption details summary center fieldset form dd caption"
_INLINE = "a span b strong i em u ins s strike del sub sup code kbd samp tt var cite dfn abbr q mark small font label time"
_OTHERS = "h1 h2 h3 h4 h5 h6 ul ol li dl dt table thead tbody tfoot tr th td blockquote pre br hr img input"
DIVISIONS = frozenset(_DIVISIONS.split())
TAGS = {*DIVISIONS, *_INLINE.split(), *_OTHERS.split()}
_DROPPED = {
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "svg",
    "math",
    "object",
    "iframe",
    "video",
    "audio",
    "canvas",
    "select",
    "textarea",
    "button",
}
_NAMES = {
    "script": "script",
    "iframe": "embedded page",
    "object": "embedded object",
    "embed": "embedded object",
    "video": "film",
    "audio": "sound",
    "canvas": "drawing",
    "svg": "drawing",
    "math": "formula",
    "select": "form field",
    "textarea": "form field",
    "button": "button",
}
_ATTRIBUTES = {
    "*": {"style"},
    "a": {"href", "data-record", "data-edition"},
    "span": {"data-record", "data-edition"},
    "img": {"src", "alt", "width", "data-file"},
    "ol": {"start", "type"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "input": {"type", "checked"},
    "hr": {"class"},
    "code": {"class"},
    "pre": {"class"},
}
_STYLES = {"font-weight", "font-style", "text-decoration", "text-decoration-line", "vertical-align", "mso-list"}
_SCHEMES = {"http", "https", "mailto", "javascript", "vbscript", "data", "file", "ftp", "tel", "sms", "blob", "about"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_OPTIONAL_END = VOID | {
    "p",
    "li",
    "dt",
    "dd",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "tfoot",
    "option",
    "meta",
    "link",
    "wbr",
    "source",
    "area",
    "base",
}
_ADDRESS_LIKE = re.compile(r"\s*(?:https?:|mailto:|#)", re.IGNORECASE)


@dataclass(slots=True)
class Element:
    """One element with its attributes and children."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


Child: TypeAlias = Element | str


def parse(html: str) -> tuple[Element, list[Loss]]:
    """The sanitised tree, and the losses; TextError when it is too long or nested too deeply to be text."""
    if len(html) > LIMIT:
        raise TextError("html.large", f"The pasted text is longer than {LIMIT // 1_000_000} million characters.")
    html = printable(html)
    if _nesting(html) > NESTING:
        raise TextError("html.deep", f"The pasted text is nested more than {NESTING:,} levels deep.")
    finder = _Finder()
    finder.feed(_clean(html, set(_NAMES), {"style"}, _SCHEMES, {"on"}))
    finder.close()
    builder = _Builder()
    builder.feed(_clean(html, set(), _DROPPED, {"http", "https", "mailto", "data"}, set()))
    builder.close()
    return builder.root, finder.losses()


def _nesting(html: str) -> int:
    """How deep the elements would nest if only their end tags closed them; bounds the parser's work."""
    depth = most = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name not in _OPTIONAL_END:
            depth = max(depth - 1, 0) if match[1] else depth + 1
            most = max(most, depth)
    return most


def style_of(element: Element) -> dict[str, str]:
    """The inline style as a mapping, in lower case."""
    pairs = (part.partition(":") for part in element.attrs.get("style", "").lower().split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _clean(html: str, more: set[str], dropped: set[str], schemes: set[str], prefixes: set[str]) -> str:
    return nh3.clean(
        html,
        tags=TAGS | more,
        clean_content_tags=dropped,
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes=prefixes,
        url_schemes=schemes,
        filter_style_properties=_STYLES,
        link_rel=None,
        strip_comments=True,
    )


class _Builder(HTMLParser):
    """Builds the tree; elements nested deeper than `DEPTH` give their content to the one above."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root")
        self.stack = [self.root]
        self.beyond = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self.stack) >= DEPTH:
            self.beyond += tag not in VOID
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.beyond:
            self.beyond -= 1
        elif len(self.stack) > 1 and tag not in VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


class _Finder(HTMLParser):
    """Counts what is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Counter[tuple[str, str]] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _NAMES:
            self.found["html.element", f"The {_NAMES[tag]} <{tag}> was left out."] += 1
        if any(name.startswith("on") for name in values):
            self.found["html.handler", f"The script in an attribute of <{tag}> was left out."] += 1
        if tag == "a" and values.get("href") and not is_address(values["href"]) and "data-record" not in values:
            self.found["html.link", f"The link to {shortened(values['href'], 60)!r} was left out; its text stays."] += 1

    def losses(self) -> list[Loss]:
        return [Loss(code, message, f"{count} times" if count > 1 else "") for (code, message), count in self.found.items()]


def is_address(href: str) -> bool:
    """True for an address that a document may link to."""
    try:
        return bool(_ADDRESS_LIKE.match(href)) and bool(address(href))
    except TextError:
        return False
