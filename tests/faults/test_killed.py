"""Killed at random moments under writing load: what was acknowledged is there, nothing is half there, the ledger verifies."""

import os
import random
import signal
from contextlib import suppress

import pytest

from .conftest import POSTGRES
from .house import Child, House, wait_until

pytestmark = pytest.mark.slow
KILLS = 50


def acknowledged(child: Child) -> int:
    return sum("made" in line for line in child.lines())


def test_writers_killed_fifty_times(house: House) -> None:
    chance = random.Random(os.urandom(8))
    outs: list[str] = []
    for place in range(KILLS // 2):
        pair = [house.start("write", seed=place * 2 + half) for half in range(2)]
        for child in pair:
            enough = chance.randrange(1, 8)
            wait_until(lambda child=child, enough=enough: acknowledged(child) >= enough)
            wait_until(lambda: chance.random() < 0.2, pause=0.002)
            child.kill()
        outs += [str(child.out) for child in pair]
        if POSTGRES and place % 5 == 0:
            outs += _server_dies(house, whole=place % 10 == 0)
    found = house.do("check", outs=outs)
    assert found["problems"] == []
    assert found["acknowledged"] >= KILLS
    assert found["records"] >= KILLS


def _server_dies(house: House, *, whole: bool) -> list[str]:
    """The database server is killed while two write: wholly, or one of its processes, after which it starts anew by itself."""
    assert house.server is not None
    pair = [house.start("write", seed=1_000 + os.getpid()), house.start("write", seed=2_000 + os.getpid())]
    for child in pair:
        wait_until(lambda child=child: acknowledged(child) >= 2)
    if whole:
        house.server.kill()
        house.server.begin()
    else:
        pid = house.server.sql("SELECT pid FROM pg_stat_activity WHERE query ILIKE '%ledger%' OR query ILIKE '%commit%' ORDER BY query_start DESC LIMIT 1")
        with suppress(ProcessLookupError):
            os.kill(pid[0][0], signal.SIGKILL)
    for child in pair:
        before = acknowledged(child)
        wait_until(lambda child=child, before=before: acknowledged(child) > before)
        child.kill()
    return [str(child.out) for child in pair]
