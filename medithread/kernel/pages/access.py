"""Which pages may be seen before sign-in; everything else asks for a session first."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public(view: View) -> View:
    """Mark a view that is open before sign-in: sign-in itself, invitations, health."""
    view.public = True  # type: ignore[attr-defined]
    return view


def is_public(view: object) -> bool:
    return bool(getattr(view, "public", False))


def keeps_form(view: View) -> View:
    """Mark a view whose form is kept over a lapsed session and shown again after sign-in (form/kept.py)."""
    view.keeps_form = True  # type: ignore[attr-defined]
    return view
