"""Restoring an export into an empty database: the chain byte for byte, the rows as they stood, then a new epoch (docs/spec/bundle.md).

What an export does not hold is not restored: passwords and second factors (people get a link), sessions, working copies, jobs.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import canonical, leaf, sha256
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.refusal import LedgerBroken, No, Refusal
from medithread.kernel.base.sql import insert_many, to_db
from medithread.kernel.files.store import put
from medithread.kernel.ledger.append import ENTRY_COLUMNS
from medithread.kernel.ledger.epoch import begin
from medithread.kernel.ledger.models import Checkpoint, Head, Journal, JournalSeal
from medithread.kernel.ledger.place import home
from medithread.kernel.ledger.stream import batches
from medithread.kernel.ledger.verify import Report, rebuild_versions, verify
from medithread.kernel.records.kinds import kinds
from medithread.kernel.search.index import index
from verifier import check

from .restore_rows import Rows, restored_models

Progress = Callable[[str, int], None]


def restore(path: Path, *, reason: str, progress: Progress | None = None) -> Report:
    """Bring an export into this database, which must have no ledger yet. Answers the verification of the result.

    The export is checked before anything is written, and the database is verified before the new epoch is begun: the head is the
    one of the export, byte for byte. Raises LedgerBroken when the ledger is born already, Refusal for an export that is only a
    part, does not verify, or was written under other schemas than this program's.
    """
    if Head.objects.exists():
        raise LedgerBroken(No("restore.born", _("This database already has a ledger."), fix=_("Restore into an empty database.")))
    if not reason.strip():
        raise Refusal(No("restore.reason", _("Say why the ledger is restored here."), field="reason"))
    with zipfile.ZipFile(path) as bundle:
        about = json.loads(bundle.read("bundle.json"))
        _refuse(path, bundle, about)
        source = Members(bundle, progress)
        _files(source)
        with transaction.atomic(), door_open():
            _ledger(source)
            Rows(source.lines).run()
            _head(source, about)
            rebuild_versions()
            _settle()
            report = verify()
            if not report.ok or (report.size, report.head) != (about["head"]["seq"], about["head"]["hash"]):
                raise LedgerBroken(*(No(f"restore.{finding.code}", str(finding)) for finding in report.findings[:20]))
            _search(progress)
    begin(reason)
    return report


class Members:
    """Reads the members of an export."""

    def __init__(self, bundle: zipfile.ZipFile, progress: Progress | None) -> None:
        self.zip, self._progress = bundle, progress

    def raw(self, name: str) -> Iterator[bytes]:
        """The lines of a member without their line feeds; nothing when it is not there."""
        if name not in self.zip.NameToInfo:
            return
        count = 0
        with self.zip.open(name) as member:
            for line in member:
                count += 1
                yield line.rstrip(b"\n")
        if self._progress is not None:
            self._progress(name, count)

    def lines(self, name: str) -> Iterator[Any]:
        """The values of the lines."""
        return map(json.loads, self.raw(name))

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self.zip.NameToInfo if name.startswith(f"{folder}/"))


def _refuse(path: Path, bundle: zipfile.ZipFile, about: dict[str, Any]) -> None:
    if about.get("only") is not None:
        raise Refusal(No("restore.part", _("This export holds only some records; only a full one can be restored.")))
    checked = check(path)
    if not checked.ok:
        raise Refusal(*(No(f"restore.{finding.code}", str(finding)) for finding in checked.findings[:20]))
    declared = {f"{code}@{schema}" for code, schema in ((kind.code, kind.schema) for kind in kinds())}
    declared |= {f"{code}@{schema}" for code, schema in restored_models()}
    written = {name.removeprefix("schemas/").removesuffix(".json") for name in bundle.NameToInfo if name.startswith("schemas/")}
    strange = sorted(written - declared)
    if strange:
        raise Refusal(No("restore.schema", _("This program does not know %(kinds)s.") % {"kinds": ", ".join(strange)}, fix=_("Restore with the version that wrote the export, then migrate.")))


def _files(source: Members) -> None:
    for name in source.names("files"):
        with source.zip.open(name) as member, tempfile.SpooledTemporaryFile(max_size=1 << 22) as copy:
            while data := member.read(1 << 20):
                copy.write(data)
            copy.seek(0)
            put(copy)


def _ledger(source: Members) -> None:
    for some in batches(source.raw("ledger/entries.jsonl"), 1_000):
        insert_many("ledger_entry", ENTRY_COLUMNS, [_entry(line) for line in some])
    for some in batches(source.raw("ledger/manifests.jsonl"), 1_000):
        insert_many("ledger_manifest", ("digest", "body"), [(sha256(line), line.decode()) for line in some])
    for named in batches(source.lines("ledger/disposals.jsonl"), 1_000):
        insert_many("ledger_disposal", ("commitment", "seq"), [(line["commitment"], line["seq"]) for line in named])
    for some in batches(source.raw("ledger/values.jsonl"), 1_000):
        insert_many("ledger_value", ("commitment", "salt", "body"), [_value(line) for line in some])
    for stated in source.lines("ledger/checkpoints.jsonl"):
        Checkpoint.objects.create(**{**stated, "frontier": canonical(stated["frontier"]).decode(), "at": clock.parse(stated["at"])})
    for rows in batches(source.lines("journal/rows.jsonl"), 500):
        Journal.objects.bulk_create([Journal(**{**row, "at": clock.parse(row["at"])}) for row in rows])
    for seal in source.lines("journal/seals.jsonl"):
        JournalSeal.objects.create(**seal)


def _entry(line: bytes) -> tuple[Any, ...]:
    header = json.loads(line)
    uids = (header["subject"], header.get("of", header["subject"]), header.get("actor"))
    at = to_db(clock.parse(header["at"]))
    return (header["seq"], line, leaf(line).hex(), at, _uid(header["act"]), header["verb"], header["kind"], *(_uid(uid) for uid in uids))


def _uid(text: str | None) -> str | None:
    return text.replace("-", "") if text and connection.vendor == "sqlite" else text


SALT_AT, BODY_AT = len('{"c":"') + 64 + len('","s":"'), len('{"c":"') + 64 + len('","s":"') + 32 + len('","v":')


def _value(line: bytes) -> tuple[str, bytes | None, str | None]:
    mark = line[6:70].decode()
    if line[70:].startswith(b'","state"'):
        return mark, None, None
    return mark, bytes.fromhex(line[SALT_AT : SALT_AT + 32].decode()), line[BODY_AT:-1].decode()


def _head(source: Members, about: dict[str, Any]) -> None:
    """The end of the chain, as the entries say it."""
    at, origin, epoch = "", "", 1
    for header in source.lines("ledger/entries.jsonl"):
        at = max(at, header["at"])
        if header["kind"] == "ledger@1" and header["verb"] in ("genesis", "epoch"):
            origin, epoch = header["origin"], epoch + (header["verb"] == "epoch")
    head = about["head"]
    Head.objects.create(id=1, seq=head["seq"], hash=head["hash"], at=clock.parse(at), origin=origin, purpose=about["purpose"], epoch=epoch, home=home())


def _settle() -> None:
    """PostgreSQL counts on from the highest key, and learns how big the tables have become."""
    from django.apps import apps

    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


def _search(progress: Progress | None) -> None:
    """The search index is made anew."""
    for kind in kinds():
        count = 0
        for record in kind.model.objects.rows().iterator(chunk_size=500):
            index(kind, record)
            count += 1
        if progress is not None:
            progress(f"search/{kind.code}", count)
