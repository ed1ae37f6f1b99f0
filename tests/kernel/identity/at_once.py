"""Mails of these tests are sent at once, not queued."""

import pytest

from medithread.kernel.identity import tell


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell, "_post", [tell.by_mail])
