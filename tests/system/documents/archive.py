"""A small company archive for tests: texts, a Word file, a PDF, evidence, and the table that goes with them."""

import csv
import io
import zipfile
from typing import Any

from docx import Document as WordDocument

HEADS = ("Number", "Title", "Type", "Version", "State", "Approved on", "Effective from", "Effective to", "Next review", "Approved by", "Owner", "File", "Evidence", "Former numbers")


def word(*paragraphs: str, title: str = "") -> bytes:
    made = WordDocument()
    made.core_properties.title = title
    for text in paragraphs:
        made.add_paragraph(text)
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(1, 1).text = "Step", "Who"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pdf(text: str = "Cleaning of the filling line") -> bytes:
    """A PDF of one page that says this."""
    stream = f"BT /F1 18 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


FILES: dict[str, bytes] = {
    "QP-4.2.4-01 Control of documents v1.md": b"# Control of documents\n\nOld words.\n",
    "QP-4.2.4-01 Control of documents v2.docx": word("Say who does what. See AA-17.", title="Control of documents"),
    "AA-17 Cleaning.pdf": pdf(),
    "evidence/approval sheet.pdf": pdf("Approval sheet, signed by hand"),
}
ROWS: list[dict[str, str]] = [
    {"Number": "QP-4.2.4-01", "Title": "Control of documents", "Type": "QP", "Version": "1", "State": "superseded", "Approved on": "2019-03-01", "Effective from": "2019-04-01",
     "Approved by": "Ines Old (Head of quality)", "File": "QP-4.2.4-01 Control of documents v1.md"},
    {"Number": "QP-4.2.4-01", "Title": "Control of documents", "Type": "QP", "Version": "2", "State": "in force", "Approved on": "2022-05-02", "Effective from": "2022-06-01", "Next review": "2024-06-01",
     "Approved by": "Ines Old (Head of quality) 2022-05-02; Karl Then, Managing director", "Owner": "Otto Brand", "File": "QP-4.2.4-01 Control of documents v2.docx", "Evidence": "approval sheet.pdf", "Former numbers": "VA-01"},
    {"Number": "AA-17", "Title": "Cleaning of the filling line", "Type": "AA", "Version": "Rev C", "State": "valid", "Approved on": "01.02.2023", "Effective from": "01.03.2023", "Next review": "none",
     "Approved by": "Karl Then (Managing director)", "Owner": "rea@aria.example", "File": "AA-17 Cleaning.pdf", "Evidence": "evidence/approval sheet.pdf"},
]  # fmt: skip


def zipped(files: dict[str, bytes] | None = None) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (FILES if files is None else files).items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def table(rows: list[dict[str, str]] | None = None, **changes: Any) -> bytes:
    """The table as CSV; `changes` is row place → cells to change, as r0={...}."""
    kept = [dict(row) for row in (ROWS if rows is None else rows)]
    for name, cells in changes.items():
        kept[int(name[1:])].update(cells)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADS)
    writer.writeheader()
    writer.writerows(kept)
    return out.getvalue().encode()
