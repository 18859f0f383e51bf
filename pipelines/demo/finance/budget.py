"""Budgets: the plan of a year, made in November before it, and the forecast of its second half, made in July (ZBUDGET).

Numbers come from what planners know: trend and season, people and contracts there are, and the ratios of the books so far,
each with an error of judgement. They do not know what the future brings.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month, business_day
from pipelines.demo.finance import costs, overhead
from pipelines.demo.finance.accounts import (
    BAD_DEBT,
    CONSULTING,
    DEPRECIATION,
    ENERGY,
    INTEREST,
    IT_COSTS,
    RENT,
    REVENUE,
    SOCIAL_CHARGES,
    TRAVEL,
    WAGES,
)
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.people.organisation import FINANCE, MARKETING, PURCHASING, WAREHOUSE, YEARLY_GROWTH, cost_center
from pipelines.demo.people.payroll import SOCIAL_PERCENT
from pipelines.demo.world import World

PLAN, FORECAST = "000", "001"
"""Versions (VERSN)."""
PLAN_MONTH, FORECAST_MONTH = 11, 7
_RATIOS = {  # of net revenue, debit positive, until the books tell: cost centre's department, company 1000, the others
    800000: (0, -0.52, -0.52), 801000: (0, -0.48, -0.48), 805000: (0, -0.45, 0.0), 808000: (0, 0.004, 0.004),
    809000: (0, 0.012, 0.012), 500000: (0, 0.33, 0.36), 501000: (0, 0.32, 0.34), 502000: (0, 0.40, 0.0), 510000: (0, 0.55, 0.0),
    520000: (0, -0.65, 0.0), 530000: (PURCHASING, 0.002, 0.002), 540000: (0, 0.004, 0.001), 580000: (FINANCE, -0.003, -0.003),
    630000: (WAREHOUSE, 0.021, 0.021), 640000: (MARKETING, 0.006, 0.006),
}  # fmt: skip
_BY_RULE = (RENT, ENERGY, IT_COSTS, TRAVEL, CONSULTING, BAD_DEBT)
_REVENUE = list(REVENUE.values())
_LEAST_MONTHS = 6  # of books, before their ratios are taken
_RAISE = 0.03
_SHOCK_FADES = 0.75  # a month, as planners see it
_SCHEMA = pl.Schema(
    {
        "company": pl.Int32,
        "year": pl.Int32,
        "month": pl.Int32,
        "account": pl.Int64,
        "cost_center": pl.String,
        "amount": pl.Float64,
    }
)
_Row = tuple[int, int, int, int, str, float]


def found(world: World) -> None:
    """Emit the plan for what is left of the history's first year, made before it."""
    months = [Month(index) for index in range(13 - Month(0).number)]
    _emit(world, _planned(world, months, world.founding_rng("budget"), error=1.0), PLAN, world.month.first)


def live(world: World) -> None:
    """In November plan the next year, in July forecast the rest of this one."""
    month = world.month
    rng = world.rng("budget")
    day = int(business_day(month.days[13:14])[0])
    if month.number == PLAN_MONTH:
        months = [Month(month.index + ahead) for ahead in range(2, 14)]
        _emit(world, _planned(world, months, rng, error=1.0), PLAN, day)
    if month.number == FORECAST_MONTH:
        months = [Month(month.index + ahead) for ahead in range(6)]
        _emit(world, _planned(world, months, rng, error=0.5), FORECAST, day)


def _planned(world: World, months: Sequence[Month], rng: np.random.Generator, *, error: float) -> pl.DataFrame:
    """The budget of ``months``: _SCHEMA, amounts in minor units, debit positive. ``error`` scales the errors of judgement."""
    level = dict(zip(COMPANY_CURRENCY, np.exp(error * rng.normal(0, 0.03, len(COMPANY_CURRENCY))), strict=True))
    growth = dict(zip(COMPANY_CURRENCY, error * rng.normal(0, 0.015, len(COMPANY_CURRENCY)), strict=True))
    ratio_errors = np.exp(error * rng.normal(0, 0.02, (len(COMPANY_CURRENCY), len(_RATIOS))))
    cost_errors = np.exp(error * rng.normal(0, 0.03, (len(COMPANY_CURRENCY), len(_BY_RULE) + 1)))
    sales = {
        (month.index, company): amount
        * level[company]
        * (1 + growth[company]) ** ((month.index - world.month.index) / 12)
        for month in months
        for company, amount in costs.revenue(world, month, is_planned=True).items()
    }
    dampened = {key: amount * _run_rate(world.month, key[0] - world.month.index) for key, amount in sales.items()}
    rows: list[_Row] = []
    for place, company in enumerate(COMPANY_CURRENCY):
        ratios = _ratios(world, company)
        errors = dict(zip(_RATIOS, ratio_errors[place], strict=True))
        # the two revenues share what is expected of both
        errors |= dict.fromkeys(_REVENUE, 1.0)
        for month in months:
            revenue = dampened[month.index, company]
            rows += [
                (company, month.year, month.number, account, center, revenue * ratio * errors[account])
                for account, (center, ratio) in ratios.items()
            ]
    frames = [pl.DataFrame(rows, schema=_SCHEMA, orient="row"), *(_scheduled(world, month) for month in months)]
    by_rule = {account: place for place, account in enumerate(_BY_RULE)}
    judged = pl.DataFrame(
        [
            (company, account, float(cost_errors[row, place]))
            for row, company in enumerate(COMPANY_CURRENCY)
            for account, place in by_rule.items()
        ],
        schema={"company": pl.Int32, "account": pl.Int64, "judged": pl.Float64},
        orient="row",
    )
    for month in months:
        expected = costs.expected(world, month, is_planned=True)
        expected = expected.join(judged, on=["company", "account"], how="inner", maintain_order="left")
        frames.append(_dated(expected.with_columns(pl.col("amount") * pl.col("judged")), month))
    wage_errors = dict(zip(COMPANY_CURRENCY, cost_errors[:, -1], strict=True))
    frames += [_wages(world, month, wage_errors) for month in months]
    return pl.concat(frames)


