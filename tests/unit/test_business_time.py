"""Business minutes: the SQL that models use against a clock that looks at every minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from pipelines.settings import REPOSITORY

FIRST, DAYS = date(2028, 2, 20), 45
"""A leap day, and the nights on which clocks go forward in America and in Europe, are among the days."""
MACROS = ("engine/utc_instant", "engine/seconds_between", "engine/with_business_time")
Shift = tuple[int, int, int]


def _rendered(template: str) -> str:
    macros = "".join((REPOSITORY / "macros" / f"{name}.sql").read_text(encoding="utf-8") for name in MACROS)
    return Environment().from_string(macros + template).render(ref=lambda name: name)


def _utc(day: date, minute: int, zone: str) -> int:
    """Minutes since 1970 at the instant at which clocks in the zone show the minute of the day."""
    local = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone))
    return int(local.timestamp()) // 60


def _minutes(shifts: list[Shift], holidays: set[int], zone: str, first: datetime, last: datetime) -> int:
    """How many minutes from first to last begin while somebody is there, looking at each of them."""
    open_minutes = {
        minute
        for number in range(DAYS)
        for weekday, opens, closes in shifts
        if number not in holidays and (FIRST + timedelta(number)).isoweekday() == weekday
        for minute in range(_utc(FIRST + timedelta(number), opens, zone), _utc(FIRST + timedelta(number), closes, zone))
    }
    begin, end = (int(at.replace(tzinfo=UTC).timestamp()) // 60 for at in (first, last))
    return sum(minute in open_minutes for minute in range(begin, end))


@st.composite
def _shifts(draw: st.DrawFn) -> list[Shift]:
    """Hours of some weekdays, in up to two parts, none of which begins or ends in the hour that a clock leaves out or repeats."""
    shifts = []
    for weekday in draw(st.sets(st.integers(1, 7), min_size=1)):
        bounds = draw(st.lists(st.integers(4 * 60, 23 * 60 + 59), min_size=2, max_size=4, unique=True).map(sorted))
        shifts += [(weekday, opens, closes) for opens, closes in zip(bounds[::2], bounds[1::2], strict=False)]
    return shifts


@settings(max_examples=40, deadline=None)
@given(
    shifts=_shifts(),
    holidays=st.sets(st.integers(0, DAYS - 1), max_size=5),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland"]
    ),
    bounds=st.lists(st.integers(2 * 1440, (DAYS - 2) * 1440), min_size=2, max_size=2).map(sorted),
)
def test_business_minutes_are_those_that_a_clock_counts(
    shifts: list[Shift], holidays: set[int], zone: str, bounds: list[int]
) -> None:
    midnight = datetime.combine(FIRST, time())
    first, last = (midnight + timedelta(minutes=minute) for minute in bounds)
    with duckdb.connect() as connection:
        connection.execute("create table business_hours (weekday integer, opens time, closes time, time_zone varchar)")
        connection.executemany(
            "insert into business_hours values (?, ?, ?, ?)",
            [
                (day, time(opens // 60, opens % 60), time(closes // 60, closes % 60), zone)
                for day, opens, closes in shifts
            ],
        )
        connection.execute("create table service_holidays (holiday_date date)")
        for number in holidays:
            connection.execute("insert into service_holidays values (?)", [FIRST + timedelta(number)])
        connection.execute(
            "create table dim_date as "
            "select cast(unnest(generate_series(?::date, ?::date, interval 1 day)) as date) as calendar_date",
            [FIRST - timedelta(14), FIRST + timedelta(DAYS - 1)],
        )
        connection.execute("alter table dim_date add column weekday integer")
        connection.execute("update dim_date set weekday = isodow(calendar_date)")
        model = (REPOSITORY / "models/marts/service/business_hour.sql").read_text(encoding="utf-8")
        connection.execute(f"create table business_hour as {_rendered(model)}")
        connection.execute(
            "create table stay as select ?::timestamp as first_at, ?::timestamp as last_at", [first, last]
        )
        timed = _rendered("{{ with_business_time('stay', ['first_at', 'last_at']) }}")
        (seconds,) = connection.execute(
            f"select last_at_business_seconds - first_at_business_seconds from ({timed})"
        ).fetchone() or (None,)
    assert seconds == 60 * _minutes(shifts, holidays, zone, first, last)
