"""Periods of whole months: which ones can be chosen, and what they are compared with."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_GRACE_DAYS = 7


@dataclass(frozen=True)
class Period:
    """Months from ``first_month`` to ``last_month`` (first days, both included) under a name that people choose."""

    name: str
    first_month: date
    last_month: date

    @property
    def length(self) -> int:
        """Number of months."""
        return _month_number(self.last_month) - _month_number(self.first_month) + 1

    @property
    def last_year(self) -> "Period":
        """The same months of the year before."""
        return Period("last year", shifted(self.first_month, -12), shifted(self.last_month, -12))


@dataclass(frozen=True)
class Calendar:
    """The complete months of the data, and the incomplete last one if there is one."""

    first_month: date
    last_month: date
    incomplete_month: date | None

    def can_compare(self, period: Period) -> bool:
        """Return whether the data hold all months of the year before ``period``, and do not count a month twice."""
        return period.last_year.first_month >= self.first_month and period.length <= 12


def calendar(first_day: date, last_day: date) -> Calendar | None:
    """Return the complete months between the first and the last day with data; None where there is none.

    The last month is complete when there is data of its last day. The first one is complete when data begin in its
    first week: a company need not sell on New Year's Day.
    """
    first_month = first_day.replace(day=1)
    if first_day.day > _GRACE_DAYS:
        first_month = shifted(first_month, 1)
    ends_with_month = last_day.day == monthrange(last_day.year, last_day.month)[1]
    this_month = last_day.replace(day=1)
    last_month = this_month if ends_with_month else shifted(this_month, -1)
    if last_month < first_month:
        return None
    return Calendar(first_month, last_month, None if ends_with_month else this_month)


def choices(months: Calendar) -> list[Period]:
    """Return the periods that can be chosen, the default first: the last twelve complete months."""
    first, last = months.first_month, months.last_month
    periods = [Period("Last 12 complete months", shifted(last, -11), last)]
    periods.append(Period("Year to date", last.replace(month=1), last))
    quarter_end = shifted(last, -(last.month % 3))
    periods.append(Period("Last complete quarter", shifted(quarter_end, -2), quarter_end))
    periods.append(Period("Last complete month", last, last))
    years = range(last.year, first.year - 1, -1)
    periods += [Period(f"Full year {year}", date(year, 1, 1), date(year, 12, 1)) for year in years]
    inside = [period for period in periods if period.first_month >= first and period.last_month <= last]
    return [*inside, Period("All complete months", first, last)]


def shifted(month: date, months: int) -> date:
    """Return the first day of the month that is ``months`` later."""
    number = _month_number(month) + months
    return date(number // 12, number % 12 + 1, 1)


def month_end(month: date) -> date:
    """Return the last day of a month."""
    return shifted(month, 1) - timedelta(days=1)


def _month_number(month: date) -> int:
    return month.year * 12 + month.month - 1
