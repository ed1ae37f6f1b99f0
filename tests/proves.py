"""Ties a test to promises of the room's page in docs: `@proves("DOC-3")`. The trace matrix is read from these marks."""

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def proves(*promises: str) -> Callable[[F], F]:
    """Say which promises a test proves."""

    def mark(test: F) -> F:
        test.proves = promises  # type: ignore[attr-defined]
        return test

    return mark
