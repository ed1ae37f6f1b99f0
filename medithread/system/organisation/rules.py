"""What must hold before people may act and sign, and what follows (R9-R11; 21 CFR 11.10(d), (g), (j), 11.100(b))."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Grant, Person
from medithread.kernel.identity.roles import GRANTERS, LIMITED, TECHNICAL, Role
from medithread.kernel.records.lifecycle import By
from medithread.kernel.records.models import Record
from medithread.kernel.signing import independence
from medithread.kernel.signing.models import Compensation
from medithread.kernel.verbs.people_rights import put_accepted, put_verified
from medithread.kernel.verbs.people_roles import holds_itself, open_grants, put_grant

from .models import AccessReview, Founding, IdentityCheck, IndependenceException, RoleProposal

LONGEST_EXCEPTION = timedelta(days=366)


def is_founded() -> bool:
    """Has somebody a right of quality here? Then the company was founded, by this act or by what was restored or adopted."""
    technical = [role.value for role in (*TECHNICAL, *LIMITED)]
    return Founding.objects.filter(state="complete").exists() or Grant.objects.exclude(role__in=technical).exists()


def not_founded() -> By:
    """Only while nobody holds a quality role, and one founding at a time."""

    def may_found(_actor: Actor, _record: Record | None, _at: datetime) -> No | None:
        if is_founded():
            return No("founding.done", _("The company was founded already; this cannot be repeated."))
        if Founding.objects.filter(state="open").exists():
            return No("founding.open", _("A founding act is open."), fix=_("Complete it, or void it."), link="founding")
        return None

    return may_found


def founder(which: str) -> By:
    """Is the `first` or the `second` of the two founders."""

    def is_founder(actor: Actor, record: Any, _at: datetime) -> No | None:
        if record is not None and str(getattr(record, f"{which}_id", None)) in (str(actor.uid), "None"):
            return None
        return No("founding.who", _("This is for the two people of the founding act."))

    return is_founder


def subject() -> By:
    """Is the person whom the record is about."""

    def is_subject(actor: Actor, record: Any, _at: datetime) -> No | None:
        if record is not None and record.person_id == actor.uid:
            return None
        return No("who.subject", _("This is for the person it is about."))

    return is_subject


def for_oneself() -> By:
    """Signs for nobody but oneself; a record that names nobody yet may become anybody's."""

    def is_oneself(actor: Actor, record: Any, at: datetime) -> No | None:
        return None if record is not None and record.person_id is None else subject()(actor, record, at)

    return is_oneself


def signer_to_be() -> By:
    """Holds some role here under which something is signed; an inspector signs nothing."""

    def may_become_signer(actor: Actor, _record: Record | None, _at: datetime) -> No | None:
        if {hold.role for hold in actor.holds()} - {Role.INSP.value}:
            return None
        return No("accept.no-role", _("You hold no role under which you would sign."), fix=_("Ask the quality manager for a role."))

    return may_become_signer


def holds_role_there() -> By:
    """Holds, in their own right and for the site proposed, a role that may give roles."""

    def may_confirm(actor: Actor, record: Any, _at: datetime) -> No | None:
        if holds_itself(actor, GRANTERS, record.at_site if record is not None else None):
            return None
        return No("who.granter", _("This takes quality, management representative or top management, for that site."))

    return may_confirm


# --- founding -------------------------------------------------------------------------------------------------------


def founders_differ(founding: Founding) -> No | None:
    """Two people; one alone founds nothing."""
    if founding.first_id is None or founding.second_id is None or founding.first_id == founding.second_id:
        return No("founding.two", _("The founding act takes two people."), field="second", fix=_("Name the second person."))
    return None


def roles_suffice(founding: Founding) -> No | None:
    """Afterwards somebody can approve, and somebody can decide for the company."""
    given = {*(founding.first_roles or ()), *(founding.second_roles or ())}
    if Role.QA.value not in given or Role.TM.value not in given:
        return No("founding.roles", _("Somebody must be quality approver, and somebody top management."), field="first_roles", fix=_("One person may hold several roles."))
    unknown = given - {role.value for role in Role}
    if unknown or given & {Role.INSP.value}:
        return No("founding.roles-unknown", _("A founder cannot hold the role “%(role)s”.") % {"role": ", ".join(sorted(unknown)) or Role.INSP.value}, field="first_roles")
    return None


def verified_in_time(founding: Founding) -> No | None:
    """Nobody was verified in the future."""
    days = [day for day in (founding.first_verified_on, founding.second_verified_on) if day is not None]
    if any(day > now().date() for day in days):
        return No("founding.future", _("An identity was verified today or earlier."), field="first_verified_on")
    return None


def give_each_other_roles(act: Any, founding: Founding) -> None:
    """The limited access of the second person ends, and each appoints the other."""
    for grant in open_grants(founding.second, act.at).filter(role=Role.INSP.value):
        grant.valid_to = act.at
        act.put("edit", grant)
    for person, roles, other in ((founding.first, founding.first_roles, founding.second), (founding.second, founding.second_roles, founding.first)):
        held = set(open_grants(person, act.at).values_list("role", flat=True))
        for role in roles or ():
            if role not in held:
                put_grant(act, person, role, by=other, reason="founding act")


def founder_right(act: Any, founding: Founding, person: Person) -> None:
    """Within a founder's own signing: verified by the other as stated, statement accepted."""
    first = person.uid == founding.first_id
    other = founding.second if first else founding.first
    how = founding.first_verified_how if first else founding.second_verified_how
    put_verified(act, person, by=other, how=how or "")
    put_accepted(act, person)


# --- identity, accountability, roles ----------------------------------------------------------------------------------


def check_is_not_ahead(check: IdentityCheck) -> No | None:
    """An identity was looked at today or earlier."""
    if check.checked_on is not None and check.checked_on > now().date():
        return No("identity.future", _("This day lies ahead."), field="checked_on")
    return None


def sanction_signature(act: Any, check: IdentityCheck) -> None:
    """From now on this person may sign, and enrol keys."""
    put_verified(act, check.person, by=act.actor.person, how=f"{check.looked_at}; {check.place}")


def dates_make_sense(proposal: RoleProposal) -> No | None:
    """The end lies behind the beginning."""
    if proposal.valid_to is not None and proposal.valid_to <= (proposal.valid_from or now()):
        return No("grant.end", _("The role would end before it begins."), field="valid_to")
    return None


def give_the_role(act: Any, proposal: RoleProposal) -> None:
    """Proposed by the one, confirmed by the other."""
    start = proposal.valid_from if proposal.valid_from and proposal.valid_from > act.at else None
    put_grant(
        act, proposal.person, proposal.role or "", by=_proposer(proposal), confirmed_by=act.actor.person,
        site=proposal.at_site, valid_from=start, valid_to=proposal.valid_to, reason=proposal.because or "",
    )  # fmt: skip


def _proposer(proposal: RoleProposal) -> Person | None:
    return Person.objects.filter(uid=proposal.created_by).first() if proposal.created_by else None


# --- access review ------------------------------------------------------------------------------------------------------


def every_line_is_judged(review: AccessReview) -> No | None:
    """Each person was looked at."""
    left = review.lines.filter(outcome=None).count()
    if left:
        return No("review.open-lines", _("%(n)d people have not been judged yet.") % {"n": left}, field="lines", fix=_("Say for each: keep, change or end."))
    return None


def remarks_say_what(review: AccessReview) -> No | None:
    """Whoever is to be changed or ended has a remark that says how."""
    if review.lines.exclude(outcome="keep").exclude(outcome=None).filter(remark=None).exists():
        return No("review.remark", _("Say what is to change."), field="lines", fix=_("Write it beside the person."))
    return None


# --- exceptions ---------------------------------------------------------------------------------------------------------


def rule_can_be_compensated(exception: IndependenceException) -> No | None:
    """Hard rules are never departed from (R9)."""
    rule = independence.find(exception.rule or "")
    if exception.rule is not None and rule is None:
        return No("exception.rule", _("There is no such rule of independence."), field="rule", fix=_("Choose one from the list."))
    if rule is not None and rule.hard:
        return No("exception.hard", _("This rule is never departed from: %(rule)s") % {"rule": rule.text}, field="rule", fix=_("Find another person, also from outside."))
    return None


def ends_within_a_year(exception: IndependenceException) -> No | None:
    """An exception is no new rule."""
    if exception.valid_from is None or exception.valid_until is None:
        return None
    if not timedelta(0) <= exception.valid_until - exception.valid_from <= LONGEST_EXCEPTION:
        return No("exception.dates", _("An exception ends, within a year at the latest."), field="valid_until")
    return None


def put_exception_in_force(act: Any, exception: IndependenceException) -> None:
    """What the independence rules look at."""
    assert exception.valid_from and exception.valid_until and exception.rule and exception.because  # noqa: PT018  (required before approval)
    made = Compensation(
        rule=exception.rule, person=exception.person, second=exception.second, reason=exception.because,
        valid_from=max(act.at, _midnight(exception.valid_from)), valid_to=_midnight(exception.valid_until + timedelta(days=1)), granted_by=act.actor.person,
    )  # fmt: skip
    act.put("create", made)
    exception.compensation = made.uid
    exception.effective_from, exception.effective_to = made.valid_from, made.valid_to


def end_exception(act: Any, exception: IndependenceException) -> None:
    """Ended before its time."""
    exception.effective_to = max(act.at, exception.effective_from or act.at)
    made = Compensation.objects.filter(uid=exception.compensation, valid_to__gt=act.at).first() if exception.compensation else None
    if made is not None:
        made.valid_to = max(act.at, made.valid_from)
        act.put("edit", made)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def is_over(exception: Any, at: datetime) -> bool:
    """By spine columns, which lists as of a day have too."""
    return exception.effective_to is not None and exception.effective_to <= at


def over_query(at: datetime) -> Q:
    return Q(effective_to__lte=at)
