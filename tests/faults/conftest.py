"""Houses to break. On PostgreSQL when TEST_DATABASE_URL says so, on a server of their own; otherwise on SQLite files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .house import House, Server, server

POSTGRES = bool(os.environ.get("TEST_DATABASE_URL"))


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server | None]:
    if not POSTGRES:
        yield None
        return
    with server() as found:
        yield found


@pytest.fixture
def new_house(tmp_path: Path, own_server: Server | None) -> Iterator[Callable[[str], House]]:
    """Empty houses by name."""
    houses: list[House] = []

    def make(name: str) -> House:
        url = ""
        if own_server is not None:
            database = f"{tmp_path.name[:40]}_{name}".replace("-", "_").lower()
            own_server.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            own_server.sql(f'CREATE DATABASE "{database}"')
            url = own_server.url(database)
        houses.append(House(tmp_path / name, url, own_server))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(new_house: Callable[[str], House]) -> House:
    """A house with the company of the tests in it."""
    found = new_house("house")
    found.do("found")
    return found
