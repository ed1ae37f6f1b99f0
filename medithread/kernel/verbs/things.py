"""What the ledger speaks of beside records: people, roles, links, files, signatures. One line each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from medithread.kernel.base.canon import Json
from medithread.kernel.files.models import Attachment, StoredFile
from medithread.kernel.identity.models import (
    Absence,
    Account,
    Agent,
    Delegation,
    Grant,
    Passkey,
    Person,
    RolePolicy,
    SigningRight,
    Site,
    Token,
)
from medithread.kernel.records.codec import Codec
from medithread.kernel.records.models import Choice, Comment, FormerNumber, Given, Link, Scope
from medithread.kernel.signing.models import Compensation, Signature


@dataclass(frozen=True)
class ThingSpec:
    """How one model appears in the ledger. `of` tells under whose history an entry is listed."""

    model: type[models.Model]
    fields: tuple[str, ...]
    of: Callable[[Any], UUID] = lambda thing: thing.uid
    schema: int = 1

    @cached_property
    def code(self) -> str:
        return self.model._meta.model_name or ""

    @cached_property
    def codec(self) -> Codec:
        return Codec(self.model, self.fields)

    def content(self, thing: models.Model) -> dict[str, Json]:
        return self.codec.encode(thing)


def _of_record(thing: Any) -> UUID:
    return thing.record.uid  # type: ignore[no-any-return]


def _of_source(thing: Any) -> UUID:
    return thing.source.uid  # type: ignore[no-any-return]


def _of_person(thing: Any) -> UUID:
    return thing.person_id  # type: ignore[no-any-return]


_SPECS = (
    ThingSpec(Site, ("code", "name", "zone")),
    ThingSpec(Person, ("name", "email", "function", "external", "left_on", "manager")),
    ThingSpec(Agent, ("name", "version")),
    ThingSpec(Account, ("person", "username", "is_active", "valid_until", "must_verify"), _of_person),
    ThingSpec(Absence, ("person", "first", "last"), _of_person),
    ThingSpec(RolePolicy, ("role", "second_factor", "idle_minutes")),
    ThingSpec(Passkey, ("person", "credential", "public_key", "label", "rp_id", "backup_eligible", "added_at", "revoked_at", "tested_at"), _of_person),
    ThingSpec(Grant, ("person", "role", "site", "valid_from", "valid_to", "granted_by", "confirmed_by"), _of_person),
    ThingSpec(Delegation, ("giver", "taker", "role", "valid_from", "valid_to", "reason"), lambda t: t.giver_id),
    ThingSpec(SigningRight, ("person", "verified_by", "verified_how", "verified_at", "statement_version", "accepted_at"), _of_person),
    ThingSpec(Token, ("person", "label", "digest", "scopes", "created_at", "expires_at", "revoked_at"), _of_person),
    ThingSpec(Choice, ("vocabulary", "code", "name", "retired")),
    ThingSpec(FormerNumber, ("series", "number"), lambda t: t.series.uid),
    ThingSpec(Link, ("meaning", "source", "target", "pinned", "note", "removed"), _of_source),
    ThingSpec(Comment, ("record", "person", "at", "text", "digest", "resolved"), _of_record),
    ThingSpec(Given, ("record", "person", "given_by", "valid_from", "valid_to"), _of_record),
    ThingSpec(StoredFile, ("sha256", "size", "media_type")),
    ThingSpec(Attachment, ("record", "file", "name", "role", "note", "added_by", "added_at", "removed"), _of_record),
    ThingSpec(
        Signature,
        ("record", "person", "behalf_of", "move", "slots", "meaning", "digest", "statement", "method", "evidence", "reason", "at"),
        _of_record,
    ),
    ThingSpec(Compensation, ("rule", "person", "second", "reason", "valid_from", "valid_to", "granted_by")),
)
THINGS: dict[type[models.Model], ThingSpec] = {spec.model: spec for spec in _SPECS}
BY_CODE: dict[str, ThingSpec] = {spec.code: spec for spec in _SPECS}
UNLOGGED = (Scope,)


def spec_of(thing: models.Model) -> ThingSpec:
    """The ledger form of a thing."""
    return THINGS[type(thing)]
