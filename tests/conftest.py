"""Fixtures of the whole suite. Named people make tests read like stories."""


import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from medithread.bootstrap import bootstrap

bootstrap()

# In continuous integration the same change gives the same answer; at home new examples are tried each time.
examples.register_profile("ci", derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
if os.environ.get("CI"):
    examples.load_profile("ci")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The pass on PostgreSQL leaves out what touches no database: it was tried on SQLite already."""
    if not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"):
        return
    kept = [item for item in items if _touches_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_the_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool({"db", "transactional_db", "django_db_setup"} & names) or item.get_closest_marker("django_db") is not None or "faults" in item.path.parts


@pytest.fixture
def company(db: None) -> object:
    from tests.company import found

    return found()


@pytest.fixture(autouse=True)
def _no_files_left(settings: object, tmp_path: object) -> None:
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(tmp_path)  # type: ignore[attr-defined]
    from django.core.files.storage import storages

    storages.__dict__.pop("backends", None)
    storages._storages.clear()
    return


@pytest.fixture(autouse=True)
def _joined_no_others() -> None:
    """The tests of the API import the WSGI application, which joins the processes that serve; a test says so itself where it needs that."""
    from medithread.kernel.ledger import together

    together.leave()


@pytest.fixture(autouse=True)
def _mail_at_once() -> Iterator[None]:
    """Tests read the outbox right after the act; the queue in between has tests of its own (tests/kernel/work)."""
    from medithread.kernel.identity import tell
    from medithread.kernel.work.mail import mail

    tell.use(tell.by_mail)
    yield
    tell.use(mail)
