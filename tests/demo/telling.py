"""Short words for asking the demo company."""

from datetime import date, datetime

from medithread.demo.load import END, calendar
from medithread.demo.stage import PARIS
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.records.models import Record
from medithread.system.documents.models import Document


def at(text: str) -> datetime:
    return calendar().at(text)


def day(text: str) -> date:
    return calendar().day(text)


def document(number: str, edition: int = 1) -> Document:
    found: Document = Document.objects.get(number=number, edition=edition)
    return found


def condition(record: Record, when: str = END) -> str:
    return kind_of(record).lifecycle.condition(record, at(when)).code


def who(key: str) -> Actor:
    return Actor(person=Person.objects.get(account__username=key), session=f"test of {key}")


def approved_in_time(number: str, edition: int, signed: str, effective: str) -> None:
    found = document(number, edition)
    assert found.effective_from == at(f"{effective} 06:00")
    last = found.signatures.filter(move="approve").latest("at")
    assert last.at.astimezone(PARIS).date() == day(signed)
    assert last.meaning == "approved"
