"""The program that makes renditions and ties links: it acts under the entry that approved a document or protocol."""

from medithread import __version__
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Agent
from medithread.kernel.ledger.models import Entry
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.unit import unit

NAME = "librarian"


def librarian(record: Record) -> Actor:
    """The agent, under the authority of the last move of this record."""
    agent = Agent.objects.filter(name=NAME).first()
    if agent is None:
        agent = Agent(name=NAME, version=__version__)
        with unit(Actor(agent=agent), "begin the librarian") as act:
            act.put("create", agent)
    authority = Entry.objects.filter(subject=record.uid, verb="move").order_by("-seq").values_list("seq", flat=True).first()
    return Actor(agent=agent, authority=authority)
