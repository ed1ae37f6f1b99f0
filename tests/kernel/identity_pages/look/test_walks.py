"""Walks in a real browser: passkeys with a virtual authenticator, the founding act by two people, axe, and pages without script."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.company import PASSWORD

from .conftest import Served, authenticator
from .served import PHRASE

pytestmark = pytest.mark.browser
# The line that says “Demo company” belongs to the frame.
FRAME = ".demo-line"
PAGES = (
    "/account/", "/account/app/", "/account/passkeys/add/", "/account/tokens/add/", "/account/delegations/add/", "/account/lost/", "/people/", "/people/add/", "/roles/", "/roles/QA/",
    "/sites/", "/attempts/", "/can-we-still-work/", "/accountability/", "/access-review/", "/role-proposals/add/",
)  # fmt: skip


def opened(chromium: Browser, **options: Any) -> tuple[BrowserContext, Page]:
    context = chromium.new_context(**options)
    return context, context.new_page()


def come_in(page: Page, address: str, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.click("button.go")


def accessible(page: Page) -> None:
    found = Axe().run(page, context={"exclude": [FRAME]}).response["violations"]
    assert not found, [(item["id"], item["nodes"][0]["html"]) for item in found]


def no_wider(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"), page.url


def test_a_passkey_is_added_signs_in_and_signs(company_site: Served, chromium: Browser) -> None:
    context, page = opened(chromium)
    authenticator(page)
    come_in(page, company_site.address, "otto")
    page.goto(f"{company_site.address}/account/passkeys/add/")
    page.fill("#id_label", "Otto's laptop")
    page.fill("#id_own", PASSWORD)
    page.click("[data-passkey-go]")
    expect(page.locator("main")).to_contain_text("Otto's laptop")
    page.goto(f"{company_site.address}/account/")
    page.locator("header form[action='/lock/'] button").click()
    expect(page.locator("main")).to_contain_text("Your session has ended, otto")
    page.click("[data-passkey-go]")
    page.wait_for_url(lambda url: url.endswith("/account/") and "sign-in" not in url)
    expect(page.locator("main")).to_contain_text("passkey")
    page.goto(f"{company_site.address}/")
    page.locator("main a:has-text('Purchasing and supplier control')").first.click()
    page.locator("main a[href*='/sign/approve']").first.click()
    page.locator("dialog [data-passkey-go]").click()
    expect(page.locator(".seal", has_text="Otto Brand")).to_contain_text(re.compile("passkey", re.IGNORECASE))
    expect(page.locator(".seal", has_text="Otto Brand")).to_contain_text("what was signed is still what is here")
    context.close()


def test_a_passkey_whose_user_is_not_verified_does_not_come_in(company_site: Served, chromium: Browser) -> None:
    context, page = opened(chromium)
    authenticator(page, isUserVerified=False)
    page.goto(f"{company_site.address}/sign-in/")
    page.click("[data-passkey-go]")
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    assert page.url.endswith("/sign-in/")
    context.close()


def test_two_people_found_the_company(empty_site: Served, chromium: Browser) -> None:
    anns, ann = opened(chromium)
    come_in(ann, empty_site.address, "ann", PHRASE)
    ann.click("nav a[href='/founding/']")
    accessible(ann)
    for name, value in {
        "company": "Aria Medical", "name": "Bo Falk", "email": "bo@aria.example", "username": "bo", "function": "Head of quality", "second_verified_how": "passport, in person",
    }.items():  # fmt: skip
        ann.fill(f"#id_{name}", value)
    ann.check("#id_letter")
    ann.click("main button.go")
    expect(ann.locator("main")).to_contain_text("Bo Falk is next")
    bos, bo = opened(chromium)
    bo.goto(empty_site.link("bo@aria.example"))
    bo.fill("#id_password", PHRASE)
    bo.fill("#id_again", PHRASE)
    bo.click("button.go")
    come_in(bo, empty_site.address, "bo", PHRASE)
    bo.click("nav a[href='/founding/']")
    accessible(bo)
    bo.fill("#id_first_verified_how", "identity card, in person")
    bo.click("main button.go")
    for page, name in ((bo, "bo"), (ann, "ann")):
        page.goto(f"{empty_site.address}/founding/")
        page.fill("#id_username", name)
        page.fill("#id_password", "wrong one")
        page.locator("button:has-text('Give my three signatures')").click()
        expect(page.locator(".error-summary")).to_contain_text("Nothing was signed")
        page.fill("#id_username", name)
        page.fill("#id_password", PHRASE)
        page.locator("button:has-text('Give my three signatures')").click()
    expect(ann.locator("body")).to_contain_text("The company is founded")
    assert re.search(r"/r/FND-\d{4}-0001", ann.url)
    assert ann.locator("nav a[href='/founding/']").count() == 0
    ann.goto(f"{empty_site.address}/founding/letter/")
    expect(ann.locator("main")).to_contain_text("legally binding equivalent")
    accessible(ann)
    bo.goto(f"{empty_site.address}/can-we-still-work/")
    expect(bo.locator("main")).to_contain_text("One person only")
    anns.close()
    bos.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_pages_are_accessible_and_fit(company_site: Served, chromium: Browser, width: int, scheme: Any) -> None:
    context, page = opened(chromium, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"{company_site.address}/sign-in/")
    accessible(page)
    come_in(page, company_site.address, "mara")
    page.goto(f"{company_site.address}/people/")
    one = page.locator("table a", has_text="Ada Lund").get_attribute("href") or ""
    for path in (*PAGES, one, f"{one}leave/", f"{one}roles/add/", f"{one}verify/"):
        page.goto(company_site.address + path)
        accessible(page)
        no_wider(page)
    context.close()


def test_everything_but_passkeys_works_without_script(company_site: Served, chromium: Browser) -> None:
    context, page = opened(chromium, java_script_enabled=False)
    come_in(page, company_site.address, "quinn")
    page.goto(f"{company_site.address}/account/tokens/add/")
    page.fill("#id_label", "Night export")
    page.check("input[value='read']")
    page.fill("#id_own", PASSWORD)
    page.click("main button.go")
    expect(page.locator("code.whole")).to_contain_text("mt_")
    page.goto(f"{company_site.address}/access-review/")
    page.click("main button.go, header button.go")
    expect(page.locator("main table")).to_contain_text("Ada Lund")
    for select in page.locator("main select").all():
        select.select_option("keep")
    page.fill("#id_conclusion", "All as it should be.")
    page.locator("button:has-text('Save and go on to the signature')").click()
    page.locator("a[href*='/sign/attest']").first.click()
    page.check("input[name='method'][value='password']")
    page.fill("#id_username", "quinn")
    page.fill("#id_password", PASSWORD)
    page.locator("button.go").last.click()
    expect(page.locator("main")).to_contain_text("Attested")
    context.close()
