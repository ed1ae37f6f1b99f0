"""The export proves itself, comes back whole into an empty database, and can be given in part."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from medithread.kernel import verbs
from medithread.kernel.base.refusal import LedgerBroken, NotAllowed, Refusal
from medithread.kernel.exchange.bundle import export_bundle, write_bundle
from medithread.kernel.exchange.restore import restore
from medithread.kernel.ledger.models import Entry, Head, Journal
from medithread.kernel.ledger.verify import verify
from medithread.system.documents.models import Document
from tests.company import Company, found
from tests.kernel.ledger.emptied import emptied as emptied
from tests.kernel.ledger.story import SEED, Story, tell
from verifier import check


@pytest.fixture
def story(company: Company, settings: Any) -> Story:
    settings.CHECKPOINT_KEY = SEED
    return tell(company)


def test_the_export_verifies_without_medithread(story: Story, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "all.zip")
    report = check(tmp_path / "all.zip")
    assert [str(finding) for finding in report.findings] == []
    assert (report.seq, report.head, report.purpose) == (bundle.seq, bundle.hash, "demo")
    assert report.counts["signatures by passkey"] == 1
    assert "DEMO" in next(report.lines())
    assert bundle.sha256 in (tmp_path / "all.zip").read_bytes()[-71:].decode()


def test_members_are_what_they_say(story: Story, tmp_path: Path) -> None:
    write_bundle(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        names = set(bundle.namelist())
        entries = bundle.read("ledger/entries.jsonl").splitlines()
        documents = [json.loads(line) for line in bundle.read("records/document.jsonl").splitlines()]
    assert {"README.txt", "bundle.json", "bundle.note", "checkpoint.txt", "journal/rows.jsonl", "schemas/idea@1.json", "things/signature.jsonl"} <= names
    assert entries == [bytes(body) for body in Entry.objects.order_by("seq").values_list("body", flat=True)]
    assert [line["number"] for line in documents] == [story.document.number] * 2
    assert documents[0]["digest"] == story.document.digest


def test_who_may_export(story: Story, tmp_path: Path) -> None:
    for person in (story.company.rea, story.company.ina):
        with pytest.raises(NotAllowed, match=r"export\.role"):
            export_bundle(person, tmp_path / "all.zip")
    export_bundle(story.company.quinn, tmp_path / "all.zip")
    assert Journal.objects.filter(what="export", person=story.company.quinn.uid, detail="everything").exists()


def test_a_part_withholds_the_rest_and_still_verifies(story: Story, tmp_path: Path) -> None:
    export_bundle(story.company.quinn, tmp_path / "part.zip", only=[story.document.uid])
    report = check(tmp_path / "part.zip")
    assert [str(finding) for finding in report.findings] == []
    assert report.counts["values withheld"] > 50
    with zipfile.ZipFile(tmp_path / "part.zip") as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
        people = [json.loads(line) for line in bundle.read("things/person.jsonl").splitlines()]
    for secret in (b"Tools are searched", b"Well seen", b"@aria.example", b"passport", b"Clearer", b"10.0.0.7"):
        assert secret not in everything
    assert b"und zwar f" in everything
    assert {"Ada Lund", "Otto Brand", "Quinn Maar"} <= {line["content"]["name"] for line in people}
    assert {"Ike Thorn"}.isdisjoint(line["content"]["name"] for line in people)


def test_an_interrupted_export_leaves_no_file(story: Story, tmp_path: Path, settings: Any) -> None:
    (Path(settings.STORAGES["files"]["OPTIONS"]["location"])).joinpath(*_only_file(settings)).unlink()
    with pytest.raises(LedgerBroken, match=r"files\.missing"):
        write_bundle(tmp_path / "all.zip")
    assert not list(tmp_path.glob("all.zip*"))


def _only_file(settings: Any) -> tuple[str, ...]:
    root = Path(settings.STORAGES["files"]["OPTIONS"]["location"])
    return next(path for path in root.rglob("*") if path.is_file() and len(path.name) == 64).relative_to(root).parts


def test_it_comes_back_whole_into_an_empty_database(emptied: Any, tmp_path: Path, settings: Any) -> None:
    settings.CHECKPOINT_KEY = SEED
    story = tell(found())
    before = write_bundle(tmp_path / "all.zip")
    with pytest.raises(LedgerBroken, match=r"restore\.born"):
        restore(tmp_path / "all.zip", reason="try")
    settings.STORAGES["files"]["OPTIONS"]["location"] = str(tmp_path / "new")
    emptied()
    with pytest.raises(Refusal, match=r"restore\.reason"):
        restore(tmp_path / "all.zip", reason=" ")
    report = restore(tmp_path / "all.zip", reason="The disk died")
    assert (report.ok, report.size, report.head) == (True, before.seq, before.hash)
    assert verify().ok
    assert (Head.objects.get().seq, Head.objects.get().epoch) == (before.seq + 1, 2)
    _same_again(story, before, tmp_path)


def _same_again(story: Story, before: Any, folder: Path) -> None:
    """The same rows, the same bytes, and the work goes on."""
    write_bundle(folder / "again.zip")
    assert check(folder / "again.zip").ok
    with zipfile.ZipFile(folder / "all.zip") as old, zipfile.ZipFile(folder / "again.zip") as new:
        for name in old.namelist():
            if name.startswith(("records/", "things/", "files/", "journal/", "rest/series", "rest/text", "schemas/")):
                assert sorted(new.read(name).splitlines()) == sorted(old.read(name).splitlines()), name
        assert new.read("ledger/entries.jsonl").startswith(old.read("ledger/entries.jsonl"))
    idea = type(story.idea).objects.get(uid=story.idea.uid)
    quinn = type(story.company.quinn).objects.get(uid=story.company.quinn.uid)
    verbs.comment(quinn, idea, "still at work")
    document = verbs.create(quinn, Document, title="After the restore")
    assert document.number == "SOP-0002"
    assert verify().ok


def test_a_part_or_an_altered_export_is_not_restored(emptied: Any, tmp_path: Path) -> None:
    story = tell(found())
    write_bundle(tmp_path / "part.zip", only=[story.idea.uid])
    write_bundle(tmp_path / "all.zip")
    emptied()
    with pytest.raises(Refusal, match=r"restore\.part"):
        restore(tmp_path / "part.zip", reason="no")
    data = bytearray((tmp_path / "all.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(Refusal, match=r"restore\.bundle"):
        restore(tmp_path / "bad.zip", reason="no")
    assert not Head.objects.exists()
