"""What a file may be called and why a file is refused (21 CFR 11.10(c): records must stay readable and unaltered)."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from medithread.kernel.base.refusal import No, Refusal, Words

MAX_NAME = 180
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_SPACES = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"  # Persian, the Indian scripts and emoji need them
_NOT_AT_ENDS = f" .{_JOINERS}"
_DEVICE_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_EXTENSION = re.compile(r"\.([A-Za-z0-9_-]{1,16})$")


class FileCode(StrEnum):
    """Why a file is refused: file.<what is wrong>. Keep sorted."""

    ACTIVE = "file.active"
    BOMB = "file.bomb"
    BROKEN = "file.broken"
    EMPTY = "file.empty"
    ENCRYPTED = "file.encrypted"
    ENTITIES = "file.entities"
    EXTERNAL = "file.external"
    LIES = "file.lies"
    MACROS = "file.macros"
    NESTED = "file.nested"
    NOT_ACCEPTED = "file.not-accepted"
    PIXELS = "file.pixels"
    PROGRAM = "file.program"
    TOO_LARGE = "file.too-large"
    TWO_IN_ONE = "file.two-in-one"
    UNKNOWN = "file.unknown"
    UNSAFE_PATH = "file.unsafe-path"


class FileRefused(Refusal):
    """A file that is not taken in. `code` is a FileCode; `message` says why, `fix` the way out, both for people."""

    def __init__(self, code: FileCode, message: Words, fix: Words) -> None:
        self.code, self.message, self.fix = code, message, fix
        super().__init__(No(code.value, message, field="file", fix=fix))


@dataclass(frozen=True)
class FileWarning:
    """The file is taken in, and people should know this about it. `code`: file.<what>, stable for tests and API."""

    code: str
    message: Words


def safe_name(name: str) -> str:
    """The name as it may be shown, put in a header and saved anywhere: one component, NFC, at most 180 characters.

    Folders, control characters, direction overrides ("\\u202efdp.exe"), characters that Windows forbids and reserved device names go.
    Never empty, and the same again when applied twice. The extension survives a cut.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(_shown(char) for char in last)
    # Two rounds: taking a character away can bring two others together that NFC then composes.
    tidy = unicodedata.normalize("NFC", _SPACES.sub(" ", _NOT_IN_NAMES.sub("_", shown))).strip(_NOT_AT_ENDS)
    mark = "_" if tidy.split(".")[0].strip().lower() in _DEVICE_NAMES else ""
    return _cut(mark + tidy) or "file"


def extension_of(name: str) -> str:
    """The extension of a safe name in lower case without the dot: "pdf"; "" where there is none."""
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if char in _JOINERS:
        return char
    if kind in ("Zl", "Zp", "Zs") or char in "\t\n\r\v\f":
        return " "
    return "" if kind in ("Cc", "Cf", "Cs", "Cn") else char


def _cut(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    found = _EXTENSION.search(name)
    tail = found[0] if found else ""
    return name[: MAX_NAME - len(tail)].rstrip(_NOT_AT_ENDS) + tail
