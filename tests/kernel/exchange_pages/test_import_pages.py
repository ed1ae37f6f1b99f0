"""The import wizard and the jobs, as a person walks through them without script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel.exchange.models import Batch
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.work.models import Job
from medithread.kernel.work.worker import drain
from tests.company import Company


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(Account.objects.get(person=person))
    return client


def sent(text: str, name: str = "ideas.csv") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, text.encode("cp1252"))}


def test_a_table_becomes_records(company: Company) -> None:
    client = signed_in(company.rea)
    assert b"Read the file" in client.get("/import/idea").content
    answer = client.post("/import/idea", sent("Titel;Wer;Due\r\nPrüfplatz;Quinn Maar;2027-01-05\r\nZweiter;Nobody;\r\n"), follow=True)
    page = answer.redirect_chain[-1][0]
    assert Batch.objects.get().bad == 2  # no column is matched to the title yet
    answer = client.post(page, {"act": "match", "column-0": "title", "column-1": "owner", "column-2": "due"}, follow=True)
    assert "Nobody here is called “Nobody”" in answer.content.decode()
    refused = client.post(page, {"act": "start"})
    assert refused.status_code == 422
    table = b"".join(client.get(f"{page}/problems.csv").streaming_content).decode("utf-8-sig")
    assert "Zweiter" in table
    client.post(page, {"act": "start-rest"})
    drain()
    done = client.get(page).content.decode()
    assert "1 of 2 rows became records, 1 were left out." in done
    assert Idea.objects.get().owner == company.quinn


@pytest.mark.parametrize(("name", "data", "words"), [
    ("x.csv", b"", "empty"), ("x.xlsx", b"not a workbook at all", ""), ("x.csv", b"\x00\x01\x02" * 50, ""), ("x.json", b'[{"a": {"b": 1}}]', "a"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(company: Company, name: str, data: bytes, words: str) -> None:
    answer = signed_in(company.rea).post("/import/idea", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Batch.objects.count() == 0


def test_no_file_and_no_right(company: Company) -> None:
    assert signed_in(company.rea).post("/import/idea", {}).status_code == 422
    assert signed_in(company.ina).get("/import/idea").status_code == 403
    assert signed_in(company.rea).get("/import/nothing").status_code == 404
    assert Client().get("/import/idea").status_code == 302


def test_batches_and_jobs_of_others_are_not_found(company: Company) -> None:
    signed_in(company.rea).post("/import/idea", sent("Title\r\nOne\r\n"))
    batch = Batch.objects.get()
    other = signed_in(company.ada)
    assert other.get(f"/import/idea/{batch.uid}").status_code == 404
    signed_in(company.rea).post(f"/import/idea/{batch.uid}", {"act": "start"})
    job = Job.objects.get()
    assert other.get(f"/jobs/{job.uid}").status_code == 404
    assert b"Import of ideas.csv" not in other.get("/jobs/").content
    assert b"Import of ideas.csv" in signed_in(company.quinn).get("/jobs/").content


def test_a_job_is_cancelled_by_its_person(company: Company) -> None:
    client = signed_in(company.rea)
    client.post("/import/idea", sent("Title\r\nOne\r\n"))
    client.post(f"/import/idea/{Batch.objects.get().uid}", {"act": "start"})
    job = Job.objects.get()
    client.post(f"/jobs/{job.uid}", {"act": "cancel"})
    drain()
    assert Idea.objects.count() == 0
    assert b"Cancelled" in client.get(f"/jobs/{job.uid}").content


def test_only_quality_starts_a_verification(company: Company) -> None:
    assert signed_in(company.rea).post("/jobs/start/ledger.verify").status_code == 403
    assert signed_in(company.quinn).post("/jobs/start/nonsense").status_code == 403
