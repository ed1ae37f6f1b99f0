"""What Word tables have and plain tables do not: indents, cells merged the old way, cells skipped at the ends of a row."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from medithread.kernel.text.docx_facts import wml
from medithread.kernel.text.docx_package import W
from medithread.kernel.text.docx_styles import value

INDENTED = "indented-"
"""Begins what stands for the style of a table that belongs to the item of a list before it; the level of the item follows."""


def mark_indented(table: Element) -> None:
    """A table moved in by 300 twips (5 mm) or more is marked as indented; styles of tables say nothing else here."""
    properties = table.find(f"{W}tblPr")
    if properties is None:
        return
    for old in properties.findall(f"{W}tblStyle"):
        properties.remove(old)
    indent = properties.find(f"{W}tblInd")
    width = indent.get(f"{W}w", "") if indent is not None and indent.get(f"{W}type", "dxa") == "dxa" else ""
    if width.isdigit() and 300 <= int(width) < 10_000:
        properties.append(wml("tblStyle", val=f"{INDENTED}{max(round(int(width) / 360) - 1, 0)}"))


def merge_cells(row: Element) -> None:
    """Cells joined by hMerge become one cell that spans their columns."""
    first: Element | None = None
    for cell in row.findall(f"{W}tc"):
        merge = cell.find(f"{W}tcPr/{W}hMerge")
        if merge is None:
            first = None
        elif merge.get(f"{W}val") == "restart" or first is None:
            first = cell
        else:
            _set_span(first, _span(first) + _span(cell))
            row.remove(cell)


def add_skipped_cells(row: Element, properties: Element | None) -> None:
    """Columns left out before or after the cells of a row become empty cells."""
    for name, at in (("gridBefore", 1 if properties is not None else 0), ("gridAfter", len(row))):
        count = value(properties, f"{W}{name}")
        if count and count.isdigit() and 0 < int(count) <= 200:
            cell = wml("tc")
            SubElement(cell, f"{W}p")
            _set_span(cell, int(count))
            row.insert(at if name == "gridBefore" else len(row), cell)


def _span(cell: Element) -> int:
    text = value(cell, f"{W}tcPr/{W}gridSpan")
    return int(text) if text and text.isdigit() and len(text) < 4 else 1


def _set_span(cell: Element, span: int) -> None:
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        properties = wml("tcPr")
        cell.insert(0, properties)
    for old in properties.findall(f"{W}gridSpan"):
        properties.remove(old)
    properties.append(wml("gridSpan", val=str(span)))
