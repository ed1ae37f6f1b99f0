"""Makes any text safe to set: nothing in it can be lost, hidden, overflow or stop the typesetter."""

import re
import unicodedata

BREAK = "\u200b"  # here a line may break; the template turns it into a break that leaves no trace in the text
OPEN, CLOSE = "\ue000", "\ue001"  # around the number of a character that cannot be drawn

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_HOSTILE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_CLUSTER = re.compile("[^\u0300-\u036f\u200c\u200d\ufe00-\ufe0f][\u0300-\u036f\u200c\u200d\ufe00-\ufe0f]*")
_NO_SPACE = "[^\\s\u200b\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_UNSEEN = frozenset(("Zs", "Zl", "Zp", "Cf", "Cc", "Mn"))
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]{} "), frozenset("mwMWQO@%&—…")


def normal(text: object) -> str:
    """NFC with line feeds only; lazy words are resolved."""
    return _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", str(text)))


def boxed(character: str) -> str:
    """A character that has no shape here, as its Unicode number between marks."""
    return f"{OPEN}{ord(character):04X}{CLOSE}"


def _soften(text: str, room: float) -> str:
    """Breaks allowed inside words wider than a line of `room` em."""
    step = max(1, int(room / 8))

    def cut(match: re.Match[str]) -> str:
        clusters = _CLUSTER.findall(match[0])
        if ems(match[0]) <= room or sum(map(len, clusters)) != len(match[0]):
            return match[0]
        return BREAK.join("".join(clusters[at : at + step]) for at in range(0, len(clusters), step))

    return re.sub(f"{_NO_SPACE}{{{max(1, int(room / 1.05))},}}", cut, text)


def shown(text: object, room: float = 40.0, tab: str = " ") -> str:
    """Text for a line of `room` em; characters that would hide, reorder or break something are shown by their number."""
    clean = _soften(normal(text).replace("\t", tab), max(room, 1.0))
    return _HOSTILE.sub(lambda match: boxed(match[0]), clean) if _HOSTILE.search(clean) else clean


def plain(text: object) -> str:
    """Text for the file's own data (title, alternative text): one line without control characters."""
    return " ".join(_HOSTILE.sub("\ufffd", normal(text)).split())


def visible(text: object) -> bool:
    """True when something of a text can be seen: not only spaces, joiners and marks."""
    return any(unicodedata.category(character) not in _UNSEEN for character in str(text))


def ems(text: str) -> float:
    """About how wide a text is in the sans face, in em; rather too wide than too narrow."""
    return sum(map(_em, text))


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.95
    if character > "\u1100":
        return 1.05
    return 0.68 if character.isupper() or character.isdigit() else 0.58
