"""The import wizard's engine: nothing is written before all is checked; killed, cancelled and bad files lose nothing."""

import io
import json

import pytest

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.exchange.importing import check, match, stage, start, summary
from medithread.kernel.exchange.models import Batch
from medithread.kernel.identity.actor import Actor
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.work.models import Job
from medithread.kernel.work.worker import drain
from tests.company import Company

HEAD = "Number;Title;What could be better;Owner;Due;Colour\r\n"
KIND = kind_of(Idea)


def staged(company: Company, text: str, encoding: str = "latin-1") -> Batch:
    return check(stage(Actor(person=company.rea), KIND, io.BytesIO(text.encode(encoding)), filename="ideas.csv"))


def test_a_german_file_in_latin_1_with_semicolons(company: Company) -> None:
    batch = staged(company, HEAD + "K-7;Prüfplätze;Müßig;rea@aria.example;24.12.2026;red\r\n;Zweite;;Quinn Maar;2027-01-05;\r\n")
    assert json.loads(batch.mapping) == {"Number": "number", "Title": "title", "What could be better": "description", "Owner": "owner", "Due": "due"}
    assert (batch.total, batch.bad) == (2, 0)
    start(batch, skip_bad=False)
    assert drain() >= 1
    first, second = Idea.objects.order_by("pk")
    assert (first.number, first.title, first.owner, str(first.due)) == ("K-7", "Prüfplätze", company.rea, "2026-12-24")
    assert (second.owner, second.description) == (company.quinn, None)
    assert summary(batch)["made"] == 2


def test_bad_rows_are_named_and_nothing_is_written_until_they_are_left_out(company: Company) -> None:
    batch = staged(company, HEAD + "A-1;One;;Nobody Known;;\r\nA-1;Two;;;;\r\nA-3;;;;31.02.2026;\r\nA-4;Four;;;;\r\n")
    assert batch.bad == 3
    problems = [row.problems for row in batch.rows.order_by("place")]
    assert "Nobody here" in problems[0]
    assert "twice" in problems[1]
    assert "due" in problems[2]
    with pytest.raises(Refusal, match=r"import.bad"):
        start(batch, skip_bad=False)
    assert Idea.objects.count() == 0
    start(batch, skip_bad=True)
    drain()
    counts = summary(batch)
    assert (counts["total"], counts["made"], counts["left_out"]) == (4, 1, 3)


def test_the_same_batch_is_written_once(company: Company) -> None:
    batch = staged(company, HEAD + "".join(f"B-{n};Row {n};;;;\r\n" for n in range(250)))
    start(batch, skip_bad=False)
    with pytest.raises(Refusal, match=r"import.state"):
        start(batch, skip_bad=False)
    job = Job.objects.get(name="exchange.import")
    rows = list(batch.rows.order_by("place")[:100])
    from medithread.kernel.exchange.importing import _write_unit

    _write_unit(Actor(person=company.rea), KIND, None, [(row, {"title": f"Row {n}", "number": f"B-{n}"}) for n, row in enumerate(rows)])
    drain()
    assert Idea.objects.count() == 250
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 250, 250)


def test_a_cancelled_import_voids_what_it_made(company: Company) -> None:
    batch = staged(company, HEAD + "".join(f"C-{n};Row {n};;;;\r\n" for n in range(220)))
    job = start(batch, skip_bad=False)
    Job.objects.filter(pk=job.pk).update(cancel=True)
    drain()
    batch.refresh_from_db()
    job.refresh_from_db()
    assert (batch.state, job.state) == ("aborted", "cancelled")
    assert not Idea.objects.exclude(state="void").exists()


def test_who_may_not_create_may_not_import(company: Company) -> None:
    batch = check(stage(Actor(person=company.ina), KIND, io.BytesIO((HEAD + ";X;;;;\r\n").encode()), filename="x.csv"))
    start(batch, skip_bad=False)
    drain()
    batch.refresh_from_db()
    assert batch.state == "aborted"
    assert Idea.objects.count() == 0


def test_one_target_takes_one_column(company: Company) -> None:
    batch = staged(company, HEAD + ";X;;;;\r\n")
    with pytest.raises(Refusal, match=r"import.match"):
        match(batch, {"Number": "title", "Title": "title"})
    with pytest.raises(Refusal, match=r"import.match"):
        match(batch, {"Number": "password"})


def test_a_number_taken_meanwhile_aborts_and_voids(company: Company) -> None:
    batch = staged(company, HEAD + "D-1;One;;;;\r\nD-2;Two;;;;\r\n")
    start(batch, skip_bad=False)
    verbs.create(company.quinn, Idea, title="In between", number="D-2")
    drain()
    batch.refresh_from_db()
    assert batch.state == "aborted"
    assert list(Idea.objects.values_list("title", flat=True)) == ["In between"]


def test_an_agent_cannot_import(company: Company) -> None:
    from medithread.kernel.identity.models import Agent

    with pytest.raises(NotAllowed):
        stage(Actor(agent=Agent.objects.get()), KIND, io.BytesIO(b"a\n1\n"), filename="x.csv")
