"""A client that speaks JSON with a token."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from medithread.kernel.base.guard import door_open
from medithread.kernel.identity.models import Person, Token
from tests.company import Company


class Api:
    """`api(person).post("idea", {...})`."""

    def __init__(self, person: Person, scopes: str = "read write sign") -> None:
        secret = f"mt_{person.name}_{scopes}"
        with door_open():
            Token.objects.get_or_create(
                digest=hashlib.sha256(secret.encode()).hexdigest(),
                defaults={
                    "person": person, "label": "test", "scopes": scopes, "created_at": timezone.now(), "expires_at": timezone.now() + timedelta(days=1)
                },
            )
        self.client, self.headers = Client(), {"Authorization": f"Bearer {secret}"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = {} if body is None else {"data": body if isinstance(body, (str, bytes)) else json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1/{path}", **data, headers={**self.headers, **headers})

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)


@pytest.fixture
def rea(company: Company) -> Api:
    return Api(company.rea)


@pytest.fixture
def quinn(company: Company) -> Api:
    return Api(company.quinn)
