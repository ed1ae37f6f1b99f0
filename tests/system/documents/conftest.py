"""A browser without a screen: a client signed in as somebody."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from medithread.kernel.identity.models import Person

As = Callable[[Person], Client]


@pytest.fixture
def as_(company: object) -> As:
    """A client with a session of this person."""
    from tests.kernel.pages.stand import sign_in

    def client_of(person: Person) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.cookies[settings.SESSION_COOKIE_NAME] = sign_in(person)
        return client

    return client_of
