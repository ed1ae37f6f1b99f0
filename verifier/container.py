"""The export as a file: a ZIP whose comment is the hash of all bytes before it, and a list of members with their hashes."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from . import note
from .canon import NotCanonical, parse_object, sha256
from .report import Report

LABEL = b"sha256:"
COMMENT = len(LABEL) + 64
CHUNK = 1 << 20
ABOUT = "bundle.json"
SIGNED = "bundle.note"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Unusable(Exception):
    """This is no export that could be checked at all."""


class Bundle:
    """An opened export."""

    def __init__(self, path: Path, report: Report) -> None:
        self.path, self.report = path, report
        self.about: dict[str, Any] = {}
        self.listed: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> "Bundle":
        if not self.path.is_file() or self.path.stat().st_size < COMMENT:
            raise Unusable(f"{self.path} is not an export of Medithread.")
        self._seal()
        try:
            self._zip = zipfile.ZipFile(self.path)
            self.about = parse_object(self._zip.read(ABOUT))
        except (KeyError, *BROKEN) as error:
            raise Unusable(f"{self.path} is not an export of Medithread, or it is damaged ({error}).") from error
        self._contents()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._zip.close()

    @property
    def part(self) -> bool:
        """Are some values withheld on purpose?"""
        return self.about.get("only") is not None

    def _seal(self) -> None:
        """The comment at the end is the hash of everything before it."""
        digest, left = hashlib.sha256(), self.path.stat().st_size - COMMENT
        with self.path.open("rb") as raw:
            while left > 0 and (data := raw.read(min(CHUNK, left))):
                digest.update(data)
                left -= len(data)
            if raw.read() != LABEL + digest.hexdigest().encode():
                self.report.find("bundle.bytes", "Bytes of this file were altered after it was written.", self.path.name)

    def _contents(self) -> None:
        """The members are those that bundle.json lists, with these sizes and hashes."""
        try:
            self.listed = {member["name"]: member for member in self.about["members"]}
            formed = self.about["format"] == 1 and len(self.listed) == len(self.about["members"])
        except (KeyError, TypeError):
            raise Unusable("bundle.json does not list the members.") from None
        if not formed:
            raise Unusable("bundle.json is of another format.")
        names = [info.filename for info in self._zip.infolist()]
        wanted = {*self.listed, ABOUT, SIGNED}
        for name in sorted({name for name in names if names.count(name) > 1} if len(set(names)) != len(names) else set()):
            self.report.find("bundle.twice", "This member is there twice.", name)
        for name in sorted(set(names) - wanted):
            self.report.find("bundle.extra", "This member is not listed in bundle.json.", name)
        for name in sorted(wanted - set(names)):
            self.report.find("bundle.missing", "This member is listed but not there.", name)
        for name in sorted(self.listed.keys() & set(names)):
            self._member(name)

    def _member(self, name: str) -> None:
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as member:
                while data := member.read(CHUNK):
                    digest.update(data)
                    size += len(data)
        except BROKEN as error:
            self.report.find("bundle.unreadable", f"This member cannot be read: {error}.", name)
            return
        if (size, digest.hexdigest()) != (self.listed[name].get("size"), self.listed[name].get("sha256")):
            self.report.find("bundle.member", "This member is not the one that bundle.json lists.", name)
        if name.startswith("files/") and digest.hexdigest() != name.removeprefix("files/"):
            self.report.find("file.altered", "The bytes of this file do not hash to its name.", name)
        self.report.counts["members"] += 1

    def has(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def names(self, folder: str) -> list[str]:
        """Members of a folder."""
        return sorted(name for name in self._zip.NameToInfo if name.startswith(f"{folder}/"))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member without their line feeds; nothing when it is missing or cannot be read to its end."""
        if not self.has(name):
            return
        try:
            with self._zip.open(name) as member:
                yield from _lines(member)
        except BROKEN as error:
            self.report.find("bundle.unreadable", f"This member cannot be read: {error}.", name)

    def objects(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number and value of each line; lines that are not canonical JSON are found and left out."""
        for place, line in enumerate(self.lines(name), 1):
            try:
                yield place, parse_object(line)
            except NotCanonical as error:
                self.report.find("line.form", f"This line is not canonical JSON: {error}.", name, f"line {place}")

    def signed(self, keys: list[str]) -> None:
        """bundle.note names the hash of bundle.json and is signed by the last checkpoint key, if there is one."""
        try:
            found = note.parse(self._zip.read(SIGNED).decode())
        except (KeyError, *BROKEN):
            self.report.find("bundle.note", "The note that signs bundle.json cannot be read.", SIGNED)
            return
        digest = sha256(self._zip.read(ABOUT))
        if found.lines[:3] != ("medithread bundle", self.about.get("origin"), digest):
            self.report.find("bundle.note", "bundle.json is not the one that the note speaks of.", SIGNED)
        if found.lines[3:] == ("unsigned",) and not found.signatures:
            self.report.remark("The export itself is not signed: no checkpoint key was configured.")
        elif found.lines[3:] or not keys or not note.verifies(found, keys[-1]):
            self.report.find("bundle.signature", "The signature of the export does not hold.", SIGNED)


def _lines(member: IO[bytes]) -> Iterator[bytes]:
    held = b""
    while data := member.read(CHUNK):
        *whole, held = (held + data).split(b"\n")
        yield from whole
    if held:
        yield held
