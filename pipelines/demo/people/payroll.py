"""Payroll: what everybody earns in a month, the documents that post it, and the truth of headcount."""

import polars as pl

from pipelines.demo.calendar import Month, business_day
from pipelines.demo.finance.accounts import BANK, PAYROLL_LIABILITIES, SOCIAL_CHARGES, WAGES
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.finance.manual_postings import ManualPostings
from pipelines.demo.lookup import looked_up
from pipelines.demo.people.careers import ACTIVE, GONE
from pipelines.demo.people.organisation import OPEN
from pipelines.demo.world import World

SOCIAL_PERCENT = 21  # of wages, on top of them
DEDUCTED_PERCENT = 36  # of wages: taxes and the employees' social charges, paid to the authorities in the next month
LIABILITY_SCHEMA = pl.Schema({"company": pl.Int32, "amount": pl.Int64})
"""State ``payroll_liability``: what the payroll of the month before left to be paid, minor units of the company's currency."""


def live(world: World) -> None:
    """Pay the liabilities of the month before, then everybody's salary of this month on its last day; record the headcount."""
    month = world.month
    journal = ManualPostings()
    owed = world.state.get("payroll_liability", pl.DataFrame(schema=LIABILITY_SCHEMA))
    paid_on = int(business_day(month.days[9:10])[0])
    for company, amount in owed.iter_rows():
        lines = [(PAYROLL_LIABILITIES, amount, None), (BANK, -amount, None)]
        journal.add(company, "PY", paid_on, "Wage tax and social charges", _reference(Month(month.index - 1)), lines)
    wages = earned(world)
    centers = wages.group_by("company", "cost_center").agg(pl.col("wage").sum()).filter(pl.col("wage") > 0)
    left: dict[int, int] = {}
    for company, center, wage in centers.sort("cost_center").iter_rows():
        social, deducted = _percent(wage, SOCIAL_PERCENT), _percent(wage, DEDUCTED_PERCENT)
        lines = [
            (WAGES, wage, center),
            (SOCIAL_CHARGES, social, center),
            (BANK, deducted - wage, None),
            (PAYROLL_LIABILITIES, -deducted - social, None),
        ]
        journal.add(company, "PY", month.last, "Payroll", _reference(month), lines)
        left[company] = left.get(company, 0) + deducted + social
    journal.post(world)
    world.state["payroll_liability"] = pl.DataFrame(list(left.items()), schema=LIABILITY_SCHEMA, orient="row")
    _record_headcount(world, wages)


def earned(world: World) -> pl.DataFrame:
    """What everybody who was employed in the month earns: the columns of state ``staff``, cost_center, currency and wage.

    ``wage``: the salary by calendar days employed, without those of a long leave; minor units, half a unit up.
    """
    first, last = world.month.first, world.month.last
    staff = world.state["staff"].with_columns(cost_center=world.state["employee"]["cost_center"])
    end = pl.min_horizontal("until_day", pl.lit(last))
    start = pl.max_horizontal("from_day", pl.lit(first))
    pause_end = pl.min_horizontal(pl.col("pause_to") - 1, end)
    pause_start = pl.max_horizontal("pause_from", start)
    away = pl.when(pl.col("pause_from") < OPEN).then((pause_end - pause_start + 1).clip(0)).otherwise(0)
    days = (end - start + 1 - away).clip(0).cast(pl.Int64)
    length = last - first + 1
    return (
        staff.filter((pl.col("from_day") <= last) & (pl.col("until_day") >= first - 1))
        .with_columns(days=days, currency=looked_up("company", COMPANY_CURRENCY, pl.String))
        .with_columns(wage=(2 * pl.col("salary") * pl.col("days") + length) // (2 * length))
    )


def _record_headcount(world: World, wages: pl.DataFrame) -> None:
    """The truth of a cost centre's month.

    ``heads``: employed at its end, long leaves included; ``fte``: hundredths of full-time equivalents at work then; ``payroll``:
    gross wages in minor units of the company's currency; ``joined`` and ``left``: people whose employment began, or whose first
    day away was, in the month. In a company: heads of the month before + joined − left = heads.
    """
    first, last = world.month.first, world.month.last
    is_there = pl.col("status") != GONE
    rows = (
        wages.group_by("company", "cost_center")
        .agg(
            heads=is_there.sum().cast(pl.Int64),
            fte=pl.col("part").filter(pl.col("status") == ACTIVE).sum(),
            payroll=pl.col("wage").sum(),
            joined=pl.col("from_day").is_between(first, last).sum().cast(pl.Int64),
            left=(~is_there & pl.col("act_from").is_between(first, last)).sum().cast(pl.Int64),
        )
        .with_columns(year=pl.lit(world.month.year, pl.Int32), period=pl.lit(world.month.number, pl.Int32))
        .sort("company", "cost_center")
    )
    names = ("company", "cost_center", "year", "period", "heads", "fte", "payroll", "joined", "left")
    world.record("headcount", rows.select(names))


def _percent(amount: int, percent: int) -> int:
    return (2 * amount * percent + 100) // 200


def _reference(month: Month) -> str:
    return f"PAYROLL {month.year}-{month.number:02d}"
