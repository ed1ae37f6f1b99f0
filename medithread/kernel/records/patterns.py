"""Company number patterns (R3): `QP-{nn}`, `D-{nnnnn}`, `IMP-{year}-{nnnn}`."""

import re

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No

COUNTER = re.compile(r"\{(n{1,8})\}")
ALLOWED = re.compile(r"[A-Za-z0-9._/\-]+")


def is_pattern(text: str) -> No | None:
    """One counter `{nnn}`, perhaps `{year}`, and letters, digits, dots, slashes, hyphens."""
    rest = COUNTER.sub("", text, count=1).replace("{year}", "")
    if COUNTER.search(text) and ALLOWED.fullmatch(rest or "x") and len(text) <= 40 and "{" not in rest:
        return None
    return No("parameter.pattern", _("A pattern has one counter such as {nnnn}, perhaps {year}, and plain characters: QP-{nn}."))


def written(pattern: str, number: int, year: int) -> str:
    """The number in its pattern; it grows past its width rather than starting again."""
    return COUNTER.sub(lambda found: f"{number:0{len(found[1])}d}", pattern, count=1).replace("{year}", str(year))
