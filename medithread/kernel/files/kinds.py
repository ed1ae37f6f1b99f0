"""The table of file kinds: what is accepted, what is known and refused, and the first bytes that give each away."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.files.safety import FileCode


class Family(Enum):
    """How a kind is looked into after its first bytes."""

    OPAQUE = auto()  # the first bytes say all
    IMAGE = auto()
    PDF = auto()
    TEXT = auto()
    ZIP = auto()
    COMPOUND = auto()  # OLE2: Word and Excel before 2007


@dataclass(frozen=True)
class FileKind:
    """`words` completes "the content is …". `refused` is empty for what is accepted; `fix` is the way out for what is not."""

    key: str
    words: Words
    media_type: str = "application/octet-stream"
    extensions: tuple[str, ...] = ()
    family: Family = Family.OPAQUE
    refused: FileCode | None = None
    fix: Words = ""

    @property
    def extension(self) -> str:
        """The usual extension."""
        return self.extensions[0]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_AS_PDF = _("Save it as PDF and attach that.")
_NO_PROGRAMS = _("Programs and scripts are not kept here. Attach a description or the result as text or PDF.")
_UNPACK = _("Unpack it and attach the files, or pack them as ZIP.")
_AS_PICTURE = _("Save it as PNG, JPEG or PDF and attach that.")
_AS_DOCUMENT = _("Save it as .docx, .xlsx, .pptx or PDF and attach that.")
_NO_MACROS = _("Save it without macros (.docx, .xlsx, .pptx, .odt or .ods) and attach that.")

ACCEPTED = (
    FileKind("pdf", _("a PDF document"), "application/pdf", ("pdf",), Family.PDF),
    FileKind("png", _("a PNG picture"), "image/png", ("png",), Family.IMAGE),
    FileKind("jpeg", _("a JPEG picture"), "image/jpeg", ("jpg", "jpeg", "jpe"), Family.IMAGE),
    FileKind("gif", _("a GIF picture"), "image/gif", ("gif",), Family.IMAGE),
    FileKind("webp", _("a WebP picture"), "image/webp", ("webp",), Family.IMAGE),
    FileKind("docx", _("a Word document"), _OOXML + "wordprocessingml.document", ("docx",), Family.ZIP),
    FileKind("xlsx", _("an Excel workbook"), _OOXML + "spreadsheetml.sheet", ("xlsx",), Family.ZIP),
    FileKind("pptx", _("a PowerPoint presentation"), _OOXML + "presentationml.presentation", ("pptx",), Family.ZIP),
    FileKind("odt", _("an OpenDocument text"), _ODF + "text", ("odt",), Family.ZIP),
    FileKind("ods", _("an OpenDocument spreadsheet"), _ODF + "spreadsheet", ("ods",), Family.ZIP),
    FileKind("zip", _("a ZIP archive"), "application/zip", ("zip",), Family.ZIP),
    FileKind("doc", _("a Word document of 1997–2003"), "application/msword", ("doc",), Family.COMPOUND),
    FileKind("xls", _("an Excel workbook of 1997–2003"), "application/vnd.ms-excel", ("xls",), Family.COMPOUND),
    FileKind("text", _("plain text"), "text/plain", ("txt", "text", "log"), Family.TEXT),
    FileKind("markdown", _("Markdown text"), "text/markdown", ("md", "markdown"), Family.TEXT),
    FileKind("csv", _("a CSV table"), "text/csv", ("csv",), Family.TEXT),
    FileKind("tsv", _("a table separated by tabs"), "text/tab-separated-values", ("tsv", "tab"), Family.TEXT),
    FileKind("json", _("JSON data"), "application/json", ("json",), Family.TEXT),
    FileKind("xml", _("XML data"), "application/xml", ("xml",), Family.TEXT),
)


def _refused(key: str, words: Words, fix: Words, *extensions: str, code: FileCode = FileCode.NOT_ACCEPTED) -> FileKind:
    return FileKind(key, words, extensions=extensions, refused=code, fix=fix)


REFUSED = (
    FileKind("svg", _("an SVG picture"), "image/svg+xml", ("svg",), Family.TEXT, FileCode.ACTIVE, _AS_PICTURE),
    FileKind("html", _("an HTML page"), "text/html", ("html", "htm", "xhtml"), Family.TEXT, FileCode.ACTIVE, _AS_PDF),
    _refused("program", _("a program"), _NO_PROGRAMS, "exe", "dll", "com", "scr", "msi", "jar", "class", code=FileCode.PROGRAM),
    _refused("script", _("a script"), _NO_PROGRAMS, "sh", "bat", "cmd", "ps1", "js", "vbs", "py", "php", "hta", code=FileCode.PROGRAM),
    _refused("shortcut", _("a Windows shortcut"), _("Attach the file that it points to."), "lnk", "url", code=FileCode.PROGRAM),
    _refused("macros", _("an Office file with macros"), _NO_MACROS, "docm", "xlsm", "pptm", "xlsb", code=FileCode.MACROS),
    _refused("template", _("an Office template or slide show"), _AS_DOCUMENT, "dotx", "xltx", "potx", "ppsx"),
    _refused("ppt", _("a PowerPoint presentation of 1997–2003"), _("Save it as .pptx or PDF and attach that."), "ppt"),
    _refused("outlook", _("an Outlook message"), _AS_PDF, "msg"),
    _refused("rtf", _("an RTF document"), _AS_DOCUMENT, "rtf"),
    _refused("postscript", _("PostScript"), _AS_PDF, "ps", "eps"),
    _refused("dicom", _("a DICOM image"), _AS_PICTURE, "dcm"),
    _refused("tiff", _("a TIFF picture"), _AS_PICTURE, "tif", "tiff"),
    _refused("bmp", _("a bitmap picture"), _AS_PICTURE, "bmp"),
    _refused("heic", _("a HEIC picture"), _AS_PICTURE, "heic", "heif", "avif"),
    _refused("video", _("a video or sound recording"), _("Attach pictures of it."), "mp4", "mov", "avi", "mp3"),
    _refused("archive", _("an archive other than ZIP"), _UNPACK, "7z", "rar", "gz", "tar"),
    _refused("sqlite", _("an SQLite database"), _("Export the tables as CSV."), "sqlite", "db"),
    _refused("other-zip", _("a document or app of another kind packed as ZIP"), _AS_PDF, "epub", "odp"),
    _refused("compound", _("an installer or another Windows compound file"), _AS_PDF),
    _refused("unknown", _("of no kind that is accepted here"), _AS_PDF, code=FileCode.UNKNOWN),
)
KINDS = {kind.key: kind for kind in ACCEPTED + REFUSED}
BY_EXTENSION = {extension: kind for kind in ACCEPTED + REFUSED for extension in kind.extensions}

ZIP_START = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
COMPOUND_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# (offset, pattern, key): the first that matches wins. Short starts ask for more, so that a text which begins "BM" or "MZ" stays a text.
SIGNATURES: tuple[tuple[int, re.Pattern[bytes], str], ...] = tuple(
    (offset, re.compile(pattern, re.DOTALL), key)
    for offset, pattern, key in (
        (0, rb"(?:\xef\xbb\xbf)?%PDF-\d", "pdf"),
        (0, rb"\x89PNG\r\n\x1a\n", "png"),
        (0, rb"\xff\xd8\xff", "jpeg"),
        (0, rb"GIF8[79]a", "gif"),
        (0, rb"RIFF....WEBP", "webp"),
        (0, rb"MZ.{0,62}[\x00-\x08\x0e-\x1f]", "program"),
        (0, rb"\x7fELF|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe", "program"),
        (0, rb"\x00asm|dex\n03|!<arch>\n|\xed\xab\xee\xdb", "program"),
        (0, rb"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"),
        (0, rb"(?:\xef\xbb\xbf)?\s*(?:#!\s*/|<\?php|<%@)", "script"),
        (0, rb"\{\\rtf", "rtf"),
        (0, rb"(?:\xc5\xd0\xd3\xc6|%!PS)", "postscript"),
        (128, rb"DICM", "dicom"),
        (0, rb"II\*\x00|MM\x00\*|II\+\x00", "tiff"),
        (0, rb"BM.{4}\x00\x00\x00\x00", "bmp"),
        (4, rb"ftyp(?:hei|hev|mif1|msf1|avif)", "heic"),
        (4, rb"ftyp", "video"),
        (0, rb"RIFF....(?:AVI |WAVE)|\x1aE\xdf\xa3|ID3[\x02-\x04]\x00|OggS\x00|fLaC\x00|\xff\xfb", "video"),
        (0, rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd|MSCF\x00", "archive"),
        (257, rb"ustar", "archive"),
        (0, rb"SQLite format 3\x00", "sqlite"),
    )
)


def by_signature(head: bytes) -> FileKind | None:
    """The kind that the first bytes give away, or None (ZIP and compound files and texts need a longer look)."""
    for offset, pattern, key in SIGNATURES:
        if pattern.match(head, offset):
            return KINDS[key]
    return None
