"""Independent measures of what a source file holds, to be compared with what arrived: other code than the importers use.

A measure is the words in their order, the words of every table cell, and how many pictures there are.
"""

import hashlib
import re
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

WORD = re.compile(r"[^\W_]+")
NOT_READ = frozenset(("del", "moveFrom", "instrText", "delText", "Fallback", "annotation", "tracked-changes"))
APART = frozenset(("p", "h", "tab", "br", "tc", "cr", "s", "line-break", "table-cell", "noBreakHyphen"))
ROW = re.compile(r"^\s*\|.*\|\s*$")
RULE = re.compile(r"^[\s|:-]+$")


@dataclass(frozen=True)
class Measure:
    """What is in a text: its words in order, the words of each cell that is not empty, its pictures."""

    words: tuple[str, ...]
    cells: Counter[str]
    pictures: int

    @property
    def pairs(self) -> Counter[tuple[str, str]]:
        """Neighbours: they break where the order does."""
        return Counter(pairwise(self.words))


def words(text: str) -> tuple[str, ...]:
    """Words and numbers, however short, folded, in the composed form in which texts are kept here."""
    return tuple(word.casefold() for word in WORD.findall(unicodedata.normalize("NFC", text)))


def gone(source: Iterable[object], arrived: Iterable[object]) -> Counter[object]:
    """What the source has and the other has not, or not as often."""
    return Counter(source) - Counter(arrived)


def sha256(path: Path) -> str:
    """The hash of a file as it lies there."""
    return hashed(path.read_bytes())


def hashed(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def of_file(path: Path) -> Measure | None:
    """The measure of a file by its ending; None where it cannot be read."""
    reader = {".docx": of_docx, ".odt": of_odt, ".pdf": of_pdf, ".md": of_markdown}[path.suffix.lower()]
    try:
        return reader(path)
    except (zipfile.BadZipFile, KeyError, StopIteration, ET.ParseError, OSError):
        return None


def of_docx(path: Path) -> Measure:
    """The main text with its notes and text boxes, straight from the XML."""
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        main = next(name for name in names if re.fullmatch(r"word/document\d*\.xml", name))
        notes = [name for name in ("word/footnotes.xml", "word/endnotes.xml") if name in names]
        roots = [ET.fromstring(package.read(name)) for name in (main, *notes)]
    body = roots[0]
    cells = Counter(filter(None, (" ".join(words(_text(cell))) for cell in _named(body, "tc"))))
    pictures = sum(1 for node in _walk(body) if _name(node) in ("blip", "imagedata") and any(_last(key) in ("embed", "id") for key in node.attrib))
    return Measure(words("\n".join(map(_text, roots))), cells, pictures)


def of_odt(path: Path) -> Measure:
    """The text of an OpenDocument file, straight from the XML."""
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read("content.xml"))
    body = next(_named(root, "body"))
    cells = Counter(filter(None, (" ".join(words(_text(cell))) for cell in _named(body, "table-cell"))))
    return Measure(words(_text(body)), cells, sum(1 for _ in _named(body, "image")))


def of_pdf(path: Path | bytes) -> Measure:
    """The words that another program reads from a PDF."""
    given = path if isinstance(path, bytes) else path.read_bytes()
    ended = subprocess.run(["pdftotext", "-q", "-", "-"], input=given, capture_output=True, check=True)
    return Measure(words(ended.stdout.decode("utf-8", "replace")), Counter(), 0)


def of_markdown(path: Path) -> Measure:
    """The visible words: front matter, addresses, comments, languages of code and HTML tags are not text."""
    text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(errors="replace"), flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    text = re.sub(r"\\[<>]", " ", re.sub(r"^\s*```\S*", " ", text, flags=re.MULTILINE))
    pictures = len(re.findall(r"!\[[^\]]*\]\([^)]*\)", text))
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r" \1 ", text)
    text = re.sub(r"\]\((?:[^()]|\([^()]*\))*\)", "] ", text)
    text = re.sub(r"^\[[^\]]+\]:\s*\S+.*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"\]\[[^\]\n]*\]", "] ", text)
    text = re.sub(r"</?[a-zA-Z][^>\n]{0,200}>", " ", text)
    text = re.sub(r"^([\s>]*)\d+[.)]\s", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"&#?[a-z0-9]+;", " ", text).replace("\\", "").replace("*", "")
    return Measure(words(text), Counter(_cells(text)), pictures)


def _cells(text: str) -> Iterator[str]:
    """Cells of the rows between bars that stand under or over a line of dashes."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if ROW.match(line) and not RULE.match(line) and _in_table(lines, place):
            yield from filter(None, (" ".join(words(cell)) for cell in line.strip().strip("|").split("|")))


def _in_table(lines: list[str], place: int) -> bool:
    start = place
    while start > 0 and ROW.match(lines[start - 1]):
        start -= 1
    return start + 1 < len(lines) and bool(RULE.match(lines[start + 1])) and "-" in lines[start + 1]


def of_body(doc: dict[str, object] | None) -> Measure:
    """What arrived, read off the stored text itself."""
    found = list(_nodes(doc or {}))
    cells = Counter(filter(None, (" ".join(words(_said(node))) for node in found if node.get("type") in ("tableCell", "tableHeader"))))
    return Measure(words(_said(doc or {})), cells, sum(1 for node in found if node.get("type") == "image"))


def _nodes(node: dict[str, object]) -> Iterator[dict[str, object]]:
    yield node
    for child in node.get("content", ()):  # type: ignore[attr-defined]
        yield from _nodes(child)


def _said(node: dict[str, object]) -> str:
    attrs: dict[str, str] = node.get("attrs", {})  # type: ignore[assignment]
    own = {"text": str(node.get("text", "")), "hardBreak": " ", "recordLink": attrs.get("number", ""), "image": f" {attrs.get('alt', '')} "}
    inner = "".join(_said(child) for child in node.get("content", ()))  # type: ignore[attr-defined]
    kind = str(node.get("type"))
    return own.get(kind, f"{inner}\n")


def _name(node: ET.Element) -> str:
    return _last(node.tag)


def _last(tag: str) -> str:
    return tag.rpartition("}")[2]


def _walk(node: ET.Element) -> Iterator[ET.Element]:
    yield node
    for child in node:
        if _name(child) not in NOT_READ:
            yield from _walk(child)


def _named(node: ET.Element, name: str) -> Iterator[ET.Element]:
    return (found for found in _walk(node) if _name(found) == name)


def _text(node: ET.Element) -> str:
    """Characters in order. In Word they stand in `t` alone; OpenDocument has them anywhere."""
    found: list[str] = []
    word = "openxmlformats" in node.tag or "ooxml" in node.tag
    _gather(node, word, found)
    return "".join(found)


def _gather(node: ET.Element, word: bool, found: list[str]) -> None:
    name = _name(node)
    if name in NOT_READ:
        return
    if name in APART:
        found.append("\n")
    if node.text and (not word or (name == "t" and "wordprocessingml" in node.tag)):
        found.append(node.text)
    for child in node:
        _gather(child, word, found)
        if child.tail and not word:
            found.append(child.tail)
    if name in ("p", "h"):
        found.append("\n")
