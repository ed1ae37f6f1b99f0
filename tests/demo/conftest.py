"""The demo company, loaded once for all tests of this folder that ask for `story`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from medithread.demo.load import be_born, load


@pytest.fixture(autouse=True)
def _no_files_left() -> None:
    """The files of the story stay where they were put, for all tests of this folder."""


@pytest.fixture(scope="package")
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The demo company, loaded once into a transaction that is given up at the end."""
    said: list[str] = []
    with django_db_blocker.unblock(), stored_in(str(tmp_path_factory.mktemp("files"))):
        whole: Any = transaction.atomic()
        whole._from_testcase = True
        with whole:
            be_born()
            load(said.append)
            yield said
            transaction.set_rollback(True)


def stored_in(place: str) -> Any:
    from django.conf import settings
    from django.test import override_settings

    files = {**settings.STORAGES["files"], "OPTIONS": {"location": place}}
    return override_settings(STORAGES={**settings.STORAGES, "files": files})
