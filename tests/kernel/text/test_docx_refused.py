"""Files that are not opened: each refusal is a sentence, nothing crashes, nothing is unpacked without bounds."""

import hashlib
import random
import re
import zipfile

import pytest

from medithread.kernel.text import TextError, packages
from medithread.kernel.text.docx_in import from_docx
from tests.kernel.text.samples import MAIN, item, level, numbering, p, picture, r, word, zipped


def refused(data):
    with pytest.raises(TextError) as caught:
        from_docx(data, lambda picture, kind: hashlib.sha256(picture).hexdigest())
    assert re.fullmatch(r"[A-Z].*[.]", caught.value.message)
    return caught.value.code


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "package.broken"),
        (b"just text", "package.broken"),
        (word(p("x"))[:-40], "package.broken"),
        (word(p("x"))[:200], "package.broken"),
        (OLE, "package.old"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "package.protected"),
        (zipped({"a.txt": "x"}), "docx.not-word"),
        (zipped({"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'}), "docx.not-word"),
        (word(p("x"), main=MAIN.replace("wordprocessingml.document", "spreadsheetml.sheet")), "docx.not-word"),
        (word(p("x"), main="application/vnd.ms-word.document.macroEnabled.main+xml"), "docx.macros"),
        (word(p("x"), parts={"word/vbaProject.bin": b"x"}), "docx.macros"),
        (word(p("x"), parts={"word/document.xml": "<w:document"}), "package.broken"),
        (word(p("x"), parts={"word/document.xml": "<document/>"}), "docx.not-word"),
        (word(p("x"), parts={"word/document.xml": b"\xff\xfe\x00"}), "package.broken"),
        (word(p("x"), parts={"word/styles.xml": "<oops"}), "package.broken"),
        (word(p("x"), parts={"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "package.unsafe"),
        (word(p("x"), parts={"word/document.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}), "package.unsafe"),
        (word("<w:sdt><w:sdtContent>" * 60 + "</w:sdtContent></w:sdt>" * 60), "package.deep"),
    ],
)
def test_what_is_no_word_document_is_refused(data, code):
    assert refused(data) == code


def test_an_entry_protected_with_a_password_is_refused():
    data = bytearray(word(p("x")))
    for match in re.finditer(rb"PK\x01\x02", bytes(data)):
        data[match.start() + 8] |= 1
    assert refused(bytes(data)) == "package.protected"


def test_bombs_are_not_unpacked():
    assert refused(word(p("x"), parts={"word/media/a.png": b"\0" * 30_000_000})) == "package.bomb"
    assert refused(zipped({f"word/{n}.xml": "x" for n in range(5001)})) == "package.bomb"


def test_large_parts_and_packages_are_refused(monkeypatch):
    monkeypatch.setattr(packages, "PART", 1000)
    assert refused(word(p("x" * 2000))) == "package.large"
    monkeypatch.setattr(packages, "UNPACKED", 1000)
    assert refused(word(p("x"))) == "package.bomb"


def test_two_parts_of_one_name_are_refused():
    import io

    content = io.BytesIO(word(p("x")))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(content, "a") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(content.getvalue()) == "package.broken"


def test_a_damaged_entry_is_refused():
    data = bytearray(word(p("x" * 500)))
    at = data.find(b"word/document.xml") + 30
    data[at : at + 40] = b"\xff" * 40
    assert refused(bytes(data)) == "package.broken"


def _sample():
    lists = numbering(level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2"))
    cells = f"<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{p('a')}</w:tc></w:tr></w:tbl>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r><w:hyperlink r:id="h1">' + r("x") + '</w:hyperlink><w:bookmarkStart w:name="b"/>'
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = (
        p("A", "Heading1")
        + item("b", 1)
        + item("c", 1, 1)
        + cells
        + p(note + field + picture("i1", "d"))
        + p('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>')
    )
    parts = {
        "word/numbering.xml": lists,
        "word/footnotes.xml": f'<w:footnote w:id="2">{p("n")}</w:footnote>',
        "word/comments.xml": '<w:comment w:id="1"/>',
    }
    relations = '<Relationship Id="h1" Type="x/hyperlink" Target="https://example.org/" TargetMode="External"/><Relationship Id="i1" Type="x/image" Target="x.png"/>'
    return word(body, parts=parts, relations=relations)


def _parts(data):
    import io

    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def _mangled(text, chance):
    """The XML with some attributes changed or gone, and some empty elements gone or doubled."""

    def attribute(match):
        if chance.random() > 0.06:
            return match[0]
        return chance.choice(["", f'{match[1]}=""', f'{match[1]}="-1"', f'{match[1]}="99999999999"', f'{match[1]}="ä x"'])

    def element(match):
        return match[0] if chance.random() > 0.06 else chance.choice(["", match[0] * 2])

    text = re.sub(r"""(?<= )((?!xmlns)[\w:]+)=("[^"]*"|'[^']*')""", attribute, text)
    return re.sub(r"<[^<>/]+/>", element, text)


@pytest.mark.parametrize("seed", range(60))
def test_mangled_documents_are_read_or_refused_and_never_crash(seed):
    chance = random.Random(seed)
    parts = {name: _mangled(text, chance) for name, text in _parts(_sample()).items()}
    try:
        from_docx(zipped(parts), lambda picture, kind: "0" * 64)
    except TextError as error:
        code = error.code
    else:
        code = "read"
    assert code in ("read", "docx.unreadable", "docx.not-word", "package.broken")
