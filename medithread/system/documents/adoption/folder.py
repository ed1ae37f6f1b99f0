"""A folder or ZIP archive that somebody brings: its files one by one, each looked at before it is believed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import clean_text
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.files.reading import Body
from medithread.kernel.files.zips import Budget, Entry, entries_of, unpacked

MOST_FILES = 5_000
_LEFT_OUT = ("__MACOSX/", ".")  # what operating systems put beside the files
_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True)
class Found:
    """One file: its path in the folder with forward slashes, and a way to its bytes."""

    path: str
    _place: Path | tuple[Body, Entry]

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The bytes as a stream that can seek."""
        if isinstance(self._place, Path):
            with self._place.open("rb") as stream:
                yield stream
            return
        with tempfile.SpooledTemporaryFile(max_size=1 << 22) as copy:
            for piece in unpacked(*self._place):
                copy.write(piece)
            copy.seek(0)
            yield copy


@contextmanager
def folder_of(source: Path | BinaryIO | Any) -> Iterator[list[Found]]:
    """The files of a folder (a path) or of a ZIP archive (a path or a stream), in the order of their paths. Raises FileRefused, Refusal."""
    if isinstance(source, Path) and source.is_dir():
        yield _bounded([Found(_path(str(place.relative_to(source))), place) for place in _walk(source)])
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            yield _of_zip(stream)
    else:
        yield _of_zip(source)


def _walk(folder: Path) -> Iterator[Path]:
    for place in folder.rglob("*"):
        if place.is_file() and not place.is_symlink() and _wanted(str(place.relative_to(folder))):
            yield place


def _of_zip(stream: Any) -> list[Found]:
    stream.seek(0, 2)
    body = Body(cast(BinaryIO, stream), stream.tell(), "")
    entries = [entry for entry in entries_of(body, Budget()) if not entry.name.endswith("/") and _wanted(entry.name)]
    return _bounded(_without_top([Found(_path(entry.name), (body, entry)) for entry in entries]))


def _wanted(path: str) -> bool:
    name = PurePosixPath(path.replace("\\", "/")).name
    return not path.startswith(_LEFT_OUT) and name.lower() not in _NAMES and not name.startswith(("~$", "._"))


def _path(raw: str) -> str:
    try:
        return clean_text(raw.replace("\\", "/"))[:300]
    except ValueError:
        return raw.encode("utf-8", "replace").decode("utf-8", "replace").replace("\x00", "")[:300]


def _without_top(files: list[Found]) -> list[Found]:
    """An archive of one folder is that folder."""
    tops = {file.path.partition("/")[0] for file in files}
    if len(tops) != 1 or any("/" not in file.path for file in files):
        return files
    return [Found(file.path.partition("/")[2], file._place) for file in files]


def _bounded(files: list[Found]) -> list[Found]:
    if len(files) > MOST_FILES:
        raise Refusal(No("adopt.files", _("There are more than %(n)d files.") % {"n": MOST_FILES}, field="file", fix=_("Adopt them in several protocols.")))
    return sorted(files, key=lambda file: file.path)
