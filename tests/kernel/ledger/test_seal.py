"""The access journal lies under Merkle roots in the ledger."""

from medithread.kernel.base.canon import grow, leaf, root
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Journal, JournalSeal
from medithread.kernel.ledger.seal import journal_rows, row_bytes, seal_journal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.ledger.voice import said
from tests.company import Company


def test_rows_are_sealed_once_and_in_order(company: Company) -> None:
    assert seal_journal() is None
    for place in range(5):
        journal("read", person=company.rea.uid, detail=f"page {place}", address="10.0.0.7")
    first = seal_journal()
    assert seal_journal() is None
    journal("print", person=company.rea.uid)
    second = seal_journal()
    assert first is not None
    assert second is not None
    assert (first.count, second.count, second.first) == (5, 1, first.last + 1)
    assert [(entry["first"], entry["last"], entry["root"]) for entry in said("seal")] == [(s.first, s.last, s.root) for s in JournalSeal.objects.order_by("first")]
    report = verify()
    assert report.ok
    assert report.counts["journal"] == 6


def test_the_root_is_the_tree_over_the_rows(company: Company) -> None:
    for place in range(7):
        journal("read", person=company.rea.uid if place % 2 else None, detail=f"Seite {place} – größer")
    made = seal_journal()
    assert made is not None
    leaves = [leaf(row_bytes(row)) for row in journal_rows(made.first, made.last)]
    assert made.root == root(grow([], leaves)).hex()
    row = Journal.objects.order_by("id").first()
    assert row is not None
    assert next(journal_rows(row.id, row.id))["at"] == row.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_nothing_is_sealed_before_birth(db: None) -> None:
    journal("sign-in")
    assert seal_journal() is None
