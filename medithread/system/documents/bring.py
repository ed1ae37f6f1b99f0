"""Documents brought as files: Word and Markdown become text of ours, PDF and everything else stays the file it is.

The original stays attached with its hash. What could not be carried over is told to the person and kept as a note.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.files.kinds import KINDS
from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.safety import safe_name
from medithread.kernel.files.sniff import inspect
from medithread.kernel.files.store import read
from medithread.kernel.files.texts import decoded
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.text.docx_in import from_docx
from medithread.kernel.text.errors import Loss, TextError
from medithread.kernel.text.front_matter import split_front_matter
from medithread.kernel.text.markdown import from_markdown
from medithread.kernel.text.reading import is_empty
from medithread.kernel.text.schema import canonical_bytes
from medithread.kernel.verbs import attach, create, detach, edit, store_file, unit

from .adoption.guess import from_name
from .models import Document
from .search import index_with_files
from .texts import text_of_file, words_in

DOCX = KINDS["docx"].media_type
TEXTS = ("text/markdown", "text/plain")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
Pictures = Callable[[str], bytes | None]


@dataclass
class Taken:
    """A file as it was taken in: the stored original and, where it could be read, its text with pictures and losses."""

    name: str
    file: StoredFile
    body: str | None = None
    title: str = ""
    losses: list[str] = field(default_factory=list)
    pictures: dict[str, StoredFile] = field(default_factory=dict)

    @property
    def note(self) -> str | None:
        """The losses as they are kept with the document."""
        return "\n".join(self.losses)[:50_000] or None

    def picture_name(self, sha256: str) -> str:
        place = list(self.pictures).index(sha256) + 1
        return f"{PurePosixPath(self.name).stem[:150]}-{place}.{_ENDINGS.get(self.pictures[sha256].media_type, 'img')}"


def take_in(who: Actor | Person, stream: IO[bytes] | Any, name: str) -> Taken:
    """Look at a file, store it and read it; a Word file that cannot be read is refused. Raises FileRefused, Refusal."""
    facts = inspect(stream, declared_name=name, size_limit=settings.MAX_UPLOAD)
    stream.seek(0)
    data: bytes = stream.read()
    stored = store_file(who, io.BytesIO(data), media_type=facts.media_type, text=text_of_file(facts.media_type, data))
    taken = Taken(safe_name(name), stored, losses=[str(warning.message) for warning in facts.warnings])
    try:
        _read(who, taken, data, None)
    except TextError as error:
        raise Refusal(No(error.code, error.message, field="file", fix=_("Correct it and bring it again, or bring it as PDF."))) from error
    return taken


def read_stored(who: Actor | Person, stored: StoredFile, name: str, *, pictures: Pictures | None = None) -> Taken:
    """Read a file of the store; one that cannot be read stays a file, with a note why. `pictures` gives what a Markdown text names by its path."""
    taken = Taken(safe_name(name), stored)
    try:
        _read(who, taken, read(stored.sha256), pictures)
    except TextError as error:
        taken.losses.append(error.message)
    return taken


def _read(who: Actor | Person, taken: Taken, data: bytes, pictures: Pictures | None) -> None:
    def keep(picture: bytes, media_type: str) -> str:
        stored = store_file(who, io.BytesIO(picture), media_type=media_type)
        taken.pictures[stored.sha256] = stored
        return str(stored.sha256)

    losses: Iterable[Loss]
    if taken.file.media_type == DOCX:
        found = from_docx(data, keep)
        doc, losses, taken.title = found.doc, found.losses, found.metadata.get("title", "")
    elif taken.file.media_type not in TEXTS:
        _note_words(taken, data)
        return
    else:
        matter, words = split_front_matter(text_of(data))
        doc, losses = from_markdown(words, images=_resolver(keep, pictures))
        title = matter.get("title", "")
        taken.title = title if isinstance(title, str) else ""
    taken.losses.extend(str(loss) for loss in losses)
    taken.body = None if is_empty(doc) else canonical_bytes(doc).decode()


def _note_words(taken: Taken, data: bytes) -> None:
    """A file that stays a file: its title, and what a reader must know of it (pages without text, scripts)."""
    found = words_in(taken.file.media_type, data)
    if found is not None:
        taken.title = found.title
        taken.losses.extend(str(loss) for loss in found.losses)


def _resolver(keep: Callable[[bytes, str], str], pictures: Pictures | None) -> Callable[[str], str | None]:
    from medithread.kernel.text.pictures import picture_type

    def resolve(path: str) -> str | None:
        data = pictures(path) if pictures else None
        media_type = picture_type(data) if data else None
        return keep(data, media_type) if data and media_type else None

    return resolve


def text_of(data: bytes) -> str:
    """The characters of a text file, whatever its encoding."""
    found = decoded([data])
    return data.decode(found.encoding if found else "utf-8", "replace")


def bring(who: Actor | Person, stream: IO[bytes] | Any, *, name: str, document: Document | None = None, number: str | None = None, **values: Any) -> tuple[Document, Taken]:
    """A new draft from a file, or a new content for a draft. Answers the draft and what became of the file.

    Raises FileRefused, Refusal, NotAllowed, Stale.
    """
    taken = take_in(who, stream, name)
    with unit(who, f"bring {taken.name}"):
        if document is None:
            title = values.pop("title", "") or taken.title or from_name(PurePosixPath(taken.name).stem).get("title") or taken.name
            document = create(who, Document, number=number, title=title[:300], body=taken.body, import_note=taken.note, **values)
        else:
            document = edit(who, document, lock=document.lock, body=taken.body, import_note=taken.note, reason=_("New content from the file %(name)s") % {"name": taken.name}, **values)
        old = list(document.attachments.filter(removed=False, role="original"))
        put_on(who, document, taken)
        for one in old:
            detach(who, one, reason=_("Replaced by another file"))
        index_with_files(document)
    document.refresh_from_db()
    return document, taken


def put_on(who: Actor | Person, document: Document, taken: Taken) -> None:
    """Attach the original and the pictures of a file, each once."""
    attach(who, document, taken.file, name=taken.name, role="original")
    there = set(document.attachments.filter(removed=False, role="image").values_list("file_id", flat=True))
    for sha256, picture in taken.pictures.items():
        if sha256 not in there:
            attach(who, document, picture, name=taken.picture_name(sha256), role="image")
