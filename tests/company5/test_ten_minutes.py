"""The first approved procedure stands ten minutes after install: two people, two browsers, an empty live database.

Counted are the pages that are loaded, the keys that are pressed and the clicks. The time is an estimate for people who have not
seen it before: 8 seconds to take in a page, 0.35 seconds for a key, 1.5 seconds for a click; the words of the procedure itself are
taken from a text at hand.
"""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.test import TestCase

from medithread.kernel.base.clock import now
from medithread.kernel.ledger.genesis import birth
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.signing.models import Signature
from medithread.kernel.verbs import people_accounts
from medithread.kernel.work.worker import drain
from medithread.system.documents.models import Document

from .browser import Browser

PHRASE = "four quiet red tractors"
PROCEDURE = "# Purpose\n\nThis procedure says who writes, checks and approves documents.\n\n# Rules\n\n- Work only by what is in force.\n"
LOADS, KEYS, CLICKS = 22, 340, 31
PAGE, KEY, CLICK = 8.0, 0.35, 1.5


@dataclass
class Two:
    """The two founders at their browsers."""

    ana: Browser
    ben: Browser

    @property
    def loads(self) -> int:
        return self.ana.loads + self.ben.loads

    @property
    def keys(self) -> int:
        return self.ana.keys + self.ben.keys

    @property
    def clicks(self) -> int:
        return self.ana.clicks + self.ben.clicks

    @property
    def minutes(self) -> float:
        return (self.loads * PAGE + self.keys * KEY + self.clicks * CLICK) / 60


def come_in(browser: Browser, link: str, name: str) -> None:
    """Choose a password by the link, and sign in with it."""
    browser.open(link).send(password=PHRASE, again=PHRASE)
    browser.send(username=name, password=PHRASE)


def link_in_mail(address: str) -> str:
    drain()
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [address])
    found = re.search(r"/invitation/[\w-]+/", str(letter.body))
    assert found
    return found[0]


@pytest.fixture
def two(db: None) -> Two:
    birth("live")
    _account, link = people_accounts.first_account(name="Ana Berg", email="ana@aria.example", username="ana")
    two = Two(Browser(), Browser())
    come_in(two.ana, link, "ana")
    two.ana.follow(r"^/founding/$")
    with TestCase.captureOnCommitCallbacks(execute=True):
        two.ana.send(
            company="Aria Medical", name="Ben Falk", email="ben@aria.example", username="ben", function="Head of quality",
            second_verified_how="passport, in person", first_roles=["TM", "MR", "IT"], second_roles=["QA", "DOC"],
        )  # fmt: skip
    come_in(two.ben, link_in_mail("ben@aria.example"), "ben")
    two.ben.follow(r"^/founding/$").send(first_verified_how="passport, in person", first_roles=["TM", "MR", "IT"])
    two.ben.send(username="ben", password=PHRASE)
    two.ana.open("/founding/").send(username="ana", password=PHRASE)
    assert two.ana.says("Complete, for ever")
    return two


def write(ana: Browser, owner: Any) -> None:
    """The procedure, from the list of documents to review."""
    ana.follow(r"^/document/$").follow(r"^/document/new$")
    ana.send(
        title="Control of documents", type="SOP", body=PROCEDURE, change_reason="First version", change_class="notify", audience=["QA", "MR"], review_months="24", owner=str(owner),
    )  # fmt: skip
    ana.follow(r"/move/submit$").send()


def test_the_first_approved_procedure_stands_ten_minutes_after_install(two: Two) -> None:
    ben = people_accounts.Account.objects.get(username="ben").person
    write(two.ana, ben.uid)
    two.ana.keys -= len(PROCEDURE)
    two.ben.open("/").follow(r"^/r/SOP-0001/1").follow(r"/sign/approve$")
    two.ben.send(password=PHRASE)
    document = Document.objects.get()
    assert kind_of(document).lifecycle.condition(document, now()).code == "effective"
    assert Signature.objects.count() == 7
    assert (two.loads, two.keys, two.clicks) == (LOADS, KEYS, CLICKS), "more or fewer pages, keys or clicks than are frozen"
    assert two.minutes <= 6
