"""Signing in a dialog and as a whole page, with a passkey that a virtual authenticator holds."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from playwright.sync_api import Page, expect

from tests.kernel.pages.look.conftest import Site, form_parts

pytestmark = pytest.mark.browser
CHALLENGE = "nyx3qgGzXOhNEPKpa36IMMwfVN4qapvjCH1RL2C-Qas"


def open_dialog(page: Page) -> None:
    page.goto("mywork.html")
    page.locator("a[data-dialog]").first.click()
    expect(page.locator("dialog[open] .statement")).to_be_visible()


def test_a_dialog_is_named_and_gives_the_focus_back(page: Page) -> None:
    open_dialog(page)
    expect(page.get_by_role("dialog", name="Approve SOP-0015 v3")).to_be_visible()
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("a[data-dialog]").first).to_be_focused()


def test_errors_come_back_into_the_dialog(page: Page, site: Site) -> None:
    answer = b'<main><div data-dialog-part><h1>Approve</h1><form method="post"><p class="error" data-errors tabindex="-1">The password is not right.</p></form></div></main>'
    site.answers["/sign.html"] = (422, {"Content-Type": "text/html"}, answer)
    open_dialog(page)
    page.get_by_label("Password").first.check()
    page.locator("dialog #id_password").fill("wrong")
    page.locator("dialog").get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("dialog .error")).to_have_text("The password is not right.")
    expect(page.locator("dialog .error")).to_be_focused()
    _, headers, body = site.posts[-1]
    assert headers["X-CSRFToken"] == "gallery"
    assert form_parts(headers, body)["password"] == "wrong"


def test_success_goes_where_the_server_says(page: Page, site: Site) -> None:
    site.answers["/sign.html"] = (204, {"HX-Redirect": "/record.html"}, b"")
    open_dialog(page)
    page.get_by_label("Password").first.check()
    page.locator("dialog #id_password").fill("right")
    page.locator("dialog").get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/record.html")


def test_without_script_the_form_is_a_page(plain: Page, site: Site) -> None:
    plain.goto("mywork.html")
    plain.locator("a[data-dialog]").first.click()
    plain.wait_for_url("**/sign.html")
    plain.get_by_label("Password").first.check()
    plain.locator("#id_password").fill("right")
    plain.get_by_role("button", name="Sign", exact=True).click()
    plain.wait_for_timeout(100)
    assert form_parts(*site.posts[-1][1:])["method"] == "password"


def authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def enrol(page: Page, site: Site) -> dict[str, object]:
    user = {"id": "cXVpbm4", "name": "quinn@aria.example", "displayName": "Quinn"}
    options = {
        "publicKey": {
            "challenge": CHALLENGE,
            "rp": {"id": "localhost", "name": "Medithread"},
            "user": user,
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        }
    }
    page.goto("sign.html")
    page.evaluate(
        """(options) => { const form = document.querySelector('form[data-passkey]'); form.dataset.passkey = 'create';
        form.querySelector('[data-passkey-options]').textContent = JSON.stringify(options); }""",
        options,
    )
    return ceremony(page, site)


def ceremony(page: Page, site: Site) -> dict[str, object]:
    before = len(site.posts)
    page.get_by_role("button", name="Sign with passkey").click()
    for _ in range(100):
        if len(site.posts) > before:
            break
        page.wait_for_timeout(20)
    credential: dict[str, object] = json.loads(form_parts(*site.posts[-1][1:])["credential"])
    return credential


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_passkey_is_enrolled_and_signs_the_statement(page: Page, site: Site) -> None:
    authenticator(page)
    made = enrol(page, site)
    assert isinstance(made["response"], dict)
    assert set(made["response"]) >= {"clientDataJSON", "attestationObject", "transports"}
    page.goto("sign.html")
    signed = ceremony(page, site)
    assert signed["id"] == made["id"]
    response = signed["response"]
    assert isinstance(response, dict)
    client = json.loads(unpadded(response["clientDataJSON"]))
    assert (client["type"], client["challenge"]) == ("webauthn.get", CHALLENGE)
    assert unpadded(response["authenticatorData"])[:32] == hashlib.sha256(b"localhost").digest()
    assert unpadded(response["signature"])


def test_a_passkey_that_fails_says_so_in_words(page: Page) -> None:
    page.goto("sign.html")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }")
    page.get_by_role("button", name="Sign with passkey").click()
    expect(page.locator("[data-passkey-error]")).to_contain_text("Try again, or choose another way")
    expect(page.get_by_role("button", name="Sign with passkey")).to_be_enabled()
