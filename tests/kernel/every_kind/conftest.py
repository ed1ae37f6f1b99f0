"""One company per kind: `of_kind` is run for every registered kind."""

from dataclasses import dataclass
from typing import Any

import pytest

from medithread.kernel.records.kinds import Kind, kind_of
from tests.company import Company

from . import samples


@dataclass
class OfKind:
    """A kind, a company in which it can be begun, and a record of it."""

    kind: Kind[Any]
    company: Company
    record: Any


@pytest.fixture(params=samples.CODES)
def kind(request: Any) -> Kind[Any]:
    return kind_of(str(request.param))


@pytest.fixture
def of_kind(kind: Kind[Any], db: None) -> OfKind:
    company = samples.world(kind)
    return OfKind(kind, company, samples.begin(company, kind))
