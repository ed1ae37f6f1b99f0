"""The container of an export: a ZIP written as a stream, every member hashed, the whole file's hash in its comment."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from medithread.kernel.base.canon import Json, canonical

LABEL = b"sha256:"
COMMENT = len(LABEL) + 64
DATE = (1980, 1, 1, 0, 0, 0)
LEVEL = 1


class Tail:
    """A write-only stream that hashes all but the last `COMMENT` bytes, which are the comment itself."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._hash, self._held, self.size = raw, hashlib.sha256(), b"", 0

    def write(self, data: bytes, /) -> int:
        whole = self._held + data
        self._hash.update(whole[:-COMMENT])
        self._held = whole[-COMMENT:]
        self.size += len(data)
        return self._raw.write(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._raw.flush()

    def close(self) -> None:
        """The file is closed by its target, after the comment was written."""

    def digest(self) -> str:
        return self._hash.hexdigest()


class Target:
    """Where members are written to, one after the other. The file appears under its name only when it is whole."""

    def __init__(self, path: Path, progress: Callable[[str, int], None] | None = None) -> None:
        self._path, self._partial = path, path.with_name(f"{path.name}.part")
        self._progress = progress
        self._members: list[Json] = []
        self.size, self.sha256 = 0, ""

    def __enter__(self) -> "Target":
        self._raw = self._partial.open("wb")
        self._tail = Tail(self._raw)
        self._zip = zipfile.ZipFile(self._tail, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if kind is not None:
            self._zip.close()
            self._raw.close()
            self._partial.unlink(missing_ok=True)
            return
        self._zip.comment = LABEL + b"0" * 64
        self._zip.close()
        self.size, self.sha256 = self._tail.size, self._tail.digest()
        self._raw.seek(self.size - COMMENT)
        self._raw.write(LABEL + self.sha256.encode())
        self._raw.close()
        self._partial.replace(self._path)

    def pieces(self, name: str, pieces: Iterable[bytes], *, packed: bool = True) -> int:
        """Write one member from pieces; answers how many there were."""
        info = zipfile.ZipInfo(name, DATE)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        setattr(info, "_compresslevel", LEVEL)  # noqa: B010  (it has a public name from Python 3.13 on)
        info.external_attr, info.create_system = 0o644 << 16, 3
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                count += 1
                member.write(piece)
        self._members.append({"name": name, "size": size, "sha256": digest.hexdigest()})
        if self._progress is not None:
            self._progress(name, count)
        return count

    def lines(self, name: str, batches: Iterable[list[bytes]]) -> None:
        """Write one member of lines, each ended by a line feed, from lists of lines."""
        self.pieces(name, (b"\n".join(batch) + b"\n" for batch in batches if batch))

    def json_lines(self, name: str, batches: Iterable[list[Any]]) -> None:
        """The same from JSON values."""
        self.lines(name, ([canonical(item) for item in batch] for batch in batches))

    def bytes(self, name: str, data: bytes) -> None:
        self.pieces(name, (data,))

    def text(self, name: str, text: str) -> None:
        self.pieces(name, (text.encode(),))

    def members(self) -> list[Json]:
        """Name, size and SHA-256 of everything written so far."""
        return list(self._members)
