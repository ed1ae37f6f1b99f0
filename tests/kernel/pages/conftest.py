"""People with a session, and a few records."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.identity.models import Person
from medithread.system.documents.models import Document
from tests.company import Company, signed

FIRST: dict[str, Any] = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}
BODY: dict[str, Any] = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Say who does what."}]}]}

Browser = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def browser(company: Company) -> Browser:
    """A browser in which this person is signed in."""

    def opened(person: Person) -> Client:
        client = Client()
        client.force_login(person.account)
        return client

    return opened


@pytest.fixture
def draft(company: Company) -> Any:
    """A document, written by Ada, owned by Otto."""
    return verbs.create(company.ada, Document, title="Control of documents", body=BODY, owner=company.otto.uid, site=company.lyon.uid, **FIRST)


@pytest.fixture
def in_force(company: Company, draft: Any) -> Any:
    """The same, approved."""
    verbs.move(company.otto, draft, "submit", lock=draft.lock)
    signed(company.quinn, draft, "approve")
    return signed(company.otto, draft, "approve")


@pytest.fixture
def idea(company: Company) -> Any:
    """An idea of Rea's, three days late."""
    return verbs.create(
        company.rea, Idea, title="Shadow board", description="Tools are searched for.", source="work", site=company.lyon.uid, due=now().date() - timedelta(days=3)
    )
