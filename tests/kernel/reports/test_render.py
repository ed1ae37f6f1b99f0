"""What a print must show, that it is PDF/A, and that the same content gives the same bytes."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from medithread.kernel.reports.errors import ReportError
from medithread.kernel.reports.job import Job
from medithread.kernel.reports.pool import ROOT, Pool
from medithread.kernel.reports.render import render, render_in_process
from medithread.kernel.reports.report import Absent, ListReport, Report, Row, Section, Table

from . import samples
from .reading import outline, squeezed, tags, words

SMALL = Report(title="Control of records", number="SOP-0002", made_at=samples.MADE)
AGAIN = """
import hashlib, django
from django.conf import settings
settings.configure()
django.setup()
from medithread.kernel.reports.render import render_in_process
from tests.kernel.reports import samples
print(hashlib.sha256(render_in_process(samples.procedure(2))).hexdigest())
"""


def test_same_content_same_bytes(pool: Pool) -> None:
    report = samples.procedure(2)
    first = render(report, pool)
    render(samples.event(), pool)
    assert render(report, pool) == first == render_in_process(report)
    assert render(replace(report, edition="v5"), pool) != first


def test_same_bytes_in_another_process() -> None:
    mine = hashlib.sha256(render_in_process(samples.procedure(2))).hexdigest()
    done = subprocess.run([sys.executable, "-c", AGAIN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == mine


def test_the_date_is_the_one_of_the_report() -> None:
    metadata = PdfReader(BytesIO(render_in_process(SMALL))).metadata
    assert metadata is not None
    assert metadata.creation_date == metadata.modification_date == samples.MADE
    assert metadata.title == "SOP-0002 Control of records"


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render_in_process(replace(SMALL, made_at=datetime(2026, 1, 1)))


@pytest.mark.parametrize(
    "report", [samples.procedure(3), samples.event(), samples.register(60), samples.wide()], ids=["procedure", "event", "register", "wide"]
)
def test_says_that_it_is_pdf_a_and_accessible(report: Report | ListReport) -> None:
    reader = PdfReader(BytesIO(render_in_process(report)))
    xmp = reader.xmp_metadata
    assert xmp is not None
    text = xmp.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in text
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in text
    assert "<pdfuaid:part>1</pdfuaid:part>" in text
    assert reader.root_object["/MarkInfo"]["/Marked"].value is True  # type: ignore[index]
    assert str(reader.root_object["/Lang"]) == "en"
    assert not reader.is_encrypted


def test_every_field_of_a_record_is_there() -> None:
    report = samples.event()
    found = words(render_in_process(report))
    wanted: list[object] = [
        report.title,
        report.number,
        report.state,
        report.kind_label,
        report.organisation,
        report.digest,
        report.ledger_head,
    ]
    wanted += [part for pair in report.meta for part in pair]
    for section in report.sections:
        wanted += [section.title, *section.text.split("\n")]  # type: ignore[union-attr]
        wanted += [part for row in section.rows for part in (row.label, row.note, row.value if isinstance(row.value, str) else "")]
        wanted += [cell for row in section.table.rows for cell in row if cell] if section.table else []
    for line in (*report.signatures, *report.decisions, *report.elsewhere, *report.history, *report.links, *report.files):
        wanted += [part for part in vars(line).values() if isinstance(part, str)]
    for each in wanted:
        for part in str(each).split("\n"):
            assert squeezed(part) in found, part


def test_three_empties_are_told_apart() -> None:
    rows = (
        Row("a", None),
        Row("b", None, "the log was lost"),
        Row("c", Absent("not_applicable", "it is not sterile")),
        Row("d", Absent("asked_unknown")),
        Row("e", Absent("withheld", "personal data")),
        Row("f", ""),
    )
    found = words(render_in_process(replace(SMALL, sections=(Section("Facts", rows),))))
    for sentence in ("a not yet looked at", "b unknown, because the log was lost", "c not applicable, because it is not sterile", "d asked, unknown e", "e withheld: personal data", "f not yet looked at"):  # fmt: skip
        assert squeezed(sentence) in found


def test_a_table_says_what_its_dash_means() -> None:
    with_gap = replace(SMALL, sections=(Section("Facts", table=Table(("A", "B"), (("x", None),))),))
    without = replace(SMALL, sections=(Section("Facts", table=Table(("A", "B"), (("x", "y"),))),))
    assert squeezed("– not yet looked at") in words(render_in_process(with_gap))
    assert squeezed("not yet looked at") not in words(render_in_process(without))


def test_a_signature_on_an_earlier_text_says_so() -> None:
    found = words(render_in_process(samples.procedure(1)))
    assert found.count(squeezed("What was signed is still what is here")) == 2
    assert found.count(squeezed("Was signed on an earlier text")) == 1
    assert samples.OLD_DIGEST in found
    assert squeezed("2026-05-06 11:14:07 Europe/Paris (UTC+02:00)") in found


def test_without_signatures_that_is_said() -> None:
    assert squeezed("This version carries no electronic signature") in words(render_in_process(SMALL))


def test_contents_only_for_long_documents() -> None:
    headings = [samples.heading(1, f"Part {at}") for at in range(7)]
    long, short = replace(SMALL, body=samples.doc(*headings)), replace(SMALL, body=samples.doc(*headings[:6]))
    assert "Contents" in words(render_in_process(long))
    assert "Contents" not in words(render_in_process(short))


def test_headings_never_leave_out_a_level() -> None:
    body = samples.doc(
        samples.heading(3, "Deep"),
        samples.heading(6, "Deeper"),
        samples.heading(2, "Up"),
        samples.heading(5, "Down"),
        samples.heading(1, "Top"),
    )
    found = [
        entry for entry in outline(render_in_process(replace(SMALL, body=body))) if entry[1] != "Signatures" and "check" not in entry[1]
    ]
    assert found == [(1, "Deep"), (2, "Deeper"), (1, "Up"), (2, "Down"), (1, "Top")]


def test_the_structure_is_tagged() -> None:
    found = tags(render_in_process(samples.procedure(4)))
    for tag in ("H1", "H2", "P", "L", "LI", "LBody", "Table", "TR", "TH", "TD", "Figure", "Link", "BlockQuote", "Code", "TOC"):
        assert tag in found, tag


def test_demo_is_written_on_every_page() -> None:
    for page in PdfReader(BytesIO(render_in_process(samples.event()))).pages:
        assert "DEMO" in page.extract_text()
    assert "DEMO" not in words(render_in_process(samples.procedure(1)))


def test_watermark_on_every_page() -> None:
    pages = PdfReader(BytesIO(render_in_process(replace(samples.procedure(2), watermark="OBSOLETE")))).pages
    assert len(pages) > 2
    assert all("OBSOLETE" in squeezed(page.extract_text()) for page in pages)


def test_header_and_footer_of_every_page() -> None:
    pages = PdfReader(BytesIO(render_in_process(samples.procedure(3)))).pages
    for at, page in enumerate(pages, 1):
        text = squeezed(page.extract_text())
        assert squeezed("SOP-0012 · v4 · Effective") in text
        assert squeezed(f"Page {at} of {len(pages)}") in text
        assert squeezed("Without a print line below, this copy is uncontrolled") in text


def test_a_table_head_is_repeated_on_each_page() -> None:
    body = samples.doc(samples.grid([["Number", "Requirement"], *[[f"REQ-{at:03d}", samples.LOREM] for at in range(40)]]))
    pages = PdfReader(BytesIO(render_in_process(replace(SMALL, body=body)))).pages
    for page in pages[:-1]:
        assert "Requirement" in page.extract_text()


def test_a_crowded_table_lies_down_with_its_heading_and_loses_nothing() -> None:
    report = samples.wide()
    pages = PdfReader(BytesIO(render_in_process(report))).pages
    turned = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert turned
    assert len(turned) < len(pages)
    assert "Analysis" in turned[0].extract_text()
    found = words(render_in_process(report))
    assert samples.HEAD * 2 in found
    assert "verylongpath" * 14 in found


def test_us_letter_and_landscape() -> None:
    page = PdfReader(BytesIO(render_in_process(replace(SMALL, paper="us-letter", landscape=True)))).pages[0]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((792, 612), abs=0.5)


def test_language_of_file_and_words() -> None:
    reader = PdfReader(BytesIO(render_in_process(replace(SMALL, language="fr-CA"))))
    assert str(reader.root_object["/Lang"]) == "fr-CA"
    assert str(PdfReader(BytesIO(render_in_process(replace(SMALL, language="not a language")))).root_object["/Lang"]) == "en"


def test_a_register_shows_all_rows_and_their_count() -> None:
    report = samples.register(120)
    found = words(render_in_process(report))
    assert squeezed("120 rows") in found
    assert squeezed(str(report.as_of)) in found
    assert all(str(row[0]) in found for row in report.rows)
    assert "TypeSOPSiteLyon" in found


def test_an_extract_says_how_many_rows_there_are() -> None:
    assert squeezed("5 of 1,204 rows") in words(render_in_process(replace(samples.register(5), total=1204)))


def test_an_empty_register_says_so() -> None:
    found = words(render_in_process(replace(samples.register(0), rows=())))
    assert squeezed("There is no row") in found
    assert squeezed("0 rows") in found


def test_the_same_from_a_process_as_here(pool: Pool) -> None:
    assert render(samples.register(30), pool) == render_in_process(samples.register(30))


def test_a_fault_of_the_typesetter_becomes_a_report_error(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    monkeypatch.setattr("medithread.kernel.reports.render.job_of", lambda _: Job("report.typ", {}, {}, 0))
    with pytest.raises(ReportError) as caught:
        render_in_process(SMALL)
    assert caught.value.codes == ("report.typst",)
    with pytest.raises(ReportError) as caught:
        render(SMALL, pool)
    assert caught.value.codes == ("report.typst",)
    assert "words" in caught.value.detail
