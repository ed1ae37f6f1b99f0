"""Canonical bytes, commitments and the Merkle tree (docs/spec/canonical.md, ledger.md, checkpoint.md)."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

Frontier = list[tuple[int, bytes]]


class NotCanonical(ValueError):
    """These bytes are not the one way to write their value."""


def _no_float(text: str) -> Any:
    raise NotCanonical(f"a number with a fraction: {text}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("a name stands twice")
    return found


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)


def parse(data: bytes) -> Any:
    """The value of canonical bytes. Raises NotCanonical."""
    try:
        value = _decoder.decode(data.decode())
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if canonical(value) != data:
        raise NotCanonical("not in the canonical form")
    return value


def parse_object(data: bytes) -> dict[str, Any]:
    """The same for an object."""
    value = parse(data)
    if not isinstance(value, dict):
        raise NotCanonical("not an object")
    return value


def canonical(value: Any) -> bytes:
    """RFC 8785 for values without fractions and with ASCII names."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def commitment(salt: bytes, value: bytes) -> str:
    """SHA-256(salt ‖ canonical value)."""
    return hashlib.sha256(salt + value).hexdigest()


def leaf(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data): the hash of an entry, and a leaf of the tree."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Frontier, leaves: Iterable[bytes]) -> Frontier:
    """The perfect subtrees, from left to right, after some more leaves."""
    stack = list(frontier)
    for item in leaves:
        height = 0
        while stack and stack[-1][0] == height:
            item = node(stack.pop()[1], item)
            height += 1
        stack.append((height, item))
    return stack


def root(frontier: Frontier) -> bytes:
    """Merkle tree hash of RFC 6962."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    found = frontier[-1][1]
    for _height, left in reversed(frontier[:-1]):
        found = node(left, found)
    return found
