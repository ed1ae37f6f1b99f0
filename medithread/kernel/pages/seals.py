"""Signatures as they are shown: who, as what, when, how, and whether what was signed is still what is there (11.50, 11.70)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel.identity.roles import role_name
from medithread.kernel.ledger.asof import content_of
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.models import Record
from medithread.kernel.signing.meanings import MEANINGS, STAYS_ON_ITS_TEXT
from medithread.kernel.signing.models import Signature
from medithread.kernel.verbs.content import record_content
from medithread.kernel.verbs.move import Offer

from .addresses import of_record

METHODS = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("password and code"),
    "passkey": gettext_lazy("passkey"),
    "simulated": gettext_lazy("simulated in a demo company"),
}


@dataclass(frozen=True)
class Seal:
    """One signature. `holds`: what was signed is still what is there."""

    uid: str
    meaning: str
    move: str
    name: str
    roles: str
    behalf_of: str
    at: datetime
    zone: str
    method: str
    reason: str
    digest: str
    holds: bool
    earlier_text: bool
    compare: str


@dataclass(frozen=True)
class Asked:
    """A signature that is still asked for."""

    meaning: str
    of: str


def seals_of(record: Any, signatures: Sequence[Signature] | None = None) -> list[Seal]:
    """All signatures of an edition, in the order they were given."""
    found = list(record.signatures.order_by("at", "id")) if signatures is None else list(signatures)
    intact = not found or is_intact(kind_of(record), record)
    return [_seal(record, signature, intact) for signature in found]


def is_intact(kind: Kind[Any], record: Any) -> bool:
    """Do the live tables still say what the ledger says under this record's digest? An edit behind our back shows here."""
    return content_of(record.digest or "") == record_content(kind, record)


def _seal(record: Record, signature: Signature, intact: bool) -> Seal:
    statement = json.loads(signature.statement)
    behalf = statement.get("behalf_of") or {}
    same = signature.digest == record.digest
    return Seal(
        uid=str(signature.uid), meaning=str(MEANINGS.get(signature.meaning, signature.meaning)), move=_move_label(record, signature.move),
        name=statement["name"], roles=role_names(statement.get("roles", [])), behalf_of=behalf.get("name", ""), at=signature.at,
        zone=statement.get("zone", "UTC"), method=str(METHODS.get(signature.method, signature.method)), reason=signature.reason or "",
        digest=signature.digest, holds=same and intact, earlier_text=not same and signature.meaning in STAYS_ON_ITS_TEXT,
        compare=f"{of_record(record, 'compare')}?from={signature.digest}&to={record.digest}",
    )  # fmt: skip


def _move_label(record: Record, name: str) -> str:
    move = kind_of(record).lifecycle.move(name)
    return str(move.label or name) if move else name


def role_names(codes: Sequence[str]) -> str:
    """Role codes in words."""
    return ", ".join(role_name(code) for code in codes)


def asked_slots(offered: Sequence[Offer]) -> list[Asked]:
    """The slots that are still open, of moves that lead forward."""
    found = []
    for offer in offered:
        if offer.state is None or offer.move.back:
            continue
        for slot in offer.state.open:
            found.append(Asked(str(MEANINGS.get(slot.meaning, slot.meaning)), str(slot.label) or _("whoever may")))
    return found
