"""Checkpoints: from time to time size and Merkle root of the ledger are stated and signed (docs/spec/checkpoint.md)."""

import json
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from medithread.kernel.base import clock
from medithread.kernel.base.canon import canonical, grow, node, root
from medithread.kernel.base.guard import door_open

from . import keys, note
from .models import Checkpoint, Entry, Head
from .seal import seal_journal
from .stream import rows, snapshot

Frontier = list[tuple[int, bytes]]
LEAVES = "SELECT hash FROM ledger_entry WHERE seq > %s AND seq <= %s ORDER BY seq"


def make_checkpoint() -> Checkpoint | None:
    """Seal the journal, then state and sign where the ledger stands. Answers the newest checkpoint; None before birth.

    Everything is computed and signed outside the ledger's lock; of two makers at the same place one wins. Raises LedgerBroken
    when the checkpoint key was changed without the former one.
    """
    if not Head.objects.exists():
        return None
    seal_journal()
    key = keys.announce()
    last: Checkpoint | None = Checkpoint.objects.order_by("-size").first()
    with snapshot():
        head = Head.objects.get()
        if last is not None and last.size >= head.seq:
            return last
        frontier = grow(thaw(last.frontier) if last else [], leaves(last.size if last else 0, head.seq))
    at = clock.now()
    text = note.body(head.origin, head.seq, root(frontier), extensions(head.purpose, clock.text(at), signed=key is not None))
    made = Checkpoint(size=head.seq, note=note.signed(text, keys.key_name(), key), frontier=freeze(frontier), at=at)
    try:
        with transaction.atomic(), door_open():
            made.save(force_insert=True)
    except IntegrityError:
        there: Checkpoint = Checkpoint.objects.get(size=made.size)
        return there
    return made


def extensions(purpose: str, at: str, *, signed: bool) -> tuple[str, ...]:
    """The lines of our own in a checkpoint: when it was made, that it is a demo, that nobody signed it."""
    found = [f"at {at}"]
    if purpose == "demo":
        found.append("DEMO")
    if not signed:
        found.append("unsigned")
    return tuple(found)


def leaves(after: int, to: int) -> Iterable[bytes]:
    """Leaf hashes of the entries after+1 … to."""
    return (bytes.fromhex(row[0]) for row in rows(LEAVES, (after, to), 10_000))


def freeze(frontier: Frontier) -> str:
    """The compact tree as it is stored."""
    return canonical([[height, mark.hex()] for height, mark in frontier]).decode()


def thaw(text: str) -> Frontier:
    """The compact tree back from its stored form."""
    return [(height, bytes.fromhex(mark)) for height, mark in json.loads(text)]


def inclusion_proof(seq: int, size: int) -> list[bytes]:
    """The audit path of RFC 6962 §2.1.1 that entry `seq` is in the tree of the first `size` entries.

    Reads `size` hashes; memory stays flat. Raises ValueError when there is no such place.
    """
    if not 1 <= seq <= size or not Entry.objects.filter(seq=size).exists():
        raise ValueError(f"there is no entry {seq} in a tree of {size}")
    with snapshot():
        return [root(grow([], leaves(start, end))) for start, end in siblings(seq - 1, size)]


def siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges [start, end) of leaves whose roots make the audit path of leaf `index`, from the leaf upwards."""
    found: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def check_inclusion(leaf: bytes, seq: int, size: int, proof: list[bytes], wanted: bytes) -> bool:
    """Does the audit path lead from this leaf to this root? (RFC 9162 §2.1.3.2)"""
    place, last, found = seq - 1, size - 1, leaf
    if not 0 <= place <= last:
        return False
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted
