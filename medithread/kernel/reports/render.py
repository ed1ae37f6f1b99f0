"""Reports to PDF/A: `render` in a typesetting process, `render_in_process` for tests."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from .compile import Typesetter
from .errors import ReportError
from .job import Fault, Job
from .payload import list_job, report_job
from .pool import FONTS, POOL, Pool
from .report import ListReport, Report
from .worker import job_message


def job_of(report: Report | ListReport) -> Job:
    """The typesetting job of a report."""
    return list_job(report) if isinstance(report, ListReport) else report_job(report)


def render(report: Report | ListReport, pool: Pool = POOL) -> bytes:
    """The report as PDF/A-2a and PDF/UA-1; the same report gives the same bytes. Raises ReportError."""
    head, blobs = job_message(job_of(report))
    return pool.ask(({"act": "set", "job": head}, blobs))


def render_in_process(report: Report | ListReport, fonts: Path = FONTS) -> bytes:
    """As `render`, in this process, whose memory it fills: for tests and single commands."""
    try:
        return typesetter(fonts).compose(job_of(report))
    except Fault as fault:
        raise ReportError(fault.code, detail=fault.detail) from fault


@cache
def typesetter(fonts: Path = FONTS) -> Typesetter:
    """The one typesetter of this process for a folder of faces."""
    folder = mkdtemp(prefix="medithread-reports-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Typesetter(Path(folder), fonts)
