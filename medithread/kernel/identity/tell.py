"""Telling people at once what happened to their accounts. Whoever sends mail better registers itself with `use`."""

import logging
from collections.abc import Callable, Iterable
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db.models import Q

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import Words

from .models import Person
from .roles import SECURITY

log = logging.getLogger("medithread.identity")
Post = Callable[[Person, str, str], None]


def by_mail(to: Person, subject: str, text: str) -> None:
    """Send one mail now. A mail server that does not answer is logged; the act it tells of stands."""
    if not to.email:
        return
    try:
        send_mail(subject, text, None, [to.email])
    except (OSError, SMTPException):
        log.exception("could not tell %s: %s", to.uid, subject)


_post: list[Post] = [by_mail]


def use(post: Post) -> None:
    """Send by this function from now on (a queue with retries)."""
    _post[0] = post


def tell(people: Iterable[Person], subject: Words, text: Words) -> None:
    """Tell each of them once."""
    for person in dict.fromkeys(people):
        _post[0](person, str(subject), str(text))


def security() -> list[Person]:
    """Those who are told of attempts at misuse: the system administrators, or quality when there are none."""
    for role in SECURITY:
        found = holders(role)
        if found:
            return found
    return []


def holders(*roles: str) -> list[Person]:
    """People who hold one of the roles now, in their own right."""
    at = now()
    valid = Q(grants__valid_from__lte=at) & (Q(grants__valid_to=None) | Q(grants__valid_to__gt=at))
    held = Person.objects.filter(valid, grants__role__in=roles).filter(Q(left_on=None) | Q(left_on__gte=at.date()))
    return list(held.distinct().order_by("id"))


def alert(owner: Person, subject: Words, text: Words) -> None:
    """Tell the owner of an account and those who look after security (11.300(d))."""
    tell([owner, *security()], subject, text)
