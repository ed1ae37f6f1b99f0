"""Documents brought as files: text of ours where it can be, the file it is where not, refusals in sentences."""

import io
import zipfile

import pytest
from docx import Document as WordDocument

from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.files.safety import FileRefused
from medithread.kernel.files.store import read
from medithread.kernel.text.reading import plain_text
from medithread.system.documents.bring import bring
from medithread.system.documents.models import Document
from medithread.system.documents.references import doc_of
from tests.company import Company
from tests.proves import proves
from tests.system.documents.archive import pdf, word
from tests.system.documents.making import FIRST, in_review, written

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")


def with_picture() -> bytes:
    made = WordDocument()
    made.add_heading("Purpose", 1)
    made.add_paragraph("Look at the picture.")
    made.add_picture(io.BytesIO(PNG))
    made.sections[0].header.paragraphs[0].text = "Confidential header"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@proves("DOC-12")
def test_a_word_file_becomes_text_with_tables_and_pictures(company: Company) -> None:
    data = with_picture()
    document, taken = bring(company.ada, io.BytesIO(data), name="Cleaning.docx", owner=company.ada.uid, **FIRST)
    assert plain_text(doc_of(document)).startswith("Purpose\nLook at the picture.")
    roles = {a.role: a for a in document.attachments.all()}
    assert set(roles) == {"original", "image"}
    assert read(roles["original"].file_id) == data
    assert any("header" in loss.lower() for loss in taken.losses), taken.losses
    assert document.import_note == taken.note
    assert document.title == "Cleaning"


@proves("DOC-12")
def test_tables_come_along(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(word("Text", title="Word's own title")), name="x.docx", type="SOP")
    assert document.title == "Word's own title"
    assert [node["type"] for node in doc_of(document)["content"]] == ["paragraph", "table"]


def test_markdown_and_text_become_text(company: Company) -> None:
    matter = b"---\ntitle: Control\n---\n\n# Purpose\n\nSee [[SOP-0001]].\n"
    document, _taken = bring(company.ada, io.BytesIO(matter), name="control.md")
    assert (document.title, [node["type"] for node in doc_of(document)["content"]]) == ("Control", ["heading", "paragraph"])
    plain, _taken = bring(company.ada, io.BytesIO("Ä in Latin-1".encode("latin-1")), name="old.txt")
    assert plain_text(doc_of(plain)) == "Ä in Latin-1"


@proves("DOC-13")
def test_a_pdf_stays_a_file_with_its_words_for_search(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(pdf("Cleaning of the filling line")), name="Cleaning.pdf", owner=company.ada.uid, **FIRST)
    assert (document.body, document.is_file) == (None, True)
    original = document.attachments.get(role="original")
    assert "Cleaning of the filling line" in (original.file.text or "")
    verbs.move(company.ada, document, "submit")


@pytest.mark.parametrize(("name", "data", "code"), [
    ("x.docx", b"MZ\x90\x00" + b"\x00" * 100, "file"), ("x.docx", b"", "file.empty"), ("x.docx", pdf(), "file.lies"), ("x.pdf", word("a"), "file.lies"),
    ("x.exe", b"MZ\x90\x00" + b"\x00" * 100, "file.program"), ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file.active"),
])  # fmt: skip
def test_what_is_refused_is_refused_with_a_sentence(company: Company, name: str, data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as found:
        bring(company.ada, io.BytesIO(data), name=name)
    assert found.value.code.startswith(code)
    assert str(found.value.message)
    assert str(found.value.fix)
    assert not Document.objects.exists()


def test_a_docx_bomb_is_refused(company: Company) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(io.BytesIO(word("a"))) as good:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
        archive.writestr("word/media/image1.bin", b"\x00" * 60_000_000)
    with pytest.raises(FileRefused, match=r"file.bomb"):
        bring(company.ada, io.BytesIO(out.getvalue()), name="bomb.docx")


def test_a_damaged_word_file_is_refused_by_the_reader(company: Company) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, zipfile.ZipFile(io.BytesIO(word("a"))) as good:
        for name in good.namelist():
            data = good.read(name)
            archive.writestr(name, data if name != "word/document.xml" else data[: len(data) // 2])
    with pytest.raises(Refusal) as found:
        bring(company.ada, io.BytesIO(out.getvalue()), name="torn.docx")
    assert found.value.nos[0].field == "file"


@proves("DOC-12")
def test_another_file_replaces_the_content_of_a_draft(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(word("First words")), name="one.docx", **FIRST)
    document, _taken = bring(company.ada, io.BytesIO(pdf()), name="two.pdf", document=document)
    assert document.body is None
    assert [a.name for a in document.attachments.filter(removed=False, role="original")] == ["two.pdf"]


def test_nothing_is_brought_into_a_review_or_by_a_stranger(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(pdf()), name="one.pdf", **FIRST)
    verbs.move(company.ada, document, "submit")
    with pytest.raises(Refusal, match=r"attach.state"):
        verbs.attach(company.ada, document, document.attachments.get().file, name="again.pdf")
    with pytest.raises(Refusal, match=r"edit.state"):
        bring(company.ada, io.BytesIO(pdf()), name="two.pdf", document=in_review(company))
    with pytest.raises(NotAllowed):
        bring(company.rea, io.BytesIO(pdf()), name="two.pdf", document=written(company))


def test_a_hand_given_number(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(pdf()), name="one.pdf", number="QP-4.2.4-01", type="SOP")
    assert document.number == "QP-4.2.4-01"
    with pytest.raises(Refusal, match=r"number.taken"):
        bring(company.ada, io.BytesIO(pdf()), name="one.pdf", number="qp-4.2.4-01")
