"""The right to sign: identity verified by a named person, accountability accepted, suspended when in doubt (11.10(j), 11.100(b))."""

from collections.abc import Mapping
from datetime import datetime

from medithread.kernel.base.canon import Json
from medithread.kernel.identity.models import Account, Person, SigningRight
from medithread.kernel.signing.statement import STATEMENT_VERSION

from .unit import Act


def right_of(person: Person) -> SigningRight | None:
    """What is known of a person's right to sign."""
    found: SigningRight | None = SigningRight.objects.select_related("verified_by").filter(person=person).first()
    return found


def has_accepted(right: SigningRight | None) -> bool:
    """Whether the present accountability statement is accepted."""
    return right is not None and right.accepted_at is not None and right.statement_version == STATEMENT_VERSION


def put_verified(act: Act, person: Person, *, by: Person, how: str, at: datetime | None = None) -> None:
    """Within the unit of a signature `identity_verified`: signing is possible from now on, and new keys may be enrolled."""
    right = right_of(person)
    verb = "edit" if right else "create"
    right = right or SigningRight(person=person)
    right.verified_by, right.verified_how, right.verified_at = by, how[:300], at or act.at
    act.put(verb, right)
    account = Account.objects.filter(person=person, must_verify=True).first()
    if account is not None:
        account.must_verify = False
        act.put("edit", account)


def put_accepted(act: Act, person: Person) -> None:
    """Within the unit of a signature `acknowledged` on the accountability statement."""
    right = right_of(person)
    verb = "edit" if right else "create"
    right = right or SigningRight(person=person)
    right.statement_version, right.accepted_at = STATEMENT_VERSION, act.at
    act.put(verb, right)


def suspend(act: Act, person: Person, note: Mapping[str, Json]) -> bool:
    """Signing waits until the identity is verified again. Answers whether there was anything to suspend."""
    right = right_of(person)
    if right is None or right.verified_at is None:
        return False
    right.verified_at = None
    act.put("edit", right, note=note, suspended=True)
    return True
