"""What the lines share: a company, people to act as, and as many records as a line asks for."""

import sys
import time
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Person, Site
from medithread.kernel.ledger.genesis import is_born
from medithread.kernel.records.models import Record
from medithread.kernel.verbs.unit import unit
from medithread.system.documents.models import Document

from .fill import fill
from .story import BODY, DUE, TITLE, Story, learn
from .words import Words

BODY_WORDS, STAFF = 600, 200


def say(text: str) -> None:
    """A line for the person who waits."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@dataclass
class Context:
    """One database under measurement. `share` of the full sizes is used (1.0, or less for a quick look)."""

    database: str
    share: float
    folder: Path
    people: Any = None
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from tests.company import Company, found

        if is_born():
            people = {person.name.split()[0].lower(): person for person in Person.objects.all()}
            self.people = Company(people, Site.objects.get(code="LYO"), Site.objects.get(code="GRE"))
        else:
            self.people = found()

    def size(self, full: int) -> int:
        """A size of the issue, scaled down for a quick look."""
        return max(100, int(full * self.share))

    @property
    def reader(self) -> Actor:
        return Actor(person=self.people.rea)

    @cached_property
    def client(self) -> Client:
        """A browser in which this reader is signed in."""
        client = Client(SERVER_NAME="localhost")
        client.force_login(Account.objects.get(person=self.people.rea), "django.contrib.auth.backends.ModelBackend")
        return client

    @cached_property
    def words(self) -> Words:
        return Words(50)

    # --- data sets ----------------------------------------------------------------------------------------------
    def ideas(self, full: int, *, lean: bool = False) -> int:
        """See that there are so many ideas; answers how many. `lean` shares equal values, to fill quicker."""
        wanted = self.size(full)
        missing = wanted - Idea.objects.count()
        if missing > 0:
            self._fill(self.idea_stories, missing, "ideas", words=12, lean=lean)
        return wanted

    def documents(self, full: int) -> int:
        """See that there are so many documents of some four pages."""
        wanted = self.size(full)
        missing = wanted - Document.objects.count()
        if missing > 0:
            self._fill(self.document_stories, missing, "documents", words=BODY_WORDS, lean=False)
        return wanted

    def _fill(self, stories: list[tuple[Story, int]], count: int, what: str, **options: Any) -> None:
        start = time.monotonic()
        fill(stories, count, [person.uid for person in self.staff], **options)
        say(f"  {self.database}: {count:,} {what} filled in {time.monotonic() - start:.0f} s")

    @cached_property
    def staff(self) -> list[Person]:
        """Two hundred people who own the records; the reader is one of them."""
        found = list(Person.objects.filter(name__startswith="Worker "))
        if not found:
            with unit(Actor(agent=Agent.objects.get(name="founder"))) as act:
                for place in range(STAFF):
                    person = Person(name=f"Worker {place:03d}", function="Operator")
                    act.put("create", person)
                    found.append(person)
        return [*found, self.people.rea]

    @cached_property
    def idea_stories(self) -> list[tuple[Story, int]]:
        """Half of the ideas are new, a third was accepted, the rest declined."""
        people = self.people
        return [
            (learn(partial(self.told, people.ada)), 50),
            (learn(partial(self._moved, people.otto, "accept", decision="Yes, this year.")), 35),
            (learn(partial(self._moved, people.rea, "decline", reason="Done elsewhere.")), 15),
        ]

    def told(self, person: Any) -> Idea:
        return verbs.create(
            person, Idea, title=TITLE, description=BODY, due=DUE, source="work", benefit="Less to look for, and nothing is forgotten.",
        )

    def _moved(self, person: Any, move: str, **words: Any) -> Record:
        idea = self.told(person)
        verbs.move(self.people.quinn, idea, move, lock=idea.lock, **words)
        return idea

    @cached_property
    def document_stories(self) -> list[tuple[Story, int]]:
        return [(learn(partial(self._written, person)), 1) for person in (self.people.otto, self.people.ada)]

    def _written(self, person: Any) -> Document:
        text = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": BODY}]}]}
        return verbs.create(
            person, Document, title=TITLE, due=DUE, type="SOP", body=text, purpose="It says who does what, and what is kept.",
            change_reason="First version.", change_class="read", audience=["QA", "MFG"], clauses=["4.2.4"], review_months=24,
        )
