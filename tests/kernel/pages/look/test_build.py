"""What the build writes: small enough, without inline style or script, with its licences; the lock file knows no host."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from tests.kernel.pages.look.conftest import BUILT, PAGES, ROOT, gallery

SOURCES = ROOT / "assets" / "gallery"


def packed(name: str) -> int:
    return len(gzip.compress((BUILT / name).read_bytes(), 9))


@pytest.mark.parametrize(
    ("name", "most"), [("medithread.css", 12_000), ("medithread.js", 25_000), ("editor.css", 3_000), ("editor.js", 120_000)]
)
def test_each_file_is_small(name: str, most: int) -> None:
    assert packed(name) <= most


def test_the_first_page_is_under_100_kb(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("size")
    gallery().render(folder)
    html = len(gzip.compress((folder / "record.html").read_bytes(), 9))
    font = (BUILT / "fonts" / "inter-latin.woff2").stat().st_size
    assert html + packed("medithread.css") + packed("medithread.js") + font < 100_000


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_inline_style_or_script(name: str) -> None:
    text = (SOURCES / f"{name}.html").read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|<style", text)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_the_editor_is_apart() -> None:
    assert "transformPastedHTML" not in (BUILT / "medithread.js").read_text()
    assert not list(BUILT.glob("chunk-*"))


def test_licences_name_what_is_bundled() -> None:
    text = (BUILT / "licences.txt").read_text()
    for name in ("htmx.org", "prosemirror-view", "prosemirror-tables", "inter", "jetbrains-mono", "lucide"):
        assert re.search(rf"^(@[\w-]+/)?{re.escape(name)}(-ui)? \d", text, re.MULTILINE), name
    assert "no licence text" not in text


def test_the_lock_file_knows_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in packages.items() if name)
