"""The verbs: the only door for every change (kernel.md §2)."""

from . import live as _live  # noqa: F401  (tells the ledger which tables it can be compared with)
from .attach import attach, detach, store_file
from .comment import comment, resolve
from .create import create
from .dispose import dispose
from .edit import edit
from .link import link, unlink
from .move import move, offers
from .revise import revise
from .sign import ask_signature, sign
from .unit import Act, unit

__all__ = [
    "Act", "ask_signature", "attach", "comment", "create", "detach", "dispose", "edit", "link", "move", "offers",
    "resolve", "revise", "sign", "store_file", "unit", "unlink",
]
