"""Seals, checkpoints, the nightly verification with its alarm, and exports as jobs."""

import io
import json
import zipfile

from django.core import mail
from django.core.files.storage import storages
from django.db import connection

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.ledger.models import Checkpoint, JournalSeal
from medithread.kernel.work.jobs import enqueue
from medithread.kernel.work.models import Job
from medithread.kernel.work.worker import drain
from tests.company import Company


def test_what_comes_round_by_itself(company: Company) -> None:
    verbs.create(company.rea, Idea, title="Shadow board")
    drain()
    assert Checkpoint.objects.count() >= 1
    job = Job.objects.get(name="ledger.verify")
    assert (job.state, job.result.startswith("Nothing was altered")) == ("done", True)
    assert JournalSeal.objects.count() >= 0


def test_an_edit_behind_the_application_alarms_quality(company: Company) -> None:
    idea = verbs.create(company.rea, Idea, title="Shadow board", description="Before")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ideas_idea SET description = 'After' WHERE record_ptr_id = %s", [idea.pk])
    drain()
    job = Job.objects.get(name="ledger.verify")
    assert job.state == "failed"
    assert "description" in job.message
    assert any("does not verify" in sent.subject and company.quinn.email in sent.to for sent in mail.outbox)


def test_a_full_export_is_fetched_by_its_person(company: Company) -> None:
    verbs.create(company.rea, Idea, title="Shadow board")
    job = enqueue("exchange.bundle", person=company.quinn, title="Export")
    drain()
    job.refresh_from_db()
    made = json.loads(job.result)
    with storages["files"].open(made["file"]) as stream:
        names = zipfile.ZipFile(io.BytesIO(stream.read())).namelist()
    assert "bundle.json" in names
    refused = enqueue("exchange.bundle", person=company.rea, title="Export")
    drain()
    refused.refresh_from_db()
    assert refused.state == "failed"
