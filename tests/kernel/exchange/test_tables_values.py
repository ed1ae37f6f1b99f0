"""Values as people write them: read when they are clear, refused with a sentence when they are not."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.exchange.tables import (
    DateOrder,
    Unclear,
    parse_bool,
    parse_date,
    parse_decimal,
    parse_instant,
    settle_date_order,
    settle_decimal_mark,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = dt.date(2026, 11, 22)


def code(answer: object) -> str:
    assert isinstance(answer, Unclear)
    assert str(answer.message)
    return answer.code


DATES = [
    "2026-11-22",
    "20261122",
    "2026/11/22",
    "22.11.2026",
    "22. 11. 2026",
    " 22/11/2026 ",
    "11/22/2026",
    "22-11-2026",
    "2026-11-22T00:00:00",
]
DATES += ["22 Nov 2026", "22-Nov-2026", "22. November 2026", "November 22, 2026", "Nov. 22nd 2026", "22 novembre 2026", "22NOV2026"]


@pytest.mark.parametrize("text", DATES)
def test_dates_that_mean_one_day(text: str) -> None:
    assert parse_date(text) == DAY


def test_months_in_three_languages() -> None:
    assert parse_date("3. März 2026") == parse_date("3 mars 2026") == parse_date("Mar 3, 2026") == dt.date(2026, 3, 3)
    assert parse_date("1er août 2026") == dt.date(2026, 8, 1)


def test_a_date_that_could_be_two_is_refused_unless_the_order_is_known() -> None:
    assert code(parse_date("03/04/2026")) == "value.ambiguous"
    assert parse_date("03/04/2026", order=DateOrder.DAY_FIRST) == dt.date(2026, 4, 3)
    assert parse_date("03/04/2026", order=DateOrder.MONTH_FIRST) == dt.date(2026, 3, 4)
    assert parse_date("03/03/2026") == dt.date(2026, 3, 3)
    assert parse_date("03.04.2026", order=DateOrder.MONTH_FIRST) == dt.date(2026, 4, 3)


def test_the_known_order_is_not_bent() -> None:
    assert code(parse_date("11/22/2026", order=DateOrder.DAY_FIRST)) == "value.date"


NO_DATES = {
    "": "value.empty", "soon": "value.date", "2026-02-30": "value.date", "22.11.26": "value.year", "0026-11-22": "value.year",
    "9999-12-31": "value.year", "22.13.2026": "value.date", "2026-11-22 10:00": "value.date", "22/11-2026": "value.date", "22 Foo 2026": "value.date",
}  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date(text: str) -> None:
    assert code(parse_date(text)) == NO_DATES[text]


SETTLED = [
    (["03/04/2026", "22/11/2026"], DateOrder.DAY_FIRST),
    (["03/04/2026", "11/22/2026", ""], DateOrder.MONTH_FIRST),
    (["2026-01-01", "01.02.2026", "x"], None),
    (["03/03/2026"], None),
]


@pytest.mark.parametrize(("samples", "order"), SETTLED)
def test_a_column_settles_the_order(samples: list[str], order: DateOrder | None) -> None:
    assert settle_date_order(samples) == order


def test_a_column_that_does_not_settle_it() -> None:
    assert code(settle_date_order(["03/04/2026", "05/06/2026"])) == "value.ambiguous"
    mixed = settle_date_order(["22/11/2026", "11/22/2026"])
    assert code(mixed) == "value.mixed"
    assert isinstance(mixed, Unclear)
    assert "22/11/2026" in str(mixed.message)
    assert "11/22/2026" in str(mixed.message)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_dates_written_by_programs_come_back(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d.%m.%Y}") == day
    assert parse_date(f"{day:%d/%m/%Y}", order=DateOrder.DAY_FIRST) == day
    assert parse_date(f"{day:%m/%d/%Y}", order=DateOrder.MONTH_FIRST) == day


NOON = dt.datetime(2026, 11, 22, 12, 30, tzinfo=dt.UTC)
INSTANTS = [
    "2026-11-22T12:30:00Z",
    "2026-11-22 12:30 UTC",
    "2026-11-22T13:30:00+01:00",
    "2026-11-22T12:30:00.000000000Z",
    "22.11.2026 13:30 +0100",
]
INSTANTS += ["2026-11-22t12:30:00z", "11/22/2026 12:30 PM GMT", "Nov 22, 2026 7:30 am -0500"]


@pytest.mark.parametrize("text", INSTANTS)
def test_instants_with_an_offset(text: str) -> None:
    assert parse_instant(text) == NOON


def test_instants_in_a_zone() -> None:
    assert parse_instant("22.11.2026 13:30", zone=BERLIN) == NOON
    assert parse_instant("2026-11-22", zone=BERLIN) == dt.datetime(2026, 11, 21, 23, tzinfo=dt.UTC)
    assert parse_instant("2026-11-22T13:30:00.25", zone=BERLIN) == NOON.replace(microsecond=250_000)
    assert code(parse_instant("22.11.2026 13:30")) == "value.zone"


def test_clock_times_that_come_twice_or_not_at_all_are_refused() -> None:
    assert code(parse_instant("2026-10-25 02:30", zone=BERLIN)) == "value.clock-change"
    assert code(parse_instant("2026-03-29 02:30", zone=BERLIN)) == "value.clock-change"
    assert parse_instant("2026-10-25 02:30 +02:00", zone=BERLIN) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


NO_INSTANTS = {
    "": "value.empty", "2026-11-22 25:00": "value.time", "2026-11-22 10:61": "value.time", "2026-11-22 13:00 pm": "value.time",
    "2026-11-22 10:00 +25:00": "value.time", "2026-11-22 10:00 somewhere": "value.time", "x 10:00": "value.date", "03/04/2026 10:00": "value.ambiguous",
}  # fmt: skip


@pytest.mark.parametrize("text", NO_INSTANTS)
def test_what_is_no_instant(text: str) -> None:
    assert code(parse_instant(text, zone=dt.UTC)) == NO_INSTANTS[text]


NUMBERS = {
    "5": "5", "-3": "-3", "+4": "4", "−7": "-7", "1.10": "1.10", "1,10": "1.10", "0.123": "0.123", "0,123": "0.123", "1234,567": "1234.567",
    "1.234,56": "1234.56", "1,234.56": "1234.56", "1.234.567": "1234567", "1,234,567": "1234567", "1,234,567.8": "1234567.8", "1 234,56": "1234.56",
    "1\u202f234\u202f567,5": "1234567.5", "1'234.56": "1234.56", "1’234": "1234", "1.5E-3": "0.0015", "1,5e3": "1.5E+3", ".5": "0.5", "12.345.678,9": "12345678.9",
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_as_countries_write_them(text: str) -> None:
    found = parse_decimal(text)
    assert str(found) == str(Decimal(NUMBERS[text]))


@pytest.mark.parametrize("text", ["1,234", "1.234", "-12,345", "999.999"])
def test_a_number_that_could_be_two_is_refused_unless_the_mark_is_known(text: str) -> None:
    assert code(parse_decimal(text)) == "value.ambiguous"
    assert {parse_decimal(text, decimal_mark="."), parse_decimal(text, decimal_mark=",")} == {
        Decimal(text.replace(",", ".")),
        Decimal(text.replace(",", "").replace(".", "")),
    }


@pytest.mark.parametrize(
    "text", ["x", "1.2.3", "1,23,456", "12 34", "1 2", "--1", "5 %", "1.234,567.8", "1,2,3.4", "NaN", "Infinity", "1e", "1.234.56", "5-"]
)
def test_what_is_no_number(text: str) -> None:
    assert code(parse_decimal(text)) == "value.number"


def test_the_known_mark_is_not_bent() -> None:
    assert code(parse_decimal("1.5", decimal_mark=",")) == "value.number"
    assert code(parse_decimal("1,234.56", decimal_mark=",")) == "value.number"
    assert code(parse_decimal("1.234.567", decimal_mark=".")) == "value.number"
    assert parse_decimal("1.234,5", decimal_mark=",") == Decimal("1234.5")
    assert code(parse_decimal("  ")) == "value.empty"


MARKS = [
    (["1,234", "1.234,5"], ","),
    (["1,234", "0.5"], "."),
    (["5", "x", ""], None),
    (["1,234", "1,234,567"], "."),
    (["1.234", "1'000.5"], "."),
    (["1,5"], ","),
]


@pytest.mark.parametrize(("samples", "mark"), MARKS)
def test_a_column_settles_the_decimal_mark(samples: list[str], mark: str | None) -> None:
    assert settle_decimal_mark(samples) == mark


def test_a_column_that_does_not_settle_the_mark() -> None:
    assert code(settle_decimal_mark(["1,234", "5,678"])) == "value.ambiguous"
    assert code(settle_decimal_mark(["1,5", "1.5"])) == "value.mixed"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_numbers_written_in_two_countries_come_back(number: Decimal) -> None:
    english = f"{number:,.4f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_decimal(english, decimal_mark=".") == number
    assert parse_decimal(german, decimal_mark=",") == number
    assert parse_decimal(english) == parse_decimal(german) == number


def test_yes_and_no() -> None:
    assert {parse_bool(text) for text in ("yes", " JA ", "oui", "x", "X", "1", "true", "WAHR", "✓")} == {True}
    assert {parse_bool(text) for text in ("no", "Nein", "NON", "0", "false", "faux")} == {False}
    assert code(parse_bool("maybe")) == "value.yes-no"
    assert code(parse_bool(" ")) == "value.empty"


@given(st.text(max_size=40) | st.from_regex(r"[\d./,' :TZ+-]{0,25}", fullmatch=True))
def test_any_text_ends_in_a_value_or_a_sentence(text: str) -> None:
    assert isinstance(parse_date(text), dt.date | Unclear)
    assert isinstance(parse_instant(text, zone=BERLIN, order=DateOrder.DAY_FIRST), dt.datetime | Unclear)
    assert isinstance(parse_bool(text), bool | Unclear)
    for mark in (None, ".", ","):
        number = parse_decimal(text, decimal_mark=mark)
        assert isinstance(number, Unclear) or number.is_finite()
    settle_date_order([text])
    settle_decimal_mark([text])


def test_a_text_that_is_far_too_long_is_refused_at_once() -> None:
    text = "1" + " " * 100_000 + "x"
    assert {code(parse(text)) for parse in (parse_date, parse_instant)} == {"value.date"}
    assert (code(parse_decimal(text)), code(parse_bool(text))) == ("value.number", "value.yes-no")
