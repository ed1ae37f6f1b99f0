"""Every value of every field of every kind: written, read back and written again it is the same, and its JSON Schema takes it."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medithread.kernel.base.canon import MAX_INT, canonical
from medithread.kernel.base.fields import CodesField, RichTextField
from medithread.kernel.base.uid import uuid7
from medithread.kernel.records.codec import CODECS, Codec, Unfit, codec_for
from medithread.kernel.records.kinds import EDITABLE_HANDLING, Kind, kinds
from tests.kernel.text.strategies import documents

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
INSTANTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=45))]))


def values_for(field: Any) -> st.SearchStrategy[Any]:
    """Raw values as a form, the API or an import may bring them."""
    if field.choices:
        return st.sampled_from([code for code, _label in field.flatchoices])
    if isinstance(field, CodesField) and field.known is not None:
        return st.lists(st.sampled_from([text for code, words in field.known() for text in (code, str(words), code.lower())]), max_size=4)
    if isinstance(field, models.CharField):
        return TEXT.map(lambda text: text[: field.max_length])
    if isinstance(field, models.DecimalField):
        return st.decimals(allow_nan=False, allow_infinity=False, places=field.decimal_places, min_value=-(10**6), max_value=10**6)
    return next(strategy for kind, strategy in _STRATEGIES if isinstance(field, kind))


_STRATEGIES: tuple[tuple[type[Any], st.SearchStrategy[Any]], ...] = (
    (CodesField, st.lists(TEXT.filter(lambda t: t.strip()), max_size=4)),
    (RichTextField, documents()),
    (models.BooleanField, st.booleans()),
    (models.PositiveSmallIntegerField, st.integers(0, 32767)),
    (models.PositiveIntegerField, st.integers(0, 2147483647)),
    (models.BigIntegerField, st.integers(-MAX_INT, MAX_INT)),
    (models.IntegerField, st.integers(-2147483648, 2147483647)),
    (models.DateTimeField, INSTANTS),
    (models.DateField, st.dates()),
    (models.UUIDField, st.uuids()),
    (models.ForeignKey, st.uuids()),
    (models.TextField, TEXT),
)
COLUMNS = {
    (kind.code, name): kind.model._meta.get_field(name)
    for kind in kinds()
    for name in (*kind.content_fields, *EDITABLE_HANDLING)
}
PARTS = {(kind.code, f"{part.name}.{name}"): field for kind in kinds() for part in kind.parts for name, field in part.codec.fields.items()}


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=400)
@given(st.data())
def test_written_read_back_and_written_again(data: st.DataObject) -> None:
    where = data.draw(st.sampled_from(sorted({**COLUMNS, **PARTS})))
    field = {**COLUMNS, **PARTS}[where]
    codec = Codec(field.model, (field.name,))
    raw = data.draw(values_for(field))
    row = field.model()
    stored = raw if isinstance(field, models.ForeignKey) else codec.clean(field.name, raw)
    setattr(row, field.attname, stored)
    written = codec.encode(row)
    text = canonical(written)
    assert json.loads(text) == written
    again = field.model()
    for attribute, value in codec.decode(json.loads(text)).items():
        setattr(again, attribute, value)
    assert canonical(codec.encode(again)) == text
    if stored is not None:
        assert not isinstance(field, models.ForeignKey) or codec.decode(written)[field.attname] == stored
        schema = {"type": "object", "additionalProperties": False, "properties": codec.schema()}
        jsonschema_rs.validator_for(schema).validate(written)


@pytest.mark.parametrize("raw", ["1.50", "1.5", Decimal("1.500"), "+1.5", "0001.5", "15e-1"])
def test_a_number_has_one_form(raw: Any) -> None:
    from medithread.kernel.records.codec import clean_decimal, decimal_text

    field = models.DecimalField(max_digits=8, decimal_places=4)
    field.set_attributes_from_name("mass")
    assert decimal_text(clean_decimal(field, raw)) == "1.5"


@pytest.mark.parametrize(("raw", "code"), [("1.00001", "precision"), ("12345", "precision"), ("NaN", "decimal"), ("Infinity", "decimal"), (True, "decimal"), ("one", "decimal")])
def test_a_number_that_cannot_be_kept_is_refused(raw: Any, code: str) -> None:
    from medithread.kernel.records.codec import clean_decimal

    field = models.DecimalField(max_digits=8, decimal_places=4)
    field.set_attributes_from_name("mass")
    with pytest.raises(Unfit) as caught:
        clean_decimal(field, raw)
    assert caught.value.no.code == f"field.{code}"


def test_composed_and_decomposed_letters_are_one_text() -> None:
    field = kinds()[0].model._meta.get_field("title")
    codec = Codec(kinds()[0].model, ("title",))
    assert codec.clean(field.name, "re\u0301sume\u0301\r\nx") == "r\u00e9sum\u00e9\nx"


def test_an_unknown_class_of_field_stops_the_start() -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        codec_for(models.FloatField())
    assert models.FloatField not in CODECS
    assert models.JSONField not in CODECS


def test_no_kind_holds_floats_or_free_json() -> None:
    for kind in kinds():
        for model in (kind.model, *(part.model for part in kind.parts)):
            loose = [f.name for f in model._meta.local_fields if isinstance(f, (models.FloatField, models.JSONField))]
            assert loose == [], f"{model.__name__}: {loose}"


def test_a_reference_that_leads_nowhere_is_refused(db: None) -> None:
    for kind in kinds():
        for name in kind.content_fields:
            if isinstance(kind.model._meta.get_field(name), models.ForeignKey):
                with pytest.raises(Unfit, match=r"field\.unknown"):
                    kind.content_codec.clean(name, str(uuid7()))


def test_what_is_null_is_left_out_and_blank_is_null() -> None:
    for kind in kinds():
        assert kind.content_codec.encode(kind.model()) == {}, kind.code
        assert all(_clean(kind, name, blank) is None for name in kind.content_fields for blank in ("", "  ", None))


def _clean(kind: Kind[Any], name: str, raw: Any) -> Any:
    return kind.content_codec.clean(name, raw)
