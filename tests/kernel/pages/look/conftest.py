"""The gallery of page types, served with the product's content security policy, and a browser that looks at it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).parents[4]
BUILT = ROOT / "medithread" / "assets"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def gallery() -> ModuleType:
    """assets/gallery.py, which lies outside of every package."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "assets" / "gallery.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES: list[str] = gallery().pages()


@dataclass
class Site:
    """The served gallery; `posts` holds what was sent to it, `answers` what a POST to a path answers."""

    address: str
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)


class Handler(SimpleHTTPRequestHandler):
    """Static files with the policy; POST is remembered."""

    site: Site

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        self.site.posts.append((path, dict(self.headers), body))
        status, headers, answer = self.site.answers.get(path, (204, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    assert (BUILT / "medithread.css").exists(), "The assets are not built: npm ci && node build.mjs"
    folder = tmp_path_factory.mktemp("gallery")
    gallery().render(folder)
    handler = type("GalleryHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    handler.site = Site(f"http://localhost:{server.server_port}/")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler.site  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site(served: Site) -> Site:
    served.posts.clear()
    served.answers.clear()
    return served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is not installed."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


def complaints(page: Page) -> list[str]:
    """Collects what the console says against the page: refused styles, failed scripts; not that an answer was a refusal."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(("Failed to load resource", "Response Status Error")):
            found.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 800})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page at 1280 px; a test that leaves errors on the console fails."""
    made = context.new_page()
    found = complaints(made)
    yield made
    assert found == []


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    made = browser.new_context(base_url=site.address, viewport={"width": 390, "height": 844}, has_touch=True)
    yield made.new_page()
    made.close()


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A page without script."""
    made = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    yield made.new_page()
    made.close()


def form_parts(headers: dict[str, str], body: bytes) -> dict[str, str]:
    """The fields of a multipart or urlencoded POST, by name."""
    from email.parser import BytesParser
    from email.policy import HTTP
    from urllib.parse import parse_qsl

    kind = headers["Content-Type"]
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return {
        str(part.get_param("name", header="content-disposition")): str(part.get_content())
        for part in message.iter_parts()
        if not part.get_filename()
    }


def as_json(text: str) -> Any:
    return json.loads(text)
