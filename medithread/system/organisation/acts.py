"""What two founders, a new signer and the access owner do in one go: founding, acceptance, review, proposal (R11, 11.10)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Grant, Person, SigningRight, Site
from medithread.kernel.identity.roles import GRANTERS, Role, role_name
from medithread.kernel.records.models import Given, Record
from medithread.kernel.signing import prove
from medithread.kernel.signing.statement import ACCOUNTABILITY, STATEMENT_VERSION
from medithread.kernel.verbs.people import add_person, needs
from medithread.kernel.verbs.people_accounts import blank_account, fit_name, send_invitation
from medithread.kernel.verbs.people_rights import has_accepted, put_accepted, right_of
from medithread.kernel.verbs.unit import Act, unit

from .models import Acceptance, AccessReview, Founding, RoleProposal
from .rules import founder_right

INTERVAL = timedelta(days=182)
LIMITED_FOR = timedelta(days=14)


def begin_founding(who: Actor, *, second: dict[str, str], **values: Any) -> Founding:
    """Open the founding act: the second person gets an account, limited to this act until it is complete. Raises NotAllowed, Refusal.

    `second`: name, email, username, function. `values`: company, second_verified_how, second_verified_on, first_roles, second_roles,
    letter, in_scope_from.
    """
    name = fit_name(second.get("username", ""))
    with unit(who, "founding") as act:
        other = add_person(act.actor, name=second.get("name"), email=second.get("email"), function=second.get("function"))
        account = blank_account(act, other, name)
        act.put("create", Grant(person=other, role=Role.INSP.value, valid_from=act.at, valid_to=act.at + LIMITED_FOR, granted_by=act.actor.person))
        founding = verbs.create(
            act.actor, Founding, title=_("Founding of %(company)s") % {"company": values.get("company") or _("the company")}, first=act.actor.uid, second=other.uid,
            statement=str(ACCOUNTABILITY), statement_version=STATEMENT_VERSION, **values,
        )  # fmt: skip
        act.put("create", Given(record=founding, person=other, given_by=act.actor.person, valid_from=act.at, valid_to=act.at + LIMITED_FOR))
        send_invitation(act, account, "invite")
    return founding


def serve(actor: Actor, record: Record) -> str:
    """The rendition of a record, noted as shown to this person in this session (R5)."""
    from medithread.kernel.pages.content import note_served, rendition

    html = rendition(record)
    note_served(actor, record, html)
    return html


def sign_founding(who: Actor, founding: Founding, *, username: str, password: str) -> Founding:
    """One founder's three signatures, one act: the other's identity, the own statement, the other's appointment.

    The right to sign comes into being in the same unit, by what the other founder stated. Raises NotAllowed, Refusal.
    """
    person = _person(who)
    proof = prove.password_proof(person, who.session, password, username, subject=founding.uid)
    with unit(who, "sign founding", founding.uid) as act:
        founder_right(act, founding, person)
        for _number in range(3):
            founding = _sign(act, founding, "found", proof)
    return founding


def accept(who: Actor, *, username: str, password: str) -> Acceptance:
    """Accept the present accountability statement by signature; the first thing a person signs (T-10j-1). Raises NotAllowed, Refusal."""
    person = _person(who)
    right = right_of(person)
    if right is None or right.verified_at is None:
        raise Refusal(No("sign.identity", _("Your identity has not been verified yet."), fix=_("Ask a quality approver to verify it."), link="people"))
    if has_accepted(right):
        raise Refusal(No("accept.done", _("You have accepted this statement already.")))
    proof = prove.password_proof(person, who.session, password, username, subject=person.uid)
    with unit(who, "accept accountability", person.uid) as act:
        record = verbs.create(
            act.actor, Acceptance, title=_("Accountability statement of %(name)s") % {"name": person.name}, person=person.uid,
            statement=str(ACCOUNTABILITY), statement_version=STATEMENT_VERSION,
        )  # fmt: skip
        serve(act.actor, record)
        put_accepted(act, person)
        signed: Acceptance = _sign(act, record, "accept", proof)
    return signed


def _sign(act: Act, record: Any, move: str, proof: prove.Proof) -> Any:
    """One more signature within the unit, by components that were checked before it."""
    intent = prove.proven(verbs.ask_signature(act.actor, record, move), proof)
    return verbs.sign(act.actor, record, intent.nonce)


def _person(who: Actor) -> Person:
    if who.person is None or not who.session:
        raise Refusal(No("sign.session", _("Sign in on a page to sign this."), link="sign-in"))
    return who.person


def propose_role(who: Actor | Person, person: Person, role: str, *, because: str, site: Site | None = None, valid_from: datetime | None = None, valid_to: datetime | None = None) -> RoleProposal:
    """Propose a role that nobody may give alone. Raises NotAllowed, Refusal."""
    if role not in {r.value for r in Role}:
        raise Refusal(No("grant.role", _("There is no such role."), field="role", fix=_("Choose one from the list.")))
    title = _("%(role)s for %(name)s") % {"role": role_name(role), "name": person.name}
    return verbs.create(who, RoleProposal, title=title, person=person.uid, role=role, because=because, at_site=site.uid if site else None, valid_from=valid_from, valid_to=valid_to)


def begin_review(who: Actor | Person) -> AccessReview:
    """Open an access review with everybody's access as it is now. Raises NotAllowed, Refusal."""
    running = AccessReview.objects.filter(state="open").first()
    if running is not None:
        raise Refusal(No("review.running", _("The access review %(number)s is open.") % {"number": running.number}, fix=_("Finish it first.")))
    at = now()
    title = _("Access review %(day)s") % {"day": at.date().isoformat()}
    return verbs.create(who, AccessReview, title=title, as_of=at, due=at.date() + timedelta(days=14), parts={"lines": lines(at)})


