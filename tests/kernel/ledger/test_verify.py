"""verify: an untouched database agrees with its ledger; the version table can be made again."""

from typing import Any

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.ledger.models import Manifest, Value, Version
from medithread.kernel.ledger.verify import check_chain, rebuild_versions, verify
from tests.company import Company

from .bulk import fill
from .story import SEED, tell


@pytest.fixture
def _key(settings: Any) -> None:
    settings.CHECKPOINT_KEY = SEED


@pytest.mark.usefixtures("_key")
def test_an_untouched_database_agrees(company: Company) -> None:
    tell(company)
    report = verify()
    assert [str(finding) for finding in report.findings] == []
    assert report.summary.startswith("DEMO. Verified")
    assert report.counts["signatures"] == 4
    assert report.counts["checkpoints"] == 2
    assert report.counts["journal"] >= 1
    assert report.counts["files"] == 1
    assert {"series", "signatures", "files", "live rows", "triggers"} <= set(report.counts)


def test_progress_is_told(company: Company) -> None:
    told: dict[str, int] = {}
    verify(progress=lambda stage, count: told.update({stage: count}))
    assert told["entries"] > 40
    assert told["values"] > 40


def test_versions_are_made_again_as_they_were(company: Company) -> None:
    tell(company)
    columns = [field.attname for field in Version._meta.concrete_fields if field.name != "id"]
    before = list(Version.objects.order_by("seq_from").values(*columns))
    assert rebuild_versions() == len(before)
    assert list(Version.objects.order_by("seq_from").values(*columns)) == before
    assert verify().ok


def test_a_value_taken_back_leads_to_the_manifest_that_is_there(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Tools are searched for.")
    first = idea.digest
    verbs.edit(company.rea, idea, lock=idea.lock, benefit="Minutes")
    verbs.edit(company.rea, idea, lock=idea.lock, benefit=None)
    assert idea.digest == first
    verbs.edit(company.rea, idea, lock=idea.lock, benefit="Minutes")
    assert verify().ok


def test_nothing_is_stored_that_no_entry_names(company: Company) -> None:
    tell(company)
    named = {digest for version in Version.objects.all() for digest in (version.content, version.handling)}
    notes = Manifest.objects.exclude(digest__in=named - {None})
    marks = {mark for manifest in Manifest.objects.all() for mark in __import__("json").loads(manifest.body).values()}
    assert set(Value.objects.values_list("commitment", flat=True)) == marks
    assert all("reason" in note.body or "json_schema" in note.body or "handling" in note.body or "title" in note.body for note in notes)


def test_saved_but_not_logged_is_a_mistake_that_stops_the_unit(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board")

    def silent() -> None:
        with verbs.unit(company.rea) as act:
            idea.title = "Another"
            act.save(idea.declared, idea)
            verbs.comment(company.rea, idea, "so that there is an entry")

    with pytest.raises(RuntimeError, match=r"saved but not logged"):
        silent()


def test_the_chain_alone(company: Company) -> None:
    fill(company.rea, 300, entries=2)
    report = check_chain()
    assert (report.ok, report.size) == (True, verify().size)


def test_many_rows_agree_and_a_missing_one_is_named(company: Company) -> None:
    fill(company.rea, 700, entries=2, step=350)
    assert verify().ok
    assert rebuild_versions() > 700
    assert verify().ok
