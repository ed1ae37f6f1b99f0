"""The run: bring, adopt, live, export, restore, verify; then the table."""

import sys
from collections import Counter
from pathlib import Path

from django.core.management import call_command

from tests.company import found as found_company

from .bringing import Brought, bring_all
from .leaving import export_and_restore
from .lives import adopt, live
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
    listed, in_force = adopt(company, found, scratch / "folder")
    say(f"adopted under one protocol: {listed} listed, {in_force} in force, signed once")
    ten = [b.document for b in brought if b.outcome == "native" and b.document is not None and b.words > 50][:10]
    for number, size, signatures in live(company, ten):
        say(f"  {number}: two versions, {signatures} signatures, print of {size // 1024} kB")
    problems += export_and_restore(scratch)
    enough = min(60, len(found))
    if in_force < enough or in_force != listed:
        problems.append(f"only {in_force} of {listed} adopted documents are in force")
    if len(ten) < min(10, len(found)):
        problems.append(f"only {len(ten)} documents went through a whole life")
    for problem in problems:
        say(f"LOST: {problem}")
    say("nothing was lost" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def _table(brought: list[Brought]) -> list[str]:
    """What came of each file, and what could not be carried over."""
    say(f"{'set':<26} {'file':<58} {'became':<8} {'words':>7} {'not carried':>11}")
    for b in brought:
        say(f"{b.item.set[:26]:<26} {b.item.name[:58]:<58} {b.outcome:<8} {b.words:>7} {b.missing:>11}")
        for line in b.told[:12]:
            say(f"    · {line[:170]}")
    counts = Counter((b.item.suffix, b.outcome) for b in brought)
    for (suffix, outcome), count in sorted(counts.items()):
        say(f"{suffix}: {count} became {outcome}")
    return [f"{b.item.set}/{b.item.name}: {b.lost}" for b in brought if b.lost]
