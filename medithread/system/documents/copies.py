"""Copies of a version to work with elsewhere: Word and Markdown. They say what they were made from, and that they are not controlled."""

from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.store import read
from medithread.kernel.text.docx_out import to_docx
from medithread.kernel.text.markdown import to_markdown

from .models import Document
from .references import doc_of


def as_word(document: Document) -> bytes:
    """The text as a .docx; the same version gives the same bytes."""
    subject = f"{document.number} {document.label}"
    properties = {"subject": subject, "keywords": document.number, "version": document.label, "language": document.language or "en"}
    doc = doc_of(document) or {"type": "doc", "content": [{"type": "paragraph"}]}
    return to_docx(doc, title=document.title or "", properties=properties, load_image=_picture, header=f"{subject}  {document.title or ''}", footer="Uncontrolled copy  {page} / {pages}")


def _picture(sha256: str) -> bytes | None:
    return read(sha256) if StoredFile.objects.filter(sha256=sha256).exists() else None


def as_markdown(document: Document) -> str:
    """The text in our dialect of Markdown, with its facts as front matter that an adoption reads again."""
    facts = {
        "number": document.number, "title": document.title or "", "version": document.label, "type": document.type or "",
        "owner": document.owner.name if document.owner else "", "effective from": document.effective_from.date().isoformat() if document.effective_from else "",
        "next review": document.review_due.isoformat() if document.review_due else "",
    }  # fmt: skip
    matter = "\n".join(f"{name}: {_quoted(value)}" for name, value in facts.items() if value)
    return f"---\n{matter}\n---\n\n{to_markdown(doc_of(document) or {'type': 'doc', 'content': []})}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
