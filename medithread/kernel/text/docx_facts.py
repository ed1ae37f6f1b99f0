"""What a paragraph and a run of a Word document are, put where their style stood so that it comes through the reader behind."""

from __future__ import annotations

import json
import re
from xml.etree.ElementTree import Element, SubElement

from medithread.kernel.text.docx_package import W
from medithread.kernel.text.docx_styles import Label, Numbering, Styles, switched_on, value

CODE_RUN = "Code Char"
RECORD_RUN = "Record Link"
CODE_BLOCK = "Code"

_QUOTES = frozenset({"quote", "intense quote", "block text"})
_CODES = frozenset({CODE_BLOCK.lower(), "source code", "html preformatted"})
_CODE_RUNS = frozenset({CODE_RUN.lower(), "verbatim char", "html code", "source text"})
_CONTENTS = re.compile(r"toc (?:[1-9]|heading)")
_LINKS = frozenset({"hyperlink", "internet link", "followedhyperlink"})
_NOTE_SIGNS = frozenset({"footnote reference", "endnote reference", "footnote anchor", "endnote anchor"})


def wml(name: str, **attributes: str) -> Element:
    """A new WordprocessingML element."""
    return Element(f"{W}{name}", {f"{W}{key}": text for key, text in attributes.items()})


def paragraph_properties(old: Element | None, facts: dict[str, object]) -> Element:
    """Paragraph properties that hold the facts as the name of the style, and whether the paragraph's end was deleted."""
    new = wml("pPr")
    new.append(wml("pStyle", val=json.dumps(facts)))
    if old is not None and old.find(f"{W}rPr/{W}del") is not None:
        SubElement(SubElement(new, f"{W}rPr"), f"{W}del")
    return new


class Facts:
    """Reads facts by the styles and numbering of a document; each numbered paragraph must be asked for once, in reading order."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles, self.numbering = styles, numbering

    def style(self, element: Element) -> str:
        """The style id of a paragraph."""
        return value(element, f"{W}pPr/{W}pStyle") or self.styles.default

    def paragraph(self, element: Element) -> dict[str, object]:
        """`kind` (text, heading, item, quote, code, rule, continued, contents) and what belongs to it; `number` is a label to be typed."""
        properties, style = element.find(f"{W}pPr"), self.style(element)
        label = self.numbering.label(properties, style)
        if any(_CONTENTS.fullmatch(name) for name in self.styles.names(style)[:1]):
            return {"kind": "contents"}
        facts: dict[str, object] = {"break": True} if switched_on(properties, "pageBreakBefore") else {}
        level = self._heading(properties, style)
        if level is not None:
            return {**facts, "kind": "heading", "level": level, **_typed(label)}
        if label and label.kind != "text":
            quoted = bool(set(self.styles.names(style)) & _QUOTES)
            return {**facts, "kind": "item", "level": label.level, "count": label.number, "style": label.style, "quoted": quoted}
        return {**facts, **_plain(element, properties, self.styles.names(style)), **_typed(label)}

    def _heading(self, properties: Element | None, style: str) -> int | None:
        outline = value(properties, f"{W}outlineLvl")
        if outline and outline in "012345678":
            return min(int(outline) + 1, 6)
        return 1 if self._is_title(style) else self.styles.heading(style)

    def _has_a_look(self, style: str) -> bool:
        """Headings, titles, quotations and code look as they do because of what they are."""
        return self.styles.heading(style) is not None or self._is_title(style) or bool(set(self.styles.names(style)) & (_QUOTES | _CODES))

    def _is_title(self, style: str) -> bool:
        return "title" in self.styles.names(style)[:1]

    def run(self, old: Element | None, paragraph_style: str, in_link: bool) -> Element:
        """Run properties with the marks that hold, by the run itself or by its styles."""
        new = wml("rPr")
        style = value(old, f"{W}rStyle")
        names = set(self.styles.names(style))
        linked = in_link or bool(names & _LINKS)
        for name in ("b", "i", "u", "strike", "dstrike"):
            if self._marked(old, style, paragraph_style, name) and not (name == "u" and linked):
                new.append(wml("strike" if name == "dstrike" else name, val="single" if name == "u" else "true"))
        aligned = value(old, f"{W}vertAlign") or self._aligned(style)
        if aligned and not names & _NOTE_SIGNS:
            new.append(wml("vertAlign", val=aligned))
        new.append(wml("rStyle", val="code" if names & _CODE_RUNS else "record" if RECORD_RUN.lower() in names else ""))
        return new

    def _aligned(self, style: str | None) -> str | None:
        found = (value(element, f"{W}rPr/{W}vertAlign") for element in self.styles.chain(style))
        return next(filter(None, found), None)

    def _marked(self, properties: Element | None, style: str | None, paragraph_style: str, name: str) -> bool:
        """Set by the run, else by its style, else by the paragraph's style unless that has a look of its own."""
        own = switched_on(properties, name)
        mark = self.styles.toggle(style, name) if own is None else own
        if mark is None and not self._has_a_look(paragraph_style):
            mark = self.styles.toggle(paragraph_style, name)
        return bool(mark)


def _typed(label: Label | None) -> dict[str, object]:
    return {"number": label.shown} if label and label.shown else {}


def _plain(element: Element, properties: Element | None, names: list[str]) -> dict[str, object]:
    if set(names) & _QUOTES:
        return {"kind": "quote"}
    if set(names) & _CODES:
        return {"kind": "code"}
    continued = next((name for name in names if name.startswith("list continue")), None)
    if continued:
        digits = continued.removeprefix("list continue").strip()
        return {"kind": "continued", "level": int(digits) - 1 if digits.isdigit() and digits != "0" else 0}
    border = properties.find(f"{W}pBdr") if properties is not None else None
    sides = {side.tag.rpartition("}")[2] for side in border} if border is not None else set()
    edged = bool(sides & {"bottom", "top"}) and not sides & {"left", "right"}
    return {"kind": "rule" if edged and element.find(f".//{W}r") is None else "text"}
