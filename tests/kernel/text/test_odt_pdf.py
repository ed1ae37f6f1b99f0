"""The words of ODT and PDF files, and what makes them more than words."""

import io
import random

import pypdf
import pytest

from medithread.kernel.text import TextError, pdf_in
from medithread.kernel.text import extracted as extracted_module
from medithread.kernel.text.odt_pdf import extract_odt, extract_pdf
from tests.kernel.text.samples import odt, pdf, zipped


def refused(call, data):
    with pytest.raises(TextError) as caught:
        call(data)
    assert caught.value.message.endswith(".")
    return caught.value.code


BODY = (
    '<text:h text:outline-level="1">Scope\n of lots</text:h><text:p>One<text:s text:c="3"/>two<text:tab/>three<text:line-break/>four</text:p>'
    "<text:p>note<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>see <text:span>the</text:span> plan</text:p>"
    "</text:note-body></text:note> end</text:p>"
    "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
    "<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
    "<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table>"
    "<text:p><draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame><draw:frame><draw:image/></draw:frame></text:p>"
    "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:p><office:annotation><text:p>why</text:p></office:annotation>last</text:p>"
)
META = (
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Our title</dc:title><meta:document-statistic meta:page-count="3"/></office:meta></office:document-meta>'
)
ENCRYPTED = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'


def test_the_words_of_an_odt():
    found = extract_odt(odt(BODY, {"meta.xml": META}))
    assert found.text == "Scope\n of lots\nOne   two\tthree\nfour\nnote [see the plan] end\nitem\na b\tc\nboxed\n\nlast"
    assert (found.title, found.pages) == ("Our title", 3)
    assert [loss.code for loss in found.losses] == ["odt.comment", "odt.changes", "odt.picture"]


def test_the_first_heading_is_the_title_of_an_odt_without_one():
    found = extract_odt(odt(BODY))
    assert (found.title, found.pages) == ("Scope of lots", 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"nothing", "package.broken"),
        (odt(BODY)[:150], "package.broken"),
        (zipped({"a": "b"}), "odt.not-odt"),
        (zipped({"content.xml": "<a/>"}), "odt.not-odt"),
        (odt("", {"META-INF/manifest.xml": ENCRYPTED}), "package.protected"),
        (odt("", {"Basic/Standard/Module1.xml": "x"}), "odt.macros"),
        (odt("", {"content.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}), "package.unsafe"),
        (odt("", {"Pictures/a.png": b"\0" * 30_000_000}), "package.bomb"),
    ],
)
def test_what_is_no_open_document_is_refused(data, code):
    assert refused(extract_odt, data) == code


def test_the_words_of_a_pdf():
    found = extract_pdf(pdf("Inspect the lot", "Sign it"))
    assert found.text == "Inspect the lot\nSign it"
    assert (found.pages, found.losses) == (2, [])


def test_pages_without_text_are_named():
    found = extract_pdf(pdf("words", "", ""))
    assert [str(loss) for loss in found.losses] == ["2 of 3 pages hold no text that could be searched; they may be scanned. (pages 2, 3)"]


@pytest.mark.parametrize(
    ("catalog", "extra", "code"),
    [
        ("/OpenAction << /S /JavaScript /JS (app.alert) >>", "", "pdf.javascript"),
        ("/Names << /JavaScript << /Names [(a) 50 0 R] >> >>", "50 0 obj\n<< /S /JavaScript /JS (1) >>\nendobj", "pdf.javascript"),
        ("/AA << /WC << /S /Launch /F (x.exe) >> >>", "", "pdf.launch"),
        ("/AcroForm << /Fields [50 0 R] /SigFlags 3 >>", "50 0 obj\n<< /T (lot) /FT /Tx >>\nendobj", "pdf.form"),
        (
            "/Names << /EmbeddedFiles << /Names [(plan.xlsx) 50 0 R] >> >>",
            "50 0 obj\n<< /Type /Filespec /F (plan.xlsx) /EF << /F 51 0 R >> >>\nendobj@@51 0 obj\n<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream\nendobj",
            "pdf.attachments",
        ),
    ],
)
def test_what_is_more_than_pages_is_listed(catalog, extra, code):
    found = extract_pdf(pdf("words", catalog=catalog, extra=extra))
    assert code in [loss.code for loss in found.losses]
    assert found.text == "words"


def protected(user, owner):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("words")))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_with_a_password_is_refused_and_one_with_restrictions_read():
    assert refused(extract_pdf, protected("secret", "owner")) == "pdf.protected"
    found = extract_pdf(protected("", "owner"))
    assert found.text == "words"
    assert [loss.code for loss in found.losses] == ["pdf.restricted"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "pdf.not-pdf"), (b"PK\x03\x04", "pdf.not-pdf"), (b"%PDF-1.7\n", "pdf.broken"), (pdf("words")[:150], "pdf.broken")],
)
def test_what_is_no_pdf_is_refused(data, code):
    assert refused(extract_pdf, data) == code


def test_a_page_tree_in_a_circle_is_refused():
    circle = pdf("words").replace(b"/Kids [10 0 R]", b"/Kids [ 2 0 R]")
    assert refused(extract_pdf, circle) == "pdf.broken"


def test_too_many_pages_and_words_are_refused(monkeypatch):
    monkeypatch.setattr(pdf_in, "PAGES", 1)
    assert refused(extract_pdf, pdf("a", "b")) == "pdf.pages"
    monkeypatch.setattr(pdf_in, "CHARACTERS", 3)
    assert refused(extract_pdf, pdf("words")) == "pdf.large"


@pytest.mark.parametrize("seed", range(40))
def test_mangled_pdfs_are_read_or_refused_and_never_crash(seed):
    chance = random.Random(seed)
    data = bytearray(pdf("words", "more", catalog="/AcroForm << /Fields [] >> /Names << /JavaScript << >> >>"))
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    try:
        found = extract_pdf(bytes(data))
    except TextError as error:
        found = error
    assert isinstance(found, (extracted_module.Extracted, TextError))


def test_text_is_tidied():
    assert extracted_module.tidy("a  \r\n\r\n\n\x00b\u0301\x07\fe\u0301\n\n") == "a\n\nb\u0301\né"
