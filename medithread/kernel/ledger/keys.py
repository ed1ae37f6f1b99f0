"""The checkpoint key: it comes from a setting or a secret file, its public half is published in the ledger (kernel.md §3)."""

import base64
import binascii
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import Json
from medithread.kernel.base.refusal import LedgerBroken, No

from .models import Entry
from .note import holds, of_vkey, vkey
from .voice import said, say


def load(seed: str) -> Ed25519PrivateKey:
    """A private key from its base64. Raises LedgerBroken when it is none."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
    except (ValueError, binascii.Error) as error:
        raise LedgerBroken(
            No("checkpoint.key", _("MEDITHREAD_CHECKPOINT_KEY is not an Ed25519 key."), fix=_("It is 32 random bytes in base64: openssl rand -base64 32."))
        ) from error


def current() -> Ed25519PrivateKey | None:
    """The key of the settings, if there is one."""
    return load(settings.CHECKPOINT_KEY) if settings.CHECKPOINT_KEY else None


def key_name() -> str:
    """The name that every key of this ledger signs under: its first origin."""
    return str(json.loads(bytes(Entry.objects.values_list("body", flat=True).get(seq=1)))["origin"])


def published() -> list[tuple[int, str]]:
    """(place, key) of every key published, oldest first."""
    return [(entry["seq"], entry["key"]) for entry in said("key")]


def claim(name: str, previous: str, new: str) -> bytes:
    """What old and new key sign when the new one is published."""
    return f"medithread checkpoint key\n{name}\n{previous}\n{new}\n".encode()


def announce(previous: str = "", lost: str = "") -> Ed25519PrivateKey | None:
    """Publish the key of the settings if it is not the one in use. A change takes the `previous` key (base64), or why it is `lost`.

    Raises LedgerBroken when neither is given. Answers the key to sign with, or None.
    """
    key = current()
    if key is None:
        return None
    name, before = key_name(), published()
    new = vkey(name, key)
    if before and before[-1][1] == new:
        return key
    old = before[-1][1] if before else ""
    header: dict[str, Json] = {"key": new, "by_key": base64.b64encode(key.sign(claim(name, old, new))).decode()}
    if old:
        header |= {"previous": old, **_handed_over(name, old, new, previous, lost)}
    say("key", header, note={"reason": lost} if lost else None)
    return key


def _handed_over(name: str, old: str, new: str, previous: str, lost: str) -> dict[str, str]:
    if previous:
        former = load(previous)
        if vkey(name, former) == old:
            return {"by_previous": base64.b64encode(former.sign(claim(name, old, new))).decode()}
    if not lost.strip():
        raise LedgerBroken(
            No("checkpoint.rotation", _("The checkpoint key has changed, and the former one has not agreed."), fix=_("Hand the former key over once, or say why it is lost."))
        )
    return {}


def handed_over(name: str, header: dict[str, str]) -> tuple[bool, bool]:
    """(signed by the new key, signed by the former one) for a key entry. Raises ValueError."""
    old, new = header.get("previous", ""), header["key"]
    message = claim(name, old, new)
    by_new = holds(of_vkey(new)[2], base64.b64decode(header.get("by_key", "")), message)
    by_old = not old or holds(of_vkey(old)[2], base64.b64decode(header.get("by_previous", "")), message)
    return by_new, by_old
