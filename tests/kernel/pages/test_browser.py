"""The pages in a real browser: axe finds nothing, nothing overflows, dialogs sign, filters filter, what is typed is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.company import PASSWORD

from .look.conftest import ARGUMENTS, complaints
from .look.test_access import violations

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[3]
PAGES = {
    "my work": "/", "documents": "/document/", "all documents": "/document/?view=all", "ideas": "/idea/", "nothing fits": "/idea/?q=zebra", "past list": "/document/?on={today}",
    "document": "/r/SOP-0001", "draft": "/r/SOP-0001/2", "in review": "/r/SOP-0003", "idea": "/r/{idea}", "action": "/r/{idea}-A2", "past": "/r/{idea}?known={today}",
    "history": "/r/{idea}/history", "history of a document": "/r/SOP-0001/1/history", "thread": "/r/{idea}/thread", "compare": "/r/SOP-0001/2/compare?from={digest}", "new idea": "/idea/new",
    "new document": "/document/new", "edit idea": "/r/{idea}/edit", "edit document": "/r/SOP-0004/edit", "new action": "/action/new?parent={idea}",
    "move": "/r/SOP-0003/1/move/return", "sign": "/r/SOP-0003/1/sign/approve", "revise": "/r/SOP-0002/1/revise", "link": "/r/{idea}/link", "attach": "/r/{idea}/attach",
    "search": "/search?q=tools", "nothing found": "/search?q=zebra", "missing": "/r/NOPE", "refused": "/r/{idea}/sign/close", "room": "/room/organisation",
}  # fmt: skip


class Stand:
    """The served company."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.address: str = told["address"]
        self.sessions: dict[str, str] = told["sessions"]
        self.places = {"idea": told["numbers"]["Shadow board for tools"], "today": told["today"], "digest": told["digest"]}

    def open(self, browser: Browser, who: str = "quinn", **options: Any) -> Page:
        """A page in which somebody is signed in."""
        context = browser.new_context(base_url=self.address, reduced_motion="reduce", **options)
        context.add_cookies([{"name": "sessionid", "value": self.sessions[who], "url": self.address}])
        return context.new_page()


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    database = tmp_path_factory.mktemp("stand") / "stand.sqlite3"
    environment = {**os.environ, "TEST_DATABASE_URL": f"sqlite:///{database}"}
    with subprocess.Popen([sys.executable, "-m", "tests.kernel.pages.stand", "0"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Stand(json.loads(process.stdout.readline()))
        process.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is not installed."
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_overflows(chromium: Browser, stand: Stand, name: str) -> None:
    page = stand.open(chromium)
    found = complaints(page)
    page.goto("/r/SOP-0003")
    page.goto(PAGES[name].format(**stand.places))
    page.wait_for_selector("html.js")
    for width, scheme in ((1280, "light"), (390, "dark")):
        colours: Literal["dark", "light"] = "dark" if scheme == "dark" else "light"
        page.emulate_media(color_scheme=colours)
        page.set_viewport_size({"width": width, "height": 844})
        assert violations(page) == [], f"{name} in {scheme} at {width} px"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width} px"
    assert found == []
    page.context.close()


@pytest.mark.parametrize("width", [320, 640, 2560])
@pytest.mark.parametrize("name", ["documents", "idea", "edit document", "history", "sign", "my work"])
def test_other_widths(chromium: Browser, stand: Stand, name: str, width: int) -> None:
    page = stand.open(chromium, viewport={"width": width, "height": 800})
    page.goto("/r/SOP-0003")
    page.goto(PAGES[name].format(**stand.places))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_filtering_as_one_types_changes_list_count_and_address(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium)
    page.goto("/idea/")
    page.locator("#words").fill("printer")
    expect(page.locator("#count")).to_have_text("1 improvement idea")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "q=printer" in page.url
    page.locator("#words").fill("zebra")
    expect(page.locator("#list h2")).to_have_text("Nothing fits")
    page.context.close()


def test_the_box_suggests_and_opens(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("shadow")
    expect(page.locator("#suggest [role=option]").first).to_contain_text("Shadow board for tools")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/r/{stand.places['idea']}")
    page.context.close()


def test_what_is_typed_is_kept_over_a_crash(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "rea")
    page.goto("/idea/new")
    page.get_by_label("Title").fill("Half an idea")
    expect(page.locator("[data-autosave-state]")).to_contain_text("Draft kept")
    page.context.close()
    page = stand.open(chromium, "rea")
    page.goto("/idea/new")
    expect(page.get_by_label("Title")).to_have_value("Half an idea")
    expect(page.locator(".notice")).to_contain_text("Your unsaved draft is shown")
    page.get_by_role("button", name="Drop it").click()
    page.context.close()


def test_enter_saves_and_does_not_add_rows(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "otto")
    page.goto("/r/SOP-0004/edit")
    page.get_by_label("Process", exact=True).fill("Complaints")
    page.get_by_label("Process", exact=True).press("Enter")
    page.wait_for_url("**/r/SOP-0004/1")
    expect(page.locator("#main")).to_contain_text("Complaints")
    page.context.close()


def test_a_move_in_a_dialog(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "otto")
    page.goto("/r/SOP-0004")
    page.get_by_role("link", name="Send to review…").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("The reviewers are asked to sign.")
    assert violations(page) == []
    dialog.get_by_role("button", name="Send to review").click()
    expect(page.locator(".facts")).to_contain_text("In review")
    expect(page.locator(".toast")).to_contain_text("SOP-0004")
    page.context.close()


def test_signing_in_a_dialog_with_a_wrong_and_a_right_password(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "mara")
    found = complaints(page)
    page.goto("/r/SOP-0003")
    page.get_by_role("link", name="Approve…").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".meaning")).to_have_text("I have read this version and approve it.")
    assert violations(page) == []
    dialog.get_by_label("Sign-in name").fill("mara")
    dialog.get_by_label("Password", exact=True).last.fill("wrong")
    dialog.get_by_role("button", name="Sign").click()
    expect(dialog.locator(".error-summary")).to_contain_text("The name or the password is not right.")
    assert violations(page) == []
    dialog.get_by_label("Sign-in name").fill("mara")
    dialog.get_by_label("Password", exact=True).last.fill(PASSWORD)
    dialog.get_by_role("button", name="Sign").click()
    expect(page.locator("#signatures .seal").first).to_contain_text("what was signed is still what is here")
    expect(page.locator(".toast")).to_contain_text("Signed.")
    assert found == []
    page.context.close()


def test_the_editor_writes_the_document(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "ada")
    found = complaints(page)
    page.goto("/document/new")
    page.get_by_label("Title").fill("Written here")
    page.locator(".ProseMirror").click()
    page.keyboard.type("Work only by what is in force.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".prose")).to_contain_text("Work only by what is in force.")
    assert found == []
    page.context.close()


def test_selected_rows_show_the_acts(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "otto")
    page.goto("/document/")
    page.locator("tbody .pick input").first.check()
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator("[data-picked]")).to_have_text("1 selected")
    assert violations(page) == []
    page.context.close()


def test_without_script_everything_is_there(chromium: Browser, stand: Stand) -> None:
    page = stand.open(chromium, "otto", java_script_enabled=False)
    page.goto("/idea/?q=printer")
    page.locator("#words").fill("form")
    page.locator("#words").press("Enter")
    assert "q=form" in page.url
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.goto("/document/new")
    expect(page.locator("textarea[name=body]")).to_be_visible()
    page.context.close()
