"""The company's calendar: months without gaps, business days, and random numbers that do not depend on when they are drawn."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.demo.calendar import (
    HISTORY_END,
    HISTORY_START,
    Month,
    as_date,
    business_day,
    day_number,
    is_business_day,
    month_of,
)

DATES = st.dates(date(2016, 1, 1), date(2039, 6, 30))
MONTHS = st.integers(-24, 150)


@given(DATES)
def test_a_day_and_its_number_are_the_same_day(day: date) -> None:
    assert as_date(day_number(day)) == day
    assert day_number(day) == np.datetime64(day).astype("datetime64[D]").astype(int)


@given(DATES)
def test_a_day_is_in_its_month_and_in_no_other(day: date) -> None:
    month = month_of(day)
    assert (month.year, month.number) == (day.year, day.month)
    assert day_number(day) in month.days
    assert day_number(day) not in Month(month.index - 1).days
    assert day_number(day) not in Month(month.index + 1).days


@given(MONTHS)
def test_months_follow_each_other_without_gaps(index: int) -> None:
    month, after = Month(index), Month(index + 1)
    assert after.first == month.last + 1
    assert list(month.days) == list(range(month.first, month.last + 1))
    assert (after.year, after.number) == ((month.year, month.number + 1) if month.number < 12 else (month.year + 1, 1))


def test_the_history_is_three_years_of_whole_months() -> None:
    assert month_of(HISTORY_START) == Month(0)
    assert month_of(HISTORY_END) == Month(35)
    assert day_number(HISTORY_END) == Month(35).last


@given(DATES)
def test_offices_work_on_weekdays_that_are_no_holidays(day: date) -> None:
    holidays = {(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)}
    works = day.weekday() < 5 and (day.month, day.day) not in holidays
    assert is_business_day(np.array([day_number(day)], dtype=np.int32)).tolist() == [works]


@given(DATES, st.integers(0, 30))
def test_business_days_are_counted_one_by_one(day: date, later: int) -> None:
    def next_open(candidate: date) -> date:
        while not is_business_day(np.array([day_number(candidate)], dtype=np.int32))[0]:
            candidate += timedelta(1)
        return candidate

    expected = next_open(day)
    for _ in range(later):
        expected = next_open(expected + timedelta(1))
    found = business_day(np.array([day_number(day)]), later)
    assert found.dtype == np.int32
    assert as_date(found[0]) == expected


@given(MONTHS.filter(lambda index: index >= -1), st.integers(0, 2**31))
def test_random_numbers_belong_to_seed_month_and_domain(index: int, seed: int) -> None:
    drawn = Month(index).rng(seed, "orders").random(8).tolist()
    assert Month(index).rng(seed, "orders").random(8).tolist() == drawn
    for other in (
        Month(index).rng(seed + 1, "orders"),
        Month(index + 1).rng(seed, "orders"),
        Month(index).rng(seed, "rates"),
    ):
        assert other.random(8).tolist() != drawn
