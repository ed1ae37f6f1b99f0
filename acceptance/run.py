"""The run: bring, adopt, live, export, restore, verify; then the table."""

import sys
from collections import Counter
from pathlib import Path

from django.core.management import call_command

from tests.company import found as found_company

from .adopting import adopt
from .bringing import Brought, bring_all
from .leaving import export_and_restore
from .lives import choose, live
from .sets import Item


def say(text: str, place: int = 0) -> None:
    """A line of progress, every tenth."""
    if place % 10 == 0:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def run(found: list[Item], scratch: Path) -> int:
    """Everything in order; answers the exit code."""
    call_command("migrate", verbosity=0)
    company = found_company()
    brought = bring_all(company.ada, found, say)
    problems = _table(brought)
    listed, adopted, lost = adopt(company, found, scratch / "folder")
    say(f"adopted under one protocol: {listed} listed, {adopted} adopted, signed once")
    ten = choose(brought, 10)
    problems += lost + live(company, ten, scratch, say) + export_and_restore(scratch)
    if adopted < min(60, len(found)) or adopted != listed:
        problems.append(f"only {adopted} of {listed} documents were adopted")
    if len(ten) < min(10, len(found)):
        problems.append(f"only {len(ten)} documents went through a whole life")
    for problem in problems:
        say(f"LOST: {problem}")
    say("nothing was lost" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def _table(brought: list[Brought]) -> list[str]:
    """What came of each file, and everything that could not be carried over."""
    say(f"{'set':<24} {'file':<52} {'became':<8} {'words':>7} {'cells':>6} {'pict.':>5}   not carried")
    for b in brought:
        gone = f"{b.gone} words, {b.cells_gone} cells, {b.pictures_gone} pictures" + (f" ({b.example})" if b.gone else "")
        say(f"{b.item.set[:24]:<24} {b.item.name[:52]:<52} {b.outcome:<8} {b.words:>7} {b.cells:>6} {b.pictures:>5}   {gone}")
        for line, times in Counter(b.told).items():
            say(f"    · {line[:240]}" + (f" ({times} times)" if times > 1 else ""))
    counts = Counter((b.item.suffix, b.outcome) for b in brought)
    for (suffix, outcome), count in sorted(counts.items()):
        say(f"{suffix}: {count} became {outcome}")
    return [f"{b.item.set}/{b.item.name}: {b.lost}" for b in brought if b.lost]
