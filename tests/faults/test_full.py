"""Disk full, database locked: a clear refusal in the API and on the page, nothing half written, and it goes on by itself."""

import pytest

from .conftest import POSTGRES
from .house import House

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", ["pages of the database", "size of its files"])
def test_a_full_disk_is_refused_and_recovered_from(house: House, how: str) -> None:
    found = house.do("fill_up", how=how)
    assert found["api"] == [503, "application/problem+json", True]
    assert found["page"] == [503, True]
    assert found["read"] == 200, "reading goes on"
    assert found["after"] == [201, 302]
    state = house.do("check", outs=[])
    assert state["problems"] == []


def test_a_file_that_finds_no_room_is_refused(house: House) -> None:
    found = house.do("upload_without_room")
    assert found["api"] == [503, "files.store"]
    assert found["after"] == 201
    assert house.do("check", outs=[])["problems"] == []


def test_a_locked_database_is_refused_and_recovered_from(house: House) -> None:
    if POSTGRES:
        found = house.do("locked", statement="SET lock_timeout = 500")
    else:
        found = house.do("locked", statement="PRAGMA busy_timeout = 500")
    assert found["locked"] == [503, "application/problem+json", True]
    assert found["after"] == 201
    assert house.do("check", outs=[])["problems"] == []
