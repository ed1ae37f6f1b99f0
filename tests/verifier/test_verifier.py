"""The verifier finds every change in an export, also when all hashes in it were made to fit, and names the place."""

import base64
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from medithread.kernel.exchange.bundle import write_bundle
from medithread.kernel.ledger import keys
from medithread.kernel.ledger.models import Checkpoint
from medithread.kernel.verbs.dispose import dispose
from tests.company import Company
from tests.kernel.ledger.story import SEED, Story, tell
from tests.kernel.ledger.test_disposal import kept_until, request
from verifier import check
from verifier.__main__ import main
from verifier.canon import NotCanonical, parse
from verifier.cbor import decode
from verifier.container import Unusable
from verifier.passkey import verified

from .exports import Members, changed_line, leaves, other, put_together, taken_apart

SEEDS = (3, 5, 8, 13, 21, 34, 55, 89)
# What an unsigned export does not prove (docs/spec/bundle.md).
UNPROVED = ("README.txt", "schemas/", "rest/", "bundle.")
DEEP = ("ledger/", "journal/", "records/", "things/")


@pytest.fixture
def story(company: Company, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Story:
    settings.CHECKPOINT_KEY = SEED
    monkeypatch.setattr(sys.modules["medithread.kernel.verbs.dispose"], "ITEMS", "clauses")
    found = tell(company)
    kept_until(company, found.second)
    dispose(company.quinn, request(company, [f"{found.second.uid}/purpose"]))
    return found


@pytest.fixture
def export(story: Story, tmp_path: Path) -> Path:
    write_bundle(tmp_path / "all.zip")
    return tmp_path / "all.zip"


def test_any_byte(export: Path, tmp_path: Path) -> None:
    data = export.read_bytes()

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.integers(0, len(data) - 1), st.integers(1, 255))
    def one(at: int, flip: int) -> None:
        (tmp_path / "bad.zip").write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
        try:
            assert not check(tmp_path / "bad.zip").ok
        except Unusable:
            return

    one()
    for cut in (0, 10, 71, len(data) // 2, len(data) - 1):
        (tmp_path / "bad.zip").write_bytes(data[:cut])
        try:
            assert not check(tmp_path / "bad.zip").ok
        except Unusable:
            continue


def test_an_export_put_together_again_unchanged_is_still_good(export: Path, tmp_path: Path) -> None:
    report = check(put_together(taken_apart(export), tmp_path / "again.zip"))
    assert report.ok
    assert [remark for remark in report.remarks if "not signed" in remark]


def attempt(members: Members, folder: Path, name: str, seed: int) -> None:
    """Change one value of one line, make every hash fit, and see that it is found and the place named."""
    dice = random.Random(seed)
    lines = members[name].rstrip(b"\n").split(b"\n")
    line = dice.randrange(len(lines))
    value = json.loads(lines[line])
    paths = leaves(value)
    if not paths:
        return
    path = dice.choice(paths)
    changed = changed_line(members, name, line, lambda value: other(value, path, dice))
    try:
        report = check(put_together(changed, folder / "bad.zip"))
    except Unusable:
        return
    places = {finding.member for finding in report.findings}
    texts = " ".join(map(str, report.findings))
    uid = value.get("uid", value.get("subject", "")) if isinstance(value, dict) else ""
    assert not report.ok, (name, line, path, seed)
    assert name in places or (uid and uid in texts) or name.removeprefix("ledger/") in texts or name.startswith(("ledger/manifests", "ledger/values")), (name, line, path, texts)


def test_any_value_with_all_hashes_made_to_fit(export: Path, tmp_path: Path) -> None:
    members = taken_apart(export)
    names = [name for name in members if name.startswith(DEEP) and members[name]]

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.sampled_from(names), st.integers(0, 2**32))
    def one(name: str, seed: int) -> None:
        attempt(members, tmp_path, name, seed)

    one()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_member_with_fixed_seeds(export: Path, tmp_path: Path, seed: int) -> None:
    members = taken_apart(export)
    for name in members:
        if name.startswith(DEEP) and members[name]:
            attempt(members, tmp_path, name, seed)


def test_any_line_taken_away_added_or_moved(export: Path, tmp_path: Path) -> None:
    members = taken_apart(export)
    for name in members:
        if not name.startswith(DEEP) or not members[name]:
            continue
        lines = members[name].split(b"\n")[:-1]
        ways = [lines[:-1], [*lines, lines[0]]]
        if name.startswith(("ledger/entries", "journal/rows")) and len(lines) > 1:
            ways.append([lines[1], lines[0], *lines[2:]])
        for way in ways:
            if name.startswith("ledger/checkpoints") and way == lines[:-1]:
                continue  # that a checkpoint is missing is seen by checkpoint.txt only
            data = b"".join(line + b"\n" for line in way)
            assert not check(put_together({**members, name: data}, tmp_path / "bad.zip")).ok, (name, len(way) - len(lines))


