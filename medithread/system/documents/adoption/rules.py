"""What must hold of a migration protocol, and what follows when it moves (R1–R3)."""

import hashlib
import math
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No
from medithread.kernel.base.uid import uuid7
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.verbs.adopt import TakenUp, give_up, take_up
from medithread.kernel.work.jobs import enqueue

from ..external.rules import zone_of
from ..models import Document
from .models import AdoptedVersion, Adoption, WasState
from .problems import end_of, find_problems, plain_number

STAGED = "staged"


def table_is_clean(adoption: Adoption) -> No | None:
    """Every row can be adopted, and the counts agree."""
    count = find_problems(adoption).count
    if count:
        return No("adopt.problems", _("%(n)d problems stand against it.") % {"n": count}, field="versions", fix=_("Correct them on the desk; each names its row."), link="desk")
    return None


def all_is_written(adoption: Adoption) -> No | None:
    """As many pending documents as rows, and none more: the job has finished."""
    rows = adoption.versions.count()
    there = pending(adoption).count()
    if rows != there:
        return No("adopt.not-written", _("%(there)d of %(rows)d versions are written.") % {"there": there, "rows": rows}, fix=_("Wait until the job has finished."), link="desk")
    return None


def sample_is_checked(adoption: Adoption) -> No | None:
    """Each drawn file was compared with its source, and was found a true copy."""
    drawn = list(adoption.versions.filter(drawn=True))
    wrong = next((row for row in drawn if row.same is False), None)
    if wrong is not None:
        return No("adopt.not-same", _("%(number)s %(label)s is not a true copy.") % {"number": wrong.number, "label": wrong.label}, field="versions", fix=_("Open the protocol again and correct it, or refuse it."))
    missing = sum(1 for row in drawn if row.same is None)
    if missing or not drawn:
        return No("adopt.sample", _("%(n)d files of the sample are not checked yet.") % {"n": missing}, field="versions", fix=_("Compare each with its source."), link="desk")
    return None


def pending(adoption: Adoption) -> Any:
    """The documents that wait for this protocol's signature."""
    return Document.objects.filter(protocol=adoption.number, state=STAGED, uid__in=adoption.versions.values("document"))


def sample_size_of(count: int) -> int:
    """The usual √n + 1, all of a few."""
    return min(count, math.isqrt(count) + 1)


def draw(seed: str, uids: Iterable[Any], size: int) -> list[Any]:
    """The sample that a seed draws: rows by SHA-256(seed/uid), the smallest first. Anybody can draw it again."""
    return sorted(uids, key=lambda uid: hashlib.sha256(f"{seed}/{uid}".encode()).hexdigest())[:size]


def prepare(act: Any, adoption: Adoption) -> None:
    """The table is frozen: each row gets its document, the sample is drawn with the ledger's head as its seed, the writing begins."""
    rows = list(adoption.versions.values_list("pk", "uid"))
    adoption.sample_size = min(max(adoption.sample_size or 0, sample_size_of(len(rows))), len(rows))
    adoption.sample_seed = Head.objects.values_list("hash", flat=True).get()
    drawn = set(draw(adoption.sample_seed, [uid for _pk, uid in rows], adoption.sample_size))
    for pk, uid in rows:
        AdoptedVersion.objects.filter(pk=pk).update(document=uuid7(), drawn=uid in drawn, same=None, remark=None, lock=F("lock") + 1)
    act.save(kind_of(adoption), adoption)
    enqueue("documents.write-adopted", title=f"{adoption.number}: {adoption.title}"[:200], person=act.actor.person, adoption=str(adoption.uid), who=str(act.actor.uid))


def make_them_what_they_are(act: Any, adoption: Adoption) -> None:
    """One signature, and every pending version is effective or superseded as it was where it came from (R1, R2)."""
    documents = {document.uid: document for document in pending(adoption).defer("body").select_related("series", "owner", "site", "parent")}
    zone, taken = zone_of(adoption), []
    for row, end in ends(adoption.versions.select_related("owner")):
        start = start_of(row.effective_from, zone)
        until = start_of(end, zone) if row.was == WasState.SUPERSEDED and end else None
        handling = {"owner": row.owner, "review_due": row.review_due if row.was == WasState.EFFECTIVE else None}
        taken.append(TakenUp(documents[row.document], "approved", start, max(start, until) if until else None, handling))
    take_up(act, taken)
    enqueue("documents.settle", title=f"{adoption.number}: search and prints"[:200], person=act.actor.person, adoption=str(adoption.uid))


def ends(rows: Iterable[AdoptedVersion]) -> Iterable[tuple[AdoptedVersion, date | None]]:
    """Each row with the day on which it ceased to be in force."""
    ordered = sorted(rows, key=lambda r: (plain_number(r.number or ""), r.effective_from or date.min, r.order))
    for row, after in zip(ordered, [*ordered[1:], None], strict=True):
        same = after is not None and plain_number(after.number or "") == plain_number(row.number or "")
        yield row, end_of(row, after if same else None)


def start_of(day: date | None, zone: ZoneInfo) -> datetime:
    """The beginning of a day at the company."""
    return datetime.combine(day or date.min, time(), zone)


def clear_away(act: Any, adoption: Adoption) -> None:
    """What was written and never adopted is given up; the numbers are free for the next attempt."""
    documents = Document.objects.filter(protocol=adoption.number, state=STAGED).defer("body")
    give_up(act, list(documents.select_related("series", "owner", "site", "parent")), "void")
    for row in adoption.versions.all():
        AdoptedVersion.objects.filter(pk=row.pk).update(document=None, drawn=None, same=None, lock=F("lock") + 1)
    act.save(kind_of(adoption), adoption)
