"""Collects what a Word document holds and the canonical text does not, by name and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from medithread.kernel.text.docx_package import A, O, V, W, WordPackage, relations
from medithread.kernel.text.errors import Loss, shortened


@dataclass(slots=True)
class Losses:
    """Losses in order of their first place; the same thing in several places is listed once with their number."""

    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, code: str, message: str, place: str = "") -> None:
        """Lists a loss; `code` without its prefix."""
        self.found.setdefault((f"docx.{code}", message), []).append(place)

    def all(self) -> list[Loss]:
        """The list."""
        return [Loss(code, message, _places(places)) for (code, message), places in self.found.items()]


def _places(places: list[str]) -> str:
    first, more = places[0], len(places) - 1
    if more and not first:
        return f"{more + 1} times"
    return f"{first} and {more} more place{'s' if more > 1 else ''}" if more else first


def text_of(element: Element, deleted: bool = False) -> str:
    """The text inside an element, paragraphs divided by spaces."""
    tags = {f"{W}delText"} if deleted else {f"{W}t"}
    parts = [" " if found.tag == f"{W}p" else (found.text or "") for found in element.iter() if found.tag in tags or found.tag == f"{W}p"]
    return " ".join("".join(parts).split())


def package_losses(word: WordPackage, body: Element, losses: Losses) -> None:
    """What stands beside the text: headers, footers, layout, fonts, protection, signatures."""
    for kind in ("header", "footer"):
        for part in word.parts(kind):
            _running_text(word, part, kind, losses)
    _layout(body, losses)
    fonts = sum(1 for name in word.package.names if name.startswith("word/fonts/"))
    if fonts:
        losses.add("fonts", f"{fonts} embedded font{'s were' if fonts > 1 else ' was'} left out; the house style is used.")
    settings = word.root("settings")
    if settings is not None and settings.find(f"{W}documentProtection") is not None:
        losses.add("protection", "The restriction of editing was left out.")
    if any(name.startswith("_xmlsignatures/") for name in word.package.names):
        losses.add("signature", "A digital signature was left out; it holds for the original file only.")


def _running_text(word: WordPackage, part: str, kind: str, losses: Losses) -> None:
    root = word.package.xml(part)
    text = text_of(root)
    pictures = sum(1 for _ in _pictures(root))
    marks = [found.get("string", "") for found in root.iter(f"{V}textpath")]
    if marks:
        losses.add("watermark", f"The watermark {shortened(marks[0], 60)!r} was left out.")
    if text:
        losses.add(kind, f"The {kind} {shortened(text, 80)!r} was left out; prints have their own.")
    if pictures:
        files = [found.target.rpartition("/")[2] for found in relations(word.package, part).values() if found.kind == "image"]
        losses.add(kind, f"A picture in the {kind} was left out: {', '.join(sorted(set(files))) or 'without a file'}.")


def _pictures(root: Element) -> Iterator[Element]:
    yield from root.iter(f"{A}blip")
    yield from root.iter(f"{V}imagedata")


def comment_losses(word: WordPackage, places: dict[str, str], losses: Losses) -> None:
    """The comments, at the places where they are attached."""
    root = word.root("comments")
    for comment in root.iter(f"{W}comment") if root is not None else ():
        author, place = comment.get(f"{W}author", "somebody"), places.get(comment.get(f"{W}id", ""), "")
        losses.add("comment", f"The comment of {shortened(author, 40)} was left out: {shortened(text_of(comment), 200)!r}.", place)


def _layout(body: Element, losses: Losses) -> None:
    sections = list(body.iter(f"{W}sectPr"))
    found = [f"{len(sections)} sections"] if len(sections) > 1 else []
    if any((size := section.find(f"{W}pgSz")) is not None and size.get(f"{W}orient") == "landscape" for section in sections):
        found.append("landscape pages")
    if any((columns := section.find(f"{W}cols")) is not None and columns.get(f"{W}num", "1") not in ("", "0", "1") for section in sections):
        found.append("columns")
    if any(section.find(f"{W}pgBorders") is not None for section in sections):
        found.append("page borders")
    if found:
        losses.add("layout", f"The page layout was left out: {', '.join(found)}.")


def object_name(element: Element) -> str:
    """What an embedded object calls itself, such as "Excel.Sheet.12"."""
    found = element.find(f".//{O}OLEObject")
    return found.get("ProgID", "") if found is not None else ""
