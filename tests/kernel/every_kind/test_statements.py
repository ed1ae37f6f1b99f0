"""How many statements each verb takes, on both databases. A figure that grows is a decision: change it here, and say why in the commit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.signing import prove
from medithread.system.documents.models import Document
from tests.company import Company, see

from . import samples
from .conftest import OfKind

# verb and kind: statements on SQLite, on PostgreSQL (savepoints of the test's own transaction left out)
FROZEN: dict[str, tuple[int, int]] = {
    "create identitycheck": (14, 14),
    "create acceptance": (14, 14),
    "create roleproposal": (14, 14),
    "create accessreview": (14, 14),
    "create independenceexception": (14, 14),
    "create document": (14, 14),
    "create adoption": (14, 14),
    "create external": (14, 14),
    "create idea": (14, 14),
    "create action": (13, 13),
    "edit founding": (19, 18),
    "edit identitycheck": (19, 18),
    "edit roleproposal": (19, 18),
    "edit accessreview": (20, 19),
    "edit independenceexception": (19, 18),
    "edit parameterset": (21, 20),
    "edit document": (23, 22),
    "edit external": (19, 18),
    "edit idea": (19, 18),
    "edit action": (19, 18),
    "move idea accept": (17, 17),
    "ask idea close": (7, 7),
    "sign idea close": (25, 25),
    "move document submit": (17, 17),
    "ask document approve": (10, 10),
    "sign document approve": (29, 29),
    "ask document approve last": (8, 8),
    "sign document approve last": (31, 31),
    "revise document": (27, 27),
}


def taken(act: Callable[[], Any]) -> list[str]:
    """The statements of an act, with what every process asks once already asked."""
    with CaptureQueriesContext(connection) as found:
        act()
    return [query["sql"][:160] for query in found.captured_queries if "SAVEPOINT" not in query["sql"]]


def frozen(name: str, act: Callable[[], Any]) -> None:
    statements = taken(act)
    expected = FROZEN.get(name, (0, 0))[connection.vendor == "postgresql"]
    assert len(statements) == expected, f"{name}: {len(statements)} statements, {expected} are frozen\n" + "\n".join(statements)


def test_creating_takes_as_many_statements_as_are_frozen(of_kind: OfKind) -> None:
    kind, values = of_kind.kind, samples.minimal(of_kind.kind)
    if kind.code in samples.UNFOUNDED or kind.code == "parameterset":
        return  # there is one at a time
    who = samples.maker(of_kind.record)
    frozen(f"create {kind.code}", lambda: verbs.create(who, kind.model, parent=of_kind.record.parent, **values))


def test_editing_takes_as_many_statements_as_are_frozen(of_kind: OfKind) -> None:
    record = of_kind.record
    if of_kind.kind.lifecycle.editable:
        who = samples.editor(of_kind.company, record)
        frozen(f"edit {of_kind.kind.code}", lambda: verbs.edit(who, record, lock=record.lock, title="Another"))


def test_moving_and_signing_take_as_many_statements_as_are_frozen(company: Company) -> None:
    idea = samples.begin(company, kind_of(Idea), by=company.rea, description="Searched every day")
    frozen("move idea accept", lambda: verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it"))
    idea = samples.put_in_state(idea, "done")
    verbs.edit(company.rea, idea, lock=idea.lock, outcome="better", result="Seen")
    _sign(company.quinn, idea, "close")


def test_a_document_takes_as_many_statements_as_are_frozen(company: Company) -> None:
    values = {"type": "SOP", "change_reason": "First", "change_class": "retrain", "audience": ["MFG"], "review_months": 24, "body": samples.text_body("Who does what.")}
    document = samples.begin(company, kind_of(Document), by=company.ada, owner=company.otto.uid, **values)
    frozen("move document submit", lambda: verbs.move(company.otto, document, "submit", lock=document.lock))
    _sign(company.quinn, document, "approve")
    _sign(company.otto, document, "approve", last=" last")
    frozen("revise document", lambda: verbs.revise(company.ada, document))


def _sign(who: Any, record: Any, move: str, last: str = "") -> None:
    """The statement, then the signature; the proof between them is not counted."""
    see(who, record)
    intents: list[Any] = []
    frozen(f"ask {record.kind} {move}{last}", lambda: intents.append(verbs.ask_signature(who, record, move)))
    prove.simulated(intents[0])
    frozen(f"sign {record.kind} {move}{last}", lambda: verbs.sign(who, record, intents[0].nonce))


@pytest.mark.parametrize("rows", [1, 40])
def test_a_page_of_a_list_takes_the_same_for_one_row_and_for_forty(company: Company, rows: int) -> None:
    from medithread.kernel.identity.actor import Actor
    from medithread.kernel.records.listing import Ask, listing

    kind = kind_of(Idea)
    for _n in range(rows):
        samples.begin(company, kind, by=company.rea)
    assert len(taken(lambda: [str(row.owner) for row in listing(kind, Actor(person=company.quinn), Ask()).rows])) == 3
