"""A document of fifty pages to PDF/A, beside Typst's bare compile of as many pages of plain text."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import typst
from pypdf import PdfReader

from bench.context import Context
from bench.figures import Figure, compared
from bench.registry import line
from bench.stopwatch import in_turns
from bench.words import Words
from medithread.kernel.reports.render import render
from medithread.kernel.reports.report import Report

PAGES, LIMIT, ROUNDS = 50, 0.5, 6
Node = dict[str, Any]


@line("pdf", databases=("sqlite",))
def pdf(context: Context) -> Iterable[Figure]:
    """A warm typesetting process, as it is after the first print of a day."""
    report, pages = _fifty()
    source = _plain(context.words)
    ours, bare = in_turns(ROUNDS, lambda: render(report), lambda: typst.compile(source, format="pdf"), warm=1)
    yield compared(f"document of {pages} pages to PDF/A", ours.median, "s", bare.median, "bare Typst, plain text", LIMIT)


def _fifty() -> tuple[Report, int]:
    """A report of at least fifty pages, with as few blocks as that takes."""
    blocks = 60
    while True:
        report = _report(blocks)
        pages = len(PdfReader(io.BytesIO(render(report))).pages)
        if pages >= PAGES:
            return report, pages
        blocks = max(blocks + 1, blocks * PAGES // pages)


def _report(blocks: int) -> Report:
    """Headings, paragraphs, a list and a table in turns, as a procedure has them."""
    content: list[Node] = []
    words = Words(50)
    for place in range(blocks):
        content += [_heading(f"{words.some(4)} {place + 1}"), _para(words.some(90)), _para(words.some(60))]
        content += [_list(words)] if place % 3 == 0 else [_table(words)] if place % 3 == 1 else []
    return Report(
        title="A long procedure", number="SOP-0050", edition="v1", state="Effective", state_tone="good", made_at=datetime(2026, 5, 8, tzinfo=UTC),
        kind_label="Standard operating procedure", organisation="Aria Infusion", body={"type": "doc", "content": content},
        digest="0" * 64, ledger_head="1" * 64,
    )


def _text(words: str) -> Node:
    return {"type": "text", "text": words}


def _para(words: str) -> Node:
    return {"type": "paragraph", "content": [_text(words)]}


def _heading(words: str) -> Node:
    return {"type": "heading", "attrs": {"level": 2}, "content": [_text(words)]}


def _list(words: Words) -> Node:
    return {"type": "bulletList", "attrs": {}, "content": [{"type": "listItem", "content": [_para(words.some(14))]} for _item in range(5)]}


def _table(words: Words) -> Node:
    def row(sort: str) -> Node:
        return {"type": "tableRow", "content": [{"type": sort, "attrs": {}, "content": [_para(words.some(6))]} for _cell in range(4)]}

    return {"type": "table", "content": [row("tableHeader"), *(row("tableCell") for _row in range(6))]}


def _plain(words: Words) -> bytes:
    """Typst source of about as many pages."""
    return ('#set document(title: "-")\n' + "\n\n".join(words.some(110) for _place in range(PAGES * 5))).encode()
