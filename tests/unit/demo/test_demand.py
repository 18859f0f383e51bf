"""Demand has the parameters that forecasts are scored against, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.demo.calendar import HISTORY_END, HISTORY_START, day_number
from pipelines.demo.demand import DEMAND

FLAT = replace(DEMAND, yearly_growth=0.0, weekdays=(1.0,) * 7, months=(1.0,) * 12, holiday_share=1.0, shock_depth=0.0)
DAYS = np.arange(day_number(HISTORY_START), day_number(date(2030, 12, 31)), dtype=np.int32)
SHOCK = day_number(DEMAND.shock_start)


def level(day: date | int, demand: object = DEMAND) -> float:
    """Orders on one day."""
    number = day if isinstance(day, int) else day_number(day)
    return float(demand.level(np.array([number], dtype=np.int32))[0])  # type: ignore[attr-defined]


def test_demand_without_parameters_is_level() -> None:
    assert (FLAT.level(DAYS) == 1.0).all()


def test_something_is_wanted_on_every_day() -> None:
    assert (DEMAND.level(DAYS) > 0).all()
    assert np.isfinite(DEMAND.level(DAYS)).all()


@given(st.dates(HISTORY_START, date(2035, 1, 1)))
def test_a_day_is_worth_its_weekday_and_its_month(day: date) -> None:
    """Whatever day: the weekday and the season that the parameters give it, and the holidays' share where they are."""
    seasonal = replace(DEMAND, yearly_growth=0.0, shock_depth=0.0)
    is_quiet = (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24)
    expected = DEMAND.weekdays[day.weekday()] * DEMAND.months[day.month - 1] * (DEMAND.holiday_share if is_quiet else 1)
    assert level(day, seasonal) == pytest.approx(expected, rel=1e-12)


@given(st.integers(day_number(HISTORY_START), day_number(date(2035, 1, 1))))
def test_the_trend_is_the_same_growth_every_year(day: int) -> None:
    trend = replace(FLAT, yearly_growth=DEMAND.yearly_growth)
    assert level(day + 1461, trend) == pytest.approx(level(day, trend) * (1 + DEMAND.yearly_growth) ** 4, rel=1e-12)


def test_the_shock_begins_on_its_day_and_halves_in_its_half_life() -> None:
    shock = replace(FLAT, shock_depth=DEMAND.shock_depth)
    half_life = int(DEMAND.shock_half_life_days)
    assert level(DEMAND.shock_start - timedelta(1), shock) == 1.0
    for halvings in range(6):
        missing = 1 - level(SHOCK + halvings * half_life, shock)
        assert missing == pytest.approx(DEMAND.shock_depth / 2**halvings, rel=1e-9)


def test_the_shock_and_every_season_are_in_the_history() -> None:
    assert HISTORY_START < DEMAND.shock_start < HISTORY_END
    assert len(DEMAND.months) == 12
    assert len(DEMAND.weekdays) == 7
    assert all(
        1 <= promotion.month <= 12 and promotion.uplift > 1 > promotion.discount > 0 for promotion in DEMAND.promotions
    )
    assert all(promotion.start + promotion.days <= 29 for promotion in DEMAND.promotions)


@given(st.integers(2015, 2040))
def test_the_price_list_rises_every_january(year: int) -> None:
    assert DEMAND.price_level(2026) == 1.0
    assert DEMAND.price_level(year + 1) == pytest.approx(DEMAND.price_level(year) * (1 + DEMAND.yearly_price_rise))
