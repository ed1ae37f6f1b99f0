"""What README and docs name exists: commands, links, promises, kinds."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name != "spec"], ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    from medithread.cli import parser

    text = page.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = next(a for a in parser()._actions if a.dest == "command").choices or {}
    for name in re.findall(r"^(?:[A-Z]+=\S+ )*make ([a-z-]+)", text, re.MULTILINE) + re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z-]+)", text):
        assert name in targets, f"make {name}"
    for name in re.findall(r"^medithread ([a-z]+)", text, re.MULTILINE) + re.findall(r"`medithread ([a-z]+)", text):
        assert name in commands, f"medithread {name}"


def test_every_promise_of_the_docs_has_its_test() -> None:
    promised = {p for page in PAGES for p in re.findall(r"^\| ([A-Z]{2,4}-\d+) \|", page.read_text(), re.MULTILINE)}
    proved = {p for path in (ROOT / "tests").rglob("*.py") for found in re.findall(r"@proves\(([^)]*)\)", path.read_text()) for p in re.findall(r"[A-Z]{2,4}-\d+", found)}
    assert promised - proved == set()
    assert promised


def test_the_repository_speaks_of_the_product_alone() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()
    if not listed:
        pytest.skip("not a git checkout")
    paths = re.compile(r"(?<![\w./-])/(?:work|root|home)/\w")
    for name in listed:
        if name.endswith((".py", ".md", ".html", ".css", ".js", ".mjs", ".toml", ".sh", ".txt", ".json", ".typ")) and name != "tests/test_docs.py":
            found = paths.search((ROOT / name).read_text(errors="replace"))
            assert found is None, f"{name}: {found and found.group()}"
