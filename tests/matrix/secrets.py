"""What must not leak: records, files, comments, links, drafts, imports and jobs that hold a word nobody else may read."""

import io
import json
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from medithread.improvement.ideas.models import Action, Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.base.guard import door_open
from medithread.kernel.exchange.models import Batch, Row
from medithread.kernel.records.models import WorkingCopy
from medithread.kernel.work.models import Job
from medithread.system.documents.adoption.models import Adoption
from medithread.system.documents.models import Document
from tests.company import signed
from tests.system.documents.making import FIRST, NEXT, doc

from .cast import Cast

WORD = "xylophonist"  # stands in everything hidden
BESIDE = "aardvark"  # stands beside it, so that a search can ask for it without saying the word
TEXT = f"The {BESIDE} met the {WORD} again."


@dataclass
class Hidden:
    """Everything that was hidden, and the open record it hangs on."""

    records: list[Any]
    open: Any
    successor: Any
    batch: Batch
    job: Job
    files: list[Any]


def open_record(cast: Cast) -> Any:
    """What everybody who works here sees; secrets hang on it."""
    return verbs.create(cast.company.mara, Idea, title="Open to all", owner=cast.company.otto.uid)


def hide(cast: Cast, idea: Any) -> Hidden:
    """Fill the house with secrets, all of quality at Grenoble."""
    company, cls = cast.company, {"site": cast.company.gren.uid, "confidentiality": "confidential"}
    secret = verbs.create(company.mara, Idea, title=TEXT, description=TEXT, benefit=TEXT, source="work", due=now().date(), **cls)
    child = verbs.create(company.mara, Action, parent=secret, title=TEXT, due=now().date(), task=TEXT, **cls)
    verbs.comment(company.quinn, secret, TEXT)
    file = verbs.store_file(company.mara, io.BytesIO(TEXT.encode()), media_type="text/plain", text=TEXT)
    attached = verbs.attach(company.mara, secret, file, name=f"{WORD}.txt", note=TEXT)
    verbs.link(company.mara, secret, idea, "relates", note=TEXT)
    verbs.link(company.mara, idea, secret, "relates", note=TEXT)
    draft = verbs.create(company.mara, Document, title=TEXT, body=doc(TEXT), purpose=TEXT, owner=company.otto.uid, **{**FIRST, **cls})
    first = _in_force(cast, verbs.create(company.ada, Document, title=TEXT, body=doc(TEXT), owner=company.otto.uid, **FIRST))
    first = verbs.edit(company.quinn, first, lock=first.lock, reason="Class", **cls)
    successor = verbs.revise(company.mara, first, title="A plain successor", body=doc("Nothing to hide."), **NEXT)
    successor = verbs.edit(company.mara, successor, lock=successor.lock, reason="Class", site=None, confidentiality="open")
    _in_force(cast, successor)
    adoption = verbs.create(company.quinn, Adoption, title=TEXT, source=TEXT, parts={"files": [{"path": f"{WORD}.pdf", "sha256": file.sha256, "size": 9}]}, **cls)
    _copy(cast, idea)
    return Hidden([secret, child, draft, first, adoption], idea, successor, _batch(cast), _job(cast), [attached])


def _in_force(cast: Cast, made: Any) -> Any:
    made = verbs.move(cast.company.otto, made, "submit", lock=made.lock)
    signed(cast.company.quinn, made, "approve")
    return signed(cast.company.otto, made, "approve")


def _copy(cast: Cast, idea: Any) -> None:
    """What somebody else types at this moment, and has not saved."""
    body = json.dumps([["title", TEXT], ["description", TEXT]])
    with door_open():
        for key in (f"edit:{idea.uid}", "new:idea:"):
            WorkingCopy.objects.create(person=cast.company.mara, key=key, body=body, saved_at=now())


def _batch(cast: Cast) -> Batch:
    batch = Batch.objects.create(
        kind="idea", person=cast.company.mara, filename=f"{WORD}.csv", sha256="0" * 64, columns=json.dumps([WORD]), notes=json.dumps([TEXT]), total=1, bad=1, message=TEXT,
        state="checked", created_at=now(),
    )  # fmt: skip
    Row.objects.create(batch=batch, place=1, cells=json.dumps([TEXT]), problems=TEXT)
    return batch


def _job(cast: Cast) -> Job:
    name = storages["files"].save("results/export.csv", ContentFile(TEXT.encode()))
    result = json.dumps({"file": name, "name": f"{WORD}.csv"})
    return Job.objects.create(name="exchange.list", title=TEXT, person=cast.company.mara, state="done", created_at=now(), run_after=now(), finished_at=now(), message=TEXT, result=result)
