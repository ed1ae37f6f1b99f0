"""R4: the signatures of each story are counted. A figure that grows fails: people are asked for more than a rule demands."""

from typing import Any

import pytest
from django.db.models import Count

from medithread.kernel import verbs
from medithread.kernel.signing.models import Signature
from medithread.system.documents.models import Document
from tests.system.documents.archive import ROWS, table, zipped
from tests.system.documents.making import NEXT

from .firm import Firm, founded
from .walks import approve, improved, in_force, written

# story: signatures in the ledger, times that somebody signed (one founder signs three meanings with one password)
MOST = {
    "founding, two people": (6, 2),
    "one more person who may sign": (2, 2),
    "first procedure": (2, 2),
    "first procedure, owned by its approver": (1, 1),
    "revision": (2, 2),
    "idea with two actions": (1, 1),
    "adoption of ten documents": (1, 1),
}


@pytest.fixture
def firm(db: None) -> Firm:
    return founded()


def counted(story: str, before: int) -> None:
    rows = Signature.objects.filter(pk__gt=before)
    acts = rows.values("person", "record", "move").annotate(n=Count("pk")).count()
    assert (rows.count(), acts) == MOST[story], f"{story}: signatures and signings have changed"


def last() -> int:
    return Signature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_founding(db: None) -> None:
    firm = Firm()
    firm.install()
    firm.found()
    counted("founding, two people", 0)


def test_one_more_person(db: None) -> None:
    firm = Firm()
    firm.install()
    firm.found()
    before = last()
    firm.hire("cleo")
    counted("one more person who may sign", before)


def test_the_first_procedure(firm: Firm) -> None:
    before = last()
    in_force(firm)
    counted("first procedure", before)


def test_the_first_procedure_owned_by_its_approver(firm: Firm) -> None:
    """One signature stands for both answers of the same person."""
    before = last()
    draft = firm.move(firm.cleo, written(firm, owner=firm.ben.uid), "submit")
    assert firm.sign(firm.ben, draft, "approve").state == "approved"
    counted("first procedure, owned by its approver", before)


def test_a_revision(firm: Firm) -> None:
    first = in_force(firm)
    before = last()
    approve(firm, firm.move(firm.cleo, verbs.revise(firm.cleo, first, **NEXT), "submit"))
    counted("revision", before)


def test_an_idea_with_two_actions(firm: Firm) -> None:
    better = improved(firm)
    before = last()
    firm.sign(firm.ben, better, "close")
    assert Signature.objects.filter(record__parent=better).count() == 0
    counted("idea with two actions", before)


def test_the_adoption_of_ten_documents(firm: Firm) -> None:
    files, rows = _ten()
    before = last()
    _adopt(firm, files, rows)
    assert Document.objects.filter(adopted=True, state="approved").count() == 10
    counted("adoption of ten documents", before)


def _ten() -> tuple[dict[str, bytes], list[dict[str, str]]]:
    files = {f"AA-{n} Cleaning.md": f"# Cleaning {n}\n\nWipe line {n}.\n".encode() for n in range(1, 11)}
    rows = [{**ROWS[2], "Number": f"AA-{n}", "File": f"AA-{n} Cleaning.md", "Owner": "Dan Holm", "Evidence": ""} for n in range(1, 11)]
    return files, rows


def _adopt(firm: Firm, files: dict[str, bytes], rows: list[dict[str, str]]) -> Any:
    from medithread.kernel.work.worker import drain
    from medithread.system.documents.adoption.desk import mark
    from medithread.system.documents.adoption.folders import adopt_folder

    adoption, _found = adopt_folder(firm.ben, zipped(files), table(rows), title="Archive", source="Paper", types=["AA=WI"], listed=10)
    adoption = firm.move(firm.ben, adoption, "count")
    drain()
    mark(firm.ben, adoption, {str(row.uid): (True, "") for row in adoption.versions.filter(drawn=True)})
    return firm.sign(firm.ben, firm.move(firm.ben, adoption, "sample"), "adopt")
