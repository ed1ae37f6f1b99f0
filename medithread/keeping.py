"""Commands that keep and prove what there is: verify, checkpoint, export, backup, restore, epoch. Each answers the exit code."""

import argparse
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def verify(_options: argparse.Namespace) -> int:
    """Replay the ledger and compare it with the live tables."""
    from .kernel.ledger.verify import verify as replay

    report = replay()
    for line in report.lines():
        say(line)
    return 0 if report.ok else 1


def checkpoint(_options: argparse.Namespace) -> int:
    """Seal the journal, sign the state of the ledger and print it."""
    from .kernel.ledger.checkpoint import make_checkpoint

    made = make_checkpoint()
    say(made.note.rstrip("\n") if made else "This database has no ledger yet.")
    return 0 if made else 1


def export(options: argparse.Namespace) -> int:
    """Write everything as one bundle that `python -m verifier` checks."""
    from .kernel.exchange.bundle import write_bundle
    from .kernel.ledger.journal import journal

    journal("export", detail="everything, from the command line")
    made = write_bundle(Path(options.file))
    say(f"{made.seq} entries, head {made.hash}, {made.members} members, {made.size:,} bytes, SHA-256 {made.sha256}")
    return 0


def backup(options: argparse.Namespace) -> int:
    """Copy database and files while the system runs."""
    from .kernel.exchange.backup import back_up

    made = back_up(Path(options.folder), say)
    for sha256 in made.missing:
        say(f"MISSING: the stored file {sha256} is not in the store, so it is not in this backup.")
    say(f"Backed up to {options.folder}: {made.size} entries, head {made.head}")
    return 1 if made.missing else 0


def restore(options: argparse.Namespace) -> int:
    """Bring a backup (a folder) or an export (a file) into a database without a ledger."""
    source = Path(options.source)
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        from .kernel.exchange.backup import bring_back

        report = bring_back(source, options.reason, say)
    else:
        from .kernel.exchange.restore import restore as take_in

        call_command("migrate", verbosity=0, interactive=False)
        report = take_in(source, reason=options.reason)
    for line in report.lines():
        say(line)
    return 0 if report.ok else 1


def epoch(options: argparse.Namespace) -> int:
    """Let a copied database write again, under a new origin."""
    from .kernel.ledger.epoch import begin

    say(f"The ledger goes on here as {begin(options.reason)}")
    return 0
