"""One codec per kind and schema version: it serves digest, export, API body, import and form errors (kernel.md §1)."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base import clock
from medithread.kernel.base.canon import MAX_INT, Json, canonical, clean_text
from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.refusal import No
from medithread.kernel.text.errors import TextError
from medithread.kernel.text.reading import is_empty
from medithread.kernel.text.schema import canonical_bytes, normalise


class Unfit(ValueError):
    """A value that a field cannot hold; carries the refusal."""

    def __init__(self, no: No) -> None:
        self.no = no
        super().__init__(no.code)


@dataclass(frozen=True)
class FieldCodec:
    """How one class of field is written, read back, cleaned and described."""

    encode: Callable[[Any], Json]
    decode: Callable[[Any], Any]
    clean: Callable[[models.Field[Any, Any], Any], Any]
    schema: Callable[[models.Field[Any, Any]], dict[str, Any]]


def _no(field: models.Field[Any, Any], code: str, text: Any, fix: Any = "") -> Unfit:
    return Unfit(No(f"field.{code}", text, field=field.name, fix=fix))


def clean_string(field: models.Field[Any, Any], value: Any) -> str:
    if not isinstance(value, str):
        raise _no(field, "type", _("This must be text."))
    try:
        text = clean_text(value).strip()
    except ValueError as error:
        raise _no(field, "characters", _("This text holds characters that cannot be stored faithfully."), _("Remove the invisible characters.")) from error
    limit = field.max_length
    if limit and len(text) > limit:
        raise _no(field, "long", _("This is too long: %(n)d characters, at most %(max)d.") % {"n": len(text), "max": limit}, _("Shorten it."))
    if text and field.choices and text not in {code for code, _label in field.flatchoices}:
        raise _no(field, "choice", _("“%(value)s” is not one of the choices.") % {"value": text[:60]})
    if text and isinstance(field, models.EmailField):
        _by_django(field, text)
    return text


def _by_django(field: models.Field[Any, Any], value: Any) -> Any:
    try:
        python = field.to_python(value)
        field.run_validators(python)
    except ValidationError as error:
        raise _no(field, "invalid", error.messages[0]) from error
    return python


def clean_boolean(field: models.Field[Any, Any], value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False}
    found = value if isinstance(value, bool) else words.get(str(value).strip().lower())
    if found is None:
        raise _no(field, "boolean", _("This must be yes or no."))
    return found


def clean_integer(field: models.Field[Any, Any], value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, (bool, float)) or not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise _no(field, "integer", _("This must be a whole number."))
    number = int(text)
    low = 0 if isinstance(field, (models.PositiveIntegerField, models.PositiveSmallIntegerField)) else -MAX_INT
    high = 32767 if isinstance(field, models.PositiveSmallIntegerField) else 2147483647 if not isinstance(field, models.BigIntegerField) else MAX_INT
    if not max(low, -high) <= number <= high:
        raise _no(field, "range", _("This number is out of range."))
    return number


def clean_decimal(field: Any, value: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise _no(field, "decimal", _("This must be a number.")) from error
    if not number.is_finite() or isinstance(value, bool):
        raise _no(field, "decimal", _("This must be a number."))
    exponent = -int(number.normalize().as_tuple().exponent)
    if exponent > field.decimal_places or number.adjusted() >= field.max_digits - field.decimal_places:
        raise _no(field, "precision", _("This number has more digits than can be kept."))
    return number


def clean_date(field: models.Field[Any, Any], value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        raise _no(field, "date", _("This must be a date, without a time."))
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _no(field, "date", _("This must be a date such as 2026-11-22.")) from error


def clean_instant(field: models.Field[Any, Any], value: Any) -> dt.datetime:
    try:
        at = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
        if at.tzinfo is None:
            raise ValueError("zone")
        return at.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise _no(field, "instant", _("This must be a time with its zone, such as 2026-11-22T09:30:00+01:00.")) from error


def clean_codes(field: models.Field[Any, Any], value: Any) -> list[str]:
    try:
        codes = field.to_python(value) or []
    except ValidationError as error:
        raise _no(field, "codes", error.messages[0]) from error
    return known_codes(field, [clean_string(field, code) for code in codes if code.strip()])


def known_codes(field: models.Field[Any, Any], codes: list[str]) -> list[str]:
    """Where a field knows its codes: each written as a code or as its words, and no other."""
    known = getattr(field, "known", None)
    if known is None:
        return codes
    pairs = known()
    meant = {str(said).casefold(): code for code, words in pairs for said in (words, code)}
    strange = next((code for code in codes if code.casefold() not in meant), None)
    if strange is not None:
        offered = ", ".join(f"{code} ({words})" for code, words in pairs)
        raise _no(field, "code", _("“%(code)s” is not one of the values here.") % {"code": strange[:80]}, _("Use these: %(offered)s.") % {"offered": offered})
    return list(dict.fromkeys(meant[code.casefold()] for code in codes))


def clean_rich(field: models.Field[Any, Any], value: Any) -> str:
    try:
        doc = normalise(json.loads(value) if isinstance(value, str) else value)
    except json.JSONDecodeError as error:
        raise _no(field, "rich", _("This is not a formatted text.")) from error
    except TextError as error:
        raise Unfit(No(f"text.{error.code}", str(error), field=field.name)) from error
    return "" if is_empty(doc) else canonical_bytes(doc).decode()


def clean_uid(field: models.Field[Any, Any], value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(str(getattr(value, "uid", value)))
    except ValueError as error:
        raise _no(field, "uid", _("This is not an identifier.")) from error


def clean_reference(field: Any, value: Any) -> UUID:
    """The uid of an existing person, site or choice."""
    uid = clean_uid(field, value)
    if not isinstance(value, models.Model) and not field.related_model.objects.filter(uid=uid).exists():
        raise _no(field, "unknown", _("There is no such entry."), _("Choose one from the list."))
    return uid


def decimal_text(value: Decimal) -> str:
    """Plain decimal notation without trailing zeros: `0.5`, `-12`, `0`."""
    text = format(value.normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def _described(kind: str, **extra: Any) -> Callable[[models.Field[Any, Any]], dict[str, Any]]:
    return lambda _field: {"type": kind, **extra}


def _codes_schema(field: models.Field[Any, Any]) -> dict[str, Any]:
    known = getattr(field, "known", None)
    return {"type": "array", "items": {"type": "string", **({"enum": [code for code, _words in known()]} if known else {})}}


def _string_schema(field: models.Field[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "minLength": 1}
    if field.max_length:
        found["maxLength"] = field.max_length
    if field.choices:
        found["enum"] = [code for code, _label in field.flatchoices]
    return found


_TEXT = FieldCodec(str, str, clean_string, _string_schema)
_INTEGER = FieldCodec(int, int, clean_integer, _described("integer", minimum=-MAX_INT, maximum=MAX_INT))
CODECS: dict[type[models.Field[Any, Any]], FieldCodec] = {
    CodesField: FieldCodec(list, list, clean_codes, _codes_schema),
    RichTextField: FieldCodec(json.loads, lambda v: canonical(v).decode(), clean_rich, _described("object")),
    models.BooleanField: FieldCodec(bool, bool, clean_boolean, _described("boolean")),
    models.CharField: _TEXT,
    models.EmailField: _TEXT,
    models.TextField: _TEXT,
    models.IntegerField: _INTEGER,
    models.PositiveIntegerField: _INTEGER,
    models.PositiveSmallIntegerField: _INTEGER,
    models.SmallIntegerField: _INTEGER,
    models.BigIntegerField: _INTEGER,
    models.DecimalField: FieldCodec(decimal_text, Decimal, clean_decimal, _described("string", pattern=r"^-?\d+(\.\d+)?$")),
    models.DateField: FieldCodec(lambda v: v.isoformat(), dt.date.fromisoformat, clean_date, _described("string", format="date")),
    models.DateTimeField: FieldCodec(clock.text, clock.parse, clean_instant, _described("string", format="date-time")),
    models.UUIDField: FieldCodec(str, UUID, clean_uid, _described("string", format="uuid")),
    models.ForeignKey: FieldCodec(str, UUID, clean_reference, _described("string", format="uuid")),
    models.OneToOneField: FieldCodec(str, UUID, clean_reference, _described("string", format="uuid")),
}


def codec_for(field: models.Field[Any, Any]) -> FieldCodec:
    """The codec of a field; an unknown class of field stops the start."""
    try:
        return CODECS[type(field)]
    except KeyError:
        raise TypeError(f"{field}: fields of class {type(field).__name__} have no canonical form; see kernel/records/codec.py") from None


def column(field: models.Field[Any, Any]) -> str:
    """The attribute that holds the stored value: `owner_id` for `owner`."""
    return field.attname


def _access(field: models.Field[Any, Any]) -> tuple[str, Callable[[Any], Json]]:
    """Attribute and encoder; a reference by integer key is written as the uid of its target."""
    codec = codec_for(field)
    if isinstance(field, models.ForeignKey) and field.target_field.name != "uid":
        return field.name, lambda target: str(target.uid)
    return column(field), codec.encode


class Codec:
    """Writes and reads the named fields of one model."""

    def __init__(self, model: type[models.Model], fields: tuple[str, ...]) -> None:
        self.model = model
        self.fields: dict[str, models.Field[Any, Any]] = {name: model._meta.get_field(name) for name in fields}  # type: ignore[misc]
        self._plan = [(name, *_access(field)) for name, field in self.fields.items()]

    def encode(self, row: Any) -> dict[str, Json]:
        """Field → JSON value; what is NULL is left out."""
        found: dict[str, Json] = {}
        for name, attribute, write in self._plan:
            value = getattr(row, attribute)
            if value is not None:
                found[name] = write(value)
        return found

    def decode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Attribute → Python value, for the fields present."""
        return {column(self.fields[name]): codec_for(self.fields[name]).decode(value) for name, value in values.items() if name in self.fields}

    def clean(self, name: str, value: Any) -> Any:
        """The storable value of raw input; None for empty. Raises `Unfit`."""
        field = self.fields[name]
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        found = codec_for(field).clean(field, value)
        return None if found in ("", []) else found

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the fields."""
        return {name: {**codec_for(field).schema(field), "title": str(field.verbose_name)} for name, field in self.fields.items()}
