"""The frame: who is let in, what may be loaded, what waits, colours, health, and pages that are not there."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from medithread.kernel.base.guard import door_open
from medithread.kernel.identity.models import Account
from medithread.kernel.ledger.models import Head
from tests.company import Company

from .conftest import Browser
from .reading import read


def test_without_a_session_the_way_leads_to_sign_in(company: Company) -> None:
    answer = Client().get("/document/?state=draft")
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('sign-in')}?next=%2Fdocument%2F%3Fstate%3Ddraft"


def test_scripts_are_told_by_a_header(company: Company) -> None:
    answer = Client().get("/r/X/1/sign/approve", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/r/X/1"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, f"{reverse('sign-in')}?next=%2Fr%2FX%2F1")


def test_an_account_that_was_closed_is_out_at_once(company: Company, browser: Browser) -> None:
    client = browser(company.rea)
    assert client.get("/").status_code == 200
    Account.objects.filter(person=company.rea).update(is_active=False)
    assert client.get("/")["Location"].startswith("/sign-in")


def test_nothing_inline_and_nothing_from_elsewhere(company: Company, browser: Browser) -> None:
    answer = browser(company.quinn).get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"
    page = answer.content.decode()
    assert "style=" not in page
    assert "onclick" not in page


def test_the_frame_says_demo_and_shows_the_head(company: Company, browser: Browser) -> None:
    page = read(browser(company.quinn).get("/")).text
    head = Head.objects.get()
    assert "Demo company" in page
    assert f"Ledger head {head.seq:,}" in page
    assert "Quinn Maar" in page


def test_rooms_carry_what_waits_for_me(company: Company, browser: Browser, idea: Any) -> None:
    page = browser(company.rea).get("/document/").content.decode()
    assert '<span>Improvement ideas</span><span class="n late">1' in page


def test_colours_without_script(company: Company, browser: Browser) -> None:
    client = browser(company.rea)
    answer = client.post("/colours", {"theme": "dark"}, headers={"referer": "http://testserver/idea/"})
    assert answer["Location"] == "http://testserver/idea/"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert client.post("/colours", {"theme": "auto"}, headers={"referer": "https://evil.example/"})["Location"] == "/"
    assert "data-theme=" not in client.get("/").content.decode()


def test_health_tells_database_ledger_and_version(company: Company) -> None:
    answer = Client().get("/health")
    head = Head.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "ledger": {"seq": head.seq, "hash": head.hash}, "version": answer.json()["version"]}


@pytest.mark.django_db
def test_health_before_birth_is_not_ready() -> None:
    assert Client().get("/health").status_code == 503


def test_missing_pages_and_wrong_methods(company: Company, browser: Browser) -> None:
    client = browser(company.quinn)
    for address in ("/nowhere/at/all", "/r/SOP-9999", "/r/SOP-9999/7/edit", "/r/SOP-9999/99999999999999999999", "/r/A/0/history", "/files/018f3f5e-0000-7000-8000-000000000000", "/nokind/"):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert 'id="main"' in answer.content.decode()
    assert client.post("/document/").status_code == 405
    assert client.put("/").status_code == 405


def test_a_fault_of_ours_asks_the_database_nothing(company: Company, django_assert_num_queries: Any, rf: Any) -> None:
    from medithread.kernel.pages.refused import fault

    with django_assert_num_queries(0):
        answer = fault(rf.get("/document/"))
    assert answer.status_code == 500
    assert "/document/" in answer.content.decode()


def test_a_form_without_its_token_is_told_kindly(company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.quinn.account)
    answer = client.post("/idea/new", {"title": "X"})
    assert answer.status_code == 403
    assert "This form was open too long" in answer.content.decode()


def test_a_person_who_left_is_out(company: Company, browser: Browser) -> None:
    from datetime import date

    client = browser(company.rea)
    with door_open():
        company.rea.left_on = date(2020, 1, 1)
        company.rea.save()
    assert client.get("/").status_code == 302
