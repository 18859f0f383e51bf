"""Which fiscal periods can be chosen on a page, and what they are called."""

from calendar import monthrange
from datetime import date

from dashboards.components.fiscal import FiscalPeriod, ranges


def month(year: int, number: int, *, is_running: bool = False) -> FiscalPeriod:
    return FiscalPeriod(
        year, number, date(year, number, 1), date(year, number, monthrange(year, number)[1]), False, is_running
    )


CLOSING = FiscalPeriod(2024, 13, date(2024, 12, 31), date(2024, 12, 31), True, False)
BOOKS = [
    *(month(2024, number) for number in range(1, 13)),
    CLOSING,
    month(2025, 1),
    month(2025, 2),
    month(2025, 3, is_running=True),
]


def test_the_year_so_far_ends_with_the_last_period_that_is_over() -> None:
    chosen = ranges(BOOKS)[0]
    assert (chosen.first, chosen.last, chosen.length) == (202501, 202502, 2)
    assert chosen.name == "Fiscal year 2025 so far"
    assert chosen.last_day == date(2025, 2, 28)


def test_a_whole_year_holds_its_closing_periods_and_does_not_count_them() -> None:
    year = next(chosen for chosen in ranges(BOOKS) if chosen.name == "Fiscal year 2024")
    assert year.first == 202401
    assert year.last >= CLOSING.order
    assert (year.length, year.last_day) == (12, date(2024, 12, 31))


def test_rolling_periods_step_over_closing() -> None:
    twelve = next(chosen for chosen in ranges(BOOKS) if chosen.name == "Last 12 periods")
    assert (twelve.first, twelve.last) == (202403, 202502)


def test_a_period_that_is_no_month_is_called_by_its_year_and_number() -> None:
    weeks = FiscalPeriod(2025, 1, date(2024, 12, 30), date(2025, 1, 26), False, False)
    assert (weeks.name, month(2025, 2).name) == ("2025\N{NO-BREAK SPACE}P1", "Feb\N{NO-BREAK SPACE}2025")


def test_nothing_can_be_chosen_before_the_first_period_is_over() -> None:
    assert ranges([]) == ranges([month(2025, 3, is_running=True)]) == []
