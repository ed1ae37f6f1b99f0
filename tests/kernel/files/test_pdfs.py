"""PDF files: pages counted, scripts found where they hide, passwords and restrictions told apart."""

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject, NumberObject

from medithread.kernel.files import pdfs
from medithread.kernel.files.safety import FileRefused
from medithread.kernel.files.sniff import FileFacts, inspect
from tests.kernel.files.builders import object_stream, pdf

SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def look(data: bytes, allow: frozenset[str] = frozenset()) -> FileFacts:
    return inspect(io.BytesIO(data), declared_name="a.pdf", size_limit=80_000_000, allow=allow)


def code_of(data: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        look(data)
    return str(caught.value.code)


def warned(data: bytes) -> list[str]:
    return [warning.code for warning in look(data).warnings]


@pytest.mark.parametrize("pages", [1, 3, 250])
def test_pages_are_counted(pages: int) -> None:
    facts = look(pdf(pages=pages))
    assert facts.pages == pages
    assert facts.warnings == ()


def test_pages_of_a_large_file_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "_COUNT_PAGES_UP_TO", 100)
    assert look(pdf()).pages is None


ACTIVE = {
    "plain": pdf(SCRIPT),
    "hexadecimal": pdf(b"<< /S /J#61va#53cript >>"),
    "hexadecimal-small": pdf(b"<< /S /#4aavaScript >>"),
    "packed": pdf(object_stream(SCRIPT)),
    "packed-array": pdf(object_stream(SCRIPT, b"/Filter [ /FlateDecode ]")),
    "packed-untyped": pdf(object_stream(SCRIPT).replace(b"/Type /ObjStm ", b"")),
    "unpacked": pdf(object_stream(SCRIPT, b"", b"9 0 " + SCRIPT)),
    "packed-unusually": pdf(object_stream(SCRIPT, b"/Filter [/ASCIIHexDecode /FlateDecode]")),
    "packed-with-predictor": pdf(object_stream(SCRIPT, b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")),
    "packed-behind-padding": pdf(object_stream(b" " * (8 << 20) + SCRIPT)),
    "launch": pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "media": pdf(b"<< /Type /Annot /Subtype /RichMedia >>"),
    "at-a-border": b"%PDF-1.7\n".ljust((1 << 18) - 5) + SCRIPT + b"\n%%EOF",
    "packed-at-a-border": b"%PDF-1.7\n".ljust((1 << 18) - 30) + b"5 0 obj\n" + object_stream(SCRIPT) + b"\n%%EOF",
}


@pytest.mark.parametrize("case", ACTIVE)
def test_what_acts_by_itself_is_refused(case: str) -> None:
    assert code_of(ACTIVE[case]) == "file.active"


def test_words_that_only_begin_alike_are_harmless() -> None:
    assert warned(pdf(b"<< /JavaScripts 1 /Launcher 2 /EmbeddedFiler 3 >>", b"(about JavaScript and Launch)")) == []


def test_a_form_with_a_script_can_be_kept_as_evidence() -> None:
    facts = look(ACTIVE["packed"], frozenset({"pdf-script"}))
    assert [warning.code for warning in facts.warnings] == ["file.script"]
    with pytest.raises(FileRefused):
        look(ACTIVE["launch"], frozenset({"pdf-script"}))


def test_attachments_and_forms_are_told() -> None:
    assert warned(pdf(b"<< /Type /Filespec /EF << /F 9 0 R >> >>", b"<< /Names << /EmbeddedFiles 8 0 R >> >>")) == ["file.embedded"]
    assert warned(pdf(b"<< /XFA 9 0 R >>", b"<< /S /SubmitForm >>", b"<< /S /ImportData >>")) == ["file.form", "file.sends", "file.sends"]


def test_a_cut_file_is_told() -> None:
    assert "file.cut" in warned(pdf(pages=40)[:-200])


def test_a_packed_part_that_grows_without_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "_MAX_UNPACKED", 1 << 20)
    assert code_of(pdf(object_stream(b"", data=zlib.compress(b" " * (2 << 20))))) == "file.bomb"


def test_a_packed_part_that_is_damaged_is_refused() -> None:
    assert code_of(pdf(object_stream(b"", data=b"not packed at all"))) == "file.broken"


def encrypted(user: str, content: bytes = b"") -> bytes:
    """A PDF encrypted by AES-256 that opens with the user password; its object stream holds `content`."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(pages=2))))
    stream = DecodedStreamObject()
    stream.set_data(b"9 0 " + content)
    stream.update({NameObject("/Type"): NameObject("/ObjStm"), NameObject("/N"): NumberObject(1), NameObject("/First"): NumberObject(4)})
    writer._add_object(stream)
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_asks_for_a_password_is_refused() -> None:
    assert code_of(encrypted("secret")) == "file.encrypted"


def test_a_pdf_with_restrictions_opens_and_is_told() -> None:
    facts = look(encrypted(""))
    assert facts.pages == 2
    assert [warning.code for warning in facts.warnings] == ["file.restricted"]


def test_a_script_in_an_encrypted_part_is_found() -> None:
    data = encrypted("", SCRIPT)
    assert b"JavaScript" not in data
    assert code_of(data) == "file.active"


def test_an_encrypted_file_that_cannot_be_opened_is_refused() -> None:
    assert code_of(pdf(trailer=b"/Encrypt 77 0 R")) == "file.encrypted"
