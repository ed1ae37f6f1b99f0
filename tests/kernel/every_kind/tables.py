"""What every table of ours is: evidence that the ledger carries, or bookkeeping with a reason why it is none.

A new model must be the model of a kind, a part of one, a thing of `kernel/verbs/things.py`, or stand here with its reason.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from medithread.kernel.ledger.asof import contents_of
from medithread.kernel.ledger.models import Version
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.verbs.content import record_content, record_handling
from medithread.kernel.verbs.things import THINGS

LEDGER = "is the ledger itself, guarded by triggers"
QUEUE = "work to be done; what it does is written through the verbs"
# Tables that are no evidence: label → why.
BOOKKEEPING: dict[str, str] = {
    "records.Series": "uid and number of a series stand in the handling of each of its editions",
    "records.Record": "the spine: each row is one with the row of its kind",
    "records.Counter": "the next free number; the numbers given out stand on the records",
    "records.Scope": "derived from the content, for visibility and filters",
    "records.WorkingCopy": "private, expiring drafts of forms, before anything is saved",
    "identity.Invitation": "one-use links, kept as hashes; making one is an entry `invite` of the account",
    "identity.RecoveryCode": "one-use codes, kept as hashes; making them is an entry `recovery-codes` of the account",
    "identity.SignIn": "periods of access; sign-ins and sign-outs stand in the sealed access journal",
    "identity.Throttle": "counts of failed attempts; the attempts stand in the sealed access journal",
    "signing.Intent": "a statement that waits ten minutes for its signer; once signed it stands in the signature",
    "signing.Served": "what was shown to whom; what was seen before a signature stands in the signed statement",
    "signing.SigningSession": "when somebody last signed in a session",
    "ledger.Entry": LEDGER,
    "ledger.Manifest": LEDGER,
    "ledger.Value": LEDGER,
    "ledger.Disposal": LEDGER,
    "ledger.Version": "derived from the ledger and rebuilt from it",
    "ledger.Head": "the end of the ledger, derived from it",
    "ledger.Checkpoint": LEDGER,
    "ledger.Journal": "the access journal, guarded by triggers and sealed into the ledger",
    "ledger.JournalSeal": "derived: the same figures stand in the ledger",
    "work.Job": QUEUE,
    "work.Schedule": QUEUE,
    "work.Watch": "who wants mail about what",
    "work.Pointer": "how far a periodic job has read the ledger",
    "exchange.Batch": "an import before it is written; each record is written through the verbs",
    "exchange.Row": "an import before it is written; each record is written through the verbs",
    "api.Answered": "answers kept for idempotency keys",
}
# Columns of logged things that the ledger does not carry: (label, column) → why.
UNLOGGED_COLUMNS: dict[tuple[str, str], str] = {
    ("identity.Account", "password"): "a secret; that it was chosen or changed is an entry",
    ("identity.Account", "last_login"): "not used",
    ("identity.Account", "last_seen"): "sign-ins stand in the access journal",
    ("identity.Account", "signing_failures"): "failures stand in the access journal",
    ("identity.Account", "signing_failed_since"): "failures stand in the access journal",
    ("identity.Account", "signing_locked_until"): "locks stand in the access journal",
    ("identity.Account", "totp_sealed"): "a secret; that it was enrolled or removed is an entry",
    ("identity.Account", "totp_last"): "the last code used, so that none is used twice",
    ("identity.Passkey", "sign_count"): "the counter of the key, so that a copy is noticed",
    ("identity.Token", "last_used"): "uses are acts of the person",
    ("files.StoredFile", "text"): "words found in the file, for search; derived from its bytes",
}
# Tables that a verb does not own: they may be written from where they are kept.
UNGUARDED: dict[str, str] = {
    "identity.Account": "saved by Django's own sign-in too; its evidence is compared with the ledger by `verify`",
    "identity.SignIn": "every request notes that it was seen",
    "identity.Throttle": "failed attempts of people who are nobody yet",
    "work.Job": "leases of workers",
    "work.Schedule": "the row is the lock",
    "work.Watch": "a wish for mail",
    "work.Pointer": "moved by jobs",
    "exchange.Batch": "staging",
    "exchange.Row": "staging",
}


def ours() -> list[type[models.Model]]:
    """Every concrete model of Medithread."""
    return [model for model in apps.get_models() if model.__module__.startswith("medithread.") and not model._meta.proxy]


def label(model: type[models.Model]) -> str:
    return model._meta.label


def kind_models() -> set[type[models.Model]]:
    return {kind.model for kind in kinds()}


def part_models() -> set[type[models.Model]]:
    return {part.model for kind in kinds() for part in kind.parts}


def things() -> dict[UUID, Mapping[str, Any]]:
    """uid → content of every logged thing as the live tables have it."""
    return {row.uid: spec.content(row) for model, spec in THINGS.items() for row in model._default_manager.all()}  # type: ignore[attr-defined]


def records(kind: Kind[Any]) -> dict[UUID, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """uid → (content, handling) of every record of a kind as the live tables have it."""
    rows = kind.model.objects.select_related("series", "parent")
    return {row.uid: (record_content(kind, row), record_handling(kind, row)) for row in rows}


def live() -> dict[UUID, Any]:
    """Everything that the ledger must know, as the live tables have it."""
    found: dict[UUID, Any] = {uid: (content, {}) for uid, content in things().items()}
    for kind in kinds():
        found.update(records(kind))
    return found


def told() -> dict[UUID, Any]:
    """The same as the ledger has it."""
    rows = list(Version.objects.filter(seq_to=None))
    contents = contents_of([digest for row in rows for digest in (row.content, row.handling) if digest])
    return {row.uid: (contents.get(row.content or "", {}), contents.get(row.handling or "", {}).get("handling", {})) for row in rows}


def agree(there: dict[UUID, Any] | None = None) -> None:
    """The live tables hold what the ledger tells, no more and no less."""
    there, said = there or live(), told()
    assert set(there) == set(said), f"not in the ledger: {set(there) - set(said)}; not in the tables: {set(said) - set(there)}"
    wrong = {uid: (there[uid], said[uid]) for uid in there if there[uid] != said[uid]}
    assert not wrong, wrong


