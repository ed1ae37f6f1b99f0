"""Nothing typed is lost: private working copies outside the ledger, and forms that were sent after the session had lapsed."""

import json
from typing import Any

from django.http import HttpRequest, QueryDict

from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import Kind
from medithread.kernel.records.models import Record, WorkingCopy

LARGEST = 2_000_000
LAPSED = "lapsed_forms"
LARGEST_LAPSED = 400_000
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "credential", "username")


def key_of(kind: Kind[Any], record: Record | None, parent: str = "") -> str:
    """Under which name a form's copy is kept."""
    return f"edit:{record.uid}" if record is not None else f"new:{kind.code}:{parent}"[:120]


def body_of(raw: QueryDict) -> str:
    """What was typed as JSON; secrets and tokens are never kept."""
    return json.dumps([[name, value] for name, values in raw.lists() for value in values if name not in NEVER_KEPT])


def raw_from(body: str) -> QueryDict:
    """The form data of a kept copy."""
    found = QueryDict(mutable=True)
    for name, value in json.loads(body):
        found.appendlist(name, value)
    return found


def keep(actor: Actor, key: str, raw: QueryDict) -> None:
    """Keep what is typed. Raises Refusal when it is too large."""
    body = body_of(raw)
    if len(body) > LARGEST:
        raise Refusal(No("draft.large", "This is too long to be kept as a draft."))
    lock = raw.get("lock", "")
    with door_open():
        WorkingCopy.objects.update_or_create(
            person=actor.person, key=key, defaults={"body": body, "lock": int(lock) if lock.isdigit() and len(lock) < 10 else 0, "saved_at": now()}
        )


def kept(actor: Actor, key: str) -> WorkingCopy | None:
    """The copy of this form, if there is one."""
    found: WorkingCopy | None = WorkingCopy.objects.filter(person__uid=actor.uid, key=key).first()
    return found


def drop(actor: Actor, key: str) -> None:
    """Forget the copy: it was saved, or is not wanted any more."""
    with door_open():
        WorkingCopy.objects.filter(person__uid=actor.uid, key=key).delete()


def keep_lapsed(request: HttpRequest) -> None:
    """A form came after the session had ended: hold it in the new session, for the page after sign-in."""
    body = body_of(request.POST)
    if len(body) <= LARGEST_LAPSED:
        request.session[LAPSED] = {request.path: body}


def take_lapsed(request: HttpRequest) -> QueryDict | None:
    """The form that was sent to this address before signing in again; handed out once."""
    forms = request.session.get(LAPSED) or {}
    body = forms.get(request.path)
    if body is None:
        return None
    del request.session[LAPSED]
    return raw_from(body)
