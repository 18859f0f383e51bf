"""The fiscal calendar's rule, against a calendar that is counted day by day in Python."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product

import duckdb
import jinja2
import pytest

from pipelines.settings import REPOSITORY

FIRST, LAST = date(1999, 12, 1), date(2060, 2, 29)
WEEKS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """A row of the seed fiscal_calendar."""

    kind: str
    start_month: int
    year_named_after: str = "start"
    week_start_day: int | None = None
    year_start_rule: str | None = None
    week_53_period: int | None = None


def year_start(calendar: Calendar, year: int) -> date:
    """The first day of the fiscal year that belongs to a calendar year, by trying the days around the first of its month."""
    first = date(year, calendar.start_month, 1)
    if calendar.kind == "calendar":
        return first
    around = [first + number * DAY for number in range(-6, 7)]
    starts = [day for day in around if day.isoweekday() == calendar.week_start_day]
    if calendar.year_start_rule == "on_or_before":
        return max(day for day in starts if day <= first)
    if calendar.year_start_rule == "on_or_after":
        return min(day for day in starts if day >= first)
    return min(starts, key=lambda day: abs(day - first))


def periods(calendar: Calendar, year: int) -> list[tuple[date, date]]:
    """The first and last days of the periods of a fiscal year, one after the other."""
    start, end = year_start(calendar, year), year_start(calendar, year + 1)
    firsts = [start]
    if calendar.kind == "calendar":
        while firsts[-1] < end:
            firsts.append((firsts[-1] + 31 * DAY).replace(day=1))
    else:
        lengths = list(WEEKS[calendar.kind] * 4)
        spare = (end - start).days // 7 - 52
        assert spare in {0, 1}
        assert calendar.week_53_period is not None
        lengths[calendar.week_53_period - 1] += spare
        for weeks in lengths:
            firsts.append(firsts[-1] + 7 * weeks * DAY)
    assert len(firsts) == 13
    assert firsts[-1] == end
    return [(first, next_first - DAY) for first, next_first in pairwise(firsts)]


def counted(calendar: Calendar) -> list[tuple[object, ...]]:
    """Every day from FIRST to LAST with its place in the calendar, as the macro gives it."""
    days: list[tuple[object, ...]] = []
    for year in range(FIRST.year - 2, LAST.year + 2):
        of_year = periods(calendar, year)
        start, end = of_year[0][0], of_year[-1][1]
        name = year + (calendar.year_named_after == "end" and calendar.start_month > 1)
        for period, (first, last) in enumerate(of_year, start=1):
            day = first
            while day <= last:
                if FIRST <= day <= LAST:
                    week = (day - start).days // 7 + 1
                    days.append((day, name, (period + 2) // 3, period, week, first, last, start, end))
                day += DAY
    return days


def told(calendar: Calendar) -> list[tuple[object, ...]]:
    """The same from the macro."""
    names = ("macros/engine/iso_weekday.sql", "macros/fiscal_year_start.sql", "macros/fiscal_dates.sql")
    macros = "".join((REPOSITORY / name).read_text(encoding="utf-8") for name in names)
    query = jinja2.Template(macros + "{{ fiscal_dates('days', 'calendars') }}").render()
    with duckdb.connect() as connection:
        connection.execute(
            "create table calendars (calendar_code varchar, kind varchar, start_month integer, year_named_after varchar, "
            "week_start_day integer, year_start_rule varchar, week_53_period integer)"
        )
        values = ["C", *(getattr(calendar, name) for name in Calendar.__dataclass_fields__)]
        connection.execute("insert into calendars values (?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute(
            "create table days as select cast(day as date) as calendar_date "
            f"from generate_series(date '{FIRST}', date '{LAST}', interval 1 day) as series(day)"
        )
        return connection.execute(f"select * exclude (calendar_code) from ({query}) order by calendar_date").fetchall()


MONTHLY = [Calendar("calendar", month, named) for month, named in product(range(1, 13), ("start", "end"))]
WEEKLY = [
    Calendar("4-4-5", 1, "start", 1, "nearest", 12),
    Calendar("4-4-5", 1, "end", 7, "on_or_before", 12),
    Calendar("4-4-5", 10, "end", 7, "on_or_before", 12),
    Calendar("4-5-4", 2, "start", 7, "nearest", 12),
    Calendar("5-4-4", 7, "end", 1, "on_or_after", 12),
    Calendar("4-4-5", 1, "start", 6, "on_or_after", 3),
    Calendar("4-5-4", 4, "start", 1, "nearest", 1),
    Calendar("5-4-4", 12, "end", 5, "nearest", 8),
    Calendar("4-4-5", 3, "start", 3, "nearest", 6),
]


@pytest.mark.parametrize("calendar", MONTHLY + WEEKLY, ids=str)
def test_every_day_is_where_counting_puts_it(calendar: Calendar) -> None:
    expected = counted(calendar)
    assert len(expected) == (LAST - FIRST).days + 1
    assert told(calendar) == expected


@pytest.mark.parametrize("calendar", WEEKLY, ids=str)
def test_years_of_weeks_have_52_or_53_and_both_occur(calendar: Calendar) -> None:
    weeks = {row[1]: row[4] for row in told(calendar) if row[0] == row[8]}
    assert set(weeks.values()) == {52, 53}


def test_known_years_of_retail_and_of_the_iso_week() -> None:
    """The National Retail Federation's years 2012, 2017 and 2023 had 53 weeks; ISO's 2004, 2009, 2015, 2020 and 2026 do."""
    retail = told(Calendar("4-5-4", 2, "start", 7, "nearest", 12))
    long_years = {row[1] for row in retail if row[4] == 53}
    assert {2012, 2017, 2023} == {year for year in long_years if isinstance(year, int) and 2010 <= year <= 2024}
    iso = told(Calendar("4-4-5", 1, "start", 1, "nearest", 12))
    assert all((row[1], row[4]) == row[0].isocalendar()[:2] for row in iso if isinstance(row[0], date))
