"""When the simulated company does business: its history, its seasons, and how prices rise."""

import math
from datetime import date

import numpy as np

HISTORY_START = date(2023, 11, 1)
HISTORY_END = date(2026, 10, 31)

ORDERS_A_DAY = 29.0  # on an average weekday in November 2023, at scale 1
YEARLY_GROWTH = 0.08
YEARLY_PRICE_RISE = 0.02
PRICE_LIST_YEAR = 2026
WEEKDAYS = (1.0, 1.12, 1.1, 1.0, 0.82, 0.08, 0.03)
MONTHS = (0.97, 1.0, 1.08, 1.03, 1.0, 1.04, 0.96, 0.84, 1.05, 1.09, 1.06, 0.9)
DIP = (date(2025, 6, 16), date(2025, 8, 31), 0.75)
HOLIDAY_SHARE = 0.12


def day_rng(seed: int, day: date) -> np.random.Generator:
    """The random numbers of one day: the same ones whenever and together with whatever they are drawn."""
    return np.random.default_rng([seed, day.toordinal()])


def expected_orders(day: date) -> float:
    """Mean number of orders that come in on ``day`` at scale 1."""
    years = (day - HISTORY_START).days / 365.25
    growth = math.pow(1 + YEARLY_GROWTH, years)
    expected = ORDERS_A_DAY * growth * WEEKDAYS[day.weekday()] * MONTHS[day.month - 1]
    dip_start, dip_end, dip_share = DIP
    if dip_start <= day <= dip_end:
        expected *= dip_share
    if (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24):
        expected *= HOLIDAY_SHARE
    return expected


def price_level(day: date) -> float:
    """Price list of the year of ``day`` as a share of the list of 2026; it rises every January."""
    return math.pow(1 + YEARLY_PRICE_RISE, day.year - PRICE_LIST_YEAR)
