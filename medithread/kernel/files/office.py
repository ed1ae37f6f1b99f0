"""What a ZIP file is (Word, Excel, PowerPoint, OpenDocument or a plain archive) and whether it carries macros or passwords."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import Words
from medithread.kernel.files.compound import locked
from medithread.kernel.files.kinds import KINDS, FileKind
from medithread.kernel.files.reading import Body
from medithread.kernel.files.safety import FileCode, FileRefused, FileWarning
from medithread.kernel.files.xml_scan import Names, NotXml, attribute, local, scan
from medithread.kernel.files.zips import Entry, broken, content

_SMALL = 4 << 20
_TYPES, _MANIFEST, _MIMETYPE = "[Content_Types].xml", "META-INF/manifest.xml", "mimetype"
_MAIN = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "template.main+xml": "template",
    "slideshow.main+xml": "template",
}
_ACTIVE_TYPES = ("macroenabled", "vbaproject", "macrosheet")
_ACTIVE_PARTS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/dialogsheets/")
_ODF = {"application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods"}
_ODF_EMPTY = ("script-lb.xml", "script-lc.xml", "dialog-lb.xml", "dialog-lc.xml")
_LOADED = ("attachedtemplate", "oleobject", "frame", "subdocument", "externallinkpath", "image", "mailmergesource")


def zip_kind(body: Body, entries: list[Entry]) -> FileKind:
    """The kind of a ZIP whose structure is sound; "macros" where it carries any. Raises FileRefused."""
    named = {entry.name: entry for entry in entries}
    if _TYPES in named:
        return _office_kind(body, named)
    if _MIMETYPE in named:
        return _open_document_kind(body, named)
    return KINDS["program" if {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} & named.keys() else "zip"]


def check_office(body: Body, entries: list[Entry]) -> list[FileWarning]:
    """What people should know about an Office file: content loaded from elsewhere, other files inside. Raises FileRefused."""
    warnings = []
    for entry in entries:
        if entry.name.lower().endswith(".rels"):
            warnings += _outside(body, entry)
    if any("/embeddings/" in entry.name.lower() for entry in entries):
        warnings.append(FileWarning("file.embedded", _("Other files are embedded in it; they are kept but not shown.")))
    if any("/activex/" in entry.name.lower() for entry in entries):
        warnings.append(FileWarning("file.controls", _("It holds ActiveX form fields, which most programs do not show.")))
    return list(dict.fromkeys(warnings))


def _office_kind(body: Body, named: dict[str, Entry]) -> FileKind:
    types: list[str] = []

    def start(_name: str, attributes: Names) -> None:
        types.append(attribute(attributes, "ContentType").lower())

    _read(body, named[_TYPES], start)
    folded = [name.lower() for name in named]
    if len(set(folded)) < len(folded):
        raise broken(_("a part stands in it twice"))
    if _has(types, _ACTIVE_TYPES) or _has([f"/{name}" for name in folded], _ACTIVE_PARTS):
        return KINDS["macros"]
    return KINDS[next((key for ending, key in _MAIN.items() if any(kind.endswith(ending) for kind in types)), "other-zip")]


def _has(texts: list[str], words: tuple[str, ...]) -> bool:
    return any(word in text for text in texts for word in words)


def _open_document_kind(body: Body, named: dict[str, Entry]) -> FileKind:
    media_type = content(body, named[_MIMETYPE], 1024).decode("latin-1").strip()
    if not media_type.startswith("application/vnd.oasis.opendocument."):
        return KINDS["other-zip"]
    if _MANIFEST in named:

        def start(name: str, _attributes: Names) -> None:
            if local(name) == "encryption-data":
                raise locked()

        _read(body, named[_MANIFEST], start)
    if any(_is_open_document_macro(name) for name in named):
        return KINDS["macros"]
    return KINDS[_ODF.get(media_type, "template" if media_type.endswith("-template") else "other-zip")]


def _is_open_document_macro(name: str) -> bool:
    """LibreOffice leaves empty library lists behind; only what is more than a list counts."""
    parts = name.lower().split("/")
    return parts[0] in ("basic", "scripts", "dialogs") and parts[-1] not in ("", *_ODF_EMPTY)


def _outside(body: Body, entry: Entry) -> list[FileWarning]:
    found: list[FileWarning] = []

    def start(_name: str, attributes: Names) -> None:
        kind = attribute(attributes, "Type").lower().rpartition("/")[2]
        if attribute(attributes, "TargetMode").lower() == "external" and kind in _LOADED:
            words = _("When opened in Office it loads something from elsewhere: %(target)s")
            found.append(FileWarning("file.external", words % {"target": attribute(attributes, "Target")[:200]}))

    _read(body, entry, start)
    return found


def _read(body: Body, entry: Entry, start: Callable[[str, Names], None]) -> None:
    try:
        scan([content(body, entry, _SMALL)], start)
    except NotXml as error:
        if error.entities:
            words: Words = _("A part of it (“%(name)s”) declares XML entities.") % {"name": entry.name}
            raise FileRefused(FileCode.ENTITIES, words, _("Open it in Office, save it again and attach the new file.")) from error
        raise broken(_("“%(name)s” is not well-formed") % {"name": entry.name}) from error
