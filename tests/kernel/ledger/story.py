"""A small history with something in every table of the ledger: documents, ideas, files, links, signatures of several kinds, seals."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.ledger.checkpoint import make_checkpoint
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.schemas import record_schemas
from medithread.kernel.ledger.seal import seal_journal
from medithread.kernel.signing import passkey, prove
from medithread.kernel.verbs import people_factors
from medithread.system.documents.models import Document
from tests.company import Company, see, signed
from tests.kernel.signing.authenticator import Authenticator

SEED = base64.b64encode(bytes(range(32))).decode()
BODY: dict[str, Any] = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Say who does what, und zwar für alle."}]}]}
FIRST: dict[str, Any] = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}


@dataclass
class Story:
    """What the tests pick from."""

    company: Company
    document: Document
    second: Document
    idea: Idea
    action: Action
    key: Authenticator


def tell(company: Company) -> Story:
    """Live through it."""
    record_schemas()
    document = approved(company)
    journal("read", person=company.rea.uid, subject=document.uid, detail="page", address="10.0.0.7")
    make_checkpoint()
    second = revised(company, document)
    idea, action, key = closed_idea(company, document)
    seal_journal()
    journal("print", person=company.rea.uid, subject=document.uid)
    make_checkpoint()
    return Story(company, document, second, idea, action, key)


def approved(company: Company, **more: Any) -> Document:
    """A document with a reviewer, a file and two signatures, in force."""
    values = {**FIRST, **more}
    parts = {"reviewers": [{"person": str(company.rea.uid), "round": 1}]}
    document = verbs.create(company.ada, Document, title="Control of documents", body=BODY, owner=company.otto.uid, parts=parts, **values)
    stored = verbs.store_file(company.ada, io.BytesIO(b"The original, as it was brought."), media_type="text/plain", text="The original")
    verbs.attach(company.otto, document, stored, name="original.txt", role="original")
    verbs.move(company.otto, document, "submit", lock=None)
    for person in (company.rea, company.quinn, company.otto):
        signed(person, document, "approve")
    document.refresh_from_db()
    return document


def revised(company: Company, document: Document) -> Document:
    second = verbs.revise(company.ada, document, blank=("change_reason", "change_class"), change_reason="Clearer", change_class="editorial")
    verbs.edit(company.otto, second, lock=second.lock, purpose="That everybody works by the same text.", absent={"process": {"code": "unknown", "reason": "asked"}})
    return second


def closed_idea(company: Company, document: Document) -> tuple[Idea, Action, Authenticator]:
    """An idea with an action, a link and a comment, closed by a passkey."""
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.", source="work")
    verbs.link(company.rea, idea, document, "relates", note="see there")
    verbs.comment(company.mara, idea, "Well seen by the night shift.")
    verbs.move(company.quinn, idea, "accept", lock=None, decision="Do it", reason="cheap")
    action = verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2027-01-01")
    verbs.move(company.rea, action, "finish", lock=None, evidence="It hangs there.")
    verbs.move(company.rea, idea, "finish", lock=None)
    verbs.edit(company.rea, idea, lock=idea.lock, outcome="better", result="Nobody searches.")
    key = Authenticator()
    _options, state = passkey.registration(company.quinn, "quinn")
    people_factors.add_passkey(company.quinn, state, key.register(_options), label="Quinn's key")
    see(company.quinn, idea)
    intent = verbs.ask_signature(company.quinn, idea, "close")
    prove.by_passkey(intent, key.sign(passkey.challenge_of(intent.statement)))
    verbs.sign(company.quinn, idea, intent.nonce, reason="It works")
    return idea, action, key
