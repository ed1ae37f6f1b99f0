"""The verbs: the only door for every change (kernel.md §2)."""

from .attach import attach, detach, store_file
from .comment import comment, resolve
from .create import create
from .edit import edit
from .link import link, unlink
from .move import move, offers
from .revise import revise
from .sign import ask_signature, sign
from .unit import Act, unit

__all__ = [
    "Act", "ask_signature", "attach", "comment", "create", "detach", "edit", "link", "move", "offers",
    "resolve", "revise", "sign", "store_file", "unit", "unlink",
]
