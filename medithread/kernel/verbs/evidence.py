"""Further checks of verify: signatures with their statements and evidence, stored files, series (docs/spec/signature.md)."""

import binascii
import hashlib
import json
from collections.abc import Iterator
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from django.db.models import Exists, F, OuterRef
from fido2.cbor import decode
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode

from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.store import hash_of
from medithread.kernel.identity.models import Passkey
from medithread.kernel.ledger.models import Disposal, Version
from medithread.kernel.ledger.report import Report
from medithread.kernel.ledger.stream import batches
from medithread.kernel.ledger.voice import said
from medithread.kernel.records.kinds import kinds
from medithread.kernel.records.models import Record, Series
from medithread.kernel.signing.models import Signature

from .placeholders import DISPOSED

COLUMNS = ("uid", "record__uid", "person_id", "behalf_of_id", "move", "slots", "meaning", "digest", "statement", "method", "evidence")
UNFIT = (ValueError, KeyError, TypeError, AttributeError, IndexError, NotImplementedError, InvalidSignature, binascii.Error)


def check_signatures(report: Report) -> None:
    """Each signature is on a content that its record had, its statement says what the row says, a passkey's evidence holds."""
    origins = {entry["origin"] for entry in said("genesis", "epoch")}
    for batch in batches(Signature.objects.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=1_000), 1_000):
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in batch]
        records = {row["record__uid"] for row in rows}
        contents = set(Version.objects.filter(uid__in=records).values_list("uid", "content"))
        for row in rows:
            for code, text in _odd(row, contents, origins, report.purpose):
                report.find(f"signature.{code}", text, "signing_signature", row["uid"], "evidence" if code == "evidence" else "statement")
        report.step("signatures", len(rows))


def _odd(row: dict[str, Any], contents: set[Any], origins: set[str], purpose: str) -> Iterator[tuple[str, str]]:
    """(code, sentence) of everything that is wrong with one signature."""
    if (row["record__uid"], row["digest"] or None) not in contents:
        yield "digest", "What was signed is not a content that this record ever had."
    statement = "" if row["statement"] == DISPOSED else row["statement"]
    if row["statement"] != DISPOSED:
        yield from _statement(row, statement, origins)
    if row["method"] == "passkey" and not passkey_holds(statement, row["evidence"], row["person_id"]):
        yield "evidence", "The passkey's signature does not hold for this statement and an enrolled key of this person."
    if row["method"] == "simulated" and purpose != "demo":
        yield "simulated", "A simulated signature stands in a ledger that is no demo."


def _statement(row: dict[str, Any], statement: str, origins: set[str]) -> Iterator[tuple[str, str]]:
    try:
        said_there = json.loads(statement)
        behalf = said_there.get("behalf_of", {}).get("person")
        there = (*(said_there[name] for name in ("record", "person", "move", "meaning", "digest")), ",".join(said_there["slots"]), behalf)
    except (ValueError, KeyError, TypeError, AttributeError):
        yield "statement", "The statement cannot be read."
        return
    wanted = (str(row["record__uid"]), str(row["person_id"]), row["move"], row["meaning"], row["digest"], row["slots"], row["behalf_of_id"] and str(row["behalf_of_id"]))
    if there != wanted or said_there.get("origin") not in origins:
        yield "statement", "The statement does not say what the row says."


def passkey_holds(statement: str, evidence: str, person: Any) -> bool:
    """Does the authenticator's signature hold, offline, by a key that this person enrolled? A blank statement leaves out the challenge."""
    try:
        found = json.loads(evidence)
        client, data = websafe_decode(found["client_data_json"]), websafe_decode(found["authenticator_data"])
        CoseKey.parse(cast(dict[int, Any], decode(websafe_decode(found["public_key_cose"])))).verify(data + hashlib.sha256(client).digest(), websafe_decode(found["signature"]))
        about = json.loads(client)
        challenge = websafe_encode(hashlib.sha256(statement.encode()).digest())
        fits = about["type"] == "webauthn.get" and (not statement or about["challenge"] == challenge)
        fits = fits and data[:32] == hashlib.sha256(found["rp_id"].encode()).digest() and data[32] & 5 == 5
    except UNFIT:
        return False
    return fits and _enrolled(person, found)


def _enrolled(person: Any, found: dict[str, Any]) -> bool:
    keys = Passkey.objects.filter(person=person, credential=found["credential"], public_key=found["public_key_cose"], rp_id=found["rp_id"])
    return bool(keys.exists())


def check_files(report: Report) -> None:
    """The stored bytes of every file hash to its name, or were disposed of."""
    disposed = Disposal.objects.filter(commitment=OuterRef("sha256"))
    files = StoredFile.objects.annotate(gone=Exists(disposed)).order_by("pk").values_list("uid", "sha256", "size", "gone")
    for uid, sha256, size, gone in files.iterator():
        there, length = hash_of(sha256), size
        if gone and there is not None:
            report.find("file.not-blank", "This file was disposed of, but its bytes are still there.", "files_file", uid, sha256)
        elif not gone and there is None:
            report.find("file.missing", "The bytes of this file are not in the store.", "files_file", uid, sha256)
        elif not gone and there != sha256:
            report.find("file.altered", "The stored bytes of this file were altered.", "files_file", uid, sha256)
        report.step("files", 1)
        report.counts["bytes of files"] += length


def check_series(report: Report) -> None:
    """What no codec covers on the spine: a number belongs to its series, and every spine row is a record of a known kind."""
    newest = Record.objects.filter(series=OuterRef("pk")).order_by("-edition")
    series = Series.objects.annotate(last_kind=newest.values("kind")[:1], last_number=newest.values("number")[:1])
    for uid, kind, number, last_kind, last_number in series.exclude(kind=F("last_kind"), number=F("last_number")).values_list(
        "uid", "kind", "number", "last_kind", "last_number"
    ):
        text = f"The series is {kind} {number}, its newest edition {last_kind or 'nothing'} {last_number or ''}."
        report.find("series.altered", text, "records_series", uid, "number")
    for kind_code in Record.objects.order_by().values_list("kind", flat=True).distinct():
        known = next((kind for kind in kinds() if kind.code == kind_code), None)
        spine = Record.objects.filter(kind=kind_code)
        for uid, number in (spine if known is None else spine.filter(~Exists(known.model.objects.filter(pk=OuterRef("pk"))))).values_list("uid", "number"):
            report.find("row.half", f"The record {number} stands on the spine without the row of its kind.", "records_record", uid)
    report.step("series", Series.objects.count())
