"""The thin thread through the kernel: written, reviewed, signed, in force, revised."""

import pytest

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, Refusal, Stale
from medithread.kernel.ledger.models import Entry, Version
from medithread.system.documents.models import Document
from tests.company import Company, see, signed

FIRST = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}
BODY = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Say who does what."}]}]}


def written(company: Company, **more: object) -> Document:
    return verbs.create(company.ada, Document, title="Control of documents", body=BODY, **{"owner": company.otto.uid, **FIRST, **more})


def test_a_document_becomes_effective(company: Company) -> None:
    document = written(company)
    assert (document.number, document.label, document.state) == ("SOP-0001", "v1.1", "draft")
    verbs.move(company.otto, document, "submit", lock=document.lock)
    signed(company.quinn, document, "approve")
    assert document.state == "in_review"
    signed(company.otto, document, "approve")
    assert (document.state, document.label) == ("approved", "v1")
    assert document.declared.lifecycle.condition(document, document.effective_from).code == "effective"
    assert document.review_due is not None


def test_the_author_does_not_approve_alone(company: Company) -> None:
    document = verbs.create(company.quinn, Document, title="Mine", body=BODY, **FIRST)
    verbs.move(company.quinn, document, "submit", lock=document.lock)
    signed(company.quinn, document, "approve")
    assert [s.slots for s in document.signatures.all()] == ["owner"]
    with pytest.raises(NotAllowed, match=r"document.author"):
        verbs.ask_signature(company.quinn, document, "approve")


def test_a_revision_supersedes(company: Company) -> None:
    first = written(company)
    verbs.move(company.otto, first, "submit", lock=first.lock)
    signed(company.quinn, first, "approve")
    signed(company.otto, first, "approve")
    second = verbs.revise(company.ada, first, blank=("change_reason", "change_class"), change_reason="Clearer", change_class="editorial")
    assert (second.edition, second.label) == (2, "v2.1")
    with pytest.raises(Refusal, match=r"revise.open"):
        verbs.revise(company.ada, first)
    verbs.move(company.otto, second, "submit", lock=second.lock)
    signed(company.mara, second, "approve")
    signed(company.otto, second, "approve")
    first.refresh_from_db()
    assert first.effective_to == second.effective_from
    assert Version.objects.filter(uid=first.uid, seq_to=None).get().effective_to == first.effective_to


def test_a_stale_copy_is_refused(company: Company) -> None:
    document = written(company)
    verbs.edit(company.otto, document, lock=document.lock, purpose="One")
    with pytest.raises(Stale):
        verbs.edit(company.otto, document, lock=1, purpose="Two")


def test_saving_round_the_door_raises(company: Company) -> None:
    from medithread.kernel.base.guard import RoundTheDoor

    document = written(company)
    document.title = "Sneaky"
    with pytest.raises(RoundTheDoor):
        document.save()
    with pytest.raises(RoundTheDoor):
        Document.objects.filter(pk=document.pk).update(title="Sneaky")


def test_an_idea_with_actions_is_closed(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.", source="work")
    verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
    with pytest.raises(Refusal, match=r"idea.no-action"):
        verbs.move(company.rea, idea, "finish", lock=idea.lock)
    action = verbs.create(company.rea, Action, parent=idea, title="Buy board", due="2027-01-01")
    assert action.number == f"{idea.number}-A1"
    verbs.move(company.rea, action, "finish", lock=action.lock, evidence="It hangs there.")
    verbs.move(company.rea, idea, "finish", lock=idea.lock)
    verbs.edit(company.rea, idea, lock=idea.lock, outcome="better", result="Nobody searches.")
    signed(company.quinn, idea, "close")
    assert idea.state == "closed"
    assert [e.verb for e in Entry.objects.filter(of=idea.uid).order_by("seq")] == ["create", "move", "move", "edit", "create", "move"]


def test_an_administrator_signs_no_quality_decision_not_even_as_owner(company: Company) -> None:
    document = written(company, owner=company.ike.uid)
    verbs.move(company.dora, document, "submit", lock=document.lock)
    signed(company.quinn, document, "approve")
    see(company.ike, document)
    with pytest.raises(NotAllowed, match=r"sign.no-quality-right"):
        verbs.ask_signature(company.ike, document, "approve")
    assert document.state == "in_review"
