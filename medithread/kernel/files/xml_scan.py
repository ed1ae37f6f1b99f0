"""Goes through XML element by element without keeping it, and refuses what makes XML dangerous: declared entities."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

Names = dict[str, str]
# Expat hands over names as "namespace name"; a name without namespace stands alone.
_SPLIT = " "


class NotXml(ValueError):
    """The bytes are not well-formed XML, or they declare entities (`entities`). `line` counts from 1, 0 where unknown."""

    def __init__(self, reason: str, line: int = 0, *, entities: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.line, self.entities = reason, line, entities


class Enough(Exception):
    """Raised by a callback that has seen what it wanted."""


def scan(
    pieces: Iterable[bytes],
    start: Callable[[str, Names], None],
    *,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> None:
    """Call `start(name, attributes)`, `end(name)` and `text(characters)` for the XML in `pieces`; `note(target)` for its instructions.

    Names come as "namespace local" (see `local`). A callback may raise Enough to stop. Raises NotXml.
    """
    parser = expat.ParserCreate(namespace_separator=_SPLIT)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EntityDeclHandler = _no_entities
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    if note is not None:
        parser.ProcessingInstructionHandler = lambda target, _data: note(target)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except Enough:
        return
    except expat.ExpatError as error:
        raise NotXml(expat.errors.messages.get(error.code, "not well-formed"), error.lineno) from error
    except NotXml:
        raise
    except (ValueError, LookupError) as error:  # an encoding that Python does not know or that is not for single bytes
        raise NotXml("unknown encoding") from error


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition(_SPLIT)[2]


def attribute(attributes: Names, name: str) -> str:
    """An attribute by its local name, whatever its namespace; "" where absent."""
    found = attributes.get(name)
    if found is not None:
        return found
    return next((value for key, value in attributes.items() if local(key) == name), "")


def _no_entities(*_declaration: object) -> None:
    raise NotXml("declares entities", entities=True)
