"""Every promise of the room's page is proved by a test, and no test proves what is not promised."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "system" / "documents.md"


def test_promises_and_proofs_are_the_same() -> None:
    promised = set(re.findall(r"DOC-\d+", PAGE.read_text()))
    marks = [mark for test in HERE.glob("test_*.py") for mark in re.findall(r"@proves\(([^)]*)\)", test.read_text())]
    proved = {promise for mark in marks for promise in re.findall(r"DOC-\d+", mark)}
    assert promised == proved
