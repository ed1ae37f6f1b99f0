"""The statement that is signed: built when the signing dialog opens, bound to content, rendition, person and meaning.

Its bytes are specified in docs/spec/signature.md; a passkey's challenge is the SHA-256 of exactly these bytes.
"""

import os
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import Json, canonical
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import SigningRight
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.lifecycle import Move, Slot
from medithread.kernel.records.models import Record

from .models import Intent, Served

LIFE = timedelta(minutes=10)
STATEMENT_VERSION = "1"
ACCOUNTABILITY = _(
    "I understand that my electronic signature is legally binding in the same way as my handwritten signature. "
    "I am accountable for what I sign with it. I keep my password and keys to myself, and I report their loss at once."
)


def may_sign(actor: Actor) -> No | None:
    """Identity verified and accountability accepted (11.10(j), 11.100(b)); agents never sign."""
    if actor.person is None:
        return No("sign.agent", _("A program cannot sign."))
    if "sign" not in actor.scopes:
        return No("sign.scope", _("This token may not sign."))
    right = SigningRight.objects.filter(person__uid=actor.uid).first()
    if right is None or right.verified_at is None:
        return No("sign.identity", _("Your identity has not been verified yet."), fix=_("Ask a quality approver to verify it."), link="people")
    if right.accepted_at is None or right.statement_version != STATEMENT_VERSION:
        return No("sign.accountability", _("You have not yet accepted what your signature means."), fix=_("Read and accept the statement."), link="accountability")
    return None


def seen(actor: Actor, record: Record) -> Served | None:
    """The last time this content was shown to this person in this session, the whole before the changes (R5)."""
    rows = Served.objects.filter(person__uid=actor.uid, record=record, digest=record.digest or "", session=actor.session).order_by("-at")
    whole = rows.filter(shown="whole").first()
    return whole or (rows.first() if record.edition > 1 else None)


def prepare(actor: Actor, record: Record, move: Move[Any], slots: tuple[Slot, ...], *, zone: str) -> Intent:
    """Make the statement for these slots. Raises Refusal when the person may not sign or has not been shown the content."""
    no = may_sign(actor)
    served = None if no else seen(actor, record)
    if no is None and served is None:
        no = No("sign.not-seen", _("You have not been shown this version yet."), fix=_("Open it, then sign."), link="record")
    if no is not None or served is None or actor.person is None:
        raise Refusal(no or No("sign.not-seen", _("You have not been shown this version yet.")))
    nonce = os.urandom(24).hex()
    statement = canonical(_statement(actor, record, move, slots, served=served, nonce=nonce, zone=zone)).decode()
    with door_open():
        return Intent.objects.create(
            nonce=nonce, person=actor.person, record=record, move=move.name, slots=",".join(s.name for s in slots),
            statement=statement, session=actor.session, expires_at=clock.now() + LIFE,
        )


def _statement(actor: Actor, record: Record, move: Move[Any], slots: tuple[Slot, ...], *, served: Served, nonce: str, zone: str) -> dict[str, Json]:
    assert actor.person is not None
    held = [h for h in actor.holds() if h.site is None or record.site_id in (None, h.site)]
    behalf = behalf_of(actor, record, slots)
    found: dict[str, Json] = {
        "v": 1, "origin": Head.objects.values_list("origin", flat=True).get(), "record": str(record.uid), "number": record.number,
        "edition": record.edition, "kind": record.kind, "digest": record.digest or "", "move": move.name,
        "meaning": slots[0].meaning, "slots": [s.name for s in slots], "person": str(actor.uid), "name": actor.person.name,
        "roles": sorted({h.role for h in held if h.behalf_of is None or behalf}), "language": get_language() or "en", "zone": zone,
        "rendition": served.rendition, "shown": served.shown, "nonce": nonce, "issued_at": clock.text(clock.now()),
    }
    if behalf is not None:
        found["behalf_of"] = {"person": str(behalf.uid), "name": behalf.name}
    return found


def behalf_of(actor: Actor, record: Record, slots: tuple[Slot, ...]) -> Any:
    """The person in whose name this actor fills the slots, when only a delegation makes it possible."""
    own = Actor(person=actor.person, session=actor.session)
    own._holds = [h for h in actor.holds() if h.behalf_of is None]
    if all(slot.by(own, record, clock.now()) is None for slot in slots):
        return None
    return next((h.behalf_of for h in actor.holds() if h.behalf_of is not None), None)
