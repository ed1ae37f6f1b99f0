"""Checkpoints as text: the C2SP tlog-checkpoint in a C2SP signed note, with Ed25519 (docs/spec/checkpoint.md)."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\u2014 "


@dataclass(frozen=True)
class Note:
    """A checkpoint taken apart. `text` is what the signatures are over."""

    text: str
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    signatures: tuple[tuple[str, bytes, bytes], ...]


def body(origin: str, size: int, root: bytes, extensions: tuple[str, ...]) -> str:
    """The text of a checkpoint: origin, size, root, then lines of our own; each ends in a line feed."""
    return "\n".join((origin, str(size), base64.b64encode(root).decode(), *extensions)) + "\n"


def key_id(name: str, public: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def vkey(name: str, key: Ed25519PrivateKey) -> str:
    """The public key in the form that checkers take: name+id+base64(0x01 ‖ public key)."""
    public = key.public_key().public_bytes_raw()
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def of_vkey(text: str) -> tuple[str, bytes, bytes]:
    """Name, id and public key of a published key. Raises ValueError."""
    name, mark, encoded = text.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if raw[:1] != ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != mark:
        raise ValueError("not an Ed25519 key of a signed note")
    return name, bytes.fromhex(mark), raw[1:]


def signed(text: str, name: str, key: Ed25519PrivateKey | None) -> str:
    """The note: text, an empty line, and the signature when there is a key."""
    if key is None:
        return text + "\n"
    mark = key_id(name, key.public_key().public_bytes_raw())
    return f"{text}\n{DASH}{name} {base64.b64encode(mark + key.sign(text.encode())).decode()}\n"


def parse(note: str) -> Note:
    """Take a note apart. Raises ValueError for anything that is not a checkpoint."""
    text, found, tail = note.partition("\n\n")
    lines = text.split("\n")
    if not found or len(lines) < 3 or not all(lines) or not lines[1].isdigit() or lines[1] != str(int(lines[1])):
        raise ValueError("not a checkpoint")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32 or (tail and not tail.endswith("\n")):
        raise ValueError("not a checkpoint")
    return Note(text + "\n", lines[0], int(lines[1]), root, tuple(lines[3:]), tuple(_signature(line) for line in tail.split("\n")[:-1]))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _space, encoded = line.removeprefix(DASH).rpartition(" ")
    raw = base64.b64decode(encoded, validate=True)
    if not line.startswith(DASH) or not name or len(raw) != 68:
        raise ValueError("not a signature of a checkpoint")
    return name, raw[:4], raw[4:]


def verifies(note: Note, key: str) -> bool:
    """Does one of the signatures hold for this published key?"""
    name, mark, public = of_vkey(key)
    return any(by == name and at == mark and holds(public, signature, note.text.encode()) for by, at, signature in note.signatures)


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Is this the Ed25519 signature of the message?"""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
