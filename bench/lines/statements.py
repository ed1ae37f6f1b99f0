"""How many statements each verb sends to the database. The same counts are frozen in tests/bench/test_statements.py."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import connection

from bench.context import Context
from bench.figures import Figure
from bench.registry import line
from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.signing import prove
from medithread.system.documents.models import Document

TEXT = "The clamp of the reservoir can be opened with gloves only after the second try."
BODY = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": TEXT}]}]}


@line("statements")
def statements(context: Context) -> Iterable[Figure]:
    """Statements per verb, marks of the transaction aside."""
    for name, count in counted(context.people).items():
        yield Figure(f"statements of {name}", count, "")


def sent(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What a call answers, and the statements it sent."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, about: Any) -> Any:
        found.append(sql)
        return execute(sql, params, many, about)

    with connection.execute_wrapper(watch):
        return call(), found


def counted(people: Any) -> dict[str, int]:
    """Verb → statements. What is read once per process has been read before."""
    _all(people)
    return {name: len(found) for name, found in _all(people).items()}


def _all(people: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    idea, found["create"] = sent(lambda: verbs.create(people.rea, Idea, title="One", description=TEXT, due=date(2027, 3, 1)))
    _same, found["edit"] = sent(lambda: verbs.edit(people.rea, idea, lock=idea.lock, description="Otherwise"))
    _note, found["comment"] = sent(lambda: verbs.comment(people.ada, idea, "Good."))
    other = verbs.create(people.rea, Idea, title="Two", description=TEXT)
    _link, found["link"] = sent(lambda: verbs.link(people.rea, idea, other, "relates"))
    _same, found["move"] = sent(lambda: verbs.move(people.quinn, idea, "accept", lock=idea.lock, decision="Yes"))
    document, nonce = _waiting(people)
    _same, found["sign"] = sent(lambda: verbs.sign(people.quinn, document, nonce))
    return found


def _waiting(people: Any) -> tuple[Document, str]:
    """A document in review, and a proved intent to sign it."""
    from tests.company import see

    document = verbs.create(
        people.ada, Document, title="Control of documents", body=BODY, owner=people.otto.uid, type="SOP", change_reason="First version",
        change_class="retrain", audience=["MFG"], review_months=24,
    )
    verbs.move(people.otto, document, "submit", lock=document.lock)
    see(people.quinn, document)
    return document, prove.simulated(verbs.ask_signature(people.quinn, document, "approve")).nonce
