"""The running text of one paragraph or heading: characters, marks and atoms, brought to their canonical form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from medithread.kernel.text.errors import TextError

Node: TypeAlias = dict[str, Any]
"""One node of the tree, as plain JSON data: `type`, and where they are needed `attrs`, `content`, `text`, `marks`."""

Mark: TypeAlias = tuple[int, str]
"""(rank in `MARKS`, address of a link or "")."""

MARKS = ("link", "bold", "italic", "underline", "strike", "superscript", "subscript", "code")
"""All marks, outermost first; the canonical order of a text's marks."""
RANK = {name: rank for rank, name in enumerate(MARKS)}

NUMBER = re.compile(r"[^\s\[\]|\\]{1,60}")
EDITION = re.compile(r"[^\s\[\]|\\](?:[^\s\[\]|\\]| (?=\S)){0,39}")
HREF_LIMIT = 2000

_SPACES = re.compile("[ \t\n\v\f\r\x85\u2028\u2029]+")
_NEWLINES = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ADDRESS = re.compile(r"(?:https?://[^/]|mailto:[^:]|#)", re.IGNORECASE)
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


@dataclass(slots=True)
class Piece:
    """A stretch of text with its marks, or an atom (`hardBreak`, `recordLink`)."""

    text: str
    marks: tuple[Mark, ...] = ()
    atom: Node | None = None


def printable(text: str) -> str:
    """The text without the characters that no document may hold; what the converters use before they build nodes."""
    return _FORBIDDEN.sub("", text)


def clean(text: object, path: str) -> str:
    """Unicode NFC and LF, without byte order marks; TextError for what is not text or holds a forbidden character."""
    if not isinstance(text, str):
        raise TextError("text.not-text", "Text is expected here.", path)
    found = _FORBIDDEN.search(text)
    if found:
        raise TextError("text.character", f"The character U+{ord(found[0]):04X} cannot stand in a document. Remove it.", path)
    return unicodedata.normalize("NFC", _NEWLINES.sub("\n", text).replace("\ufeff", ""))


def one_line(text: object, path: str) -> str:
    """Like `clean`, with every run of white space as one space and none at the ends."""
    return " ".join(clean(text, path).split())


def address(value: object, path: str = "") -> str:
    """A link's canonical address: http, https, mailto or a place in the document (`#…`), percent-encoded; else TextError."""
    text = one_line(value, path)
    if not _ADDRESS.match(text):
        raise TextError("text.link", "A link must begin with https://, http://, mailto: or #.", path)
    scheme, colon, rest = text.partition(":")
    if colon and not text.startswith("#"):
        text = scheme.lower() + ":" + (_host_in_ascii(rest, path) if rest.startswith("//") else rest)
    text = quote(text, safe=_SAFE)
    if len(text) > HREF_LIMIT:
        raise TextError("text.link-long", f"A link may be at most {HREF_LIMIT} characters long.", path)
    return text


def _host_in_ascii(rest: str, path: str) -> str:
    try:
        host = urlsplit("x:" + rest).netloc
        return rest if host.isascii() else rest.replace(host, host.encode("idna").decode("ascii"), 1)
    except ValueError as error:
        raise TextError("text.link", "The name of the server in this link is not valid.", path) from error


def marks_of(value: object, path: str) -> tuple[Mark, ...]:
    """The canonical marks of a text node; subscript wins over superscript."""
    if not isinstance(value, list):
        raise TextError("text.marks", "Marks must be a list.", path)
    marks = {_mark(mark, f"{path}/{index}") for index, mark in enumerate(value)}
    if any(rank == RANK["subscript"] for rank, _ in marks):
        marks = {mark for mark in marks if mark[0] != RANK["superscript"]}
    if len({rank for rank, _ in marks}) < len(marks):
        raise TextError("text.link-twice", "A text cannot lead to two places.", path)
    return tuple(sorted(marks))


def _mark(value: object, path: str) -> Mark:
    name = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(name, str) or name not in RANK:
        raise TextError("text.mark-unknown", f"The mark {str(name)[:40]!r} is not known. Known are {', '.join(MARKS)}.", path)
    attrs = value.get("attrs") or {}
    if not isinstance(attrs, dict):
        raise TextError("text.attrs", "Attributes must be an object.", path)
    return RANK[name], address(attrs.get("href"), f"{path}/attrs/href") if name == "link" else ""


def text_node(text: str, marks: Iterable[Mark] = ()) -> Node:
    """A text node in canonical shape."""
    node: Node = {"type": "text", "text": text}
    found = [{"type": MARKS[rank], "attrs": {"href": href}} if href else {"type": MARKS[rank]} for rank, href in marks]
    return {**node, "marks": found} if found else node


def settle(pieces: Iterable[Piece]) -> list[Node]:
    """The canonical inline content: single spaces, none at the ends or beside a line break, equal neighbours merged.

    A space between two texts carries the marks that both have; line breaks and no-break spaces at the ends are dropped.
    """
    done: list[Piece] = []
    space = False
    for piece in pieces:
        if piece.atom is not None:
            space = _put_atom(done, piece, space)
            continue
        text = _SPACES.sub(" ", piece.text)
        core = text.strip(" ")
        if not core:
            space = space or bool(text)
            continue
        _put_text(done, Piece(core, piece.marks), space or text[0] == " ")
        space = text[-1] == " "
    _trim(done)
    return [piece.atom or text_node(unicodedata.normalize("NFC", piece.text), piece.marks) for piece in done]


def _trim(done: list[Piece]) -> None:
    """Takes line breaks and white space of every kind from both ends."""
    for at in (-1, 0):
        while done and (_is_break(done[at]) or (done[at].atom is None and not done[at].text.strip())):
            del done[at]
    if done and done[0].atom is None:
        done[0].text = done[0].text.lstrip()
    if done and done[-1].atom is None:
        done[-1].text = done[-1].text.rstrip()


def _put_atom(done: list[Piece], piece: Piece, space: bool) -> bool:
    if not _is_break(piece):
        _put_text(done, piece, space)
    elif done:
        done.append(piece)
    return False


def _put_text(done: list[Piece], piece: Piece, space: bool) -> None:
    if space and done and not _is_break(done[-1]):
        common = tuple(mark for mark in done[-1].marks if mark in piece.marks)
        _append(done, Piece(" ", common))
    _append(done, piece)


def _append(done: list[Piece], piece: Piece) -> None:
    if done and piece.atom is None and done[-1].atom is None and done[-1].marks == piece.marks:
        done[-1] = Piece(done[-1].text + piece.text, piece.marks)
    else:
        done.append(piece)


def _is_break(piece: Piece) -> bool:
    return piece.atom is not None and piece.atom["type"] == "hardBreak"
