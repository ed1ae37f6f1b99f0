"""Putting bytes into the store and taking them out, behind Django's storage interface. Content-addressed, streamed, verified."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import LedgerBroken, No

CHUNK = 256 * 1024


def path_of(sha256: str) -> str:
    """Where a content lies in the store: `ab/abcdef…`."""
    return f"{sha256[:2]}/{sha256}"


def put(stream: IO[bytes]) -> tuple[str, int]:
    """Store the stream's bytes; answers SHA-256 and size. The same bytes are stored once. Raises LedgerBroken when the store takes none."""
    try:
        return _put(stream)
    except OSError as error:
        why = {"why": error.strerror or type(error).__name__}
        raise LedgerBroken(No("files.store", _("The file could not be stored: %(why)s.") % why, fix=_("Tell your administrator; nothing was written."))) from error


def _put(stream: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=8 * CHUNK) as copy:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        name = path_of(digest.hexdigest())
        store = storages["files"]
        if not store.exists(name):
            copy.seek(0)
            store.save(name, File(copy, name=name))
    return digest.hexdigest(), size


def put_bytes(data: bytes) -> tuple[str, int]:
    """Store bytes at hand."""
    import io

    return put(io.BytesIO(data))


def open_file(sha256: str) -> Any:
    """The stored bytes as a stream."""
    try:
        return storages["files"].open(path_of(sha256))
    except FileNotFoundError as error:
        raise LedgerBroken(No("files.missing", _("The file %(hash)s is not in the store.") % {"hash": sha256[:12]}, fix=_("Restore it from a backup."))) from error


def read(sha256: str) -> bytes:
    """The stored bytes, compared with their hash."""
    with open_file(sha256) as stream:
        data: bytes = stream.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LedgerBroken(No("files.altered", _("The stored file %(hash)s was altered.") % {"hash": sha256[:12]}, fix=_("Restore it from a backup.")))
    return data


def hash_of(sha256: str) -> str | None:
    """What the stored bytes hash to now; None when they are gone."""
    if not storages["files"].exists(path_of(sha256)):
        return None
    digest = hashlib.sha256()
    for chunk in chunks(sha256):
        digest.update(chunk)
    return digest.hexdigest()


def chunks(sha256: str) -> Iterator[bytes]:
    """The stored bytes piece by piece."""
    with open_file(sha256) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
