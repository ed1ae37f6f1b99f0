"""Moves and signatures as dialogs that are also whole pages."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refusal, Refused, Stale, Words
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account
from medithread.kernel.records.kinds import Kind, kind_of
from medithread.kernel.records.lifecycle import Move
from medithread.kernel.records.models import Record
from medithread.kernel.signing import passkey, prove
from medithread.kernel.signing.meanings import MEANINGS
from medithread.kernel.signing.models import Intent
from medithread.kernel.signing.plans import state_of

from . import times
from .addresses import of_record
from .fetch import find, note_reading, the_actor, typed_text
from .form.typed import value_typed
from .form.views import done
from .form.widgets import Choices, Widget, raw_value, widget

MEANING_WORDS = {
    "acknowledged": gettext_lazy("I have taken note of this."),
    "adopted_as_true_copy": gettext_lazy("I confirm that this is a true copy of what was in force elsewhere."),
    "appointed": gettext_lazy("I appoint as stated here."),
    "approved": gettext_lazy("I have read this version and approve it."),
    "attested": gettext_lazy("I attest that this is so."),
    "authored": gettext_lazy("I wrote this."),
    "closed": gettext_lazy("I have judged this and close it."),
    "confirmed": gettext_lazy("I confirm this unchanged."),
    "disposition_decided": gettext_lazy("I decide the disposition as stated here."),
    "executed": gettext_lazy("I did this as stated here."),
    "extension_granted": gettext_lazy("I grant this extension."),
    "identity_verified": gettext_lazy("I have verified the identity of this person."),
    "rejected": gettext_lazy("I have read this version and reject it for good."),
    "released": gettext_lazy("I release this."),
    "reportability_decided": gettext_lazy("I decide on reporting as stated here."),
    "reviewed": gettext_lazy("I have read this version and reviewed it."),
    "verified": gettext_lazy("I have verified this."),
    "witnessed": gettext_lazy("I was there and saw this done."),
}


def the_move(kind: Kind[Any], name: str) -> Move[Any]:
    """A declared move. Raises NotFound."""
    step = kind.lifecycle.move(name)
    if step is None:
        raise NotFound(No("move.unknown", _("There is no step of this name.")))
    return step


def asks_of(kind: Kind[Any], record: Any, step: Move[Any], raw: QueryDict | None, nos: tuple[No, ...] = ()) -> list[Widget]:
    """The controls of what a move asks for."""
    zone, choices, found = times.zone_name(record), Choices(), []
    for name in step.asks:
        column: Any = kind.model._meta.get_field(name)
        value = raw.get(name, "") if raw is not None else raw_value(column, getattr(record, column.attname), zone)
        made = widget(column, name, value, choices, zone)
        made.errors = [no for no in nos if no.field == name]
        found.append(made)
    return found


def answers(kind: Kind[Any], record: Record, step: Move[Any], raw: QueryDict) -> dict[str, Any]:
    """What was filled in with a move."""
    zone = times.zone_name(record)
    return {name: value_typed(kind.model._meta.get_field(name), raw.get(name, ""), zone) for name in step.asks if name in raw}


# --- moves --------------------------------------------------------------------------------------------------------------
def move(request: HttpRequest, number: str, name: str, edition: int | None = None) -> HttpResponseBase:
    """A move without a signature: what will follow, what it asks for, the reason."""
    actor = the_actor(request)
    record = find(request, number, edition, latest=True)
    kind = kind_of(record)
    step = the_move(kind, name)
    if request.method != "POST":
        _offered(actor, record, step)
        return _move_page(request, kind, record, step)
    lock = request.POST.get("lock", "")
    try:
        moved = verbs.move(
            actor, record, name, lock=int(lock) if lock.isdigit() and len(lock) < 10 else None, reason=typed_text(request, "reason"), **answers(kind, record, step, request.POST)
        )
    except Stale as stale:
        return _move_page(request, kind, record, step, nos=stale.nos, status=stale.status)
    except Refused as refusal:
        return _move_page(request, kind, record, step, nos=refusal.nos, status=refusal.status)
    messages.success(request, _("%(number)s: %(state)s.") % {"number": moved, "state": kind.lifecycle.condition(moved, now()).name})
    return done(request, of_record(moved))


def _offered(actor: Actor, record: Record, step: Move[Any]) -> None:
    """Refuse at once what is not offered, with all that stands against it."""
    offer = next((offer for offer in verbs.offers(actor, record) if offer.move.name == step.name), None)
    if offer is None:
        state = kind_of(record).lifecycle.condition(record, now()).name
        raise Refusal(No("move.state", _("From the state “%(state)s” this step does not exist.") % {"state": state}, fix=_("Look at the steps offered on the page."), link=of_record(record)))
    if offer.nos:
        raise (NotAllowed if offer.nos[0].code.startswith("who.") else Refusal)(*offer.nos)


def _move_page(request: HttpRequest, kind: Kind[Any], record: Any, step: Move[Any], *, nos: tuple[No, ...] = (), status: int = 200) -> HttpResponse:
    raw = request.POST if request.method == "POST" else None
    asks = asks_of(kind, record, step, raw, nos)
    context = {"kind": kind, "record": record, "move": step, "asks": asks, "nos": nos, "raw": raw or {}, "to": kind.lifecycle.state(step.to), **placed(nos, asks)}
    return render(request, "pages/move.html", context, status=status)


def placed(nos: tuple[No, ...], asks: list[Widget]) -> dict[str, Any]:
    """Refusals beside their field, and the others."""
    own = {control.name for control in asks} | {"reason", "password", "code", "username"}
    fields = {f"{name}_nos": [no for no in nos if no.field == name] for name in ("reason", "password", "code", "username")}
    return {**fields, "links": [(f"id_{no.field}" if no.field in own else "", no) for no in nos]}


# --- signatures ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Way:
    """One way to prove who signs."""

    code: str
    label: Words


def ways_of(account: Account | None, actor: Actor) -> list[Way]:
    """The second components that this person can give, the strongest first."""
    found = []
    if actor.person is not None and passkey.keys_of(actor.person):
        found.append(Way("passkey", _("Passkey")))
    found.append(Way("password", _("Password")))
    if account is not None and account.totp_sealed:
        found.append(Way("totp", _("Code from your app")))
    return found


def prove_by(intent: Intent, raw: QueryDict) -> Intent:
    """Check the component that was given. Raises Refusal."""
    method = raw.get("method") or ("passkey" if raw.get("credential") else "password")
    if method == "passkey":
        return prove.by_passkey(intent, passkey.parsed_answer(raw.get("credential", "")))
    if method == "totp":
        return prove.by_totp(intent, raw.get("password", ""), raw.get("code", ""))
    if method != "password":
        raise Refusal(No("sign.method", _("Choose how you show that it is you.")))
    return prove.by_password(intent, raw.get("password", ""), raw.get("username", ""))


def sign(request: HttpRequest, number: str, name: str, edition: int | None = None) -> HttpResponseBase:
    """Sign: what is signed, what it means, what will follow, and the second component."""
    actor = the_actor(request)
    record = find(request, number, edition, latest=True)
    note_reading(actor, record, "read.sign")
    kind = kind_of(record)
    step = the_move(kind, name)
    if request.method != "POST":
        return _sign_page(request, actor, record, step)
    try:
        intent = _intent(actor, record, step, typed_text(request, "nonce"))
        prove_by(intent, request.POST)
        signed = verbs.sign(actor, record, intent.nonce, reason=typed_text(request, "reason"), **answers(kind, record, step, request.POST))
    except Refused as refusal:
        return _sign_again(request, actor, record, step, refusal)
    state = kind.lifecycle.condition(signed, now()).name
    messages.success(request, _("Signed. %(number)s: %(state)s.") % {"number": signed, "state": state})
    return done(request, of_record(signed))


def _intent(actor: Actor, record: Record, step: Move[Any], nonce: str) -> Intent:
    """The statement that the dialog showed: alive, not used, of this person, session, record and step. Raises Refusal."""
    found: Intent | None = Intent.objects.filter(nonce=nonce, person__uid=actor.uid, record=record.pk, move=step.name, session=actor.session, used_at=None).first()
    if found is None or now() >= found.expires_at:
        raise Refusal(No("sign.expired", _("The dialog was open too long."), fix=_("Read it once more and sign now; nothing is lost.")))
    return found


def _sign_again(request: HttpRequest, actor: Actor, record: Any, step: Move[Any], refusal: Refused) -> HttpResponse:
    """The dialog once more with what was wrong; where it cannot open any more, the refusal as a page."""
    fresh = kind_of(record).model.objects.rows().get(pk=record.pk)
    try:
        return _sign_page(request, actor, fresh, step, nos=refusal.nos, status=refusal.status)
    except Refused:
        raise refusal from None


def _sign_page(request: HttpRequest, actor: Actor, record: Any, step: Move[Any], *, nos: tuple[No, ...] = (), status: int = 200) -> HttpResponse:
    kind, zone = kind_of(record), times.zone_name(record)
    intent = verbs.ask_signature(actor, record, step.name, zone=zone)
    account = Account.objects.filter(person__uid=actor.uid).first()
    ways = ways_of(account, actor)
    state = state_of(record, step)
    mine = [slot for slot in state.open if slot.name in intent.slots.split(",")]
    raw = request.POST if request.method == "POST" else QueryDict()
    asks = asks_of(kind, record, step, raw if request.method == "POST" else None, nos)
    chosen = raw.get("method") or ways[0].code
    context = {
        "kind": kind, "record": record, "move": step, "intent": intent, "zone": zone, "ways": ways, "chosen": chosen, "asks": asks, "raw": raw,
        "meaning": MEANINGS.get(mine[0].meaning, mine[0].meaning), "meaning_words": MEANING_WORDS.get(mine[0].meaning, mine[0].meaning), "slots": mine,
        "last": len(state.open) == len(mine), "left": len(state.open) - len(mine), "names": actor.person is not None and prove.asks_name(actor.person, actor.session),
        "options": _passkey_options(actor, intent) if any(way.code == "passkey" for way in ways) else None, "person": actor.person, "nos": nos,
        "earlier": [row for row in _editions_before(record)][:1], **placed(nos, asks),
    }  # fmt: skip
    return render(request, "pages/sign.html", context, status=status)


def _editions_before(record: Record) -> list[Record]:
    if record.edition == 1:
        return []
    return list(Record.objects.filter(series=record.series_id, edition__lt=record.edition).order_by("-edition")[:1])


def _passkey_options(actor: Actor, intent: Intent) -> dict[str, Any]:
    """WebAuthn options whose challenge is the hash of the statement."""
    assert actor.person is not None
    options, _state = passkey.request(passkey.challenge_of(intent.statement), passkey.keys_of(actor.person))
    return options
