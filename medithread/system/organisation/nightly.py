"""Every night: unused signing is suspended, leavers end, owners are asked for key tests, the access review is called for."""

from datetime import timedelta

from django.utils.translation import gettext as _

from medithread import __version__
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Agent
from medithread.kernel.identity.roles import GRANTERS
from medithread.kernel.identity.tell import holders, tell
from medithread.kernel.ledger.genesis import is_born
from medithread.kernel.verbs.people_nightly import ask_for_key_tests, end_leavers, forget_old, suspend_unused
from medithread.kernel.verbs.unit import unit
from medithread.kernel.work.jobs import Progress, job
from medithread.kernel.work.schedules import every

from .acts import review_due
from .models import AccessReview


def keeper() -> Actor:
    """The program in whose name accounts are looked after at night."""
    agent = Agent.objects.filter(name="account keeper").first()
    if agent is None:
        with door_open():
            agent = Agent(name="account keeper", version=__version__)
        with unit(Actor(agent=agent)) as act:
            act.put("create", agent)
    return Actor(agent=agent)


def review_is_overdue() -> bool:
    """The access review is due and none is open (T-10d-3)."""
    due = review_due()
    return due is not None and due < now().date() and not AccessReview.objects.filter(state="open").exists()


def call_for_review() -> bool:
    """Tell those who own access that the review is overdue. Answers whether it is."""
    if not review_is_overdue():
        return False
    tell(holders(*GRANTERS), _("The access review is overdue"), _("Every six months somebody looks at who may do what. Please begin the review under “Access review”."))
    return True


@job("organisation.nightly", tries=3)
def nightly(_progress: Progress) -> str:
    """All of it, once a day."""
    if not is_born():
        return "not founded"
    who = keeper()
    forget_old()
    counts = len(suspend_unused(who)), len(end_leavers(who)), ask_for_key_tests(), int(call_for_review())
    return "suspended {}, left {}, keys to test {}, review overdue {}".format(*counts)


every("organisation.nightly", timedelta(days=1))
