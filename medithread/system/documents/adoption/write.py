"""Writing the versions of a counted protocol as pending documents: in small units, each once, however often it is interrupted."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.store import read
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.verbs.adopt import Brought, adopt
from medithread.kernel.verbs.fetch import locked
from medithread.kernel.verbs.unit import unit

from ..bring import Taken, read_stored
from ..models import Document
from .columns import approvers_of
from .models import AdoptedVersion, Adoption
from .problems import plain_number
from .rules import STAGED, ends
from .stage import Tell, quiet

UNIT = 10


@dataclass(frozen=True)
class Ground:
    """What the whole protocol knows: path → SHA-256 of its files, number → former numbers told by any of its rows."""

    files: dict[str, str]
    former: dict[str, list[str]]

    @classmethod
    def of(cls, adoption: Adoption, rows: list[AdoptedVersion]) -> "Ground":
        former: dict[str, list[str]] = {}
        for row in rows:
            there = former.setdefault(plain_number(row.number or ""), [])
            there.extend(number for number in row.former or () if number not in there)
        return cls({file.path or "": file.sha256 for file in adoption.files.all() if file.sha256}, former)


def write(who: Actor | Person, adoption: Adoption, *, tell: Tell = quiet) -> int:
    """Write every version of a counted protocol that is not written yet; answers how many. Raises NotAllowed, Refusal."""
    rows = [row for row, _end in ends(adoption.versions.select_related("owner"))]
    there = set(Document.objects.filter(uid__in=[row.document for row in rows if row.document]).values_list("uid", flat=True))
    waiting = [row for row in rows if row.document and row.document not in there]
    ground, done = Ground.of(adoption, rows), 0
    for some in _units(waiting):
        tell(len(rows) - len(waiting) + done, len(rows), some[0].number or "")
        ready = [(row, _taken(who, row, ground.files)) for row in some]
        if not _write_unit(who, adoption, ready, ground):
            break
        done += len(some)
    tell(len(rows) - len(waiting) + done, len(rows), "")
    return done


def _units(rows: list[AdoptedVersion]) -> Iterator[list[AdoptedVersion]]:
    for at in range(0, len(rows), UNIT):
        yield rows[at : at + UNIT]


def _taken(who: Actor | Person, row: AdoptedVersion, files: dict[str, str]) -> Taken:
    """The text of a version's file, read before any lock is taken."""
    path = row.file or ""
    stored = StoredFile.objects.get(sha256=row.sha256)

    def picture(name: str) -> bytes | None:
        sha256 = files.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
        return read(sha256) if sha256 else None

    return read_stored(who, stored, posixpath.basename(path), pictures=picture)


def _write_unit(who: Actor | Person, adoption: Adoption, ready: list[tuple[AdoptedVersion, Taken]], ground: Ground) -> bool:
    """One unit; False when the protocol was opened again meanwhile."""
    with unit(who, f"write {adoption.number}", adoption.uid) as act:
        fresh = locked(act, adoption)
        if fresh.state != "counted":
            return False
        now_there = dict(fresh.versions.values_list("pk", "document"))
        for row, taken in ready:
            if now_there.get(row.pk) == row.document:
                _adopt(who, fresh, row, taken, ground)
    return True


def _adopt(who: Actor | Person, adoption: Adoption, row: AdoptedVersion, taken: Taken, ground: Ground) -> None:
    absent: dict[str, dict[str, str]] = {"review_months": {"code": "unknown", "reason": _("Not told by the source")}}
    if row.no_review:
        absent["review_months"] = {"code": "not_applicable", "reason": _("The source has no periodic review for it")}
    if row.approved_on is None:
        absent["approved_on"] = {"code": "unknown", "reason": _("Not told by the source")}
    values: dict[str, Any] = {
        "title": row.title, "type": row.type, "body": taken.body, "import_note": taken.note, "source": row.source or adoption.source,
        "approved_on": row.approved_on, "protocol": adoption.number, "clauses": row.clauses,
    }
    approvals = [{"name": a.name, "function": a.function or None, "on": a.on} for a in approvers_of(row.approvers)]
    adopt(
        who, Document, uid=row.document or row.uid, number=row.number or "", label=row.label or "", state=STAGED, absent=absent,
        former=ground.former.get(plain_number(row.number or ""), ()), files=_files(row, taken, ground), parts={"historic_approvals": approvals}, **values,
    )


def _files(row: AdoptedVersion, taken: Taken, ground: Ground) -> list[Brought]:
    found = [Brought(taken.file, taken.name, "original")]
    found += [Brought(picture, taken.picture_name(sha256), "image") for sha256, picture in taken.pictures.items()]
    paths = [path for path in row.evidence or () if path in ground.files]
    stored = {file.sha256: file for file in StoredFile.objects.filter(sha256__in=[ground.files[path] for path in paths])}
    return found + [Brought(stored[ground.files[path]], posixpath.basename(path), "evidence") for path in paths]
