"""verify: replay the whole ledger and compare it with the live tables; every edit made behind the application's back is found.

What lies outside (search index, counters, sessions, passwords, working copies) is listed in docs/spec/ledger.md.
"""

from collections.abc import Callable
from functools import partial

from .chain import check_chain
from .live import ABOVE
from .live_check import LiveCheck
from .replay import Facts, Replay
from .report import Finding, Progress, Report
from .stream import snapshot
from .triggers import missing
from .values import manifests, values
from .versions import rebuild_versions

__all__ = ["Facts", "Finding", "Report", "check_chain", "rebuild_versions", "verify"]


def verify(*, progress: Progress | None = None) -> Report:
    """Check everything that the ledger can prove about this database. Reads one snapshot, blocks nobody, needs little memory.

    Stages: entries with chain, tree, checkpoints, seals and versions; manifests; values; live rows; signatures; files; triggers.
    """
    report = Report(progress=progress)
    with snapshot():
        facts = Facts()

        def walk(report: Report) -> None:
            nonlocal facts
            facts = Replay(report).run()

        report.timed("entries", walk)
        report.timed("manifests", manifests)
        report.timed("values", values)
        report.timed("live rows", LiveCheck(facts).run)
        for name, check in ABOVE.checks.items():
            report.timed(name, partial(_readable, name, check))
        report.timed("triggers", _triggers)
    return report


def _readable(name: str, check: Callable[[Report], None], report: Report) -> None:
    """A value that cannot be read at all stops a check; the row was named when the live tables were compared."""
    try:
        check(report)
    except (ValueError, TypeError, AttributeError) as error:
        report.find("check.unreadable", f"The check of {name} met a value that cannot be read: {error}.", name)


def _triggers(report: Report) -> None:
    for name in missing():
        report.find("trigger.missing", f"The guard {name} is not there, is switched off or was changed.", name.removeprefix("guard_"), name)
    report.step("triggers", 1)
