"""Serves a company, or an empty installation, in a database of its own for a browser. Run by conftest.py as a process.

`TEST_DATABASE_URL=sqlite:///… python -m tests.kernel.identity_pages.look.served company|empty FOLDER`; prints its address.
"""

import os
import socket
import sys
import threading

PHRASE = "four quiet red tractors"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def empty() -> None:
    """A live installation with its first account and nothing else."""
    from medithread.kernel.ledger.genesis import birth
    from medithread.kernel.verbs import people_accounts

    birth("live")
    _account, path = people_accounts.first_account(name="Ann Berg", email="ann@aria.example", username="ann")
    people_accounts.redeem(path.split("/")[2], PHRASE)


def company() -> None:
    """The small company of the tests with its records."""
    from tests.company import found
    from tests.kernel.pages.stand import story

    story(found())


def main(what: str, folder: str) -> None:
    """Set up, serve at `localhost` (passkeys are bound to the name), say where."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from medithread.bootstrap import bootstrap

    bootstrap()
    import django
    from django.conf import settings

    port = free_port()
    django.setup()
    settings.ORIGIN = f"http://localhost:{port}"
    settings.DEMO = what == "company"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder
    from django.core.management import call_command

    from medithread.kernel.identity import tell
    from tests.kernel.pages.stand import serve

    call_command("migrate", verbosity=0)
    tell.use(tell.by_mail)
    {"company": company, "empty": empty}[what]()
    serve(port)
    sys.stdout.write(settings.ORIGIN + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
