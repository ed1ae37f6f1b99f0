"""The print layer, and foreign PDFs under our cover: what the reports kernel does with finished files."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from .job import Overlay
from .payload import report_job
from .pool import POOL, Pool
from .report import Report, Stamp, Words, short
from .strings import shown
from .words import language_tag, words
from .worker import job_message

WIDE = 200.0  # em; these lines wrap, words within them need not break


def stamp(pdf: bytes, stamp: Stamp, pool: Pool = POOL) -> bytes:
    """The PDF with a print line at the foot of each page, and a watermark where one is asked for.

    The given bytes stay the start of the result, so the digest of the rendition can still be checked.
    Raises ReportError (`report.encrypted`, `report.broken-pdf`, `report.no-pages`).
    """
    with translation.override(stamp.language):
        overlay = _overlay(stamp.language, stamp.printed_at, stamp.watermark, print_line(stamp))
    return pool.ask(({"act": "stamp", "overlay": overlay}, [pdf]))


def cover(foreign: bytes, report: Report, pool: Pool = POOL) -> bytes:
    """A foreign PDF as a rendition: the report's pages first, then each foreign page with our header and footer around it.

    No page is made smaller or written over: each grows above and below. Raises ReportError as `stamp` does.
    """
    head, blobs = job_message(report_job(report))
    with translation.override(report.language):
        overlay = _overlay(report.language, report.made_at, report.watermark, "", _running(report))
    return pool.ask(({"act": "cover", "job": head, "overlay": overlay}, [foreign, *blobs]))


def cover_and_stamp(foreign: bytes, report: Report, print_act: Stamp, pool: Pool = POOL) -> bytes:
    """`cover`, then `stamp`: what is printed of an uploaded PDF."""
    return stamp(cover(foreign, report, pool), print_act, pool)


def print_line(act: Stamp) -> str:
    """The sentence that a print act leaves on each page, in the language that is active now."""
    here = words()
    at = act.printed_at.astimezone(ZoneInfo(act.zone)).strftime("%Y-%m-%d %H:%M") + f" {act.zone}"
    parts = (
        here["printed"].replace("{person}", str(act.printed_by)).replace("{at}", at),
        here["until"].replace("{until}", str(act.valid_until)) if act.valid_until else "",
        str(act.copy_note) or here["uncontrolled_print"],
        here["ledger_short"].replace("{head}", short(act.ledger_head)) if act.ledger_head else "",
        here["demo"] if act.demo else "",
    )
    return " · ".join(part for part in parts if part)


def _running(report: Report) -> dict[str, str]:
    here = words()
    number = " · ".join(filter(None, (report.number, str(report.edition), str(report.state), here["demo"] if report.demo else "")))
    foot = " · ".join(
        filter(
            None, (here["uncontrolled"], here["ledger_short"].replace("{head}", short(report.ledger_head)) if report.ledger_head else "")
        )
    )
    return {"left": shown(number, WIDE), "right": shown(report.title, WIDE), "foot": shown(foot, WIDE), "page": here["page"]}


def _overlay(language: str, at: datetime, watermark: Words | None, line: str, running: dict[str, str] | None = None) -> dict[str, Any]:
    data = {"lang": language_tag(language)[0], "watermark": shown(watermark or "", WIDE), "line": shown(line, WIDE), "running": running}
    overlay = Overlay(data, max(0, int(at.astimezone(UTC).timestamp())))
    return {"data": overlay.data, "timestamp": overlay.timestamp}
