"""Roles that must know it, effectivity, impact of an editorial change, keeping of what is over, words of files (forms.md §2)."""

import io
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from django.test import Client

from medithread.kernel import verbs
from medithread.kernel.base.clock import simulated
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.text.redline import redline, summarise
from medithread.system.documents.bring import bring
from medithread.system.documents.models import Document
from medithread.system.documents.printing import pdf_of, report_of
from medithread.system.documents.references import words_of
from tests.company import PASSWORD, Company, signed
from tests.proves import proves

from .making import NEXT, approved, written

pytestmark = pytest.mark.django_db
FACTS = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}


def odt(*lines: str) -> bytes:
    """A small OpenDocument text."""
    names = {n: f"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0" for n in ("office", "text")}
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in names.items())
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>")
        package.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
    return made.getvalue()


@proves("DOC-28")
def test_only_roles_must_know_it_by_code_or_by_name(company: Company) -> None:
    document = written(company, audience="production, qa")
    assert document.audience == ["MFG", "QA"]
    with pytest.raises(Refusal, match=r"“everybody” is not one of the values here") as refused:
        verbs.edit(company.ada, document, lock=document.lock, audience=["MFG", "everybody"])
    assert "MFG (Production)" in refused.value.nos[0].fix
    with pytest.raises(Refusal, match=r"field.code"):
        verbs.edit(company.ada, document, lock=document.lock, audience=["INSP"])


@proves("DOC-28")
def test_the_page_offers_the_roles_as_boxes(company: Company, client: Client) -> None:
    document = written(company)
    page = signed_in(client, "ada").get(f"/r/{document.number}/1/edit").content.decode()
    assert '<input type="checkbox" name="audience" value="MFG" checked>' in page
    assert '<input type="checkbox" name="audience" value="QC">' in page
    sent = {"lock": document.lock, "audience": ["", "MFG", "QC"], "reason": "Inspection too"}
    assert client.post(f"/r/{document.number}/1/edit", sent).status_code == 302
    document.refresh_from_db()
    assert document.audience == ["MFG", "QC"]
    client.post(f"/r/{document.number}/1/edit", {"lock": document.lock, "audience": [""], "reason": "Asked anew"})
    document.refresh_from_db()
    assert document.audience is None


def signed_in(client: Client, name: str) -> Client:
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


@proves("DOC-29")
def test_effectivity_and_change_request_are_signed_and_printed(company: Company) -> None:
    document = approved(company, limited_to="from lot 2609-A", change_request="CR-2026-0007")
    assert {"limited_to", "change_request"} <= set(document.declared.content_fields)
    assert {("In force only for", "from lot 2609-A"), ("Change request", "CR-2026-0007")} <= {(str(a), b) for a, b in report_of(document).meta}


@proves("DOC-30")
def test_an_editorial_change_answers_the_impact_questions_itself(company: Company) -> None:
    second = verbs.revise(company.ada, approved(company), **NEXT, impact_risk="One word in the file is wrong")
    verbs.move(company.ada, second, "submit", lock=second.lock)
    second.refresh_from_db()
    assert second.absent["impact_product"] == {"code": "not_applicable", "reason": "Not touched: the change is editorial"}
    assert "impact_risk" not in second.absent
    signed(company.quinn, second, "approve")
    assert signed(company.otto, second, "approve").state == "approved"


@proves("DOC-31")
def test_what_is_over_can_still_be_kept_longer_and_held(company: Company) -> None:
    document = approved(company)
    document = verbs.move(company.dora, document, "withdraw", lock=document.lock, reason="No longer made")
    document = verbs.edit(company.dora, document, lock=document.lock, retain_until="2045-01-01", hold=True, reason="Lifetime of the device")
    assert (document.state, document.hold, str(document.retain_until)) == ("obsolete", True, "2045-01-01")
    with pytest.raises(Refusal, match=r"edit.state"):
        verbs.edit(company.dora, document, lock=document.lock, owner=company.ada.uid)


@proves("DOC-31")
def test_the_owner_may_keep_longer_but_lifts_no_hold(company: Company) -> None:
    document = approved(company)
    document = verbs.edit(company.otto, document, lock=document.lock, retain_until="2045-01-01", hold=True, reason="A claim")
    for values in ({"hold": False}, {"retain_until": "2044-12-31"}, {"retain_until": None}):
        with pytest.raises(NotAllowed, match=r"keep.shorter"):
            verbs.edit(company.otto, document, lock=document.lock, reason="Over", **values)
    document = verbs.edit(company.quinn, document, lock=document.lock, reason="The claim is settled", hold=False)
    assert not document.hold


@proves("DOC-31")
def test_the_page_of_an_obsolete_document_offers_how_it_is_kept_only(company: Company, client: Client) -> None:
    document = approved(company)
    document = verbs.move(company.dora, document, "withdraw", lock=document.lock, reason="No longer made")
    page = signed_in(client, "dora").get(f"/r/{document.number}/1/edit").content.decode()
    assert 'name="retain_until"' in page
    assert 'name="owner"' not in page
    sent = {"lock": document.lock, "hold": "yes", "retain_until": "2045-01-01", "confidentiality": "open", "reason": "Lifetime of the device"}
    assert client.post(f"/r/{document.number}/1/edit", sent).status_code == 302
    document.refresh_from_db()
    assert document.hold


@proves("DOC-32")
def test_versions_that_are_files_are_compared_by_their_words(company: Company, client: Client) -> None:
    first, _taken = bring(company.ada, io.BytesIO(odt("Press at 20 kPa.", "Hold for five seconds.")), name="test.odt", **{**FACTS, "owner": company.otto.uid})
    first = approved(company, first)
    second = verbs.revise(company.ada, first, **NEXT)
    second, _taken = bring(company.ada, io.BytesIO(odt("Press at 25 kPa.", "Hold for five seconds.")), name="test.odt", document=second)
    found = summarise(redline(words_of(first), words_of(second)))
    assert (found.words_added, found.words_removed, found.changed) == (1, 1, 1)
    page = signed_in(client, "ada").get(f"/r/{second.number}/2/changes").content.decode()
    assert "the words taken from it are compared" in page
    assert "25" in page
    assert "20" in page


@proves("DOC-32")
def test_a_print_of_a_file_that_is_no_pdf_holds_its_words(company: Company) -> None:
    document, _taken = bring(company.ada, io.BytesIO(odt("Press at 20 kPa.")), name="test.odt", **{**FACTS, "owner": company.otto.uid})
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_of(document))).pages)
    assert "Press at 20 kPa" in words
    assert "This document is a file" in words


@proves("DOC-17")
def test_only_a_print_of_what_is_in_force_bears_a_last_day(company: Company, client: Client) -> None:
    first = approved(company)
    signed_in(client, "ada")
    assert "valid until" in printed(client, first)
    second = approved(company, verbs.revise(company.ada, first, **NEXT))
    assert "valid until" in printed(client, second)
    old = printed(client, first)
    assert "valid until" not in old
    assert "not valid to work by" in old


def printed(client: Client, document: Document) -> str:
    answer = client.get(f"/r/{document.number}/{document.edition}/print")
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def test_the_path_names_the_days_of_the_site(company: Company, client: Client) -> None:
    midnight = datetime(2030, 5, 4, tzinfo=ZoneInfo("Europe/Paris"))
    document = approved(company, site=company.lyon.uid, planned_from=midnight.isoformat())
    with simulated(midnight + timedelta(hours=12)):
        page = signed_in(client, "ada").get(f"/r/{document.number}").content.decode()
    assert "since 2030-05-04" in page
    assert "since 2030-05-03" not in page
