"""What an entry of the ledger says, in a person's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.records.kinds import Kind
from medithread.kernel.signing.meanings import MEANINGS

Head = Mapping[str, Any]


@dataclass(frozen=True)
class Happened:
    """A sentence and the sort of its mark in the timeline: edit, move, sign, refused, or nothing."""

    sort: str
    text: str
    tells_changes: bool = True


def words_of(kind: Kind[Any], head: Head) -> Happened:
    """What the entry with this header did."""
    own = head["kind"].partition("@")[0]
    if own != kind.code:
        return _of_thing(own, head)
    teller = _VERBS.get(head["verb"])
    return teller(kind, head) if teller else Happened("", head["verb"])


def _create(_kind: Kind[Any], _head: Head) -> Happened:
    return Happened("edit", _("opened it"), tells_changes=False)


def _edit(_kind: Kind[Any], head: Head) -> Happened:
    fields = head.get("fields", [])
    if fields == ["files"]:
        return Happened("edit", _("changed the files"))
    if fields == ["links"]:
        return Happened("edit", _("changed the links"))
    return Happened("edit", ngettext("changed %(n)d field", "changed %(n)d fields", len(fields)) % {"n": len(fields)} if fields else _("changed it"))


def _move(kind: Kind[Any], head: Head) -> Happened:
    move = kind.lifecycle.move(head.get("move", ""))
    label = str(move.label) if move and move.label else head.get("move", "")
    return Happened("move", _("made the step “%(step)s”") % {"step": label})


def _signed(_kind: Kind[Any], head: Head) -> Happened:
    meaning = head.get("meaning", "")
    return Happened("", _("was noted as a signer (%(meaning)s); more signatures are asked") % {"meaning": MEANINGS.get(meaning, meaning)}, tells_changes=False)


def _revise(_kind: Kind[Any], _head: Head) -> Happened:
    return Happened("edit", _("began this version from the one before"), tells_changes=False)


def _supersede(_kind: Kind[Any], _head: Head) -> Happened:
    return Happened("move", _("approved the next version; this one ends with it"))


def _adopt(_kind: Kind[Any], _head: Head) -> Happened:
    return Happened("edit", _("adopted it from elsewhere"), tells_changes=False)


_VERBS: dict[str, Callable[[Kind[Any], Head], Happened]] = {
    "create": _create, "edit": _edit, "move": _move, "signed": _signed, "revise": _revise, "supersede": _supersede, "adopt": _adopt,
}  # fmt: skip


def _of_thing(code: str, head: Head) -> Happened:
    new = head["verb"] == "create"
    if code == "signature":
        meaning = head.get("meaning", "")
        return Happened("sign", _("signed: %(meaning)s") % {"meaning": MEANINGS.get(meaning, meaning)}, tells_changes=False)
    words = {
        "link": (_("linked it"), _("removed a link")),
        "attachment": (_("attached a file"), _("removed a file")),
        "comment": (_("commented"), _("marked a comment as dealt with")),
        "given": (_("gave it to somebody to read"), _("changed who may read it")),
    }.get(code, (_("added: %(what)s") % {"what": code}, _("changed: %(what)s") % {"what": code}))
    return Happened("", words[0] if new else words[1], tells_changes=False)
