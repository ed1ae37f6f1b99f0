"""The cast in its company, on its ground; one per test."""

import pytest

from tests.company import Company

from .cast import Cast, cast
from .ground import Ground
from .ground import ground as lay


@pytest.fixture
def players(company: Company) -> Cast:
    return cast(company)


@pytest.fixture
def ground(players: Cast) -> Ground:
    return lay(players)
