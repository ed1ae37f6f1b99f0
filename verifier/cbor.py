"""Just enough CBOR (RFC 8949) to read a public key of an authenticator: maps, integers, byte strings."""

from typing import Any


def decode(data: bytes) -> Any:
    """The value of the bytes, all of them. A key is flat: a map within a map is refused. Raises ValueError."""
    value, rest = _item(data, flat=False)
    if rest:
        raise ValueError("more bytes than one value")
    return value


def _item(data: bytes, *, flat: bool) -> tuple[Any, bytes]:
    if not data:
        raise ValueError("cut off")
    kind, argument, rest = _head(data)
    if kind == 0:
        return argument, rest
    if kind == 1:
        return -1 - argument, rest
    if kind in (2, 3):
        if len(rest) < argument:
            raise ValueError("cut off")
        return (rest[:argument] if kind == 2 else rest[:argument].decode()), rest[argument:]
    if kind == 5 and not flat:
        return _map(argument, rest)
    raise ValueError(f"CBOR of kind {kind} is not expected in a key")


def _head(data: bytes) -> tuple[int, int, bytes]:
    kind, short = data[0] >> 5, data[0] & 31
    if short < 24:
        return kind, short, data[1:]
    if short > 27:
        raise ValueError("a length that is not expected in a key")
    width = 1 << (short - 24)
    if len(data) < 1 + width:
        raise ValueError("cut off")
    return kind, int.from_bytes(data[1 : 1 + width], "big"), data[1 + width :]


def _map(count: int, rest: bytes) -> tuple[dict[Any, Any], bytes]:
    found: dict[Any, Any] = {}
    for _each in range(count):
        key, rest = _item(rest, flat=True)
        found[key], rest = _item(rest, flat=True)
    return found, rest
