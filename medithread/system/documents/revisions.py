"""A new version of a document: its change record begins empty, and nothing of an adoption goes along."""

from typing import Any

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.verbs import edit, revise, unit

from .models import Document
from .rules import IMPACTS

# What belongs to one version alone.
OF_THIS_VERSION = ("change_reason", "change_class", *IMPACTS, "planned_from", "import_note", "source", "approved_on", "protocol")


def revise_document(who: Actor | Person, base: Document, **values: Any) -> Document:
    """Begin the next version of a document as a draft. Raises NotAllowed, Refusal."""
    with unit(who, f"revise {base.number}", base.uid):
        fresh = revise(who, base, blank=OF_THIS_VERSION, **values)
        old = [{"uid": str(uid), "remove": True} for uid in fresh.historic_approvals.values_list("uid", flat=True)]
        return edit(who, fresh, lock=fresh.lock, parts={"historic_approvals": old}) if old else fresh
