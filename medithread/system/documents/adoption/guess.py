"""What a file says of itself: its name, its front matter, the properties that Word and others keep. Suggestions, never facts."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from medithread.kernel.text.front_matter import split_front_matter

from .columns import FIELD_OF, key

_NUMBER = re.compile(r"[A-Za-z]{1,10}[-_ ]?\d[A-Za-z0-9.]*(?:-\d[A-Za-z0-9.]*)*")
_LABEL = re.compile(r"(?:^|[\s_.(\-])((?:v|ver|version|rev|revision|r|ed|issue)[\s._\-]{0,2}(\d+(?:\.\d+)*|[A-Z])(?=$|[\s_)\-]))", re.IGNORECASE)
_PROPERTIES = {"docx": "docProps/core.xml", "xlsx": "docProps/core.xml", "pptx": "docProps/core.xml", "odt": "meta.xml", "ods": "meta.xml"}
_SMALL = 2_000_000


def guess(path: str, data: bytes) -> dict[str, str]:
    """Field → what the file says, as cells of a table: number, title, label and whatever a front matter adds."""
    extension = PurePosixPath(path).suffix.lower().lstrip(".")
    found = from_name(PurePosixPath(path).stem)
    inside = from_properties(extension, data)
    if extension in ("md", "markdown", "txt"):
        inside = from_front_matter(data)
    return {**found, **{name: value for name, value in inside.items() if value}}


def from_name(stem: str) -> dict[str, str]:
    """`SOP-0042_Control of documents_v3` → number, title, label."""
    text, found = stem.strip(), {}
    label = _LABEL.search(text)
    if label:
        found["label"] = label[1].strip()
        text = text[: label.start(1)] + text[label.end(1) :]
    number = _NUMBER.match(text.strip(" _-"))
    if number:
        found["number"] = number[0].rstrip("._-").replace(" ", "-").replace("_", "-")
        text = text.strip(" _-")[number.end() :]
    title = re.sub(r"[\s_]+", " ", text).strip(" -–_.()")
    if " " not in title and "-" in title:  # a name as web addresses are written
        title = title.replace("-", " ")[:1].upper() + title.replace("-", " ")[1:]
    return {**found, "title": title} if title else found


def from_front_matter(data: bytes) -> dict[str, str]:
    """The keys of a Markdown file's front matter that mean something here; without a title the first heading."""
    matter, body = split_front_matter(data[:_SMALL].decode("utf-8", "replace"))
    found: dict[str, str] = {}
    for name, value in matter.items():
        known = FIELD_OF.get(key(name))
        if known and value:
            found.setdefault(known, value if isinstance(value, str) else "; ".join(value))
    heading = re.search(r"^#\s+(.+?)\s*#*$", body, re.MULTILINE)
    if "title" not in found and heading:
        found["title"] = re.sub(r"[*_`]", "", heading[1])
    return found


def from_properties(extension: str, data: bytes) -> dict[str, str]:
    """Title and version as an office program or a PDF keeps them."""
    if extension == "pdf":
        return _from_pdf(data)
    part = _PROPERTIES.get(extension)
    if part is None:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            info = package.getinfo(part)
            root = fromstring(package.read(info)) if info.file_size < _SMALL else None
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, OSError, ValueError, NotImplementedError, EOFError):
        return {}
    words = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in (root.iter() if root is not None else ())}
    return {name: value for name, value in (("title", words.get("title", "")), ("label", words.get("version", ""))) if value}


def _from_pdf(data: bytes) -> dict[str, str]:
    try:
        title = PdfReader(io.BytesIO(data)).metadata
        words = str(title.title or "") if title else ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, NotImplementedError):
        return {}
    return {"title": words.strip()} if words.strip() and not words.lower().endswith((".doc", ".docx", ".odt")) else {}
