"""Canonical bytes and hashes. The exact rules stand in docs/spec/canonical.md.

Canonical JSON is RFC 8785. Our values hold no floats, and keys are ASCII, so the standard library's
encoder with sorted keys gives the same bytes (a test compares it with an independent implementation).
"""

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Union

Json = Union[str, int, bool, None, Sequence["Json"], Mapping[str, "Json"]]  # noqa: UP007  (a recursive alias)

MAX_INT = 2**53 - 1
SALT = 16
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Json) -> bytes:
    """The one sequence of bytes for a JSON value (RFC 8785)."""
    return _dumps(value).encode()


def clean_text(value: str) -> str:
    """Unicode NFC, line ends LF. Raises ValueError for NUL and lone surrogates, which no store keeps faithfully."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if "\x00" in text:
        raise ValueError("nul")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("surrogate") from error
    return text


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def new_salts(count: int) -> list[bytes]:
    """`count` fresh random salts of 16 bytes."""
    block = os.urandom(SALT * count)
    return [block[at : at + SALT] for at in range(0, len(block), SALT)]


def commitment(salt: bytes, body: bytes) -> str:
    """SHA-256(salt ‖ canonical value): says nothing of the value without its salt."""
    return hashlib.sha256(salt + body).hexdigest()


def leaf(entry: bytes) -> bytes:
    """Hash of a ledger entry: the leaf hash of RFC 6962, SHA-256(0x00 ‖ bytes). It is also the link of the chain."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Inner node of the Merkle tree of RFC 6962."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: list[tuple[int, bytes]], leaves: Iterable[bytes]) -> list[tuple[int, bytes]]:
    """Add leaves to a compact tree: (height, hash) of the perfect subtrees from left to right."""
    stack = list(frontier)
    for item in leaves:
        height = 0
        while stack and stack[-1][0] == height:
            item = node(stack.pop()[1], item)
            height += 1
        stack.append((height, item))
    return stack


def root(frontier: list[tuple[int, bytes]]) -> bytes:
    """Merkle tree hash of RFC 6962 of a compact tree; SHA-256 of nothing for the empty tree."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    result = frontier[-1][1]
    for _height, left in reversed(frontier[:-1]):
        result = node(left, result)
    return result
