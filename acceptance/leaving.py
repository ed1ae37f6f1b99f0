"""Leaving: everything out as a bundle, into another system, both verified, and by the verifier that knows nothing of us."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from medithread.kernel.exchange.bundle import write_bundle
from medithread.kernel.ledger.verify import verify
from medithread.kernel.work.worker import drain

ELSEWHERE = """
import json
import sys
from pathlib import Path
from medithread.bootstrap import bootstrap
bootstrap()
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from medithread.kernel.exchange.restore import restore
from medithread.kernel.ledger.verify import verify
report = restore(Path(sys.argv[1]), reason="acceptance")
print(report.head, report.size, report.ok)
again = verify()
print("\\n".join(map(str, again.findings[:5])))
from acceptance.leaving import everything
print("EVERYTHING " + json.dumps(everything()))
sys.exit(0 if report.ok and again.ok else 1)
"""


def export_and_restore(scratch: Path) -> list[str]:
    """Problems found on the way out and in."""
    drain()
    report = verify()
    problems = [f"verification here: {finding}" for finding in report.findings[:10]]
    print(f"verified here: {report.size} entries, {sum(report.codes.values())} faults")
    path = scratch / "everything.zip"
    made = write_bundle(path)
    print(f"exported: {made.size / 1e6:.1f} MB, head {made.hash[:16]}")
    problems += _verifier(path)
    problems += _elsewhere(path, scratch / "two", made.hash)
    return problems


def _verifier(path: Path) -> list[str]:
    ended = subprocess.run([sys.executable, "-m", "verifier", str(path)], capture_output=True, text=True, check=False)
    print("the verifier says: " + (ended.stdout.strip().splitlines() or ["nothing"])[-1])
    return [] if ended.returncode == 0 else [f"verifier: {line}" for line in ended.stdout.splitlines()[:10] + ended.stderr.splitlines()[-3:]]


def _elsewhere(path: Path, folder: Path, head: str) -> list[str]:
    folder.mkdir()
    environment = {**os.environ, "MEDITHREAD_DATA": str(folder)}
    ended = subprocess.run([sys.executable, "-c", ELSEWHERE, str(path)], env=environment, capture_output=True, text=True, check=False)
    first = (ended.stdout.splitlines() or [""])[0]
    print(f"restored elsewhere: {first}")
    if ended.returncode:
        return [f"restored copy: {line}" for line in ended.stdout.splitlines()[1:] + ended.stderr.splitlines()[-3:]]
    problems = [] if first.startswith(head) else ["restored copy: another head than the export"]
    said = next((line.removeprefix("EVERYTHING ") for line in ended.stdout.splitlines() if line.startswith("EVERYTHING ")), "{}")
    there = json.loads(said)
    return problems + [f"restored copy: the {what} are not the same" for what, here in everything().items() if there.get(what) != here]


def everything() -> dict[str, str]:
    """Hashes over every document with its text, instants and signatures, and over the bytes of their files, read afresh."""
    from medithread.kernel.files.models import Attachment
    from medithread.kernel.files.store import hash_of
    from medithread.system.documents.models import Document

    documents, files = hashlib.sha256(), hashlib.sha256()
    for document in Document.objects.order_by("uid"):
        signed = sorted(document.signatures.values_list("digest", "meaning", "statement"))
        instants = [at.isoformat() if at else "" for at in (document.effective_from, document.effective_to)]
        facts = (document.number, document.label, document.state, document.title, document.body, *instants, document.digest, signed)
        documents.update(repr(facts).encode())
    for name in sorted(set(Attachment.objects.values_list("file_id", flat=True))):
        files.update(hash_of(name).encode())
    return {"documents and signatures": documents.hexdigest(), "files": files.hexdigest()}
