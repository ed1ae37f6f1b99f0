"""A report as the template takes it: every text made safe, every table measured, every word in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import translation

from .grids import INSET, WHOLE, Room, best_fit, measure
from .job import Job
from .report import Absent, Column, HistoryLine, LinkLine, ListReport, Report, Row, Section, SignatureLine, Table, Value, Words, short
from .richtext import Block, Setter, cell_text
from .strings import BREAK, normal, plain, shown, visible
from .words import absent_words, language_tag, words

PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0)}
MARGIN = 68.03  # points at the left and right: 24 mm
TEXT, SMALL = 10.0, 8.0
LABELS = 122.0  # width of the labels before values
HEADINGS_FOR_CONTENTS = 6
LINE = 20.0  # em; what a column may want before a register is laid on its side


def pages(paper: str, landscape: bool) -> tuple[Room, Room]:
    """The room for text on a page as it stands, and on its side."""
    width, height = PAPERS[paper]
    upright, turned = Room(width - 2 * MARGIN, TEXT), Room(height - 2 * MARGIN, TEXT)
    return (turned, turned) if landscape else (upright, turned)


def value(of: Value, room: float = 36.0) -> Any:
    """A value for the page: its text, or an absence in words; an empty text is not a value."""
    if isinstance(of, Absent):
        return {"a": shown(absent_words(of), room)}
    return shown(of, room) if of is not None and str(of).strip() else {"n": 1}


def report_job(report: Report, template: str = "report.typ") -> Job:
    """The job that sets one record or document."""
    with translation.override(report.language):
        return _report_job(report, template)


def list_job(report: ListReport) -> Job:
    """The job that sets a register."""
    with translation.override(report.language):
        return _list_job(report)


def _report_job(report: Report, template: str) -> Job:
    upright, turned = pages(report.paper, report.landscape)
    here = words()
    setter = Setter(upright, turned, here["no_alt"])
    tables = Tables(upright, turned, here)
    data = {
        **_frame(report, here, report.landscape),
        "edition": shown(report.edition),
        "state": shown(report.state),
        "tone": report.state_tone,
        "meta": [[shown(label, 8.0), value(of, 15.0)] for label, of in report.meta],
        "change": tables.changes(report),
        "sections": [_section(each, setter, tables) for each in report.sections],
        "body": setter.body(report.body) if report.body else [],
        "signatures": [_signature(each) for each in report.signatures],
        "decisions": tables.decisions(report),
        "elsewhere": tables.elsewhere(report),
        "links": _links(report.links),
        "files": tables.files(report),
        "history": tables.history(report.history),
        "proof": _proof(report, here),
        "digest": report.digest,
        "short": short(report.digest),
    }
    data["toc"] = setter.headings > HEADINGS_FOR_CONTENTS
    own = {"title": _file_title(report), "alts": setter.alts, "hrefs": setter.hrefs, **_own(report)}
    images = {name: content for name, content in report.images.items() if name in setter.images}
    return Job(template, data, own, _seconds(report.made_at), images)


def _list_job(report: ListReport) -> Job:
    landscape = _lies_down(report) if report.landscape is None else report.landscape
    room, _turned = pages(report.paper, landscape)
    here = words()
    count = len(report.rows) if report.total is None else report.total
    data = {
        **_frame(report, here, landscape),
        "as_of": shown(report.as_of),
        "filters": [[shown(label, 8.0), value(of)] for label, of in report.filters],
        "count": _count(len(report.rows), count, here),
        "note": shown(report.note),
        "table": Tables(room, None, here).block(Table(report.columns, report.rows, empty=here["no_rows"]), 8.0),
        "proof": [[here["ledger_head"], _chunks(report.ledger_head)]] if report.ledger_head else [],
    }
    return Job("register.typ", data, {"title": _file_title(report), "alts": [], "hrefs": [], **_own(report)}, _seconds(report.made_at))


def _lies_down(report: ListReport) -> bool:
    """A register lies on its side when its columns would be crowded on an upright page."""
    upright, _turned = pages(report.paper, False)
    count = len(report.columns)
    texts = ((at, _measured(of)) for row in report.rows for at, of in enumerate(row[:count]))
    return sum(min(each.wanted, LINE) * SMALL + INSET for each in measure(count, texts)) > upright.width


def _frame(report: Report | ListReport, here: dict[str, str], landscape: bool) -> dict[str, Any]:
    """What every page carries."""
    lang, region = language_tag(report.language)
    return {
        "words": {key: shown(text) for key, text in here.items()},
        "lang": lang,
        "region": region,
        "paper": report.paper,
        "landscape": landscape,
        "demo": report.demo,
        "watermark": shown(report.watermark or "", 99.0),
        "org": shown(report.organisation),
        "kind": shown(report.kind_label),
        "number": shown(report.number, 20.0),
        "title": _title(report.title, 23.0),
        "head": short(report.ledger_head),
        "running": shown(_cut(normal(report.title), max(16, (150 if landscape else 92) - len(_left(report))))),
    }


def _left(report: Report | ListReport) -> str:
    """What stands at the left of the running head, for its length."""
    return f"{report.number} · {report.edition} · {report.state}" if isinstance(report, Report) else f"{report.as_of}"


def _own(report: Report | ListReport) -> dict[str, Any]:
    return {
        "author": plain(report.organisation),
        "description": plain(report.kind_label),
        "keywords": [plain(report.number)] if report.number else [],
    }


def _file_title(report: Report | ListReport) -> str:
    parts = (report.number, report.edition if isinstance(report, Report) else "", report.title)
    return " ".join(filter(None, (plain(part) for part in parts))) or "–"


def _title(text: Words, room: float = 36.0) -> str:
    """A heading must not be empty (PDF/UA)."""
    return shown(text, room) if visible(text) else "–"


def _seconds(at: datetime) -> int:
    """Unix seconds. A time without a zone would depend on the machine, and is refused."""
    if at.tzinfo is None:
        raise ValueError("The time of a report needs its zone.")
    return max(0, int(at.timestamp()))


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _chunks(digest: str, size: int = 32) -> str:
    """A long digest with places where a line may break."""
    return BREAK.join(shown(digest[at : at + size]) for at in range(0, len(digest), size))


def _count(there: int, total: int, here: dict[str, str]) -> str:
    if there != total:
        return here["rows_some"].replace("{count}", f"{there:,}").replace("{total}", f"{total:,}")
    return here["row_one"] if total == 1 else here["rows_all"].replace("{count}", f"{total:,}")


def _section(section: Section, setter: Setter, tables: "Tables") -> dict[str, Any]:
    return {
        "title": _title(section.title),
        "rows": [_row(row) for row in section.rows],
        "text": shown(section.text),
        "blocks": setter.blocks(section.body.get("content") or (), setter.page, 1) if section.body else [],
        "table": [tables.block(section.table)] if section.table else [],
    }


def _row(row: Row) -> list[Any]:
    return [shown(row.label, 11.0), value(row.shown), shown(row.note)]


def _signature(line: SignatureLine) -> dict[str, Any]:
    texts = ("printed_name", "role", "meaning", "at_local", "zone", "at_utc", "method", "shown", "on_behalf_of", "note")
    card = {name: shown(getattr(line, name), 14.0) for name in texts}
    return {**card, "digest": _chunks(line.digest), "short": short(line.digest), "valid": line.still_valid}


def _links(links: Iterable[LinkLine]) -> list[list[Any]]:
    """Links by their meaning, in the order in which the meanings come."""
    groups: dict[str, list[Any]] = {}
    for link in links:
        number = shown(" ".join(filter(None, (link.number, str(link.edition)))), 40)
        groups.setdefault(str(link.meaning), []).append([number, shown(link.title), shown(link.state)])
    return [[shown(meaning, 11.0), lines] for meaning, lines in groups.items()]


def _proof(report: Report, here: dict[str, str]) -> list[list[str]]:
    found = (
        (here["rendition_of"], shown(report.rendition_of)),
        (here["digest"], _chunks(report.digest)),
        (here["ledger_head"], _chunks(report.ledger_head)),
        (here["made_at"], shown(report.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))),
    )
    return [[label, text] for label, text in found if text]


class Tables:
    """Plain tables as blocks, among them the fixed ones of every record."""

    def __init__(self, page: Room, turned: Room | None, here: dict[str, str]) -> None:
        self.page, self.turned, self.here = page, turned, here

    def block(self, table: Table, largest: float = SMALL) -> Block:
        """A table measured and made safe; one without rows says so in its `empty` words."""
        columns = [each if isinstance(each, Column) else Column(each) for each in table.columns]
        count = len(columns)
        rows = [list(row[:count]) + [None] * (count - len(row)) for row in table.rows]
        heads = [str(each.label) for each in columns]
        texts = [*enumerate(heads), *((at, _measured(of)) for row in rows for at, of in enumerate(row))]
        best, turn = best_fit(measure(count, texts), Room(self.page.width, largest), self.turned)
        rooms = [best.room(at).ems for at in range(count)]
        whole = all(best.height(at, text) <= WHOLE for at, text in texts)
        block = {
            "k": "t",
            "cols": best.widths,
            "inset": best.inset,
            "size": best.size,
            "lines": False,
            "whole": whole,
            "break": not best.fits,
            "repeat": True,
            "align": [each.align for each in columns],
            "caption": shown(table.caption),
            "empty": "" if rows else shown(table.empty),
            "head": [cell_text(shown(label, room)) for label, room in zip(heads, rooms, strict=True)],
            "cells": [_cell(of, room) for row in rows for of, room in zip(row, rooms, strict=True)],
            "legend": any(of is None for row in rows for of in row),
        }
        return {"k": "land", "b": [block]} if turn else block

    def _of(self, names: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> list[Block]:
        filled = tuple(rows)
        return [self.block(Table(tuple(self.here[name] for name in names), filled))] if filled else []

    def changes(self, report: Report) -> list[Block]:
        names = ("edition", "in_force", "change_class", "summary")
        return self._of(names, ((each.edition, each.in_force, each.change_class, each.summary) for each in report.change_record))

    def decisions(self, report: Report) -> list[Block]:
        rows = (
            (each.decision, self._person(each), f"{each.at_local}\n{each.zone}\n{each.at_utc}", _or_blank(each.reason))
            for each in report.decisions
        )
        return self._of(("decision", "by", "when", "reason"), rows)

    def elsewhere(self, report: Report) -> list[Block]:
        rows = (
            (each.meaning, _lines(each.printed_name, each.function), each.on, each.source, _or_blank(each.evidence))
            for each in report.elsewhere
        )
        return self._of(("meaning", "by", "when", "source", "evidence"), rows)

    def files(self, report: Report) -> list[Block]:
        rows = ((_lines(each.name, each.note), _lines(each.size, each.media_type), Digest(each.sha256)) for each in report.files)
        return self._of(("file", "size", "sha256"), rows)

    def history(self, lines: Sequence[HistoryLine]) -> list[Block]:
        rows = ((each.at, each.who, _lines(each.act, each.detail), _or_blank(each.reason), _or_blank(each.entry)) for each in lines)
        return self._of(("when", "by", "what", "why", "entry"), rows)

    def _person(self, line: Any) -> str:
        behalf = self.here["on_behalf_of"].replace("{person}", str(line.on_behalf_of)) if line.on_behalf_of else ""
        return _lines(line.printed_name, line.role, behalf)


class Digest(str):
    """A cell that holds a digest: set in the monospaced face, broken every 16 characters."""


class _Blank(str):
    """A cell that is rightly empty: nothing was to be said there."""


def _lines(*parts: Words) -> str:
    return "\n".join(filter(None, map(str, parts)))


def _or_blank(text: Words) -> str:
    return str(text) or _Blank("")


def _measured(of: Value) -> str:
    if isinstance(of, Digest):
        return f"{'a' * 30} {'a' * 30}"  # as wide as two lines of 32 in the narrower face
    if isinstance(of, Absent):
        return absent_words(of)
    return "–" if of is None else normal(of)


def _cell(of: Value, room: float) -> Any:
    if isinstance(of, Digest):
        return {"c": _chunks(of)}
    if isinstance(of, _Blank):
        return ""
    found = value(of, room)
    return cell_text(found) if isinstance(found, str) else found
