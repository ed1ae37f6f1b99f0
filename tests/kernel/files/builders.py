"""Small files of every kind, made by hand, sound and unsound, for the tests that look into files."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

TYPES = "[Content_Types].xml"
OFFICE_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    "docm": "application/vnd.ms-word.document.macroEnabled.main+xml",
    "dotx": "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "vsdx": "application/vnd.ms-visio.drawing.main+xml",
}
ODF = "application/vnd.oasis.opendocument."


def packed(files: Mapping[str, bytes | str], deflated: bool = True) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, archive.compression)
    return out.getvalue()


def office(kind: str = "docx", more: Mapping[str, bytes | str] | None = None, extra_types: str = "") -> bytes:
    """A Word, Excel or PowerPoint file as far as its kind goes."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{OFFICE_TYPES[kind]}"/>{extra_types}</Types>'
    )
    return packed({TYPES: types, "main.xml": "<a/>", **(more or {})})


def open_document(kind: str = "text", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """An OpenDocument file as far as its kind goes."""
    manifest = '<m:manifest xmlns:m="urn:m"><m:file-entry/></m:manifest>'
    return packed({"mimetype": ODF + kind, "META-INF/manifest.xml": manifest, "content.xml": "<a/>", **(more or {})})


def relations(kind: str, target: str) -> str:
    """The relations part of an Office file with one outside target."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://x/{kind}" TargetMode="External" Target="{target}"/></Relationships>'
    )


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2)) + chunk(b"IEND", b"")


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"
GIF = b"GIF89a\x10\x00\x20\x00\x00\x00\x00;"
WEBP_LOSSY = b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00" + b"\x00\x00\x00\x9d\x01\x2a\x10\x00\x20\x00" + b"\x00" * 8
WEBP_LOSSLESS = b"RIFF\x24\x00\x00\x00WEBPVP8L\x18\x00\x00\x00/\x0f\xc0\x07\x00" + b"\x00" * 12
WEBP_EXTENDED = b"RIFF\x24\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x0f\x00\x00\x1f\x00\x00" + b"\x00" * 12


def pdf(*objects: bytes, pages: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF with so many empty pages and these further objects."""
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(pages))
    all_objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        *(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>" for _n in range(pages)),
        *objects,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(all_objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(all_objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (size, table, size, trailer, len(out))


def object_stream(content: bytes, more: bytes = b"/Filter /FlateDecode", data: bytes | None = None) -> bytes:
    """An object stream of a PDF that holds `content`."""
    body = zlib.compress(b"9 0 " + content) if data is None else data
    return b"<< /Type /ObjStm /N 1 /First 4 /Length %d %s >>\nstream\n%s\nendstream" % (len(body), more, body)


def compound(items: Mapping[str, bytes]) -> bytes:
    """An OLE2 compound file with these streams; an empty one becomes a storage. Streams under 4096 bytes go to the small store."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    sectors: list[bytes] = []
    table: list[int] = []

    def store(data: bytes) -> int:
        pieces = [data[at : at + sector].ljust(sector, b"\0") for at in range(0, len(data), sector)]
        first = len(sectors)
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), end] if pieces else [])
        return first if pieces else end

    small = b""
    small_table: list[int] = []
    entries: list[bytes] = []
    for name, data in items.items():
        if not data or len(data) >= 4096:
            entries.append(_folder(name, 2 if data else 1, store(data), len(data)))
            continue
        blocks = -(-len(data) // 64)
        first = len(small_table)
        entries.append(_folder(name, 2, first, len(data)))
        small_table += [*range(first + 1, first + blocks), end]
        small += data.ljust(blocks * 64, b"\0")
    root = _folder("Root Entry", 5, store(small), len(small))
    small_first = store(b"".join(struct.pack("<L", at) for at in small_table).ljust(-(-len(small_table) // 128) * sector, b"\xff"))
    folders = store(b"".join([root, *entries]))
    fats, lists = 1, 0
    while fats * 128 < len(table) + fats + lists:
        fats += 1
        lists = -(-max(0, fats - 109) // 127)
    first_fat, first_list = len(table), len(table) + fats
    table += [0xFFFFFFFD] * fats + [0xFFFFFFFC] * lists
    table += [free] * (fats * 128 - len(table))
    sectors += [struct.pack("<128L", *table[at : at + 128]) for at in range(0, len(table), 128)]
    places = list(range(first_fat, first_fat + fats))
    for number in range(lists):
        some = places[109 + number * 127 : 109 + (number + 1) * 127]
        following = first_list + number + 1 if number + 1 < lists else end
        sectors.append(struct.pack("<128L", *some, *[free] * (127 - len(some)), following))
    header = struct.pack(
        "<8s16x5H6x9L",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, fats, folders, 0, 4096, small_first, 1),
        *(first_list if lists else end, lists),
    )
    return header + struct.pack("<109L", *(places + [free] * 109)[:109]) + b"".join(sectors)


def _folder(name: str, kind: int, first: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<64sHB49xLQ", raw, len(raw) + 2, kind, first, size)


def word_97(flags: int = 0, version: int = 0xC1, more: Mapping[str, bytes] | None = None) -> bytes:
    """A Word document of 1997–2003 as far as its kind goes."""
    return compound({"WordDocument": struct.pack("<HHHHHH", 0xA5EC, version, 0, 0, 0, flags).ljust(5000, b"\0"), **(more or {})})


def excel_97(*records: tuple[int, bytes]) -> bytes:
    """An Excel workbook of 1997–2003 with these records in its first part."""
    parts = [(0x0809, b"\0" * 16), *records, (0x000A, b"")]
    book = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in parts)
    return compound({"Workbook": book.ljust(5000, b"\0")})
