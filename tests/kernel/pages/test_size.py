"""What is too much is refused in words before it is taken."""

from typing import Any

from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.guard import door_open
from medithread.kernel.identity.models import Grant
from medithread.kernel.identity.roles import role_name
from tests.company import Company
from tests.kernel.pages.conftest import Browser
from tests.kernel.pages.reading import read

TWO_GB = 2 * 1024**3


def test_two_gigabytes_are_refused_by_their_announced_length(company: Company, browser: Browser) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")
    answer = browser(company.rea).post(f"/r/{idea.number}/attach", {"files": []}, CONTENT_LENGTH=str(TWO_GB))
    assert answer.status_code == 413
    assert "2,048 MB were sent, 1,000 MB are taken at once" in read(answer).text
    assert answer["Connection"] == "close"


def test_the_api_says_it_as_a_problem(db: Any) -> None:
    answer = Client(headers={"Authorization": "Bearer x"}).post("/api/v1/idea", "{}", content_type="application/json", CONTENT_LENGTH=str(TWO_GB))
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert answer.json()["refusals"][0]["code"] == "body.large"


def test_strangers_send_no_more_than_a_form(db: Any) -> None:
    assert Client().post("/sign-in/", {"username": "x"}, CONTENT_LENGTH=str(2 * 1024**2)).status_code == 413
    assert Client().post("/sign-in/", {"username": "x"}).status_code == 422


def test_a_length_that_is_none_is_no_reason_to_fall(db: Any) -> None:
    for length in ("", "-5", "1e9", "٣", "9" * 400):
        assert Client().post("/sign-in/", {"username": "x"}, CONTENT_LENGTH=length).status_code in (400, 413, 422), length


def test_a_role_that_this_version_no_longer_knows_stays_readable(company: Company, browser: Browser) -> None:
    with door_open():
        Grant.objects.filter(person=company.rea).update(role="OLD")
    assert role_name("OLD") == "OLD"
    client = browser(company.rea)
    for address in ("/", "/idea/", "/account/"):
        assert client.get(address).status_code == 200, address
    quality = browser(company.quinn)
    for address in ("/people/", f"/people/{company.rea.uid}/", "/roles/", "/can-we-still-work/"):
        assert quality.get(address).status_code == 200, address
