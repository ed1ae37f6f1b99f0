"""What each command of the command line does. Called after Django is set up; answers the exit code."""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from . import __version__
from .keeping import backup, checkpoint, epoch, export, restore, verify  # noqa: F401  (commands, found by their names)


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def migrate(_options: argparse.Namespace) -> int:
    """Bring the database to this version; a new database gets its ledger."""
    from .kernel.ledger.genesis import is_born
    from .kernel.ledger.triggers import missing

    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    if not is_born():
        _birth()
    _describe()
    lacking = missing()
    if lacking:
        say(f"These triggers of the ledger are missing: {', '.join(lacking)}")
        return 1
    return 0


def _describe() -> None:
    """Schemas and the program's start go into the ledger; a database that was copied says first what it needs."""
    from .kernel.ledger.models import Head
    from .kernel.ledger.place import home
    from .kernel.ledger.schemas import record_schemas

    if Head.objects.values_list("home", flat=True).get() == home():
        record_schemas()
    else:
        say("This database was copied from another place. It can be read; to write here run: medithread epoch --reason …")


def _birth() -> None:
    """A live ledger begins now, that of the demo company with its story."""
    from .demo.load import be_born
    from .kernel.ledger.genesis import birth

    if settings.DEMO:
        be_born()
    else:
        birth("live")


def createadmin(options: argparse.Namespace) -> int:
    """The first account of a new installation: a system administrator, who chooses the password by a link."""
    from .kernel.verbs.people_accounts import first_account

    if migrate(options):
        return 1
    account, path = first_account(name=options.name, email=options.email)
    say(f"Account {account.username}. Choose its password here (once, within the time the page says):\n{settings.ORIGIN}{path}")
    say("Then found the company in the browser, together with a second person.")
    return 0


def import_(options: argparse.Namespace) -> int:
    """Bring a table into a kind of record in somebody's name; columns are matched by their names."""
    from .kernel.base.refusal import No, NotFound
    from .kernel.exchange.importing import check, stage, start
    from .kernel.identity.actor import Actor
    from .kernel.identity.models import Account, login_name
    from .kernel.records.kinds import kinds
    from .kernel.work.worker import drain

    account = Account.objects.select_related("person").filter(username=login_name(options.by)).first()
    kind = next((kind for kind in kinds() if kind.code == options.kind), None)
    if account is None or kind is None:
        known = ", ".join(kind.code for kind in kinds())
        raise NotFound(No("import.who", "There is no such account or kind.", fix=f"Kinds: {known}"))
    with Path(options.file).open("rb") as stream:
        batch = check(stage(Actor(person=account.person), kind, stream, filename=Path(options.file).name))
    for row in batch.rows.exclude(problems="").order_by("place")[:50]:
        say(f"row {row.place}: {row.problems}")
    say(f"{batch.total} rows, {batch.bad} with problems; columns: {batch.mapping}")
    if options.dry_run or batch.bad:
        return 1 if batch.bad else 0
    start(batch, skip_bad=False)
    drain()
    batch.refresh_from_db()
    say(f"{batch.made} records made. {batch.message}".strip())
    return 0 if batch.state == batch.State.DONE else 1


def demo(options: argparse.Namespace) -> int:
    """Load the demo company."""
    from .demo.load import load

    if migrate(options):
        return 1
    say("Loading the demo company …")
    load(say)
    return 0


def run(options: argparse.Namespace) -> int:
    """Serve the pages, with a worker beside them, until Ctrl-C."""
    from .kernel.identity.models import Person

    if migrate(options):
        return 1
    if settings.DEMO and not Person.objects.exists() and demo(options):
        return 1
    children = [_serve(options)]
    if not options.no_worker:
        children.append(subprocess.Popen([sys.executable, "-m", "medithread", "worker"]))
    say(f"Medithread {__version__} serves {settings.ORIGIN}  (Ctrl-C ends it)")
    if settings.DEMO:
        _say_sign_ins()
    return _wait(children)


def _serve(options: argparse.Namespace) -> "subprocess.Popen[bytes]":
    words = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port),
        "--workers", str(options.workers), "--blocking-threads", "4", "--backpressure", "64", "--workers-kill-timeout", "10",
        "--no-access-log", "--log-level", "warning", "medithread.wsgi:application",
    ]
    return subprocess.Popen(words)  # noqa: S603


def _say_sign_ins() -> None:
    from .demo.load import SIGN_INS

    say("Demo sign-ins (choose one on the sign-in page, or type the name; password of all: " + SIGN_INS.password + "):")
    for name, what in SIGN_INS.people:
        say(f"  {name:<10} {what}")


def _wait(children: "list[subprocess.Popen[bytes]]") -> int:
    """Until one of the children ends or a signal comes; then all end."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    code = 0
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        code = next(child.returncode for child in children if child.poll() is not None) or 1
    except KeyboardInterrupt:
        say("Stopping …")
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
    return code


def worker(options: argparse.Namespace) -> int:
    """Do the jobs."""
    from .kernel.work.worker import drain, work_until_stopped

    if options.once:
        say(f"{drain()} jobs done")
    else:
        work_until_stopped()
    return 0


def reactions(_options: argparse.Namespace) -> int:
    """Print the wiring between the rooms."""
    from .kernel.records.kinds import wiring, wiring_digest

    for row in wiring():
        say(f"{row['kind']}@{row['schema']}")
        for what in ("moves", "needs", "gates", "reactions"):
            for line in row[what] or ():  # type: ignore[union-attr]
                say(f"  {what:<10} {line}")
    say(f"digest of the wiring: {wiring_digest()}")
    return 0
