"""Signed notes and checkpoints (docs/spec/checkpoint.md; C2SP signed-note and tlog-checkpoint)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DASH = "\u2014 "


@dataclass(frozen=True)
class Note:
    """A note taken apart: the text with its last line feed, its lines, and (name, key id, signature) of each signature."""

    text: str
    lines: tuple[str, ...]
    signatures: tuple[tuple[str, bytes, bytes], ...]


def parse(note: str) -> Note:
    """Take a note apart. Raises ValueError."""
    text, found, tail = note.partition("\n\n")
    lines = tuple(text.split("\n"))
    if not found or not all(lines) or (tail and not tail.endswith("\n")):
        raise ValueError("not a note")
    return Note(text + "\n", lines, tuple(_signature(line) for line in tail.split("\n")[:-1]))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _space, encoded = line.removeprefix(DASH).rpartition(" ")
    raw = decode(encoded)
    if not line.startswith(DASH) or not name or len(raw) != 68:
        raise ValueError("not a signature line")
    return name, raw[:4], raw[4:]


def decode(text: str) -> bytes:
    """Base64, strictly. Raises ValueError."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def public_key(key: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key of `name+id+base64(0x01 ‖ key)`. Raises ValueError."""
    parts = key.split("+", 2)
    raw = decode(parts[2]) if len(parts) == 3 else b""
    if len(raw) != 33 or raw[:1] != b"\x01":
        raise ValueError("not a key of a signed note")
    mark = hashlib.sha256(parts[0].encode() + b"\n" + raw).digest()[:4]
    if mark.hex() != parts[1]:
        raise ValueError("the id of this key is wrong")
    return parts[0], mark, raw[1:]


def verifies(note: Note, key: str) -> bool:
    """Is there a signature by this key, and does it hold?"""
    try:
        name, mark, public = public_key(key)
    except ValueError:
        return False
    return any(by == name and at == mark and holds(public, signature, note.text.encode()) for by, at, signature in note.signatures)


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Ed25519."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def handed_over(name: str, old: str, header: dict[str, object]) -> tuple[bool, bool]:
    """(signed by the new key, signed by the former one) of an entry that publishes a key."""
    new = str(header.get("key", ""))
    message = f"medithread checkpoint key\n{name}\n{old}\n{new}\n".encode()

    def by(key: str, field: str) -> bool:
        try:
            return holds(public_key(key)[2], decode(str(header.get(field, ""))), message)
        except ValueError:
            return False

    return by(new, "by_key"), not old or by(old, "by_previous")
