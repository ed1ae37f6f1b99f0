"""The long work of an adoption: unpacking, writing, and afterwards search and prints. Each job bears being run again."""

from uuid import UUID

from django.utils.translation import gettext as _

from medithread.kernel.files.store import open_file, read
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.verbs.unit import unit
from medithread.kernel.work.jobs import Progress, job

from ..agents import librarian
from ..models import Document
from ..references import follow
from ..renditions import make_rendition
from ..search import index_with_files
from .models import Adoption
from .stage import take_folder
from .write import write


@job("documents.take-folder", tries=3)
def take(progress: Progress, adoption: str, who: str, folder: str = "", table: str = "", table_name: str = "") -> str:
    """Unpack an uploaded archive and its table into the protocol."""
    protocol, actor = Adoption.objects.get(uid=UUID(adoption)), Actor(person=Person.objects.get(uid=UUID(who)))
    source = open_file(folder) if folder else None
    try:
        done = take_folder(actor, protocol, source, read(table) if table else None, table_name=table_name, tell=progress)
    finally:
        if source is not None:
            source.close()
    return _("%(files)d files, %(rows)d versions") % {"files": done.files.count(), "rows": done.versions.count()}


@job("documents.write-adopted")
def write_adopted(progress: Progress, adoption: str, who: str) -> str:
    """Write the pending versions of a counted protocol."""
    protocol, actor = Adoption.objects.get(uid=UUID(adoption)), Actor(person=Person.objects.get(uid=UUID(who)))
    return _("%(n)d versions written") % {"n": write(actor, protocol, tell=progress)}


@job("documents.settle")
def settle(progress: Progress, adoption: str) -> str:
    """After the signature: the adopted versions are found by search, their links are tied, those in force get their rendition."""
    protocol = Adoption.objects.get(uid=UUID(adoption))
    documents = Document.objects.filter(protocol=protocol.number, adopted=True, state="approved").order_by("number", "edition")
    total = documents.count()
    for done, document in enumerate(documents.iterator(chunk_size=50)):
        progress(done, total, document.number)
        with unit(librarian(protocol)):
            index_with_files(document)
            follow(document)
        if document.effective_to is None:
            make_rendition(document)
    return _("%(n)d documents can be searched and printed") % {"n": total}
