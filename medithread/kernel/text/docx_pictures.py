"""The pictures of a Word document: stored when a document may hold them, listed when not; charts, objects and shapes are listed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from medithread.kernel.text.docx_losses import object_name
from medithread.kernel.text.docx_package import PIC, WP, A, R, Relation, V, W, WordPackage
from medithread.kernel.text.errors import shortened
from medithread.kernel.text.pictures import LIMIT, picture_type

Lose = Callable[[str, str], None]
StoreImage = Callable[[bytes, str], str]

STAND_IN = "picture"
"""The relationship that all pictures lead to once they are stored."""

_POINTS = re.compile(r"width:\s*([\d.]+)(pt|in|px|cm|mm)")
_EMU = {"pt": 12_700, "in": 914_400, "px": 9525, "cm": 360_000, "mm": 36_000}


class Pictures:
    """Finds the pictures in drawings of one part."""

    def __init__(self, word: WordPackage, relations: dict[str, Relation], store: StoreImage, text_width: int) -> None:
        self.word, self.relations, self.store, self.text_width = word, relations, store, text_width
        self.stored: dict[str, str] = {}

    def found_in(self, element: Element, lose: Lose) -> list[Element]:
        """New drawings, one for each picture that can be carried; the rest goes to `lose`."""
        self.others(element, lose)
        new: list[Element] = []
        for picture in element.iter(f"{PIC}pic"):
            blip = picture.find(f".//{A}blip")
            if blip is not None:
                new += self.picture(blip.get(f"{R}embed"), *self.described(element), lose)
            if picture.find(f".//{A}srcRect") is not None and picture.find(f".//{A}srcRect").attrib:  # type: ignore[union-attr]
                lose("crop", "A picture was cropped in Word; here it is whole.")
        for data in element.iter(f"{V}imagedata"):
            shape = next((found for found in element.iter(f"{V}shape") if data in list(found)), None)
            alt = _described(shape.get("alt", "")) if shape is not None else ""
            new += self.picture(data.get(f"{R}id"), alt, _vml_width(shape), lose)
        return new

    def described(self, element: Element) -> tuple[str, int]:
        """The alternative text and the width in EMU."""
        properties, extent = element.find(f".//{WP}docPr"), element.find(f".//{WP}extent")
        alt = (properties.get("descr") or properties.get("title") or "") if properties is not None else ""
        width = extent.get("cx", "0") if extent is not None else "0"
        return _described(alt), int(width) if width.isdigit() else 0

    def picture(self, relation_id: str | None, alt: str, width: int, lose: Lose) -> list[Element]:
        relation = self.relations.get(relation_id or "")
        if relation is None or relation.external:
            lose("picture", f"A picture that is only linked was left out: {shortened(alt or (relation.target if relation else ''), 80)!r}.")
            return _words(alt)
        file = self.file(relation.target)
        if not file:
            name = relation.target.rpartition("/")[2]
            kind = name.rpartition(".")[2].upper()
            lose(
                "picture",
                f"The picture {name} ({kind}) was left out. Save it as PNG and insert it{': ' + shortened(alt, 60) if alt else ''}.",
            )
            return _words(alt)
        percent = min(max(round(100 * width / self.text_width), 1), 100) if width else None
        return [_drawing({"file": file, "alt": shortened(alt, 1000), "width": percent})]

    def file(self, target: str) -> str:
        """The stored file of a part; empty when it is no picture a document may hold."""
        if target not in self.stored:
            data = self.word.package.read(target) if target in self.word.package.names else b""
            kind = picture_type(data) if len(data) <= LIMIT else None
            self.stored[target] = self.store(data, kind) if kind else ""
        return self.stored[target]

    def others(self, element: Element, lose: Lose) -> None:
        """Lists what is no picture: charts, diagrams, embedded objects, form elements, drawn shapes."""
        names = {found.tag.rpartition("}")[2] for found in element.iter()}
        properties = element.find(f".//{WP}docPr")
        name = shortened((properties.get("descr") or properties.get("name") or "") if properties is not None else "", 80)
        if "chart" in names:
            lose("chart", f"The chart {name!r} was left out. Insert it as a picture.")
        if "relIds" in names:
            lose("diagram", f"The diagram (SmartArt) {name!r} was left out. Insert it as a picture.")
        if element.tag == f"{W}object" and "OLEObject" in names:
            lose("object", f"The embedded object {object_name(element)!r} was left out. Attach it as a file.")
        for control in element.iter(f"{W}control"):
            lose("control", f"The form element {control.get(f'{W}name', '')!r} was left out.")
        for path in element.iter(f"{V}textpath"):
            lose("word-art", f"Drawn text was left out: {shortened(path.get('string', ''), 120)!r}.")
        if not names & {"pic", "chart", "relIds", "OLEObject", "control", "textpath", "imagedata", "txbxContent"}:
            lose("shape", f"A drawn shape was left out{': ' + name if name else ''}.")


def _drawing(facts: dict[str, str | int | None]) -> Element:
    """An inline picture in the only form that the reader behind knows; its description carries the facts."""
    drawing = Element(f"{W}drawing")
    inline = SubElement(drawing, f"{WP}inline")
    SubElement(inline, f"{WP}docPr", {"descr": json.dumps(facts)})
    fill = inline
    for tag in (f"{A}graphic", f"{A}graphicData", f"{PIC}pic", f"{PIC}blipFill"):
        fill = SubElement(fill, tag)
    SubElement(fill, f"{A}blip", {f"{R}embed": STAND_IN})
    return drawing


def _described(alt: str) -> str:
    """The alternative text; of the path of a file, as old versions wrote it, the name alone."""
    return re.split(r"[\\/]", alt)[-1] if re.match(r"[A-Za-z]:\\|file:|https?:", alt) else alt


def _words(alt: str) -> list[Element]:
    if not alt.strip():
        return []
    text = Element(f"{W}t")
    text.text = f"[{shortened(alt, 1000)}]"
    return [text]


def _vml_width(shape: Element | None) -> int:
    match = _POINTS.search(shape.get("style", "")) if shape is not None else None
    return int(float(match[1]) * _EMU[match[2]]) if match and match[1].count(".") < 2 and match[1] != "." else 0
