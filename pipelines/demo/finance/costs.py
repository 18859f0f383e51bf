"""What the simulated company expects to sell and to spend in a month: the base of its overhead and of its budgets."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.demand import DEMAND
from pipelines.demo.finance.accounts import (
    BAD_DEBT,
    CONSULTING,
    ENERGY,
    FREIGHT,
    IT_COSTS,
    MARKETING_COSTS,
    RENT,
    TRAVEL,
)
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.people.organisation import (
    CELLS,
    FINANCE,
    HISTORY_MONTHS,
    IT,
    JOBS,
    MANAGEMENT,
    MARKETING,
    PRODUCTION,
    SALES,
    SERVICE,
    WAREHOUSE,
    cost_center,
    wanted,
)
from pipelines.demo.scales import Scale
from pipelines.demo.world import World

LOCAL_FOR_EUR = {1000: 1.0, 2000: 1.08, 3000: 0.86}
"""Units of a company's currency for EUR 1 in the rules of thumb below; never used to translate what is posted."""
INFLATION = 1.021  # a year, of everything but wages
_LINE_VALUE = 520.0  # EUR net, where no plan basis is given
_COMPANY_SHARES = {1000: 0.62, 2000: 0.23, 3000: 0.15}


@dataclass(frozen=True)
class Rule:
    """A rule of thumb for an account in a department: EUR a head and month, and a share of the company's revenue.

    ``season``: by month, January first; empty for a steady cost. ``department`` 0 stands for every department.
    """

    account: int
    department: int
    a_head: float
    of_revenue: float = 0.0
    season: tuple[float, ...] = ()


_WINTER = tuple(1 + 0.24 * float(np.cos(2 * np.pi * month / 12)) for month in range(12))
_JOURNEYS = (1.0, 1.0, 1.15, 1.05, 1.05, 1.1, 0.8, 0.5, 1.25, 1.2, 1.2, 0.7)
_LICENCES = (1.9, 0.95, 0.9, 0.9, 0.95, 0.9, 0.9, 0.9, 0.9, 0.9, 0.95, 0.95)
RULES = (
    Rule(RENT, 0, 290.0),
    Rule(RENT, WAREHOUSE, 140.0, 0.0070),
    Rule(RENT, PRODUCTION, 210.0, 0.0030),
    Rule(ENERGY, 0, 32.0, 0.0, _WINTER),
    Rule(ENERGY, WAREHOUSE, 45.0, 0.0012, _WINTER),
    Rule(ENERGY, PRODUCTION, 390.0, 0.0055, _WINTER),
    Rule(FREIGHT, WAREHOUSE, 0.0, 0.0210),
    Rule(MARKETING_COSTS, MARKETING, 0.0, 0.0060),
    Rule(IT_COSTS, IT, 1_400.0, 0.0030, _LICENCES),
    Rule(TRAVEL, SALES, 380.0, 0.0, _JOURNEYS),
    Rule(TRAVEL, SERVICE, 60.0, 0.0, _JOURNEYS),
    Rule(TRAVEL, MANAGEMENT, 850.0, 0.0, _JOURNEYS),
    Rule(CONSULTING, FINANCE, 150.0, 0.0012),
    Rule(CONSULTING, MANAGEMENT, 500.0, 0.0016),
    Rule(BAD_DEBT, FINANCE, 0.0, 0.0010),
)
COST_SCHEMA = pl.Schema(
    {"company": pl.Int32, "account": pl.Int64, "department": pl.Int64, "cost_center": pl.String, "amount": pl.Float64}
)


@cache
def demand_of(month: Month, *, is_planned: bool) -> float:
    """The demand of a month, relative to the first month of the history; a plan does not know of shocks."""
    demand = replace(DEMAND, shock_depth=0.0) if is_planned else DEMAND
    return float(demand.level(month.days).sum() / DEMAND.level(Month(0).days).sum())


def basis(world: World) -> dict[int, float]:
    """Net revenue of each company in the first month of the history, in minor units of its currency."""
    there = world.state.get("plan_basis")
    if there is not None:
        known = dict(zip(there["company"].to_list(), map(float, there["revenue_month"].to_list()), strict=True))
        return {company: known.get(company, 0.0) for company in COMPANY_CURRENCY}
    whole = sum(demand_of(Month(index), is_planned=False) for index in range(HISTORY_MONTHS))
    monthly = world.scale.order_lines / whole * _LINE_VALUE * 100
    return {company: monthly * share * LOCAL_FOR_EUR[company] for company, share in _COMPANY_SHARES.items()}


def revenue(world: World, month: Month, *, is_planned: bool) -> dict[int, float]:
    """Net revenue of each company that trend, season and prices let expect in ``month``: minor units of its currency."""
    factor = (
        demand_of(month, is_planned=is_planned) * DEMAND.price_level(month.year) / DEMAND.price_level(Month(0).year)
    )
    return {company: first * factor for company, first in basis(world).items()}


def yearly_revenue(world: World) -> dict[int, float]:
    """Net revenue of each company in its first twelve months, as planned: minor units of its currency."""
    months = [revenue(world, Month(index), is_planned=True) for index in range(12)]
    return {company: sum(one[company] for one in months) for company in COMPANY_CURRENCY}


@cache
def _footprint(scale: Scale) -> dict[tuple[int, int], int]:
    """People that each company and department has room for; it does not follow every hire."""
    heads = {(company, MANAGEMENT): 1 for company in COMPANY_CURRENCY} | {
        (company, IT): 0 for company in COMPANY_CURRENCY
    }
    heads |= {(company, department): 0 for company in COMPANY_CURRENCY for department in (MARKETING, FINANCE)}
    for cell, count in zip(CELLS, wanted(scale, Month(0)), strict=True):
        key = (cell.company, JOBS[cell.job].department)
        heads[key] = heads.get(key, 0) + count
    return heads


def expected(world: World, month: Month, *, is_planned: bool) -> pl.DataFrame:
    """What each cost centre can expect to spend in ``month`` by RULES: COST_SCHEMA, in minor units of the company's currency."""
    sales = revenue(world, month, is_planned=is_planned)
    usual = {company: amount / demand_of(month, is_planned=is_planned) for company, amount in sales.items()}
    rise = INFLATION ** (month.year - 2024)
    amounts: dict[tuple[int, int, int], float] = {}
    for (company, department), heads in _footprint(world.scale).items():
        for rule in RULES:
            if rule.department not in {0, department}:
                continue
            season = rule.season[month.number - 1] if rule.season else 1.0
            traded = sales if rule.account in {FREIGHT, BAD_DEBT} else usual
            amount = rule.a_head * heads * 100 * LOCAL_FOR_EUR[company] * rise + rule.of_revenue * traded[company]
            key = (company, rule.account, department)
            amounts[key] = amounts.get(key, 0.0) + amount * season
    rows = [
        (company, account, department, cost_center(company, department), amount)
        for (company, account, department), amount in sorted(amounts.items())
        if amount >= 100
    ]
    return pl.DataFrame(rows, schema=COST_SCHEMA, orient="row")
