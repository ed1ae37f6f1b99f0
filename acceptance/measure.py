"""Independent measures of what a source file holds, to be compared with what arrived: other code than the importers use."""

import re
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

WORD = re.compile(r"[^\W_]{3,}")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
NOT_BODY = ("del", "moveFrom", "instrText", "delText")


def words(text: str) -> Counter[str]:
    """Words of three letters or more, folded."""
    return Counter(word.casefold() for word in WORD.findall(text))


def missing(source: Counter[str], arrived: Counter[str]) -> int:
    """How many words of the source did not arrive."""
    return sum((source - arrived).values())


def words_of_markdown(text: str) -> Counter[str]:
    """The visible words: front matter, addresses, comments, code fences' languages and HTML tags are not text."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    text = re.sub(r"^\s*```\S*", " ", text, flags=re.MULTILINE)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r" \1 ", text)
    text = re.sub(r"\]\([^)]*\)", "] ", text)
    text = re.sub(r"^\[[^\]]+\]:\s*\S+.*$", " ", text, flags=re.MULTILINE)
    text = re.sub(r"<[^>]{1,200}>", " ", text)
    return words(re.sub(r"&[a-z]+;", " ", text).replace("\\", ""))


def words_of_docx(path: Path) -> Counter[str]:
    """The words of the main text, straight from the XML; deleted text and field codes left out."""
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read("word/document.xml"))
    found: list[str] = []

    def walk(node: ET.Element) -> None:
        name = node.tag.rpartition("}")[2]
        if name in NOT_BODY or name in ("txbxContent", "Fallback"):
            return
        if name == "t" and node.tag.startswith((W, STRICT)):
            found.append(node.text or "")
        elif name in ("p", "tab", "br", "tc"):
            found.append(" ")
        for child in node:
            walk(child)

    walk(root)
    return words("".join(found))


def words_of_pdf(path: Path) -> Counter[str]:
    """The words that another program reads from a PDF."""
    ended = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, check=False)
    return words(ended.stdout.decode("utf-8", "replace"))
