"""One pool of typesetting processes for all tests of reports."""

from collections.abc import Iterator

import pytest

from medithread.kernel.reports.pool import Pool


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    made = Pool(size=1)
    yield made
    made.close()
