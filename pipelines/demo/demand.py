"""What customers want, and when: the true parameters of demand, which forecasts are scored against."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from pipelines.demo.calendar import HISTORY_START, Days, day_number

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Promotion:
    """Products of ``category`` sell ``uplift`` times as well for a price cut by ``discount``, from ``start`` for ``days``."""

    category: str
    month: int
    start: int
    days: int
    discount: float
    uplift: float


@dataclass(frozen=True)
class Demand:
    """Orders a day are level × trend × season × weekday × shock."""

    yearly_growth: float = 0.07
    yearly_price_rise: float = 0.025
    weekdays: tuple[float, ...] = (1.0, 1.12, 1.1, 1.0, 0.82, 0.06, 0.02)
    months: tuple[float, ...] = (0.97, 1.0, 1.08, 1.03, 1.0, 1.04, 0.96, 0.84, 1.05, 1.09, 1.06, 0.9)
    holiday_share: float = 0.10
    shock_start: date = date(2025, 6, 16)
    shock_depth: float = 0.28
    shock_half_life_days: float = 55.0
    promotions: tuple[Promotion, ...] = (
        Promotion("01800", month=3, start=4, days=21, discount=0.10, uplift=1.7),
        Promotion("01600", month=5, start=10, days=18, discount=0.08, uplift=1.5),
        Promotion("01500", month=10, start=6, days=19, discount=0.12, uplift=1.8),
    )

    def level(self, days: Days) -> Floats:
        """Orders on each of ``days``, relative to an average business day at the start of the history."""
        dates = days.astype("datetime64[D]")
        weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        month = dates.astype("datetime64[M]").astype(np.int64) % 12
        day_of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
        years = (days - day_number(HISTORY_START)) / 365.25
        level = (1 + self.yearly_growth) ** years * np.array(self.weekdays)[weekday] * np.array(self.months)[month]
        is_quiet = ((month == 0) & (day_of_month == 1)) | ((month == 11) & (day_of_month >= 24))
        level = np.where(is_quiet, level * self.holiday_share, level)
        since = days - day_number(self.shock_start)
        shock = self.shock_depth * np.exp2(-np.maximum(since, 0) / self.shock_half_life_days)
        return np.asarray(np.where(since >= 0, level * (1 - shock), level), dtype=np.float64)

    def price_level(self, year: int) -> float:
        """The price list of ``year`` as a share of the list of 2026; it rises every January."""
        return float((1 + self.yearly_price_rise) ** (year - 2026))


DEMAND = Demand()
