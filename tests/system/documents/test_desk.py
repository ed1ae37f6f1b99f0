"""The adoption desk: from an upload to a signature in few clicks, every problem beside its row (R1)."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from medithread.kernel import verbs
from medithread.kernel.work.worker import drain
from medithread.system.documents.adoption.models import Adoption
from medithread.system.documents.adoption.problems import find_problems
from medithread.system.documents.models import Document
from tests.company import Company
from tests.proves import proves
from tests.system.documents.archive import FILES, table, zipped
from tests.system.documents.conftest import As

FACTS = {"title": "The paper archive", "source": "Paper archive, Lyon", "types": "QP=SOP, AA=WI", "listed": "2"}


def text_of(answer: Any) -> str:
    return answer.content.decode()


def upload(client: Client, listing: bytes | None = None, files: dict[str, bytes] | None = None, **facts: str) -> Adoption:
    sent: dict[str, Any] = {**FACTS, **facts, "folder": SimpleUploadedFile("archive.zip", zipped(files).getvalue())}
    if listing is not None:
        sent["table"] = SimpleUploadedFile("table.csv", listing)
    answer = client.post("/adoption/new", sent)
    assert answer.status_code == 302, text_of(answer)
    drain()
    return Adoption.objects.get()


@proves("DOC-20")
def test_from_upload_to_signature_by_pages(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    assert client.get("/adoption/new").status_code == 200
    adoption = upload(client, table())
    desk = f"/r/{adoption.number}/desk"
    assert "Nothing stands against it" in text_of(client.get(desk))
    assert client.post(f"/r/{adoption.number}/move/count", {"lock": adoption.lock}).status_code in (200, 204, 302)
    adoption.refresh_from_db()
    assert adoption.state == "counted", text_of(client.get(desk))
    drain()
    page = text_of(client.get(desk))
    drawn = list(adoption.versions.filter(drawn=True))
    assert page.count('value="yes"') == len(drawn)
    marks = {f"same-{row.uid}": "yes" for row in drawn}
    assert client.post(desk, {"act": "marks", **marks}).status_code == 302
    adoption.refresh_from_db()
    verbs.move(company.quinn, adoption, "sample")
    assert client.get(f"/r/{adoption.number}").status_code == 200
    form = text_of(client.get(f"/r/{adoption.number}/sign/adopt"))
    nonce = form.partition('name="nonce" value="')[2].partition('"')[0]
    answer = client.post(f"/r/{adoption.number}/sign/adopt", {"nonce": nonce, "method": "password", "username": "quinn", "password": "a long enough phrase"})
    assert answer.status_code in (204, 302), text_of(answer)
    assert Document.objects.filter(state="approved").count() == 3
    assert "3 versions are adopted" in text_of(client.get(desk))


def test_one_file_for_two_versions_is_pointed_at(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, table(r1={"File": "QP-4.2.4-01 Control of documents v1.md"}), unused_reason="Lost")
    found = find_problems(adoption)
    hints = {(row.label, no.text) for row in adoption.versions.all() for no in found.hints.get(row.uid, ()) if no.code == "adopt.same-file"}
    assert hints == {("1", "The same file stands for QP-4.2.4-01 2."), ("2", "The same file stands for QP-4.2.4-01 1.")}
    assert "The same file stands for QP-4.2.4-01 2." in text_of(client.get(f"/r/{adoption.number}/desk"))


@proves("DOC-23")
def test_problems_stand_beside_their_rows_and_can_be_put_right_one_by_one(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, table(r2={"Owner": "Nobody", "Effective from": "31.02.2023"}))
    desk = f"/r/{adoption.number}/desk"
    page = text_of(client.get(desk))
    assert "2 problems stand against it" in page
    assert "is nobody here" in page
    assert "QP-4.2.4-01" not in page.split("h-rows")[-1]  # only rows with problems are shown
    row = adoption.versions.get(number="AA-17")
    address = f"{desk}/row/{row.uid}"
    assert 'aria-invalid="true"' in text_of(client.get(address))
    cells = {"number": "AA-17", "title": "Cleaning", "type": "WI", "label": "Rev C", "was": "in force", "approved_on": "2023-02-01", "effective_from": "2023-03-01",
             "review_due": "none", "approvers": "Karl Then (Managing director)", "owner": "Rea Kern", "file": "AA-17 Cleaning.pdf", "evidence": "evidence/approval sheet.pdf"}  # fmt: skip
    wrong = client.post(address, {**cells, "effective_from": "31.02.2023"})
    assert wrong.status_code == 422
    assert 'value="31.02.2023"' in text_of(wrong)  # what was typed is not lost
    assert client.post(address, cells).status_code == 302
    assert "Nothing stands against it" in text_of(client.get(desk))


def test_the_table_is_taken_away_completed_and_brought_again(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client)
    desk = f"/r/{adoption.number}/desk"
    answer = client.get(f"{desk}/table.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["Number"] for row in rows} == {"QP-4.2.4-01", "AA-17"}
    assert all(row["What is wrong"] for row in rows)
    assert client.get(f"{desk}/table.xlsx")["Content-Type"].endswith("sheet")
    assert client.post(desk, {"act": "facts", "table": SimpleUploadedFile("again.csv", table())}).status_code == 302
    drain()
    assert "Nothing stands against it" in text_of(client.get(desk))


def test_a_missing_column_is_filled_in_all_rows(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, table(r1={"Owner": "", "Next review": ""}, r2={"Owner": "", "Next review": ""}))
    desk = f"/r/{adoption.number}/desk"
    assert client.post(desk, {"act": "fill", "column": "owner", "value": "Nobody"}).status_code == 422
    for column, value in (("owner", "Otto Brand"), ("review_due", "none")):
        assert client.post(desk, {"act": "fill", "column": column, "value": value}).status_code == 302
    assert "Nothing stands against it" in text_of(client.get(desk))
    assert {row.owner for row in adoption.versions.all()} == {company.otto}


def test_a_row_is_taken_out(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, table(), listed="1", unused_reason="The cleaning is described elsewhere")
    row = adoption.versions.get(number="AA-17")
    client.post(f"/r/{adoption.number}/desk/row/{row.uid}", {"drop": "1"})
    assert adoption.versions.count() == 2


@pytest.mark.parametrize(("folder", "words"), [(b"no archive at all", "damaged"), (zipped({}).getvalue(), "no files")])
def test_an_archive_that_is_none_is_refused_at_once(company: Company, as_: As, folder: bytes, words: str) -> None:
    answer = as_(company.quinn).post("/adoption/new", {**FACTS, "folder": SimpleUploadedFile("archive.zip", folder)})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "The paper archive" in text_of(answer)
    assert not Adoption.objects.exists()


def test_a_table_that_is_none_fails_the_job_with_a_sentence(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, b"\x00\x01\x02 nothing")
    assert "The last job failed" in text_of(client.get(f"/r/{adoption.number}/desk"))
    adoption2 = Adoption.objects.get()
    assert adoption2.versions.count() == 0


def test_the_files_of_a_protocol_are_seen_by_whoever_sees_the_protocol(company: Company, as_: As) -> None:
    adoption = upload(as_(company.quinn), table())
    sha256 = adoption.files.get(path="AA-17 Cleaning.pdf").sha256
    address = f"/r/{adoption.number}/desk/file/{sha256}"
    answer = as_(company.quinn).get(address)
    assert b"".join(answer.streaming_content) == FILES["AA-17 Cleaning.pdf"]
    assert as_(company.ina).get(address).status_code == 404
    assert as_(company.quinn).get(f"/r/{adoption.number}/desk/file/{'0' * 64}").status_code == 404


def test_only_keepers_open_the_desk_form(company: Company, as_: As) -> None:
    client = as_(company.rea)
    assert client.get("/adoption/new").status_code == 403
    assert client.post("/adoption/new", FACTS).status_code == 403
    adoption = upload(as_(company.quinn), table())
    assert client.post(f"/r/{adoption.number}/desk", {"act": "fill", "column": "owner", "value": "Rea Kern"}).status_code == 403
    assert "Fill in a column" not in text_of(client.get(f"/r/{adoption.number}/desk"))


def test_a_csv_cell_that_would_be_a_formula_comes_back_as_text(company: Company, as_: As) -> None:
    client = as_(company.quinn)
    adoption = upload(client, table(r2={"Title": "=1+1"}))
    assert adoption.versions.get(number="AA-17").title == "=1+1"
    csv_out = b"".join(client.get(f"/r/{adoption.number}/desk/table.csv").streaming_content).decode("utf-8-sig")
    assert "'=1+1" in csv_out
