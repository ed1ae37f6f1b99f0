"""Fixtures of these tests."""

from tests.kernel.identity.at_once import _at_once  # noqa: F401