def lines(at: datetime) -> list[dict[str, Any]]:
    """Everybody who has an account or a role: what they may do, and when they were last here."""
    roles: dict[Any, list[str]] = {}
    for grant in Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at)).select_related("person", "site").order_by("role"):
        roles.setdefault(grant.person.uid, []).append(str(grant).replace(" ", ""))
    accounts = {account.person.uid: account for account in Account.objects.select_related("person")}
    found = []
    for person in Person.objects.filter(uid__in={*roles, *accounts}).order_by("name", "id"):
        account = accounts.get(person.uid)
        found.append({"person": person.uid, "account": _account_words(account), "roles": ", ".join(roles.get(person.uid, [])), "last_seen": _day(account)})
    return found


def _account_words(account: Account | None) -> str:
    if account is None:
        return str(_("no account"))
    return account.username if account.usable else _("%(name)s (closed)") % {"name": account.username}


def _day(account: Account | None) -> date | None:
    return account.last_seen.date() if account is not None and account.last_seen else None


def review_due() -> date | None:
    """When the next access review is due: six months after the last, or after the first person could sign; None before that."""
    last = AccessReview.objects.filter(state="closed").order_by("-state_since").first()
    if last is not None:
        closed: datetime = last.state_since
        return (closed + INTERVAL).date()
    first = SigningRight.objects.filter(verified_at__isnull=False).order_by("verified_at").first()
    return (first.verified_at + INTERVAL).date() if first and first.verified_at else None


def letter_is_missing() -> bool:
    """A letter to the authority was wanted and is not noted as sent (11.100(c))."""
    return bool(Founding.objects.filter(state="complete", letter=True, letter_sent_on=None).exists())


def note_letter(who: Actor | Person, founding: Founding, sent_on: date) -> None:
    """Note the day on which the letter to the authority was sent; the copy is attached to the founding act. Raises NotAllowed."""
    with unit(who, "letter sent", founding.uid) as act:
        needs(act, *GRANTERS, Role.RA)
        act.touch("edit", founding, letter_sent_on=sent_on)
