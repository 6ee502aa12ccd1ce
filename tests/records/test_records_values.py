"""Values of cells at their boundaries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutygraph.records.faults import Wording
from dutygraph.records.values import (
    BASES,
    Datatype,
    Unfit,
    Unreadable,
    day_of_serial,
    is_missing,
)

DATE = Datatype("date")


def refusal(raw: object, datatype: Datatype = DATE) -> Unfit:
    with pytest.raises(Unfit) as unfit:
        datatype.read(raw)
    return unfit.value


@pytest.mark.parametrize(
    "raw",
    [
        "2013-03-05",
        "2013-3-5",
        "2013/3/5",
        "2013/03/05",
        "2013年3月5日",
        "2013年03月05日",
        "20130305",
        20130305,
        " 2013-03-05 ",
        "２０１３年３月５日",
        "2013-03-05T00:00:00",
        "2013-03-05 00:00:00.000",
        "2013-03-05 00:00",
        41338,
        41338.0,
        41338.99,
        "41338",
        date(2013, 3, 5),
        datetime(2013, 3, 5, 12, 30),  # noqa: DTZ001 - Excel knows no time zone
    ],
)
def test_a_date_in_any_accepted_form_is_the_same_day(raw: object) -> None:
    assert DATE.read(raw) == "2013-03-05"


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (1, "1900-01-01"),
        (2, "1900-01-02"),
        (31, "1900-01-31"),
        (32, "1900-02-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (366, "1900-12-31"),
        (367, "1901-01-01"),
        (41338, "2013-03-05"),
        (2958465, "9999-12-31"),
    ],
)
def test_a_serial_is_the_day_that_excel_shows_for_it(serial: int, day: str) -> None:
    assert day_of_serial(serial).isoformat() == day
    assert DATE.read(serial) == day


def test_serial_60_is_the_29_february_1900_that_never_was() -> None:
    unfit = refusal(60)
    assert (unfit.code, unfit.nearest) == ("impossible-date", "1900-03-01")


@pytest.mark.parametrize("serial", [0, -1, -41338, 2958466, 10**17, 0.5])
def test_a_number_outside_the_calendar_of_excel_is_no_date(serial: float) -> None:
    assert refusal(serial).code == "unreadable-date"


def test_serials_rise_by_one_day_each_except_over_the_day_that_never_was() -> None:
    days = [day_of_serial(serial) for serial in range(1, 800) if serial != 60]
    assert all(later - earlier == timedelta(1) for earlier, later in pairwise(days))


@pytest.mark.parametrize("year", [1900, 2013, 2199, "2013", 2013.0])
def test_a_bare_year_is_not_taken_for_a_day_in_1905(year: object) -> None:
    assert refusal(year).code == "unreadable-date"


@pytest.mark.parametrize(("number", "day"), [(1899, "1905-03-13"), (2200, "1906-01-08")])
def test_numbers_beside_the_likely_years_are_serials(number: int, day: str) -> None:
    assert DATE.read(number) == day


@pytest.mark.parametrize("year", [2000, 2004, 2012, 2400])
def test_29_february_is_a_day_in_a_leap_year(year: int) -> None:
    assert DATE.read(f"{year}-02-29") == f"{year}-02-29"


@pytest.mark.parametrize("year", [1900, 2013, 2100])
def test_29_february_is_no_day_in_another_year(year: int) -> None:
    unfit = refusal(f"{year}/2/29")
    assert (unfit.code, unfit.nearest) == ("impossible-date", f"{year}-02-28")


@pytest.mark.parametrize(
    ("raw", "nearest"),
    [
        ("2013-02-30", "2013-02-28"),
        ("2012-02-30", "2012-02-29"),
        ("2013-04-31", "2013-04-30"),
        ("2013-12-32", "2013-12-31"),
        ("2013-03-00", "2013-03-01"),
        ("2013-13-05", "2013-05-13"),
        ("2013-31-12", "2013-12-31"),
        ("2013-00-10", "2013-10-01"),
        ("2013-31-04", None),
        ("2013-13-13", None),
        ("2013-00-00", None),
        ("0000-05-05", None),
    ],
)
def test_an_impossible_day_is_told_with_the_nearest_that_is_possible(
    raw: str, nearest: str | None
) -> None:
    unfit = refusal(raw)
    assert (unfit.code, unfit.nearest) == ("impossible-date", nearest)


@pytest.mark.parametrize(
    ("raw", "nearest"), [("2013.3.5", "2013-03-05"), ("2013.2.30", "2013-02-28")]
)
def test_a_dotted_date_is_not_accepted_but_understood(raw: str, nearest: str) -> None:
    unfit = refusal(raw)
    assert (unfit.code, unfit.nearest) == ("unreadable-date", nearest)


@pytest.mark.parametrize(
    "raw",
    [
        "2013-W10-2",
        "2013-064",
        "13-03-05",
        "2013-3",
        "05/03/2013",
        "3月5日",
        "2013-03-05T10:00:00",
        "2013-03-05Z",
        "2013/3-5",
        "٢٠١٣-٠٣-٠٥",
        "NaN",
        "1e5",
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        Unreadable("NaN"),
    ],
)
def test_anything_else_is_no_date(raw: object) -> None:
    assert refusal(raw).code == "unreadable-date"


@pytest.mark.parametrize(
    ("raw", "truth"),
    [
        (True, "true"),
        (False, "false"),
        ("true", "true"),
        ("FALSE", "false"),
        (" 是 ", "true"),
        ("否", "false"),
    ],
)
def test_truth_is_written_in_letters_or_as_yes_or_no_in_chinese(raw: object, truth: str) -> None:
    assert Datatype("boolean").read(raw) == truth


@pytest.mark.parametrize("raw", [1, 0, "1", "yes", "对", 1.0, [True], Unreadable("NaN")])
def test_nothing_else_is_true_or_false(raw: object) -> None:
    assert refusal(raw, Datatype("boolean")).code == "not-boolean"


@pytest.mark.parametrize(
    "raw", [2013, 2013.0, "2013", " 2013 ", "2013年", "2013.0", "２０１３", "+2013"]
)
def test_a_whole_number_in_any_accepted_form_is_the_same(raw: object) -> None:
    assert Datatype("integer").read(raw) == "2013"


@pytest.mark.parametrize(
    "raw", [2013.5, "2013.5", "二〇一三", "0x7dd", "2_013", True, None, float("inf"), "1" * 19]
)
def test_nothing_else_is_a_whole_number(raw: object) -> None:
    assert refusal(raw, Datatype("integer")).code == "not-integer"


@pytest.mark.parametrize(("number", "fits"), [(0, False), (1, True), (7, True), (8, False)])
def test_the_bounds_of_a_number_belong_to_it(number: int, fits: bool) -> None:
    items = Datatype("integer", minimum="1", maximum="7")
    if fits:
        assert items.read(number) == str(number)
    else:
        unfit = refusal(number, items)
        assert unfit.code == "out-of-range"
        assert "1" in unfit.expected.en
        assert "7" in unfit.expected.zh


def test_numbers_are_bounded_as_numbers_not_as_text() -> None:
    assert Datatype("integer", minimum="9", maximum="100").read(10) == "10"


@pytest.mark.parametrize(("day", "fits"), [("1899-12-31", False), ("1900-01-01", True)])
def test_the_first_day_of_a_bounded_date_belongs_to_it(day: str, fits: bool) -> None:
    bounded = Datatype("date", minimum="1900-01-01", maximum="9999-12-31")
    assert fits == (day == "1900-01-01")
    if fits:
        assert bounded.read(day) == day
    else:
        assert refusal(day, bounded).code == "out-of-range"


@pytest.mark.parametrize(
    ("raw", "text"),
    [(" 县委 ", "县委"), (130100, "130100"), (130100.0, "130100"), ("a\tb\nc",) * 2],
)
def test_text_loses_its_outer_blanks_and_codes_may_be_numbers(raw: object, text: str) -> None:
    assert Datatype("string").read(raw) == text


@pytest.mark.parametrize("raw", [True, 1.5, [], {}, Unreadable("NaN"), date(2013, 3, 5)])
def test_nothing_else_is_text(raw: object) -> None:
    assert refusal(raw, Datatype("string")).code == "not-text"


@pytest.mark.parametrize("char", ["\x00", "\x1f", "\x7f", "\x85", "\ud800", "\udfff", "\uffff"])
def test_a_control_or_broken_character_is_refused(char: str) -> None:
    assert refusal(f"a{char}b", Datatype("string")).code == "control-character"


@pytest.mark.parametrize(("length", "fits"), [(200, True), (201, False)])
def test_text_may_be_as_long_as_its_bound(length: int, fits: bool) -> None:
    bounded = Datatype("string", max_length=200)
    if fits:
        assert bounded.read("字" * length) == "字" * length
    else:
        assert refusal("字" * length, bounded).code == "too-long"


@pytest.mark.parametrize(
    ("raw", "missing"),
    [
        (None, True),
        ("", True),
        (" \t\u3000", True),
        ("无", False),
        (0, False),
        (False, False),
        ([], False),
    ],
)
def test_blank_means_not_recorded_and_no_or_zero_do_not(raw: object, missing: bool) -> None:
    assert is_missing(raw) is missing


def test_what_is_expected_is_said_with_its_bounds() -> None:
    assert Datatype("integer", minimum="1").expected == Wording(
        "整数，不小于 1", "a whole number, at least 1"
    )
    assert Datatype("string").expected == Wording("文字", "text")


RAW = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(1 - 10**18, 10**18 - 1),
    st.floats(),
    st.text(max_size=20),
    st.from_regex(r"[0-9]{1,4}[-/年.]?[0-9]{1,2}[-/月.]?[0-9]{1,2}日?", fullmatch=True),
    st.lists(st.integers(), max_size=2),
    st.dates(),
    st.datetimes(),
    st.builds(Unreadable, st.text()),
)


@settings(max_examples=400, deadline=None, database=None)
@given(raw=RAW, base=st.sampled_from(sorted(BASES)))
def test_any_value_is_read_to_its_lexical_form_or_refused(raw: object, base: str) -> None:
    datatype = Datatype(base)
    try:
        value = datatype.read(raw)
    except Unfit as unfit:
        assert unfit.expected.zh
        assert unfit.expected.en
        assert unfit.nearest is None or datatype.read(unfit.nearest) == unfit.nearest
    else:
        assert isinstance(value, str)
        if base != "string":
            assert datatype.read(value) == value


@settings(max_examples=200, deadline=None, database=None)
@given(day=st.dates())
def test_every_day_is_read_from_each_of_its_forms(day: date) -> None:
    year, month, number = f"{day.year:04}", day.month, day.day
    forms = [f"{year}-{month}-{number}", f"{year}/{month}/{number}", f"{year}年{month}月{number}日"]
    for form in [*forms, day.isoformat(), day.strftime(f"{year}%m%d")]:
        assert DATE.read(form) == day.isoformat()
