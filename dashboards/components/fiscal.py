"""Fiscal periods of the books: which ones can be chosen, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.components import formats

A_YEAR = 100  # years times a hundred plus periods: the same period a year before is a hundred less
_LAST_SPECIAL = 99


@dataclass(frozen=True)
class FiscalPeriod:
    """A period of a fiscal year; special ones belong to closing and have no days of their own."""

    fiscal_year: int
    fiscal_period: int
    first_day: date
    last_day: date
    is_special: bool
    is_running: bool

    @property
    def order(self) -> int:
        """Year times a hundred plus period: its place among all."""
        return self.fiscal_year * A_YEAR + self.fiscal_period

    @property
    def name(self) -> str:
        """The month where the period is one (``Oct 2026``), else year and period (``2026 P13``)."""
        ends_month = (self.last_day + timedelta(days=1)).day == 1
        if (
            self.first_day.day == 1
            and ends_month
            and self.first_day.month == self.last_day.month
            and not self.is_special
        ):
            return formats.month(self.first_day)
        return f"{self.fiscal_year}{formats.SPACE}P{self.fiscal_period}"


@dataclass(frozen=True)
class Range:
    """Periods from ``first`` to ``last`` (places, both included; closing periods may lie behind the last) under a name."""

    name: str
    first: int
    last: int
    length: int
    written: str
    last_day: date


def ranges(periods: Sequence[FiscalPeriod]) -> list[Range]:
    """Return the ranges that can be chosen, the default first: the fiscal year so far. Empty without a period that is over."""
    over = [period for period in periods if not period.is_special and not period.is_running]
    if not over:
        return []
    last = over[-1]
    this_year = [period for period in over if period.fiscal_year == last.fiscal_year]
    found = [_range(f"Fiscal year {last.fiscal_year} so far", this_year)]
    found += [_range(f"Last {length} periods", over[-length:]) for length in (12, 3) if len(over) >= length]
    found.append(_range("Last period", [last]))
    most = max(
        sum(1 for period in over if period.fiscal_year == year) for year in {period.fiscal_year for period in over}
    )
    for year in sorted({period.fiscal_year for period in over if period.fiscal_year < last.fiscal_year}, reverse=True):
        whole = [period for period in over if period.fiscal_year == year]
        if len(whole) == most:
            found.append(_range(f"Fiscal year {year}", whole, year * A_YEAR + _LAST_SPECIAL))
    return found


def _range(name: str, periods: Sequence[FiscalPeriod], last: int | None = None) -> Range:
    first_name, last_name = periods[0].name, periods[-1].name
    written = first_name if first_name == last_name else f"{first_name} – {last_name}"
    return Range(name, periods[0].order, last or periods[-1].order, len(periods), written, periods[-1].last_day)
