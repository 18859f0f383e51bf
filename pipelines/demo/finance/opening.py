"""The books before the first month: machinery, bank, loan and share capital of every company."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.finance import costs
from pipelines.demo.finance.accounts import BANK, LOAN, MACHINERY, SHARE_CAPITAL
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY
from pipelines.demo.finance.manual_postings import ManualPostings
from pipelines.demo.people.organisation import PRODUCTION, WAREHOUSE, cost_center
from pipelines.demo.world import World

MACHINERY_SHARE, LOAN_SHARE, BANK_SHARE = 0.4, 0.22, 0.30  # of a year's revenue
MARGIN = 0.30  # of revenue, that the company counts on before people and overhead
CUSHION_YEARS = 4  # of the loss of a company whose margin does not carry its people
MACHINERY_SCHEMA = pl.Schema({"company": pl.Int32, "cost_center": pl.String, "bought": pl.Int64, "cost": pl.Int64})
"""State ``machinery``: ``bought`` is the index of the month, ``cost`` minor units of the company's currency."""
LOAN_SCHEMA = pl.Schema({"company": pl.Int32, "principal": pl.Int64, "outstanding": pl.Int64})
"""State ``loan``: what was borrowed in all, and what is left of it."""


def found(world: World) -> None:
    """Post the opening document of each company on the first day of the history; makes the states machinery and loan.

    Needs the state employee. Opening stock is posted by supply.
    """
    yearly = costs.yearly_revenue(world)
    wages = dict(world.state["employee"].group_by("company").agg(pl.col("salary").sum()).iter_rows())
    overhead = costs.expected(world, Month(0), is_planned=True)
    spent = dict(overhead.group_by("company").agg(pl.col("amount").sum()).iter_rows())
    day = world.month.first
    journal = ManualPostings()
    machines, loans = [], []
    for company in COMPANY_CURRENCY:
        running = 12 * (1.21 * wages.get(company, 0) + spent.get(company, 0.0))
        machinery = _round(MACHINERY_SHARE * yearly[company])
        loan = _round(LOAN_SHARE * yearly[company])
        loss = max(0.0, running - MARGIN * yearly[company])
        bank = _round(BANK_SHARE * yearly[company] + running / 4 + CUSHION_YEARS * loss)
        lines = [
            (MACHINERY, machinery, None),
            (BANK, bank, None),
            (LOAN, -loan, None),
            (SHARE_CAPITAL, loan - machinery - bank, None),
        ]
        journal.add(company, "SA", day, "Opening balance", f"OPENING {company}", lines)
        department = PRODUCTION if company == 1000 else WAREHOUSE
        machines.append((company, cost_center(company, department), 0, machinery))
        loans.append((company, loan, loan))
    journal.post(world)
    world.state["machinery"] = pl.DataFrame(machines, schema=MACHINERY_SCHEMA, orient="row")
    world.state["loan"] = pl.DataFrame(loans, schema=LOAN_SCHEMA, orient="row")


def _round(amount: float) -> int:
    """Minor units, rounded to whole thousands."""
    return int(np.floor(amount / 100_000 + 0.5)) * 100_000
