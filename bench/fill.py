"""Fills the database with many records whose ledger is valid: stories that the verbs told once are told again in bulk.

Only the bench may write round the verbs. `medithread verify` accepts what this writes; a test sees to it.
"""

import hashlib
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from medithread.kernel.base import clock
from medithread.kernel.base.canon import SALT, new_salts
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.uid import uuid7
from medithread.kernel.ledger.models import Head
from medithread.kernel.records.models import Counter

from .bulk import Sheet, loading
from .story import Line, Story, one, stored_instant
from .words import Words

BATCH = 5_000


@dataclass
class Ends:
    """The next free keys, and the end of the chain."""

    record: int
    series: int
    version: int
    seq: int
    link: str

    @classmethod
    def now(cls) -> "Ends":
        head = Head.objects.get()
        record, series, version = (one(f"SELECT coalesce(max(id), 0) FROM {table}")[0] for table in ("records_record", "records_series", "ledger_version"))
        return cls(record, series, version, head.seq, head.hash)


class Contents:
    """Values and manifests of all stories: put aside by their hashes, so that they are written in the order of the index."""

    def __init__(self) -> None:
        self.copied = connection.vendor == "postgresql"
        self._values = Sheet(Line("ledger_value", ("commitment", "salt", "body"), ()))
        self._manifests = Sheet(Line("ledger_manifest", ("digest", "body"), ()))
        self._kept: set[str] = set()

    def value(self, text: str, salt: bytes) -> str:
        """Keep a value; answers its commitment."""
        mark = hashlib.sha256(salt + text.encode()).hexdigest()
        self._values.rows.append(f"{mark}\t\\\\x{salt.hex()}\t{_doubled(text)}\n" if self.copied else (mark, salt, text))
        return mark

    def manifest(self, text: str) -> str:
        """Keep a manifest, once where all of its values are shared; answers its digest."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest in self._kept:
            return digest
        self._kept.add(digest)
        self._manifests.rows.append(f"{digest}\t{_doubled(text)}\n" if self.copied else (digest, text))
        return digest

    def write(self) -> None:
        self._kept.clear()
        for sheet in (self._values, self._manifests):
            sheet.rows.sort()
            sheet.write()


def _doubled(text: str) -> str:
    """COPY reads a backslash as its own."""
    return text.replace("\\", "\\\\")


class Teller:
    """Tells one story again and again."""

    def __init__(self, story: Story, contents: Contents, *, lean: bool = False) -> None:
        self.story, self.contents = story, contents
        self.entries = [Sheet(line) for line in story.entry_lines]
        self.lines = [Sheet(line) for line in story.lines]
        self._common = [n for n, text in enumerate(story.values) if lean and not _is_own(text)]
        self._own = [n for n in range(len(story.values)) if n not in self._common]
        self._versions = sum(line.table == "ledger_version" for line in story.lines)

    def batch(self, at: Any) -> dict[str, Any]:
        """Names that a whole batch shares: the one instant of all its acts, and (lean) the values that say nothing of their own."""
        names: dict[str, Any] = {}
        for place in range(self.story.instants):
            names[f"at{place}"], names[f"at{place}_db"] = clock.text(at), stored_instant(at)
        for place in self._common:
            names[f"value{place}"] = self.contents.value(self.story.values[place] % names, os.urandom(SALT))
        return names

    def tell(self, names: dict[str, Any], ends: Ends) -> None:
        """One more record: values, manifests, entries, live rows. `names` holds its identifiers and words."""
        for place, salt in zip(self._own, new_salts(len(self._own)), strict=True):
            names[f"value{place}"] = self.contents.value(self.story.values[place] % names, salt)
        for place, template in enumerate(self.story.manifests):
            names[f"manifest{place}"] = self.contents.manifest(template % names)
        self._chain(names, ends)
        for place in range(self._versions):
            ends.version += 1
            names[f"version{place}"] = ends.version
        for sheet in self.lines:
            sheet.add(names)

    def _chain(self, names: dict[str, Any], ends: Ends) -> None:
        names["link0"] = ends.link
        for place, template in enumerate(self.story.entries):
            ends.seq += 1
            names[f"seq{place}"] = ends.seq
            body = (template % names).encode()
            ends.link = names[f"link{place + 1}"] = hashlib.sha256(b"\x00" + body).hexdigest()
            names[f"entry{place}"] = "\\\\x" + body.hex() if self.contents.copied else body
            self.entries[place].add(names)

    def write(self) -> None:
        for sheet in (*self.entries, *self.lines):
            sheet.write()


def _is_own(text: str) -> bool:
    return "%(" in text.replace("%(at", "")


@dataclass
class Pen:
    """Chance, words and owners: whatever makes one record differ from the next."""

    words: int
    owners: Sequence[UUID]
    chance: random.Random
    texts: Words

    def own(self, story: Story, number: int, ends: Ends) -> dict[str, Any]:
        """Names of one record."""
        ends.record += 1
        ends.series += 1
        chance = self.chance
        names: dict[str, Any] = {
            "id": ends.record, "series_id": ends.series, "number": f"{story.prefix}{number:04d}",
            "title": self.texts.some(5), "body": self.texts.some(self.words),
            "due": f"20{chance.randrange(26, 30)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
        }
        uids = {name: uuid7() for name in ("uid", "series_uid", *(f"act{place}" for place in range(story.acts)))}
        for name, uid in (*uids.items(), ("owner", chance.choice(self.owners))):
            names[name], names[name + "_hex"] = str(uid), uid.hex
        return names


def fill(stories: Sequence[tuple[Story, int]], count: int, owners: Sequence[UUID], *, words: int = 12, lean: bool = False) -> None:
    """Write `count` more records, the stories mixed by their weights, each owned by the person who told it.

    `lean`: values without anything of their own are shared between records.
    """
    contents = Contents()
    tellers = [Teller(story, contents, lean=lean) for story, _weight in stories]
    weights = [weight for _story, weight in stories]
    pen = Pen(words, owners, random.Random(count), Words(count))
    ends, at = Ends.now(), Head.objects.get().at
    last = {story.counter: Counter.objects.get(name=story.counter).last for story, _weight in stories}
    with loading():
        for start in range(0, count, BATCH):
            at += timedelta(milliseconds=1)
            shared = [teller.batch(at) for teller in tellers]
            for which in pen.chance.choices(range(len(tellers)), weights, k=min(BATCH, count - start)):
                teller = tellers[which]
                last[teller.story.counter] += 1
                teller.tell({**shared[which], **pen.own(teller.story, last[teller.story.counter], ends)}, ends)
            contents.write()
            for teller in tellers:
                teller.write()
        _finish(ends, at, last)


def _finish(ends: Ends, at: Any, last: dict[str, int]) -> None:
    """The end of the chain and the counters."""
    with door_open():
        Head.objects.update(seq=ends.seq, hash=ends.link, at=at)
        for name, number in last.items():
            Counter.objects.filter(name=name).update(last=number)
