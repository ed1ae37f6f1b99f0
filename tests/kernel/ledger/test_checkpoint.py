"""Checkpoints: root, signature, key, rotation, proofs that an entry is in the tree (RFC 6962, C2SP)."""

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel import verbs
from medithread.kernel.base.canon import grow, leaf, node, root
from medithread.kernel.base.refusal import LedgerBroken
from medithread.kernel.ledger import keys, note
from medithread.kernel.ledger.checkpoint import check_inclusion, inclusion_proof, make_checkpoint, siblings
from medithread.kernel.ledger.genesis import origin
from medithread.kernel.ledger.models import Checkpoint, Entry
from medithread.kernel.ledger.verify import verify
from medithread.kernel.ledger.voice import said
from medithread.system.documents.models import Document
from tests.company import Company

from .story import SEED

OTHER = base64.b64encode(b"o" * 32).decode()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return node(tree(leaves[:cut]), tree(leaves[cut:]))


@given(st.integers(0, 70), st.data())
def test_the_grown_tree_is_the_one_of_the_rfc(size: int, data: st.DataObject) -> None:
    leaves = [leaf(bytes([place])) for place in range(size)]
    cut = data.draw(st.integers(0, size))
    assert root(grow(grow([], leaves[:cut]), leaves[cut:])) == tree(leaves)


@given(st.integers(1, 70), st.data())
def test_every_proof_leads_to_the_root_and_no_other_leaf_does(size: int, data: st.DataObject) -> None:
    leaves = [leaf(bytes([place])) for place in range(size)]
    seq = data.draw(st.integers(1, size))
    proof = [tree(leaves[start:end]) for start, end in siblings(seq - 1, size)]
    wanted = tree(leaves)
    assert check_inclusion(leaves[seq - 1], seq, size, proof, wanted)
    assert not check_inclusion(leaf(b"other"), seq, size, proof, wanted)
    for place in range(len(proof)):
        assert not check_inclusion(leaves[seq - 1], seq, size, [*proof[:place], b"x" * 32, *proof[place + 1 :]], wanted)
    assert not check_inclusion(leaves[seq - 1], seq, size, [*proof, b"x" * 32], wanted)
    assert not check_inclusion(leaves[seq - 1], size + 1, size, proof, wanted)
    if proof:
        assert not check_inclusion(leaves[seq - 1], seq, size, proof[:-1], wanted)


def test_without_a_key_it_says_unsigned(company: Company) -> None:
    made = make_checkpoint()
    assert made is not None
    found = note.parse(made.note)
    assert (found.origin, found.size, found.signatures) == (origin(), Entry.objects.count(), ())
    assert found.extensions[1:] == ("DEMO", "unsigned")
    assert verify().counts["checkpoints unsigned"] == 1


def test_with_a_key_it_is_signed_and_the_key_is_published_once(company: Company, settings: Any) -> None:
    settings.CHECKPOINT_KEY = SEED
    first = make_checkpoint()
    verbs.create(company.ada, Document, title="A")
    second = make_checkpoint()
    assert first is not None
    assert second is not None
    assert second.size == first.size + 1
    ((_seq, key),) = keys.published()
    for made in (first, second):
        assert note.verifies(note.parse(made.note), key)
        assert not note.verifies(note.parse(made.note.replace("DEMO", "LIVE")), key)
    assert verify().ok


def test_nothing_new_makes_no_checkpoint(company: Company) -> None:
    first, second = make_checkpoint(), make_checkpoint()
    assert first == second
    assert Checkpoint.objects.count() == 1


def test_it_grows_from_the_one_before(company: Company) -> None:
    for place in range(5):
        verbs.create(company.ada, Document, title=f"Document {place}")
        made = make_checkpoint()
    assert made is not None
    leaves = [bytes.fromhex(mark) for mark in Entry.objects.order_by("seq").values_list("hash", flat=True)]
    assert note.parse(made.note).root == tree(leaves)
    assert verify().ok


def test_one_record_is_proved_to_be_in_a_checkpoint(company: Company) -> None:
    document = verbs.create(company.ada, Document, title="A")
    entry = Entry.objects.get(of=document.uid)
    made = make_checkpoint()
    assert made is not None
    for size in range(entry.seq, made.size + 1):
        wanted = tree([bytes.fromhex(mark) for mark in Entry.objects.filter(seq__lte=size).order_by("seq").values_list("hash", flat=True)])
        assert check_inclusion(leaf(bytes(entry.body)), entry.seq, size, inclusion_proof(entry.seq, size), wanted)
    assert wanted == note.parse(made.note).root
    for seq, size in ((0, 3), (4, 3), (1, made.size + 100)):
        with pytest.raises(ValueError, match=r"no entry"):
            inclusion_proof(seq, size)


def test_rotation_is_signed_by_both_keys(company: Company, settings: Any) -> None:
    settings.CHECKPOINT_KEY = SEED
    make_checkpoint()
    settings.CHECKPOINT_KEY = OTHER
    with pytest.raises(LedgerBroken, match=r"checkpoint\.rotation"):
        make_checkpoint()
    with pytest.raises(LedgerBroken, match=r"checkpoint\.rotation"):
        keys.announce(previous=base64.b64encode(b"x" * 32).decode())
    keys.announce(previous=SEED)
    make_checkpoint()
    header = list(said("key"))[-1]
    assert keys.handed_over(keys.key_name(), header) == (True, True)
    assert keys.handed_over(keys.key_name(), {**header, "by_previous": header["by_key"]}) == (True, False)
    report = verify()
    assert report.ok
    assert not [remark for remark in report.remarks if "former one" in remark]


def test_a_lost_key_is_replaced_with_a_reason_and_said_so(company: Company, settings: Any) -> None:
    settings.CHECKPOINT_KEY = SEED
    make_checkpoint()
    settings.CHECKPOINT_KEY = OTHER
    keys.announce(lost="The machine burnt")
    make_checkpoint()
    report = verify()
    assert report.ok
    assert [remark for remark in report.remarks if "without the former one's signature" in remark]


@pytest.mark.parametrize("seed", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_bad_key_is_refused_with_a_way_out(company: Company, settings: Any, seed: str) -> None:
    settings.CHECKPOINT_KEY = seed
    with pytest.raises(LedgerBroken, match=r"checkpoint\.key"):
        make_checkpoint()


def test_before_birth_there_is_none(db: None) -> None:
    assert make_checkpoint() is None


@pytest.mark.parametrize("text", ["", "a\n1\n", "a\nx\nAAAA\n\n", "a\n01\n" + base64.b64encode(bytes(32)).decode() + "\n\n", "a\n1\nAAAA\n\n", "a\n1\n!!\n\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        note.parse(text)


@given(st.text(alphabet="ab+\n\u2014 1=", max_size=80))
def test_parsing_a_note_raises_nothing_else(text: str) -> None:
    try:
        note.parse(text)
    except ValueError:
        return
