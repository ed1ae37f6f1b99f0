"""The course of a document version: opened, written, sent to review, perhaps returned, reviewed, approved; one scene for each step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any

from medithread.kernel import verbs
from medithread.system.documents.kind import DOCUMENT
from medithread.system.documents.models import Document

from .stage import Scene, Stage, add
from .texts import Text, body, text

HALVES = (8 * 60 + 40, 10 * 60 + 30, 13 * 60 + 30, 15 * 60 + 20)
BEFORE_WORK = "06:00"
TOP = ("QM", "POL")
OF_ONE_VERSION = tuple(name for name in DOCUMENT.content_fields if name.startswith(("change_", "impact_", "planned_")))
NOT_APPLICABLE: Mapping[str, str] = {"code": "not_applicable"}


@dataclass(frozen=True)
class Review:
    """Who reviews and signs when; a later round waits for the one before it. `role` asks for whoever holds it."""

    who: str
    on: str = ""
    round: int = 1
    role: str = ""

    def row(self, stage: Stage) -> dict[str, Any]:
        return {"role": self.role, "round": self.round} if self.role else {"person": stage.uid(self.who), "round": self.round}


@dataclass(frozen=True)
class Return:
    """Sent back with a reason and remarks; corrected and sent to review again. Without `again` it stays a draft."""

    who: str
    on: str
    reason: str
    remarks: tuple[str, ...]
    corrected: str = ""
    again: str = ""


@dataclass(frozen=True)
class Course:
    """One version of a document. A step without a day does not happen. `patch` turns the text of the file into what was written first."""

    name: str
    author: str
    opened: str
    written: str = ""
    submitted: str = ""
    reviews: tuple[Review, ...] = ()
    approved: str = ""
    effective: str = ""
    quality: str = "tomasz"
    owner_signed: str = ""
    version: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    absent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    patch: tuple[tuple[str, str], ...] = ()
    returned: Return | None = None

    @property
    def text(self) -> Text:
        return text(self.name)

    @property
    def key(self) -> str:
        """Under what the stage keeps this version."""
        return self.version or self.name

    def document(self, stage: Stage) -> Document:
        found: Document = stage.kept[self.key]
        return found

    def first_draft(self) -> str:
        found = self.text.markdown
        for old, new in self.patch:
            if old not in found:
                raise LookupError(f"{self.name}: {old}")
            found = found.replace(old, new)
        return found


def tell(course: Course) -> None:
    """Put all steps of a course into the story."""
    _add(course, course.opened, "open", _open)
    _add(course, course.written, "write", _write)
    _add(course, course.submitted, "submit", _submit)
    for review in course.reviews:
        _add(course, review.on, f"review {review.who}", partial(_review, review=review))
    if course.returned is not None:
        _add(course, course.returned.on, "return", partial(_return, returned=course.returned))
        _add(course, course.returned.corrected, "correct", _correct)
        _add(course, course.returned.again, "again", _submit_again)
    _add(course, course.owner_signed, "own", _owner_signs)
    _add(course, course.approved, "approve", _approve)


def _add(course: Course, on: str, what: str, step: Callable[[Stage, Course], None]) -> None:
    if on:
        add(Scene(on if " " in on else f"{on} {_hour(f'{course.key}/{what}')}", lambda stage: step(stage, course)))


def _hour(what: str) -> str:
    """A time of a working day, the same at every loading."""
    draw = int.from_bytes(sha256(what.encode()).digest()[:4], "big")
    minutes = HALVES[draw % 4] + draw // 4 % 90
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _open(stage: Stage, course: Course) -> None:
    """A new number with its first draft, or a revision of what is in force."""
    there, found = stage.kept.get(course.text.number), course.text
    if there is None:
        values = {name: value for name, value in found.values().items() if name in ("title", "type", "language")}
        site = stage.sites[found.fields["site"]].uid if found.fields["site"] else None
        document = stage.create(course.author, Document, number=found.number, owner=stage.uid(found.owner), site=site, **values)
    else:
        stage.pause()
        document = verbs.revise(stage.who(course.author), stage.fresh(there), blank=OF_ONE_VERSION)
    stage.kept[found.number] = stage.kept[course.key] = document


def _write(stage: Stage, course: Course) -> None:
    values = {**course.text.values(), **course.more}
    absent = dict(course.absent) if values["fulfils"] else {**course.absent, "fulfils": NOT_APPLICABLE}
    stage.edit(course.author, course.document(stage), body=body(course.first_draft()), absent=absent, **values)


def _submit(stage: Stage, course: Course) -> None:
    start = stage.at(f"{course.effective} {BEFORE_WORK}")
    stage.edit(course.author, course.document(stage), planned_from=start, parts={"reviewers": _reviewers(stage, course)})
    stage.move(course.author, course.document(stage), "submit")


def _reviewers(stage: Stage, course: Course) -> list[dict[str, Any]]:
    """The rows to add, and those of the version before to remove; whoever is asked again keeps the row."""
    wanted = {review: review.row(stage) for review in course.reviews}
    rows = []
    for there in course.document(stage).reviewers.all():
        same = next(
            (r for r, row in wanted.items() if (row.get("person"), row.get("role"), r.round) == (there.person_id, there.role, there.round)),
            None,
        )
        if same is None:
            rows.append({"uid": str(there.uid), "remove": True})
        else:
            del wanted[same]
    return [*rows, *wanted.values()]


def _review(stage: Stage, course: Course, *, review: Review) -> None:
    stage.sign(review.who, course.document(stage), "approve")


def _return(stage: Stage, course: Course, *, returned: Return) -> None:
    stage.read(returned.who, course.document(stage))
    for remark in returned.remarks:
        stage.kept.setdefault(f"remarks:{course.key}", []).append(stage.comment(returned.who, course.document(stage), remark))
    stage.move(returned.who, course.document(stage), "return", reason=returned.reason)


def _correct(stage: Stage, course: Course) -> None:
    """The author writes what was missing and settles the remarks."""
    stage.edit(course.author, course.document(stage), body=body(course.text.markdown))
    for made in stage.kept.get(f"remarks:{course.key}", ()):
        stage.resolve(course.author, made)


def _submit_again(stage: Stage, course: Course) -> None:
    stage.move(course.author, course.document(stage), "submit")


def _owner_signs(stage: Stage, course: Course) -> None:
    stage.sign(course.text.owner, course.document(stage), "approve")


def _approve(stage: Stage, course: Course) -> None:
    """Top management for policy and manual; otherwise owner and quality, or one person for both by one signature (R9)."""
    if course.text.fields["type"] in TOP:
        stage.sign("solveig", course.document(stage), "approve")
        return
    signers = [course.text.owner, course.quality]
    if signers[0] == "maud" and course.quality != "maud":
        signers.reverse()
    for key in dict.fromkeys(signers):
        stage.sign(key, course.document(stage), "approve")
