"""A small company in a database of its own, served on a loopback address, with a session for everybody: for browser tests and for looking.

By hand: `TEST_DATABASE_URL=sqlite:////tmp/stand.sqlite3 python -m tests.kernel.pages.stand 8701`
"""

import io
import json
import os
import sys
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

BODY: dict[str, Any] = {
    "type": "doc",
    "content": [
        {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Purpose"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "This procedure says who writes, checks and approves documents, and how everybody finds the one in force."}]},
        {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Rules"}]},
        {
            "type": "bulletList",
            "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Work only by what is in force."}]}]},
                {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Whoever wrote it does not approve it alone."}]}]},
            ],
        },
    ],
}
FIRST: dict[str, Any] = {"type": "SOP", "change_reason": "First version", "change_class": "retrain", "audience": ["MFG"], "review_months": 24}


@dataclass
class Stand:
    """What was made, and where it is served."""

    address: str = ""
    sessions: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    today: str = ""
    digest: str = ""


def story(company: Any) -> dict[str, str]:
    """Documents and ideas in several states; answers number by name."""
    from medithread.improvement.ideas.models import Action, Idea
    from medithread.kernel import verbs
    from medithread.kernel.base.clock import now
    from medithread.system.documents.models import Document
    from tests.company import signed

    found: dict[str, str] = {}

    def document(title: str, **more: Any) -> Any:
        made = verbs.create(company.ada, Document, title=title, body=BODY, owner=company.otto.uid, site=company.lyon.uid, **{**FIRST, **more})
        found[title] = made.number
        return made

    def in_force(title: str) -> Any:
        made = document(title)
        verbs.move(company.otto, made, "submit", lock=made.lock)
        signed(company.quinn, made, "approve")
        signed(company.otto, made, "approve")
        return made

    control = in_force("Control of documents")
    verbs.revise(company.ada, control, blank=("change_reason", "change_class"), change_reason="Clearer words", change_class="editorial")
    in_force("Control of records")
    review = document("Purchasing and supplier control", purpose="That what we buy is what we asked for.", absent={"impact_risk": {"code": "unknown", "reason": "the risk file is being rewritten"}})
    verbs.move(company.otto, review, "submit", lock=review.lock)
    document("Complaint handling")
    for n, title in enumerate(("Shadow board for tools", "Label printer next to line 2", "One form instead of three")):
        idea = verbs.create(company.rea, Idea, title=title, description="It is searched for every day.", source="work", site=company.lyon.uid, due=now().date() + timedelta(days=9 - 6 * n))
        found[title] = idea.number
        if n == 0:
            verbs.move(company.quinn, idea, "accept", lock=idea.lock, decision="Do it")
            verbs.create(company.rea, Action, parent=idea, title="Buy the board", due=now().date() + timedelta(days=20), task="Two boards, 60 × 90 cm")
            late = verbs.create(company.rea, Action, parent=idea, title="Measure the tools", due=now().date() - timedelta(days=3))
            verbs.comment(company.quinn, idea, "Which line first?")
            verbs.link(company.quinn, idea, control, "relates")
            found["action"] = late.number
    file = verbs.store_file(company.rea, io.BytesIO(b"Tools\nSpanner\n"), media_type="text/plain")
    verbs.attach(company.rea, Idea.objects.get(number=found["Shadow board for tools"]), file, name="tools.txt")
    return found


def sign_in(person: Any) -> str:
    """A session of this person; answers its key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    account, session = person.account, SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return session.session_key or ""


class Server(ThreadingMixIn, WSGIServer):
    """One thread per request, none of which keeps the process alive."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def serve(port: int = 0) -> tuple[str, Server]:
    """Serve the application on a loopback port in the background."""
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", port, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", server


def main(port: int) -> None:
    """Set up where nothing is there yet, serve, and print what was made."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from medithread.kernel.base.clock import now
    from medithread.kernel.identity.models import Person
    from medithread.kernel.ledger.genesis import is_born
    from medithread.kernel.records.models import Record
    from tests.company import PEOPLE, found

    call_command("migrate", verbosity=0)
    stand = Stand(numbers={} if is_born() else story(found()))
    stand.sessions = {name: sign_in(Person.objects.get(name=words)) for name, (words, _roles) in PEOPLE.items()}
    stand.today, stand.digest = now().date().isoformat(), str(Record.objects.get(number="SOP-0001", edition=1).digest)
    stand.address, _server = serve(port)
    sys.stdout.write(json.dumps(stand.__dict__) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8701)
