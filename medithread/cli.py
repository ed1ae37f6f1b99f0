"""The command line: run, migrate, createadmin, demo, import, export, verify, backup, restore, worker and a few more."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from . import __version__


def parser() -> argparse.ArgumentParser:
    """All commands with their options; docs/commands.md lists the same (a test compares them)."""
    top = argparse.ArgumentParser(prog="medithread", description="Quality management for medical device makers.")
    top.add_argument("--version", action="version", version=f"medithread {__version__}")
    sub = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return sub.add_parser(name, help=words, description=words)

    run = add("run", "migrate, then serve the pages with a worker beside them")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8765")))
    run.add_argument("--workers", type=int, default=1, help="web processes")
    run.add_argument("--no-worker", action="store_true", help="serve only; run `medithread worker` elsewhere")
    add("migrate", "bring the database to this version and look after its triggers")
    admin = add("createadmin", "the first account of a new installation; prints a link to set the password")
    admin.add_argument("--name", required=True)
    admin.add_argument("--email", required=True)
    add("demo", "load the demo company into an empty database")
    bring = add("import", "import a table into a kind of record, or restore nothing: see `restore`")
    bring.add_argument("kind")
    bring.add_argument("file")
    bring.add_argument("--by", required=True, metavar="SIGN-IN NAME", help="in whose name")
    bring.add_argument("--dry-run", action="store_true")
    export = add("export", "write everything as one bundle in open formats")
    export.add_argument("file")
    add("verify", "replay the ledger and compare it with the live tables")
    backup = add("backup", "copy database and files while the system runs")
    backup.add_argument("folder")
    restore = add("restore", "bring a bundle or a backup into an empty database")
    restore.add_argument("source")
    restore.add_argument("--reason", required=True)
    epoch = add("epoch", "let a copied database write again, under a new origin")
    epoch.add_argument("--reason", required=True)
    worker = add("worker", "do the jobs: mail, reminders, checkpoints, imports, exports")
    worker.add_argument("--once", action="store_true", help="do what is due, then stop")
    add("checkpoint", "sign the state of the ledger now and print it")
    add("reactions", "print who reacts to whom")
    return top


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Exit code 0 when all is well, 1 when a check failed, 2 for wrong words."""
    options = parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medithread.settings")
    if options.command == "run" and "MEDITHREAD_ORIGIN" not in os.environ:
        os.environ["MEDITHREAD_ORIGIN"] = f"http://localhost:{options.port}"
    from . import bootstrap

    bootstrap.bootstrap()
    import django

    django.setup()
    from . import commands

    command: Callable[[argparse.Namespace], int] = getattr(commands, options.command.replace("import", "import_"))
    from .kernel.base.refusal import Refused

    try:
        sys.exit(command(options))
    except Refused as refusal:
        for no in refusal.nos:
            sys.stderr.write(f"{no.text} {no.fix}\n")
        sys.exit(1)
