"""What this room shows on the generic pages of its records."""

from typing import Any

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.verbs.edit import editor_of

from .references import missing


def reading_panel(actor: Actor, document: Any) -> dict[str, Any]:
    """Ways to the text, and the numbers in it that do not exist."""
    draft = document.state == "draft" and editor_of(document.declared)(actor, document, now()) is None
    return {"document": document, "compare": document.edition > 1, "draft": draft, "missing": missing(document)}


def desk_panel(_actor: Actor, adoption: Any) -> dict[str, Any]:
    """The way to the desk."""
    return {"number": adoption.number}
