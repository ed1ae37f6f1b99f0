"""Canonical JSON against an independent implementation, and the Merkle tree against the vectors of RFC 6962 and a plain recursion."""

import hashlib
import os
import subprocess
import sys

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.base.canon import MAX_INT, Json, canonical, clean_text, commitment, grow, leaf, node, root

KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=12)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-MAX_INT, MAX_INT), TEXTS)
VALUES: st.SearchStrategy[Json] = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)), max_leaves=12)


@given(VALUES)
def test_canonical_json_is_that_of_rfc_8785(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_the_bytes_are_the_same_in_another_process() -> None:
    program = "import sys; from medithread.kernel.base.canon import canonical; sys.stdout.buffer.write(canonical({k: 'é' for k in 'zayb'}))"
    environment = {**os.environ, "PYTHONHASHSEED": "1234", "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert found.stdout == '{"a":"é","b":"é","y":"é","z":"é"}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_json_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(value)  # type: ignore[arg-type]


@given(TEXTS)
def test_cleaned_text_stays_as_it_is(text: str) -> None:
    try:
        clean = clean_text(text)
    except ValueError:
        assert "\x00" in text
        return
    assert clean_text(clean) == clean
    assert "\r" not in clean


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_what_no_store_keeps_faithfully_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"nul|surrogate"):
        clean_text(text)


def test_a_commitment_says_nothing_without_its_salt() -> None:
    body = canonical("yes")
    assert commitment(b"\x00" * 16, body) == hashlib.sha256(b"\x00" * 16 + b'"yes"').hexdigest()
    assert commitment(b"\x01" * 16, body) != commitment(b"\x00" * 16, body)


# The eight leaves and the roots after each of them, as used with RFC 6962 by the implementations of Certificate Transparency.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_vectors_of_rfc_6962() -> None:
    assert root([]).hex() == hashlib.sha256(b"").hexdigest()
    frontier: list[tuple[int, bytes]] = []
    for data, expected in zip(LEAVES, ROOTS, strict=True):
        frontier = grow(frontier, [leaf(bytes.fromhex(data))])
        assert root(frontier).hex() == expected


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(plain_root(leaves[:split]), plain_root(leaves[split:]))


@given(st.lists(st.binary(max_size=4), max_size=70), st.integers(0, 70))
def test_a_tree_grown_in_two_steps_is_the_tree(items: list[bytes], cut: int) -> None:
    leaves = [leaf(item) for item in items]
    frontier = grow(grow([], leaves[:cut]), leaves[cut:])
    assert root(frontier) == plain_root(leaves)
    assert len(frontier) == len(leaves).bit_count()
