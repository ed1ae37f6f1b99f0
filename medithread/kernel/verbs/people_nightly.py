"""What the nightly job does for accounts: suspends unused signing, ends leavers, asks for key tests (11.300(b), (e))."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Grant, Person, SignIn, SigningRight, Throttle
from medithread.kernel.identity.roles import GRANTERS
from medithread.kernel.identity.tell import holders, tell

from .people import end_everything
from .people_factors import keys_to_test
from .people_rights import suspend
from .unit import unit

UNUSED = timedelta(days=90)


def suspend_unused(who: Actor) -> list[Person]:
    """Suspend signing of accounts not used for more than 90 days; owner and manager (or quality) are told (T-300b-1).

    `who` is the agent in whose name it is done. An account never used counts from the verification of its person's identity.
    """
    suspended = []
    with unit(who, "suspend unused") as act:
        before = act.at - UNUSED
        idle = Q(last_seen__lt=before) | Q(last_seen=None)
        verified = SigningRight.objects.filter(verified_at__lt=before).values("person")
        for account in Account.objects.filter(idle, person__uid__in=verified).select_related("person__manager"):
            if suspend(act, account.person, {"reason": f"not used for more than {UNUSED.days} days"}):
                suspended.append(account.person)
    for person in suspended:
        tell(
            [person, *([person.manager] if person.manager else holders(*GRANTERS))], _("Signing was suspended"),
            _("The account of %(name)s was not used for more than 90 days, so signing is suspended until a second person has verified the identity again.") % {"name": person.name},
        )  # fmt: skip
    return suspended


def end_leavers(who: Actor) -> list[Person]:
    """End accounts, roles and delegations of people whose last day is over."""
    ended = []
    with unit(who, "end leavers") as act:
        gone = Q(left_on__lt=act.at.date())
        open_grants = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=act.at)).values("person")
        still = Q(account__is_active=True) | Q(uid__in=open_grants)
        for person in Person.objects.filter(gone & still).distinct():
            end_everything(act, person, {"reason": "last day is over"})
            ended.append(person)
    return ended


def forget_old() -> None:
    """Ended sign-ins leave after 90 days, counted failures after one; the access journal keeps what happened."""
    at = now()
    SignIn.objects.filter(ended_at__lt=at - UNUSED).delete()
    SignIn.objects.filter(ends_at__lt=at - UNUSED).delete()
    Throttle.objects.filter(since__lt=at - timedelta(days=1)).exclude(locked_until__gt=at).delete()


def ask_for_key_tests() -> int:
    """Remind the owners of hardware keys whose yearly test is due (T-300e-1). Answers how many."""
    due = keys_to_test()
    for key in due:
        tell([key.person], _("Your security key is due for its test"), _("Please check that “%(label)s” works and is unaltered, and note it under “My account”.") % {"label": key.label})
    return len(due)
