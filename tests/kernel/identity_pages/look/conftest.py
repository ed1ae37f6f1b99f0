"""The application served at an address, a browser, and a virtual authenticator in it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[4]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass
class Served:
    """Where it is, and the folder of its mails."""

    address: str
    folder: Path

    def link(self, to: str) -> str:
        """The latest link sent to an address."""
        mails = sorted(self.folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
        texts = [path.read_text() for path in mails]
        links = [re.findall(r"https?://\S+/invitation/[\w-]+/", text.replace("=\n", "")) for text in texts if f"To: {to}" in text]
        return str(links[-1][-1])


@contextmanager
def served(what: str, folder: Path) -> Iterator[Served]:
    environment = {**os.environ, "TEST_DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}
    words = [sys.executable, "-m", "tests.kernel.identity_pages.look.served", what, str(folder / "mail")]
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield Served(process.stdout.readline().strip(), folder / "mail")
        finally:
            process.kill()


@pytest.fixture(scope="module")
def company_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served("company", tmp_path_factory.mktemp("company")) as found:
        yield found


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served("empty", tmp_path_factory.mktemp("empty")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = "/usr/bin/chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path if Path(path).exists() else None, args=ARGUMENTS)
        yield found
        found.close()


def authenticator(page: Page, **options: Any) -> None:
    """A virtual authenticator that verifies its user."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    values = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True, **options}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": values})
