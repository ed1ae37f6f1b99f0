"""Web and worker of different wiring refuse to run together, and go on when they are of one again."""

import logging
from collections.abc import Iterator

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import LedgerBroken
from medithread.kernel.ledger import schemas, together, voice
from medithread.kernel.work import worker
from medithread.kernel.work.jobs import enqueue
from medithread.kernel.work.models import Job
from tests.company import Company


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(together, "LOOK", 0.0)
    together.join()
    yield
    together.leave()


@pytest.fixture
def other_version(monkeypatch: pytest.MonkeyPatch) -> object:
    """Starts a web process of another wiring."""

    def start(wiring: str = "0123456789abcdef") -> None:
        with monkeypatch.context() as other:
            other.setattr(schemas, "wiring_digest", lambda: wiring)
            other.setattr(voice, "wiring_digest", lambda: wiring)
            schemas.record_schemas()

    return start


def test_nothing_is_written_beside_another_version(company: Company, joined: None, other_version) -> None:
    schemas.record_schemas()
    verbs.create(company.rea, Idea, title="Before")
    other_version()
    with pytest.raises(LedgerBroken, match=r"wiring\.other") as caught:
        verbs.create(company.rea, Idea, title="Beside")
    assert caught.value.status == 503
    assert "0123456789abcdef" in str(caught.value.nos[0].text)
    schemas.record_schemas()
    verbs.create(company.rea, Idea, title="After")
    assert list(Idea.objects.order_by("pk").values_list("title", flat=True)) == ["Before", "After"]


def test_the_worker_takes_no_job_beside_another_version(company: Company, joined: None, other_version, caplog: pytest.LogCaptureFixture) -> None:
    made = enqueue("house.clean")
    assert made is not None
    other_version()
    with caplog.at_level(logging.WARNING, "medithread.work"):
        assert not worker._together()
    assert "0123456789abcdef" in caplog.text
    schemas.record_schemas()
    assert worker._together()
    assert Job.objects.get(pk=made.pk).state == Job.State.QUEUED


def test_a_ledger_without_starts_and_another_ledger_are_no_trouble(company: Company, joined: None) -> None:
    assert together.other_wiring() == ""
    together._looked.origin, together._looked.seq, together._looked.wiring = "another", 10**9, "fedcba9876543210"
    assert together.other_wiring() == ""


def test_who_has_not_joined_does_not_look(company: Company, other_version, django_assert_num_queries) -> None:
    other_version()
    with django_assert_num_queries(0):
        assert together.other_wiring() == ""
