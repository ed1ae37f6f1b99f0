"""The full export: everything in open formats in one ZIP that proves itself without Medithread (docs/spec/bundle.md).

Streamed from one snapshot to disk; memory stays flat. With `only` the values of all other records are withheld and their
commitments stay, so that an inspector's part still verifies.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from medithread import __version__
from medithread.kernel.base import clock
from medithread.kernel.base.canon import Json, canonical, sha256
from medithread.kernel.base.refusal import LedgerBroken, No, NotAllowed
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger import keys, note
from medithread.kernel.ledger.journal import journal
from medithread.kernel.ledger.models import Head
from medithread.kernel.ledger.stream import snapshot

from .bundle_part import Part, part_of
from .bundle_tables import write_tables
from .bundle_zip import Target

FORMAT = 1
README = """This is an export of a quality management system kept by Medithread {program}.

Ledger: {origin}{demo}
Made at: {at}
Entries: {seq}, head {hash}
{only}
Check it with the verifier, which needs Python and the package `cryptography` and nothing of Medithread:

    python -m verifier this-file.zip

What each file is, byte for byte, is written in docs/spec/bundle.md of Medithread. In short: records/ and things/ hold what stands
now, one JSON object a line; ledger/ holds everything that ever happened; files/ holds every stored file under its SHA-256.
"""

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Bundle:
    """What was written: where the ledger stood, how big the file is, and its own hash (also in the ZIP's comment)."""

    seq: int
    hash: str
    size: int
    sha256: str
    members: int


def export_bundle(who: Actor | Person, path: Path, *, only: Collection[UUID] | None = None, progress: Progress | None = None) -> Bundle:
    """Write the export for a person: administrators and quality take everything, who may give records to others takes a part.

    The access journal says so before the first byte. Raises NotAllowed, LedgerBroken.
    """
    actor = who if isinstance(who, Actor) else Actor(person=who)
    if actor.agent is None and not actor.fresh().has(Role.QA, Role.MR, *(() if only else (Role.IT,))):
        raise NotAllowed(No("export.role", _("A full export takes an administrator or quality; a part takes quality.")))
    journal("export", person=actor.uid, detail="everything" if only is None else f"{len(only)} records", address=actor.address)
    return write_bundle(path, only=only, progress=progress)


def write_bundle(path: Path, *, only: Collection[UUID] | None = None, progress: Progress | None = None) -> Bundle:
    """Write the export. Raises LedgerBroken before birth and when stored bytes are gone."""
    with snapshot(), Target(path, progress) as target:
        head = Head.objects.first()
        if head is None:
            raise LedgerBroken(No("ledger.unborn", _("This database has no ledger yet.")))
        part = part_of(only) if only is not None else None
        target.text("README.txt", _readme(head, part))
        write_tables(target, part)
        about: dict[str, Json] = {
            "format": FORMAT, "origin": head.origin, "purpose": head.purpose, "program": __version__, "made_at": clock.text(clock.now()),
            "head": {"seq": head.seq, "hash": head.hash}, "members": target.members(), **({} if only is None else {"only": sorted(map(str, only))}),
        }
        body = canonical(about)
        target.bytes("bundle.json", body)
        target.text("bundle.note", _note(head.origin, body))
    return Bundle(head.seq, head.hash, target.size, target.sha256, len(target.members()))


def _readme(head: Head, part: Part | None) -> str:
    return README.format(
        program=__version__, origin=head.origin, demo="  (DEMO: born as a demo, evidence of nothing)" if head.purpose == "demo" else "",
        at=clock.text(clock.now()), seq=head.seq, hash=head.hash, only="" if part is None else f"Only {len(part.records)} records are given; the values of all others are withheld.\n",
    )


def _note(origin: str, about: bytes) -> str:
    """A signed note over the hash of bundle.json, by the checkpoint key; unsigned without one."""
    key = keys.current()
    text = f"medithread bundle\n{origin}\n{sha256(about)}\n" + ("" if key else "unsigned\n")
    return note.signed(text, keys.key_name(), key)
