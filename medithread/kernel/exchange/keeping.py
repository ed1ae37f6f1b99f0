"""Keeping the proof alive: seals every minute, checkpoints every hour, a verification every night, exports on demand."""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import LedgerBroken, No
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.identity.tell import holders, tell
from medithread.kernel.ledger.checkpoint import make_checkpoint
from medithread.kernel.ledger.genesis import is_born
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.report import Report
from medithread.kernel.ledger.seal import seal_journal
from medithread.kernel.ledger.verify import verify
from medithread.kernel.work.jobs import Progress, job
from medithread.kernel.work.schedules import every

from .bundle import export_bundle

FOLDER = "exports"
STAGES = 6


@job("ledger.seal", tries=3)
def seal(_progress: Progress) -> None:
    """Seal the access journal into the ledger."""
    if is_born():
        seal_journal()


@job("ledger.checkpoint", tries=3)
def checkpoint(_progress: Progress) -> str:
    """State and sign where the ledger stands; once a day the head is mailed to those who answer for quality."""
    made = make_checkpoint()
    return made.note if made else ""


@job("ledger.verify", tries=2)
def check(progress: Progress) -> str:
    """Replay the ledger. What is found is mailed at once to quality, top management and the administrators, and fails the job."""
    done: dict[str, int] = {}

    def told(stage: str, count: int) -> None:
        done[stage] = count
        progress(min(len(done), STAGES), STAGES, f"{stage}: {count}")

    report = verify(progress=told)
    if report.ok:
        return _("Nothing was altered: %(n)d entries, head %(head)s.") % {"n": report.size, "head": report.head[:16]}
    _alarm(report)
    raise LedgerBroken(*(No(found.code, str(found)) for found in report.findings[:20]))


def _alarm(report: Report) -> None:
    lines = "\n".join(str(found) for found in report.findings[:50])
    tell(holders(Role.QA, Role.TM, Role.IT), _("The ledger does not verify"), _("The verification found %(n)d faults:") % {"n": sum(report.codes.values())} + "\n\n" + lines)


@job("ledger.heads", tries=3)
def mail_head(_progress: Progress) -> None:
    """Mail the head to quality and top management: a copy outside this system that no administrator of it can change."""
    head = Head.objects.first()
    if head is not None and head.purpose == "live":
        words = _("Entry %(seq)d of %(origin)s has the hash %(hash)s. Keep this mail: with it anybody can show later that nothing before was altered.")
        tell(holders(Role.QA, Role.TM), _("Where the ledger stands on %(day)s") % {"day": now().date()}, words % {"seq": head.seq, "origin": head.origin, "hash": head.hash})


@job("exchange.bundle", tries=2)
def bundle(progress: Progress) -> str:
    """Write the full export and put it where its person can fetch it for a week."""
    person: Person | None = progress.job.person
    if person is None:
        raise LedgerBroken(No("export.person", _("An export is made in somebody's name.")))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        made = export_bundle(Actor(person=person), path, progress=lambda stage, count: progress(0, 0, f"{stage}: {count}"))
        with path.open("rb") as stream:
            stored = storages["files"].save(f"{FOLDER}/{progress.job.uid}.zip", File(stream))
    return json.dumps({"file": stored, "name": f"medithread-{now().date()}-{made.hash[:8]}.zip"})


every("ledger.seal", timedelta(minutes=1))
every("ledger.checkpoint", timedelta(hours=1))
every("ledger.heads", timedelta(days=1))
every("ledger.verify", timedelta(days=1))
