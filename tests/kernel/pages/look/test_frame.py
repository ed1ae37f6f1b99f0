"""The frame and the lists by keyboard, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.kernel.pages.look.conftest import Site, form_parts

pytestmark = pytest.mark.browser


def cookie(context: BrowserContext, name: str) -> str | None:
    return next((str(entry["value"]) for entry in context.cookies() if entry["name"] == name), None)


def test_slash_goes_to_the_search_and_arrows_choose(page: Page) -> None:
    page.goto("record.html")
    page.keyboard.press("/")
    box = page.locator("[data-search]")
    expect(box).to_be_focused()
    page.keyboard.type("seal")
    expect(page.locator("#suggest [role=option]")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggest [aria-selected=true]")).to_contain_text("SOP-0012")
    assert box.get_attribute("aria-activedescendant") == page.locator("#suggest [aria-selected=true]").get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reader.html")


def test_escape_closes_the_suggestions_and_enter_searches(page: Page) -> None:
    page.goto("record.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("seal")
    expect(page.locator("#suggest")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggest")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=seal*")


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.goto("record.html")
    page.evaluate("document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).not_to_be_focused()


def test_colours_are_kept_in_a_cookie(page: Page, context: BrowserContext) -> None:
    page.goto("record.html")
    page.locator(".person summary").click()
    page.locator("[name=theme][value=dark]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 23)"
    assert cookie(context, "theme") == "dark"
    page.locator("[name=theme][value=auto]").click()
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""


def test_the_menu_folds_and_keeps_its_names(page: Page, context: BrowserContext) -> None:
    page.goto("record.html")
    page.locator("[data-fold]").click()
    assert page.locator(".wings").bounding_box()["width"] < 60  # type: ignore[index]
    assert cookie(context, "nav") == "icons"
    expect(page.get_by_role("link", name="Documents 3 waiting for you")).to_be_visible()


def test_the_drawer_of_the_phone_opens_with_and_without_script(phone: Page, plain: Page) -> None:
    for page in (phone, plain):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("record.html")
        expect(page.get_by_role("link", name="Documents")).to_be_hidden()
        page.get_by_role("link", name="Menu", exact=True).click()
        expect(page.get_by_role("link", name="Documents")).to_be_visible()
        page.get_by_role("link", name="Close the menu").click()
        expect(page.get_by_role("link", name="Documents")).to_be_hidden()


def test_j_k_and_x_go_through_the_rows(page: Page) -> None:
    page.goto("list.html")
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "SOP-0001"
    page.keyboard.press("x")
    expect(page.get_by_label("SOP-0001", exact=True)).to_be_checked()
    expect(page.locator("[data-picked]")).to_have_text("1 selected")
    expect(page.locator(".bulk")).to_be_visible()


def test_shift_selects_a_range(page: Page) -> None:
    page.goto("list.html")
    page.get_by_label("SOP-0002", exact=True).click()
    page.get_by_label("SOP-0015", exact=True).click(modifiers=["Shift"])
    expect(page.locator("[data-picked]")).to_have_text("5 selected")
    assert page.locator("[data-pick-all]").evaluate("e => e.indeterminate")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_the_bulk_bar_needs_no_script(plain: Page) -> None:
    plain.goto("list.html")
    expect(plain.locator(".bulk")).to_be_hidden()
    plain.get_by_label("SOP-0002", exact=True).check()
    expect(plain.locator(".bulk")).to_be_visible()


def test_filtering_replaces_the_rows_and_keeps_the_address(page: Page) -> None:
    page.goto("list.html")
    page.get_by_label("Filter by words or number").fill("SOP-00")
    page.wait_for_url("**/list.html?q=SOP-00*")
    expect(page.get_by_label("Filter by words or number")).to_be_focused()


def test_one_menu_at_a_time(page: Page) -> None:
    page.goto("list.html")
    page.locator(".filter summary", has_text="Type").click()
    page.locator(".filter summary", has_text="Clause").click()
    expect(page.locator("details.menu-box[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu-box[open]")).to_have_count(0)


def test_a_hash_is_copied(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("record.html")
    page.get_by_role("button", name="Copy the whole hash").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert len(page.evaluate("navigator.clipboard.readText()")) == 64


def test_the_slider_chooses_a_day(page: Page) -> None:
    page.goto("history.html")
    page.locator("[data-asof-slide]").fill("1")
    page.wait_for_url("**/history.html?on=2026-05-08")


def test_the_outline_follows_the_text(page: Page) -> None:
    page.goto("reader.html")
    page.get_by_role("link", name="4 Running a test").click()
    expect(page.locator(".outline [aria-current]")).to_have_text("4 Running a test")


def test_a_toast_stays_until_it_is_dismissed(page: Page) -> None:
    page.goto("mywork.html")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_jobs_are_polled(page: Page, site: Site) -> None:
    page.goto("jobs.html")
    with page.expect_response("**/jobs.html", timeout=5000) as answer:
        pass
    assert answer.value.request.headers["hx-request"] == "true"
    expect(page.locator("#job-17 progress")).to_have_count(1)


def test_a_draft_is_kept_while_typing(page: Page, site: Site) -> None:
    page.goto("form.html")
    page.evaluate("document.querySelector('form.form').dataset.autosaveUrl = '/keep'")
    page.get_by_label("Title").fill("Seal leaks")
    with page.expect_response("**/keep"):
        pass
    path, headers, body = site.posts[-1]
    assert (path, headers["X-CSRFToken"], form_parts(headers, body)["title"]) == ("/keep", "gallery", "Seal leaks")
    expect(page.locator("[data-autosave-state]")).to_contain_text("Draft kept")


def test_a_draft_that_is_not_kept_says_so_and_leaving_is_asked_about(page: Page, site: Site) -> None:
    site.answers["/keep"] = (503, {}, b"")
    page.goto("form.html")
    page.evaluate("document.querySelector('form.form').dataset.autosaveUrl = '/keep'")
    page.get_by_label("Title").press_sequentially("x")
    expect(page.locator("[data-autosave-state]")).to_contain_text("could not be kept")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator(".brand").click()
    page.wait_for_url("**/mywork.html")
    assert asked == ["beforeunload"]


def test_errors_get_the_focus_and_lead_to_their_field(page: Page) -> None:
    page.goto("form.html")
    expect(page.locator("[data-errors]")).to_be_focused()
    page.get_by_role("link", name="The problem is not stated").click()
    expect(page.locator("#id_problem")).to_be_focused()


def test_no_value_asks_for_the_reason(page: Page) -> None:
    page.goto("form.html")
    field = page.locator(".field", has=page.locator("#id_problem"))
    field.locator("summary").click()
    expect(page.locator("#id_problem_reason")).to_be_hidden()
    field.get_by_label("Unknown", exact=True).check()
    expect(page.locator("#id_problem_reason")).to_be_focused()
