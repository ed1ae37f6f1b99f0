"""Exports taken apart and put together again, as somebody would who wants to hide something."""

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from medithread.kernel.base.canon import canonical
from medithread.kernel.exchange.bundle_zip import Target

Members = dict[str, bytes]


def taken_apart(path: Path) -> Members:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def put_together(members: Members, path: Path) -> Path:
    """An export again, with every hash in it made to fit; it cannot be signed, so it says unsigned."""
    about = json.loads(members["bundle.json"])
    with Target(path) as target:
        for name, data in members.items():
            if name not in ("bundle.json", "bundle.note"):
                target.bytes(name, data)
        about["members"] = target.members()
        entries = members["ledger/entries.jsonl"].splitlines()
        about["head"] = {"seq": len(entries), "hash": hashlib.sha256(b"\x00" + entries[-1]).hexdigest()} if entries else about["head"]
        target.bytes("bundle.json", canonical(about))
        target.text("bundle.note", f"medithread bundle\n{about['origin']}\n{hashlib.sha256(canonical(about)).hexdigest()}\nunsigned\n\n")
    return path


def changed_line(members: Members, name: str, line: int, change: Callable[[Any], Any]) -> Members:
    """The members with one line of one of them changed as a JSON value, written canonically again."""
    lines = members[name].split(b"\n")
    lines[line] = canonical(change(json.loads(lines[line])))
    return {**members, name: b"\n".join(lines)}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to everything in a JSON value that is no object and no list."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, item in pairs for leaf in leaves(item, (*path, key))]
    return found or ([path] if path and not isinstance(value, (dict, list)) else [])


def other(value: Any, path: tuple[Any, ...], dice: random.Random) -> Any:
    """A copy of a JSON value with the leaf at a path changed."""
    if not path:
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + dice.randint(1, 9)
        at = dice.randrange(len(value)) if value else 0
        return value[:at] + dice.choice([letter for letter in "abc019é" if letter != value[at : at + 1]]) + value[at + 1 :]
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = other(value[path[0]], path[1:], dice)
    return copy
