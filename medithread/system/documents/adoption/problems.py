"""What stands against a migration protocol, row by row, in few queries however long the table is (R1, R3)."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No
from medithread.kernel.records.models import FormerNumber, Record, Series
from medithread.kernel.records.numbering import PATTERN

from ..external.rules import zone_of
from .columns import approvers_of
from .models import AdoptedVersion, Adoption, AdoptionFile, WasState

MUST = ("number", "title", "type", "label", "was", "effective_from", "file", "approvers")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−﹣－"), "-")


@dataclass
class Findings:
    """Problems stop the adoption; hints are for a person to look at, and are true of the history they come from."""

    problems: dict[UUID, list[No]] = field(default_factory=lambda: defaultdict(list))
    hints: dict[UUID, list[No]] = field(default_factory=lambda: defaultdict(list))
    whole: list[No] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.whole) + sum(map(len, self.problems.values()))


def plain_number(number: str) -> str:
    """A number as it is compared: look-alike characters, dashes and capitals made one."""
    return unicodedata.normalize("NFKC", number).translate(_DASHES).strip().upper()


def find_problems(adoption: Adoption) -> Findings:
    """Everything that stands against counting this protocol, and everything worth a look."""
    rows, files = list(adoption.versions.all()), list(adoption.files.all())
    found = Findings()
    by_path = {file.path or "": file for file in files}
    taken = _taken(rows)
    for row in rows:
        found.problems[row.uid].extend(_of_row(row, by_path, taken))
    _twice(rows, found)
    _same_file(rows, found)
    for series in _by_number(rows).values():
        _in_order(series, found)
    today = now().astimezone(zone_of(adoption)).date()
    for row in rows:
        _dates(row, today, found)
    found.whole.extend(_of_counts(adoption, rows, files))
    found.problems = {uid: nos for uid, nos in found.problems.items() if nos}
    return found


def _of_row(row: AdoptedVersion, files: Mapping[str, AdoptionFile], taken: Mapping[str, str]) -> Iterable[No]:
    for words in row.unread or ():
        name, _colon, why = words.partition(": ")
        if getattr(row, name, None) in (None, "", []):
            yield No("adopt.cell", why, field=name)
    named = {words.partition(":")[0] for words in row.unread or ()}
    for name in MUST:
        if getattr(row, name) in (None, "", []) and name not in named:
            yield No("adopt.missing", _("is missing."), field=name)
    if row.was == WasState.EFFECTIVE and row.owner_id is None and "owner" not in named:
        yield No("adopt.missing", _("is missing; what is in force has an owner here."), field="owner")
    if row.was == WasState.EFFECTIVE and row.review_due is None and not row.no_review and "review_due" not in named:
        yield No("adopt.missing", _("is missing; write “none” where no review is due."), field="review_due")
    if row.approvers and any(not who.function for who in approvers_of(row.approvers)):
        yield No("adopt.function", _("Each approver is written with the function: Name (Function)."), field="approvers")
    yield from _of_number(row, taken)
    yield from _of_files(row, files)


def _of_number(row: AdoptedVersion, taken: Mapping[str, str]) -> Iterable[No]:
    for name, number in (("number", row.number), *(("former", number) for number in row.former or ())):
        if not number:
            continue
        if not PATTERN.fullmatch(number):
            better = plain_number(number).replace(" ", "-")
            fix = _("Write %(number)s.") % {"number": better} if PATTERN.fullmatch(better) else _("Use letters, digits, dots, slashes and hyphens.")
            yield No("adopt.number", _("“%(number)s” cannot be a number here.") % {"number": number}, field=name, fix=fix)
        elif plain_number(number) in taken:
            yield No("adopt.taken", _("%(number)s is in use already.") % {"number": taken[plain_number(number)]}, field=name, fix=_("Take the row out, or revise that document here."))


def _of_files(row: AdoptedVersion, files: Mapping[str, AdoptionFile]) -> Iterable[No]:
    for name, path in (("file", row.file), *(("evidence", path) for path in row.evidence or ())):
        if not path:
            continue
        file = files.get(path)
        if file is None:
            yield No("adopt.file", _("There is no file “%(path)s” in the folder.") % {"path": path}, field=name)
        elif file.trouble:
            yield No("adopt.file", file.trouble, field=name)


def _taken(rows: Iterable[AdoptedVersion]) -> dict[str, str]:
    """Numbers of this table that are in use outside this protocol, and by what."""
    wanted = {plain_number(number) for row in rows for number in (row.number, *(row.former or ())) if number}
    if not wanted:
        return {}
    ours = [row.document for row in rows if row.document]
    found: dict[str, str] = {}
    for series in Series.objects.annotate(upper=Upper("number")).filter(upper__in=wanted).prefetch_related("editions"):
        lives = [e for e in series.editions.all() if e.uid not in ours and not _given_up(e)]
        if lives:
            found[plain_number(series.number)] = str(series.number)
    for former in FormerNumber.objects.annotate(upper=Upper("number")).filter(upper__in=wanted).select_related("series"):
        if any(not _given_up(e) and e.uid not in ours for e in former.series.editions.all()):
            found[plain_number(former.number)] = str(former.series.number)
    return found


def _given_up(edition: Record) -> bool:
    """An adopted edition that was never taken up: its number is free for the next protocol."""
    return edition.adopted and edition.effective_from is None and edition.state == "void"


def _twice(rows: Iterable[AdoptedVersion], found: Findings) -> None:
    labels = Counter((plain_number(row.number or ""), (row.label or "").casefold()) for row in rows)
    spellings: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        spellings[plain_number(row.number or "")].add(row.number or "")
    for row in rows:
        if row.number and row.label and labels[plain_number(row.number), row.label.casefold()] > 1:
            found.problems[row.uid].append(No("adopt.twice", _("%(number)s %(label)s stands twice in the table.") % {"number": row.number, "label": row.label}, field="label"))
        if row.number and len(spellings[plain_number(row.number)]) > 1:
            found.problems[row.uid].append(No("adopt.spelling", _("The number is written in several ways: %(ways)s.") % {"ways": ", ".join(sorted(spellings[plain_number(row.number)]))}, field="number"))


def _same_file(rows: Iterable[AdoptedVersion], found: Findings) -> None:
    """One file for several versions can be true, and is more often a slip of the table."""
    groups: dict[str, list[AdoptedVersion]] = defaultdict(list)
    for row in rows:
        if row.sha256:
            groups[row.sha256].append(row)
    for row in (row for group in groups.values() if len(group) > 1 for row in group):
        others = ", ".join(f"{other.number} {other.label}" for other in groups[row.sha256 or ""][:7] if other is not row)
        found.hints[row.uid].append(No("adopt.same-file", _("The same file stands for %(others)s.") % {"others": others[:200]}, field="file"))


def _by_number(rows: Iterable[AdoptedVersion]) -> dict[str, list[AdoptedVersion]]:
    groups: dict[str, list[AdoptedVersion]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r.effective_from or date.min, r.order)):
        if row.number:
            groups[plain_number(row.number)].append(row)
    return groups


def end_of(row: AdoptedVersion, after: AdoptedVersion | None) -> date | None:
    """Until when a version was in force: as the table says, else until the next one began."""
    return row.effective_to or (after.effective_from if after is not None else None)


def _in_order(series: list[AdoptedVersion], found: Findings) -> None:
    """The versions of one number follow each other in time; at most the last is in force."""
    for row, after in zip(series, [*series[1:], None], strict=True):
        if row.was == WasState.EFFECTIVE and after is not None:
            found.problems[row.uid].append(No("adopt.two-in-force", _("A later version of %(number)s stands below it; only the last can be in force.") % {"number": row.number}, field="was"))
        if row.was == WasState.EFFECTIVE and row.effective_to is not None:
            found.problems[row.uid].append(No("adopt.end", _("What is in force has no end."), field="effective_to", fix=_("Leave it empty, or write superseded.")))
        if row.was == WasState.SUPERSEDED and end_of(row, after) is None:
            found.problems[row.uid].append(No("adopt.end", _("Until when was it in force? No later version tells."), field="effective_to"))
        if after is not None and row.effective_to and after.effective_from and row.effective_to > after.effective_from:
            found.problems[row.uid].append(No("adopt.overlap", _("It ends after the next version began."), field="effective_to"))


def _dates(row: AdoptedVersion, today: date, found: Findings) -> None:
    for name in ("approved_on", "effective_from", "effective_to"):
        value = getattr(row, name)
        if value is not None and value > today:
            found.problems[row.uid].append(No("adopt.future", _("%(day)s has not come yet; what is to come is approved here.") % {"day": value}, field=name))
    if row.effective_from and row.effective_to and row.effective_to < row.effective_from:
        found.problems[row.uid].append(No("adopt.backwards", _("It ends before it began."), field="effective_to"))
    if row.approved_on is None:
        found.hints[row.uid].append(No("adopt.no-approval-day", _("The day of approval is not known; it stays “unknown”."), field="approved_on"))
    elif row.effective_from and row.approved_on > row.effective_from:
        found.hints[row.uid].append(No("adopt.approved-late", _("It was approved after it came into force: true of the source, and shown so."), field="approved_on"))


def _of_counts(adoption: Adoption, rows: list[AdoptedVersion], files: list[AdoptionFile]) -> Iterable[No]:
    if not rows:
        yield No("adopt.empty", _("There is nothing to adopt yet."), fix=_("Bring a folder and its table."))
        return
    numbers = len({plain_number(row.number or "") for row in rows})
    if adoption.listed is None:
        yield No("adopt.listed", _("How many documents does the source list?"), field="listed", fix=_("Count them there, not here: the two counts are compared."))
    elif adoption.listed != numbers:
        yield No("adopt.counts", _("The source lists %(there)d documents, the table has %(here)d.") % {"there": adoption.listed, "here": numbers}, field="listed", fix=_("Find the difference, and correct the table or the count."))
    if not adoption.source:
        yield No("adopt.source", _("Where do they come from?"), field="source", fix=_("Name the paper archive or the system."))
    left = unused(rows, files)
    if left and not adoption.unused_reason:
        text = ngettext("%(n)d file of the folder is not named by the table.", "%(n)d files of the folder are not named by the table.", len(left))
        yield No("adopt.unused", text % {"n": len(left)}, field="unused_reason", fix=_("Name them in the table, or say why they are left out."))


def unused(rows: Iterable[AdoptedVersion], files: Iterable[AdoptionFile]) -> list[AdoptionFile]:
    """Files of the folder that no row names."""
    named = {path for row in rows for path in (row.file, *(row.evidence or ()))}
    return [file for file in files if file.path not in named]