def test_members_taken_away_or_slipped_in(export: Path, tmp_path: Path) -> None:
    members = taken_apart(export)
    for name in members:
        if not name.startswith(UNPROVED):
            try:
                assert not check(put_together({key: data for key, data in members.items() if key != name}, tmp_path / "bad.zip")).ok, name
            except KeyError:
                assert name == "ledger/entries.jsonl"
    stored = next(name for name in members if name.startswith("files/"))
    assert "file.altered" in check(put_together({**members, stored: b"other bytes"}, tmp_path / "bad.zip")).codes


def test_the_signature_of_the_export_covers_the_rest(export: Path, tmp_path: Path) -> None:
    members = taken_apart(export)
    about = json.loads(members["bundle.json"])
    about["made_at"] = "2020-01-01T00:00:00.000000Z"
    forged = {**members, "bundle.json": json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()}
    from medithread.kernel.exchange.bundle_zip import Target

    with Target(tmp_path / "bad.zip") as target:
        for name, data in forged.items():
            target.bytes(name, data)
    assert set(check(tmp_path / "bad.zip").codes) == {"bundle.note"}


def test_a_rewritten_end_is_found_by_a_checkpoint_that_was_kept(export: Path, tmp_path: Path) -> None:
    kept = Checkpoint.objects.order_by("-size").first()
    assert kept is not None
    assert check(export, checkpoint=kept.note).ok
    assert [remark for remark in check(export, checkpoint=kept.note).remarks if "agrees" in remark]
    forged = kept.note.replace("\n" + kept.note.split("\n")[2] + "\n", "\n" + base64.b64encode(b"x" * 32).decode() + "\n")
    later = kept.note.replace(f"\n{kept.size}\n", f"\n{kept.size + 900}\n")
    for wrong in (forged, later, "no checkpoint"):
        assert set(check(export, checkpoint=wrong).codes) == {"checkpoint.kept"}
    ((_seq, key),) = keys.published()
    assert check(export, key=key).ok
    assert set(check(export, key=key.replace("medithread", "elsewhere")).codes) == {"key.unknown"}


def test_values_may_be_withheld_in_a_part_only(export: Path, tmp_path: Path) -> None:
    members = taken_apart(export)
    lines = members["ledger/values.jsonl"].split(b"\n")
    mark = json.loads(lines[0])["c"]
    lines[0] = f'{{"c":"{mark}","state":"withheld"}}'.encode()
    assert "value.withheld" in check(put_together({**members, "ledger/values.jsonl": b"\n".join(lines)}, tmp_path / "bad.zip")).codes
    lines[0] = f'{{"c":"{mark}","state":"disposed"}}'.encode()
    assert "value.blank" in check(put_together({**members, "ledger/values.jsonl": b"\n".join(lines)}, tmp_path / "bad.zip")).codes


# --- the command line -----------------------------------------------------------------------------------------------------
def test_the_command_line(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(export)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("DEMO:")
    assert out.rstrip().endswith("DEMO. Verified: everything in this export agrees.")
    data = bytearray(export.read_bytes())
    data[40] ^= 1
    (tmp_path / "bad.zip").write_bytes(data)
    assert main([str(tmp_path / "bad.zip")]) in (1, 2)
    (tmp_path / "text").write_text("no export at all, only words " * 9)
    assert main([str(tmp_path / "text")]) == 2
    assert main([str(tmp_path / "nothing")]) == 2
    assert "not an export" in capsys.readouterr().err


def test_it_runs_without_medithread_and_django(export: Path) -> None:
    root = Path(__file__).parents[2]
    code = (
        "import sys, importlib.abc\n"
        "class No(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] in ('medithread', 'django', 'fido2'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "from verifier.__main__ import main\n"
        f"sys.exit(main([{str(export)!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- its parts -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ['{"b":1,"a":2}', '{"a":1.0}', '{"a":1,"a":2}', '{"a": 1}', "[NaN]", '"\\u0041"', "\xff", "", "[" * 100_000])
def test_what_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        parse(text.encode("latin-1"))


@given(st.binary(max_size=60))
def test_the_small_cbor_reader_raises_value_errors_only(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return


def test_keys_of_other_kinds_are_not_taken() -> None:
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    cose = {1: 3, 3: -257, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
    assert verified(cose, key.sign(b"x", padding.PKCS1v15(), hashes.SHA256()), b"x")
    assert not verified(cose, key.sign(b"x", padding.PKCS1v15(), hashes.SHA256()), b"y")
    for odd in ({1: 2, 3: -35, -1: 2}, {1: 2, 3: -7, -1: 2}):
        with pytest.raises(ValueError, match=r"kind"):
            verified(odd, b"", b"")
