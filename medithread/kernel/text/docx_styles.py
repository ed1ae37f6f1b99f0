"""What Word's styles and numbering say about a paragraph: heading level, list level, the number it shows, bold by style."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from xml.etree.ElementTree import Element

from medithread.kernel.text.docx_package import W, WordPackage

_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|nagłówek|заголовок) ?([1-9])", re.IGNORECASE)
_PLAIN_LABEL = re.compile(r"\W?%\d\W{0,2}")
_FORMATS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(frozen=True, slots=True)
class Label:
    """How a numbered paragraph is labelled: by a bullet, as a counted item, or by a text such as "4.2.1" that must stay as it is.

    `shown` is the label as Word shows it ("" for a bullet).
    """

    kind: Literal["bullet", "count", "text"]
    level: int
    number: int | None = None
    style: str = ""
    shown: str = ""


@dataclass(slots=True)
class Level:
    """One level of a numbering definition."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    style: str = ""
    legal: bool = False


def value(element: Element | None, path: str) -> str | None:
    """The `w:val` of a child element, None when there is none."""
    found = element.find(path) if element is not None else None
    return None if found is None else found.get(f"{W}val")


def switched_on(element: Element | None, name: str) -> bool | None:
    """A toggle property: True, False, or None when it is not given."""
    found = element.find(f"{W}{name}") if element is not None else None
    return None if found is None else found.get(f"{W}val", "true") not in ("false", "0", "off", "none")


@dataclass(slots=True)
class Styles:
    """The styles of a document by their id."""

    elements: dict[str, Element] = field(default_factory=dict)
    default: str = ""

    def chain(self, style: str | None) -> Iterator[Element]:
        """The style and those it is based on."""
        seen: set[str] = set()
        while style and style in self.elements and style not in seen:
            seen.add(style)
            yield self.elements[style]
            style = value(self.elements[style], f"{W}basedOn")

    def names(self, style: str | None) -> list[str]:
        """The names of the style and of those it is based on, in lower case."""
        return [(value(element, f"{W}name") or "").lower() for element in self.chain(style)]

    def heading(self, style: str | None) -> int | None:
        """1 to 6 for a style of a heading; deeper ones count as 6."""
        for element in self.chain(style):
            match = _HEADING.fullmatch(value(element, f"{W}name") or "")
            level = value(element, f"{W}pPr/{W}outlineLvl")
            if match or (level and level.isdigit() and int(level) < 9):
                return min(int(match[1]) if match else int(level or 0) + 1, 6)
        return None

    def toggle(self, style: str | None, name: str) -> bool | None:
        """A character property that the style gives (`b`, `i` …)."""
        found = (switched_on(element.find(f"{W}rPr"), name) for element in self.chain(style))
        return next((is_on for is_on in found if is_on is not None), None)


def read_styles(word: WordPackage) -> Styles:
    """The styles of the document."""
    root = word.root("styles")
    styles = Styles()
    for element in root.iter(f"{W}style") if root is not None else ():
        styles.elements.setdefault(element.get(f"{W}styleId", ""), element)
        if element.get(f"{W}default") in ("1", "true") and element.get(f"{W}type") == "paragraph":
            styles.default = element.get(f"{W}styleId", "")
    return styles


