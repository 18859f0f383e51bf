"""When the simulated company does business: its history, months and business days. A day is a number: days since 1970."""

from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

import numpy as np
import numpy.typing as npt

HISTORY_START = date(2023, 11, 1)
HISTORY_END = date(2026, 10, 31)
EPOCH = date(1970, 1, 1)

Days = npt.NDArray[np.int32]
"""Days since 1970-01-01."""

_HOLIDAYS = np.array(
    [f"{year}-{day}" for year in range(2015, 2040) for day in ("01-01", "05-01", "12-24", "12-25", "12-26", "12-31")],
    dtype="datetime64[D]",
)


@dataclass(frozen=True)
class Month:
    """The month ``index`` of the company, 0 at HISTORY_START; the simulation always lives a month as a whole."""

    index: int

    @property
    def year(self) -> int:
        """Calendar year, which is the fiscal year."""
        return HISTORY_START.year + (HISTORY_START.month - 1 + self.index) // 12

    @property
    def number(self) -> int:
        """1 to 12, which is the fiscal period."""
        return (HISTORY_START.month - 1 + self.index) % 12 + 1

    @property
    def first(self) -> int:
        """Its first day."""
        return day_number(date(self.year, self.number, 1))

    @property
    def last(self) -> int:
        """Its last day."""
        return Month(self.index + 1).first - 1

    @property
    def days(self) -> Days:
        """All its days."""
        return np.arange(self.first, self.last + 1, dtype=np.int32)

    def rng(self, seed: int, domain: str) -> np.random.Generator:
        """The random numbers of one domain in this month: the same ones whenever they are drawn."""
        return np.random.default_rng([seed, self.index + 1, crc32(domain.encode())])


def day_number(day: date) -> int:
    """Days from 1970-01-01 to ``day``."""
    return (day - EPOCH).days


def as_date(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(int(day))


def month_of(day: date) -> Month:
    """The month that ``day`` is in."""
    return Month((day.year - HISTORY_START.year) * 12 + day.month - HISTORY_START.month)


def is_business_day(days: Days) -> npt.NDArray[np.bool_]:
    """Whether offices work on each of ``days``."""
    return np.is_busday(days.astype("datetime64[D]"), holidays=_HOLIDAYS)


def business_day(days: npt.NDArray[np.integer], later: npt.NDArray[np.integer] | int = 0) -> Days:
    """The first business day at or after each of ``days``, and ``later`` business days after it."""
    moved = np.busday_offset(days.astype("datetime64[D]"), later, roll="forward", holidays=_HOLIDAYS)
    return moved.astype(np.int64).astype(np.int32)
