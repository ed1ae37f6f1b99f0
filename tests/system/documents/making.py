"""Documents for tests: written, in review, in force."""

from typing import Any

from medithread.kernel import verbs
from medithread.system.documents.models import Document
from tests.company import Company, signed

FIRST: dict[str, Any] = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}
NEXT: dict[str, Any] = {"change_reason": "Clearer", "change_class": "editorial"}


def doc(*words: Any) -> dict[str, Any]:
    """A text of paragraphs; a dict stands for a node of its own."""
    return {"type": "doc", "content": [word if isinstance(word, dict) else para(word) for word in words]}


def para(*words: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": [word if isinstance(word, dict) else {"type": "text", "text": word} for word in words]}


def link(number: str, edition: str = "") -> dict[str, Any]:
    return {"type": "recordLink", "attrs": {"number": number, **({"edition": edition} if edition else {})}}


def written(company: Company, **more: Any) -> Document:
    """A draft by Ada, owned by Otto."""
    values = {"title": "Control of documents", "body": doc("Say who does what."), "owner": company.otto.uid, **FIRST, **more}
    return verbs.create(company.ada, Document, **values)


def in_review(company: Company, **more: Any) -> Document:
    document = written(company, **more)
    return verbs.move(company.ada, document, "submit", lock=document.lock)


def approved(company: Company, document: Document | None = None, **more: Any) -> Document:
    """Signed by quality and owner."""
    document = document or in_review(company, **more)
    if document.state == "draft":
        verbs.move(company.otto, document, "submit", lock=document.lock)
    signed(company.quinn, document, "approve")
    return signed(company.otto, document, "approve")
