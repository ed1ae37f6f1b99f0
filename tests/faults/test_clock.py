"""A clock set back: what is written says so, nothing is smoothed, and beyond a tolerance nobody signs."""

import json
from datetime import timedelta

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken
from medithread.kernel.ledger.append import TOLERANCE
from medithread.kernel.ledger.models import Entry, Head
from medithread.system.documents.models import Document
from tests.company import Company, see, signed

FACTS = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}
BODY = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Say who does what."}]}]}


def set_back(by: timedelta) -> None:
    """As if the last entry had been written by a clock that was ahead of today's."""
    with door_open():
        Head.objects.update(at=now() + by)


def last_header() -> dict[str, object]:
    return json.loads(bytes(Entry.objects.order_by("-seq").values_list("body", flat=True)[0]))  # type: ignore[no-any-return]


def waiting(company: Company) -> Document:
    document = verbs.create(company.ada, Document, title="Control of documents", body=BODY, owner=company.otto.uid, **FACTS)
    verbs.move(company.otto, document, "submit", lock=document.lock)
    see(company.quinn, document)
    return document


def test_a_clock_that_keeps_time_leaves_no_mark(company: Company) -> None:
    verbs.create(company.rea, Idea, title="One")
    assert "clock_behind_us" not in last_header()


def test_a_clock_a_little_behind_is_written_down_and_signing_goes_on(company: Company) -> None:
    document = waiting(company)
    set_back(TOLERANCE / 2)
    before = Head.objects.get().at
    verbs.create(company.rea, Idea, title="One")
    header = last_header()
    assert 0 < int(str(header["clock_behind_us"])) <= TOLERANCE / 2 / timedelta(microseconds=1)
    assert str(header["at"]) < before.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "the time is the clock's, not a smoothed one"
    assert Head.objects.get().at == before
    signed(company.quinn, document, "approve")


def test_a_clock_far_behind_stops_signing_and_nothing_else(company: Company) -> None:
    document = waiting(company)
    set_back(TOLERANCE * 5)
    with pytest.raises(LedgerBroken, match=r"ledger\.clock"):
        signed(company.quinn, document, "approve")
    assert document.signatures.count() == 0
    verbs.create(company.rea, Idea, title="One")
    assert int(str(last_header()["clock_behind_us"])) > TOLERANCE / timedelta(microseconds=1)
    set_back(timedelta(0))
    signed(company.quinn, document, "approve")
    assert document.signatures.count() == 1
