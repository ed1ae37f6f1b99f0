"""Tells by content what an uploaded file is, and takes in only what is known, sound and harmless (21 CFR 11.10(a), (c)).

Accepted: PDF, PNG, JPEG, GIF, WebP, DOCX, XLSX, PPTX, ODT, ODS, ZIP, DOC and XLS of 1997–2003 (kept as they are), and texts
(TXT, MD, CSV, TSV, JSON, XML). Everything else is refused by a sentence that says what it is and what to do.
In a ZIP archive every file is looked into as well; source texts are welcome there, programs are not.
"""

from collections.abc import Set
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.files.compound import check_object, compound_kind
from medithread.kernel.files.images import check_image
from medithread.kernel.files.kinds import BY_EXTENSION, COMPOUND_START, KINDS, ZIP_START, Family, FileKind, by_signature
from medithread.kernel.files.office import check_office, zip_kind
from medithread.kernel.files.pdfs import check_pdf
from medithread.kernel.files.reading import Body, Readable, settled
from medithread.kernel.files.safety import FileCode, FileRefused, FileWarning, extension_of, safe_name
from medithread.kernel.files.texts import check_svg, check_xml, decoded, looks_like
from medithread.kernel.files.zips import MAX_DEPTH, Budget, Entry, ends_as_zip, entries_of, extracted, prove