class Numbering:
    """Counts the numbered paragraphs of a document in reading order."""

    def __init__(self, word: WordPackage, styles: Styles) -> None:
        self.styles = styles
        self.abstract: dict[str, dict[int, Level]] = {}
        self.nums: dict[str, tuple[str, dict[int, int]]] = {}
        self.links: dict[str, str] = {}
        self.counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self.started: set[tuple[str, int]] = set()
        root = word.root("numbering")
        for element in root if root is not None else ():
            if element.tag == f"{W}abstractNum":
                self._abstract(element)
            elif element.tag == f"{W}num":
                self._num(element)

    def _abstract(self, element: Element) -> None:
        name = element.get(f"{W}abstractNumId", "")
        self.abstract[name] = {_whole(level.get(f"{W}ilvl"), 0): _level(level) for level in element.iter(f"{W}lvl")}
        linked = value(element, f"{W}numStyleLink")
        if linked:
            self.links[name] = linked

    def _num(self, element: Element) -> None:
        starts: dict[int, int] = {}
        for override in element.iter(f"{W}lvlOverride"):
            start = value(override, f"{W}startOverride")
            if start is not None:
                starts[_whole(override.get(f"{W}ilvl"), 0)] = _whole(start, 1)
        self.nums[element.get(f"{W}numId", "")] = (value(element, f"{W}abstractNumId") or "", starts)

    def label(self, properties: Element | None, style: str | None) -> Label | None:
        """The label of the next paragraph with these properties; None when it has none. Counts on."""
        num, level = self._place(properties, style)
        abstract, starts = self.nums.get(num, ("", {}))
        abstract = self._linked(abstract)
        definition = self.abstract.get(abstract, {}).get(level)
        if definition is None:
            return None
        if definition.format in ("bullet", "none") and "%" not in definition.text:
            return _uncounted(definition, level)
        counts = self.counts[abstract]
        if level in starts and (num, level) not in self.started:
            self.started.add((num, level))
            counts[level] = starts[level] - 1
        counts[level] = counts.get(level, definition.start - 1) + 1
        for deeper in [found for found in counts if found > level]:
            del counts[deeper]
        plain = _PLAIN_LABEL.fullmatch(definition.text) and f"%{level + 1}" in definition.text
        shown = self._text(definition, abstract, counts)
        return Label("count" if plain else "text", level, counts[level], _FORMATS.get(definition.format, ""), shown)

    def _place(self, properties: Element | None, style: str | None) -> tuple[str, int]:
        """numId and level, from the paragraph or else its style; a level may also name the style it belongs to."""
        num, level = value(properties, f"{W}numPr/{W}numId"), value(properties, f"{W}numPr/{W}ilvl")
        for element in self.styles.chain(style):
            found = element.find(f"{W}pPr/{W}numPr")
            num = num if num is not None else value(found, f"{W}numId")
            level = level if level is not None else value(found, f"{W}ilvl")
            if level is None and num in self.nums:
                levels = self.abstract.get(self._linked(self.nums[num][0]), {})
                level = next((str(at) for at, definition in levels.items() if definition.style == element.get(f"{W}styleId")), None)
        return num or "", _whole(level, 0)

    def _linked(self, abstract: str) -> str:
        """Follows a numbering that only points to a style's."""
        for element in self.styles.chain(self.links.get(abstract)):
            num = value(element, f"{W}pPr/{W}numPr/{W}numId")
            if num in self.nums:
                return self.nums[num][0]
        return abstract

    def _text(self, definition: Level, abstract: str, counts: dict[int, int]) -> str:
        levels = self.abstract[abstract]

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, Level())
            return formatted(counts.get(at, other.start), "decimal" if definition.legal else other.format)

        return re.sub(r"%(\d)", shown, definition.text).strip()


def _uncounted(definition: Level, level: int) -> Label | None:
    if definition.format == "bullet":
        return Label("bullet", level)
    text = definition.text.strip()
    return Label("text", level, shown=text) if text else None


def _level(element: Element) -> Level:
    shown, text, start = value(element, f"{W}numFmt"), value(element, f"{W}lvlText"), _whole(value(element, f"{W}start"), 1)
    return Level(shown or "decimal", text or "", start, value(element, f"{W}pStyle") or "", bool(switched_on(element, "isLgl")))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def formatted(number: int, style: str) -> str:
    """A number as Word's number format shows it; unknown formats are decimal."""
    if style in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if style == "lowerLetter" else letters.upper()
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.lower() if style == "lowerRoman" else roman
    return f"{number:02}" if style == "decimalZero" else str(number)


def _roman(number: int) -> str:
    parts = []
    for worth, sign in _ROMAN:
        parts.append(sign * (number // worth))
        number %= worth
    return "".join(parts)