def _dated(rows: pl.DataFrame, month: Month) -> pl.DataFrame:
    return rows.with_columns(year=pl.lit(month.year, pl.Int32), month=pl.lit(month.number, pl.Int32)).select(
        [pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items()]
    )


def _run_rate(now: Month, ahead: int) -> float:
    """How much of the trend planners expect ``ahead`` months from ``now``: what was missing lately fades."""
    lately = [Month(now.index - back) for back in (1, 2)]
    before_shock = sum(costs.demand_of(month, is_planned=True) for month in lately)
    rate = sum(costs.demand_of(month, is_planned=False) for month in lately) / before_shock
    return 1 - (1 - rate) * _SHOCK_FADES**ahead


def _ratios(world: World, company: int) -> dict[int, tuple[str, float]]:
    """Cost centre ("": none) and share of net revenue of each account that moves with it; from a year of books if there are."""
    is_parent = company == 1000
    usual = {account: parent if is_parent else other for account, (_, parent, other) in _RATIOS.items()}
    centers = {
        account: cost_center(company, department) if department else ""
        for account, (department, _, _) in _RATIOS.items()
    }
    now = world.month.year * 12 + world.month.number
    period = pl.col("year").cast(pl.Int64) * 12 + pl.col("period")
    balance = world.state.get("balance")
    if balance is not None:
        past = balance.filter((pl.col("company") == company) & (period < now) & (period >= now - 12))
        net = dict(
            past.group_by("account", maintain_order=True)
            .agg((pl.col("debit") - pl.col("credit")).sum().cast(pl.Float64))
            .iter_rows()
        )
        revenue = -sum(net.get(account, 0.0) for account in _REVENUE)
        if (
            revenue > 0
            and past.filter(pl.col("account").is_in(_REVENUE)).select("year", "period").n_unique() >= _LEAST_MONTHS
        ):
            usual = {account: net.get(account, 0.0) / revenue for account in _RATIOS}
    return {account: (centers[account], ratio) for account, ratio in usual.items() if ratio}


def _wages(world: World, month: Month, judged: dict[int, float]) -> pl.DataFrame:
    """Wages and social charges of each cost centre: the people there are, the next salary round, and growth."""
    now = world.month
    rounds = month.year - now.year
    factor = (1 + _RAISE) ** rounds * (1 + YEARLY_GROWTH) ** ((month.index - now.index) / 12)
    there = world.state["employee"].filter(pl.col("until_day").is_null())
    wages = (
        there.group_by("company", "cost_center", maintain_order=True)
        .agg(amount=pl.col("salary").sum() * factor)
        .sort("cost_center")
        .with_columns(pl.col("amount") * pl.col("company").replace_strict(judged, return_dtype=pl.Float64))
    )
    both = [(WAGES, 1.0), (SOCIAL_CHARGES, SOCIAL_PERCENT / 100)]
    return pl.concat(
        [
            _dated(wages.with_columns(pl.col("amount") * share, account=pl.lit(account, pl.Int64)), month)
            for account, share in both
        ]
    )


def _scheduled(world: World, month: Month) -> pl.DataFrame:
    """Depreciation of the machinery there is and of what is bought by habit, and interest on the loans there are."""
    machinery = overhead.depreciation(world.state["machinery"], month)
    habit = pl.col("cost").first() * overhead.YEARLY_PURCHASE / overhead.LIFE
    bought = max(0, month.index - world.month.index) / 12
    worn = machinery.group_by("company", "cost_center", maintain_order=True).agg(
        amount=pl.col("amount").sum() + habit * bought, account=pl.lit(DEPRECIATION, pl.Int64)
    )
    left = 1 - min(1.0, max(0, month.index - world.month.index) // 3 / overhead.REPAYMENT_QUARTERS)
    center = pl.col("company").replace_strict(
        {company: cost_center(company, FINANCE) for company in COMPANY_CURRENCY}, return_dtype=pl.String
    )
    interest = world.state["loan"].select(
        "company",
        cost_center=center,
        amount=pl.col("outstanding") * overhead.YEARLY_INTEREST / 12 * left,
        account=pl.lit(INTEREST, pl.Int64),
    )
    return pl.concat([_dated(worn, month), _dated(interest, month)])


def _emit(world: World, planned: pl.DataFrame, version: str, day: int) -> None:
    """ZBUDGET, in whole hundreds of the company's currency; signs as in the ledger, so revenue is negative."""
    whole = (pl.col("amount").abs() / 10_000 + 0.5).floor().cast(pl.Int64) * 10_000
    rows = planned.select(
        BUKRS=pl.col("company").cast(pl.String),
        GJAHR="year",
        MONAT="month",
        RACCT="account",
        # A part of the key is never empty: # is "not assigned".
        KOSTL=pl.when(pl.col("cost_center") != "").then("cost_center").otherwise(pl.lit("#")),
        VERSN=pl.lit(version),
        WAERS=pl.col("company").replace_strict(COMPANY_CURRENCY, return_dtype=pl.String),
        HSL=pl.when(pl.col("amount") < 0).then(-whole).otherwise(whole),
    )
    world.emit("sap/ZBUDGET", rows, on=day)
