"""Acts that break things from within: a disk without room, a database that is locked. Used through acts.py."""

import errno
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.verbs.people_tokens import make_token

TEXT = "Much to say. " * 2_000
FULL_ON_POSTGRES = (
    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    "CREATE TRIGGER full_disk BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION full_disk()",
)


def rea() -> Person:
    return Person.objects.get(name="Rea Kern")


class Teller:
    """Speaks JSON with a token that was made as people make them."""

    def __init__(self) -> None:
        _token, secret = make_token(rea(), label="Faults", scopes=("read", "write"), days=1)
        self.client, self.headers = Client(raise_request_exception=False), {"Authorization": f"Bearer {secret}"}

    def create(self, **content: Any) -> Any:
        return self.client.post("/api/v1/idea", {"content": content}, "application/json", headers=self.headers)


def tellers() -> tuple[Teller, Client]:
    """The same person by token and in a browser."""
    api, browser = Teller(), Client(raise_request_exception=False)
    browser.force_login(Account.objects.get(username="rea"), "django.contrib.auth.backends.ModelBackend")
    assert browser.get("/idea/").status_code == 200
    return api, browser


def by_api(api: Teller) -> Any:
    return api.create(title="By the API", description=TEXT)


def by_page(browser: Client) -> Any:
    return browser.post("/idea/new", {"title": "By the page", "description": TEXT})


def fill_up(told: Any, how: str) -> None:
    """Write until there is no room, look at the refusals, make room, write again."""
    api, browser = tellers()
    assert by_api(api).status_code == 201
    assert by_page(browser).status_code == 302
    with no_room(how):
        refused = until_refused(lambda: by_api(api))
        page = until_refused(lambda: by_page(browser))
        kept = {
            "api": [refused.status_code, refused["Content-Type"], bool(refused.json()["title"])],
            "page": [page.status_code, "does not answer" in page.content.decode()],
            "read": browser.get("/idea/").status_code,
        }
    told(**kept, after=[by_api(api).status_code, by_page(browser).status_code])


def until_refused(call: Callable[[], Any]) -> Any:
    for _try in range(300):
        answer = call()
        if answer.status_code not in (201, 302):
            return answer
    raise AssertionError("it is never full")


@contextmanager
def no_room(how: str) -> Iterator[None]:
    """No page more for the database, or no byte more for any file (the kernel says EFBIG, as it says ENOSPC when a disk is full)."""
    if connection.vendor == "postgresql":
        with on_postgres():
            yield
    elif how == "pages of the database":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            yield
            cursor.execute("PRAGMA max_page_count = 1000000000")
    else:
        place = Path(str(connection.settings_dict["NAME"]))
        with file_limit(max(file.stat().st_size for file in place.parent.glob(f"{place.name}*"))):
            yield


@contextmanager
def on_postgres() -> Iterator[None]:
    """What the server says when it cannot extend a file (53100), at the last table of every act."""
    with connection.cursor() as cursor:
        for statement in FULL_ON_POSTGRES:
            cursor.execute(statement)
        yield
        cursor.execute("DROP FUNCTION full_disk CASCADE")


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def upload_without_room(told: Any) -> None:
    """A file for which the store has no room."""
    api, _browser = tellers()
    idea = verbs.create(rea(), Idea, title="With a file")
    place = f"/api/v1/idea/{idea.uid}/files"

    def send() -> Any:
        sent = SimpleUploadedFile("long.txt", b"a line of text\n" * 160_000, "text/plain")
        return api.client.post(place, {"file": sent}, headers=api.headers)

    def no_space(*_words: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = storages["files"]
    store._save = no_space  # type: ignore[method-assign]
    refused = send()
    del store._save
    told(api=[refused.status_code, refused.json()["refusals"][0]["code"]], after=send().status_code)


def locked(told: Any, statement: str) -> None:
    """Another connection holds the write lock and does not let go."""
    api, _browser = tellers()
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_head SET seq = seq WHERE id = 1")
            held.set()
            free.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    refused = by_api(api)
    free.set()
    holder.join()
    told(locked=[refused.status_code, refused["Content-Type"], bool(refused.json()["title"])], after=by_api(api).status_code)
