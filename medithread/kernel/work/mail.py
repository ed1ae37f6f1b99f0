"""Mail: queued in the act's own transaction, sent by the worker, tried again when the server does not answer."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from medithread.kernel.identity.models import Person

from .jobs import Progress, enqueue, job


def mail(to: Person, subject: str, text: str, *, key: str | None = None) -> None:
    """Queue a mail to a person; people without an address or who have left get none."""
    if to.email and to.left_on is None:
        enqueue("mail.send", title=_("Mail to %(name)s") % {"name": to.name}, key=key, to=to.email, subject=subject, text=text)


@job("mail.send", tries=6)
def send(_progress: Progress, to: str, subject: str, text: str) -> None:
    """Send one mail. Header injection is refused by Django."""
    EmailMessage(subject=" ".join(subject.split())[:200], body=text, to=[to]).send()
