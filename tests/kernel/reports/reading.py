"""Reads back what was set."""

import re
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader


def words(pdf: bytes) -> str:
    """All text of a file without spaces, so that line ends do not matter."""
    return squeezed(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def outline(pdf: bytes) -> list[tuple[int, str]]:
    """The headings of a file with their depth."""

    def walk(entries: Sequence[object], depth: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for entry in entries:
            if isinstance(entry, list):
                found += walk(entry, depth + 1)
            else:
                found.append((depth, str(entry.title)))  # type: ignore[attr-defined]
        return found

    return walk(PdfReader(BytesIO(pdf)).outline, 1)


def tags(pdf: bytes) -> list[str]:
    """The structure elements of a file, in reading order."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"])[1:])
            if "/K" in node:
                walk(node["/K"])

    walk(PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"])
    return found