_LEGACY = FileWarning(
    "file.legacy", _("The format of 1997–2003 is kept as it is; save it as .docx or .xlsx to have its text searched and shown.")
)
_NAMELESS = FileWarning("file.no-extension", _("The name has no extension; its kind was told by the content."))
_NOT_JSON = FileWarning("file.not-json", _("The name says JSON, but the content does not begin like JSON; it is kept as text."))
_JSON_STARTS = tuple('{["-0123456789tfn')


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file that was taken in. `size` in bytes, `sha256` in lower-case hexadecimal, `extension` without dot.

    `pages` of a PDF, None for others and where they cannot be counted. `warnings` are for people to see beside the file.
    """

    media_type: str
    extension: str
    size: int
    sha256: str
    pages: int | None
    warnings: tuple[FileWarning, ...]


def inspect(stream: Readable, *, declared_name: str, size_limit: int, allow: Set[str] = frozenset()) -> FileFacts:
    """Read a file once in pieces, at most `size_limit` bytes of it, and tell what it is by its content.

    A stream that can seek is left at its beginning; one that cannot is used up. `allow` takes in what is otherwise refused:
    "svg" pictures that hold nothing active, and "pdf-script", PDF forms with scripts that are kept as evidence (a warning
    remains). Raises FileRefused, and nothing else but what the stream itself raises.
    """
    extension = extension_of(safe_name(declared_name))

    def first_look(head: bytes) -> None:
        if (kind := by_signature(head)) is not None:
            _match(kind, extension)

    with settled(stream, size_limit, first_look) as body:
        return _facts(body, extension, allow)


def _facts(body: Body, extension: str, allow: Set[str]) -> FileFacts:
    budget = Budget()
    kind, entries = _identify(body, extension, budget)
    if "svg" in allow and kind.key == "svg" and extension in ("svg", ""):
        check_svg(body)
        return FileFacts(kind.media_type, "svg", body.size, body.sha256, None, ())
    _match(kind, extension)
    pages, warnings = _Check(allow, budget).look(body, kind, entries, depth=0)
    if kind.family is not Family.ZIP and ends_as_zip(body):
        words = _("The file is two things at once: %(what)s and a ZIP archive.") % {"what": kind.words}
        raise FileRefused(FileCode.TWO_IN_ONE, words, _("Save it again with the program that it belongs to."))
    if not extension:
        warnings.append(_NAMELESS)
    if kind.key == "json" and not _starts_as_json(body):
        kind = KINDS["text"]
        warnings.append(_NOT_JSON)
    kept = extension if extension in kind.extensions or (kind.key == "text" and extension) else kind.extension
    return FileFacts(kind.media_type, kept, body.size, body.sha256, pages, tuple(warnings))


def _identify(body: Body, extension: str, budget: Budget) -> tuple[FileKind, list[Entry]]:
    head = body.head()
    kind = by_signature(head)
    if kind is not None:
        return kind, []
    if head.startswith(ZIP_START):
        entries = entries_of(body, budget)
        return zip_kind(body, entries), entries
    if head.startswith(COMPOUND_START):
        return compound_kind(body), []
    return _text_kind(body, head, extension), []


def _text_kind(body: Body, head: bytes, extension: str) -> FileKind:
    found = decoded(body.pieces())
    if found is None or not found.plausible:
        return KINDS["unknown"]
    look = looks_like(head)
    if look in ("html", "svg"):
        return KINDS[look]
    named = BY_EXTENSION.get(extension)
    if named is not None and named.family is Family.TEXT and not named.refused:
        return named
    return KINDS["script"] if named is KINDS["script"] else KINDS["xml" if look == "xml" else "text"]


def _match(kind: FileKind, extension: str) -> None:
    """The content must be of a kind that is accepted, and the name must say the same. Raises FileRefused."""
    named = BY_EXTENSION.get(extension)
    if named is kind or not extension or kind.refused is FileCode.MACROS:
        if kind.refused:
            raise FileRefused(kind.refused, _("The file is %(what)s, which is not accepted.") % {"what": kind.words}, kind.fix)
        return
    right = {"extension": extension, "what": kind.words, "right": kind.extensions[0] if kind.extensions else ""}
    if named is None and not kind.refused:
        words = _("Files named .%(extension)s are not accepted; by its content it is %(what)s.") % right
        raise FileRefused(FileCode.NOT_ACCEPTED, words, _("Name it .%(right)s if that is what it is, or pack it as ZIP.") % right)
    says: Words = named.words if named else _("something else")
    words = _("The name says %(says)s (.%(extension)s), but the content is %(what)s.") % {"says": says, **right}
    fix = kind.fix or _("Give it the right extension (.%(right)s), or choose the file that you meant.") % right
    raise FileRefused(FileCode.LIES, words, fix)


@dataclass
class _Check:
    """The second look, at what is inside. One of these serves one upload, with all that is nested in it."""

    allow: Set[str]
    budget: Budget

    def look(self, body: Body, kind: FileKind, entries: list[Entry], depth: int) -> tuple[int | None, list[FileWarning]]:
        if kind.family is Family.PDF:
            return check_pdf(body, scripts="pdf-script" in self.allow)
        if kind.family is Family.IMAGE:
            check_image(body, kind.key)
        if kind.family is Family.COMPOUND:
            return None, [_LEGACY]
        if kind.family is Family.TEXT:
            return None, check_xml(body) if kind.key == "xml" else []
        if kind.family is not Family.ZIP:
            return None, []
        for entry in entries:
            self.entry(body, entry, depth)
        return None, check_office(body, entries) if kind.key != "zip" else []

    def entry(self, body: Body, entry: Entry, depth: int) -> None:
        """One file inside an archive or document: no program, no macros, nothing nested too deep. Raises FileRefused."""
        head = prove(body, entry)
        kind = by_signature(head)
        named = BY_EXTENSION.get(extension_of(safe_name(entry.name)))
        if {"program", "shortcut"} & {found.key for found in (kind, named) if found}:
            words = _("A program is packed in it (“%(name)s”).") % {"name": entry.name}
            raise FileRefused(FileCode.PROGRAM, words, KINDS["program"].fix)
        nested = head.startswith(ZIP_START)
        if nested and depth >= MAX_DEPTH:
            words = _("Archives are packed in archives too deep (“%(name)s”).") % {"name": entry.name}
            raise FileRefused(FileCode.NESTED, words, _("Unpack the inner archives and attach their files."))
        if nested or head.startswith(COMPOUND_START) or (kind and kind.family is Family.PDF):
            self.inside(body, entry, head, depth + 1)

    def inside(self, body: Body, entry: Entry, head: bytes, depth: int) -> None:
        """A file inside that has an inside of its own. A refusal names it."""
        try:
            with extracted(body, entry) as inner:
                if head.startswith(COMPOUND_START):
                    return check_object(inner)
                kind, entries = _identify(inner, "", self.budget)
                if kind.refused in (FileCode.MACROS, FileCode.PROGRAM):
                    raise FileRefused(kind.refused, _("it is %(what)s.") % {"what": kind.words}, kind.fix)
                self.look(inner, KINDS["zip"] if kind.refused else kind, entries, depth)
        except FileRefused as error:
            words = _("“%(name)s”, inside of it: %(why)s") % {"name": entry.name, "why": error.message}
            raise FileRefused(error.code, words, error.fix) from error


def _starts_as_json(body: Body) -> bool:
    return body.at(0, 4096).lstrip(b"\xef\xbb\xbf \t\r\n").decode("utf-8", "replace").startswith(_JSON_STARTS)
