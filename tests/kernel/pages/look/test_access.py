"""Every page type, in both colour schemes and on the phone: axe finds nothing, nothing overflows, targets are large enough."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.kernel.pages.look.conftest import PAGES, Site, complaints

pytestmark = pytest.mark.browser
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
WIDTHS = (320, 390, 640, 1024, 1280, 2560)


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, site: Site, name: str) -> None:
    page = browser.new_page(base_url=site.address, reduced_motion="reduce")
    page.goto(f"{name}.html")
    page.wait_for_selector("html.js")
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 844})
        assert violations(page) == [], f"{name} in {scheme} at {width} px"
    page.close()


def test_axe_would_find_something(page: Page) -> None:
    page.goto("refused.html")
    page.evaluate("document.querySelector('.notice').insertAdjacentHTML('beforeend', '<input>')")
    assert any(found.startswith("label") for found in violations(page))


@pytest.mark.parametrize("opener", ["dialog", "menu", "suggestions", "picked"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(browser: Browser, site: Site, scheme: Literal["dark", "light"], opener: str) -> None:
    page = browser.new_page(base_url=site.address, viewport={"width": 1280, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    page.goto("list.html" if opener != "dialog" else "mywork.html")
    page.wait_for_selector("html.js")
    if opener == "dialog":
        page.locator("a[data-dialog]").first.click()
        page.wait_for_selector("dialog[open] .statement")
    elif opener == "menu":
        page.locator(".person summary").click()
    elif opener == "suggestions":
        page.locator("[data-search]").fill("seal")
        page.wait_for_selector("#suggest [role=option]")
    else:
        page.locator("[data-pick-all]").check()
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_and_the_policy_holds(browser: Browser, site: Site, name: str) -> None:
    page = browser.new_page(base_url=site.address)
    found = complaints(page)
    page.goto(f"{name}.html")
    page.wait_for_selector("html.js")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} overflows at {width} px"
    assert found == []
    page.close()


@pytest.mark.parametrize("name", ["record", "list", "form", "mywork"])
def test_targets_of_the_phone_are_large_enough(phone: Page, name: str) -> None:
    phone.goto(f"{name}.html")
    small = phone.evaluate(
        """[...document.querySelectorAll('.btn:not(.small), .bar a, .bar summary, .tabs a, .pick-box, input:not([type=checkbox],[type=radio],[type=hidden],[type=file]), select')]
        .filter((e) => e.offsetParent && getComputedStyle(e).visibility === 'visible')
        .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, height]) => height < 40)"""
    )
    assert small == []


def test_focus_is_visible(page: Page) -> None:
    page.goto("record.html")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => document.activeElement === e && e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator(".acts .btn").nth(1).focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_colours_forced_by_the_system_keep_the_shapes(browser: Browser, site: Site) -> None:
    page = browser.new_page(base_url=site.address, forced_colors="active")
    page.goto("list.html")
    assert page.locator(".tag.warn").first.evaluate("e => getComputedStyle(e, '::before').backgroundColor") != "rgba(0, 0, 0, 0)"
    page.close()


def test_print_shows_the_paper_only(page: Page) -> None:
    page.goto("record.html")
    page.emulate_media(media="print")
    for gone in (".wings", ".bar", ".acts", ".tabs"):
        assert page.locator(gone).first.is_hidden()
    assert page.locator(".colophon").evaluate("e => getComputedStyle(e, '::before').content") == '"Uncontrolled when printed."'
