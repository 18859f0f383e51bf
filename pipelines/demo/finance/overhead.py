"""What the simulated company spends besides goods and wages, and how it pays: rent to interest, machinery, loans, tax."""

import numpy as np
import polars as pl

from pipelines.demo.calendar import Month, business_day
from pipelines.demo.finance import costs
from pipelines.demo.finance.accounts import (
    ACCUMULATED_DEPRECIATION,
    BANK,
    CONSULTING,
    COST_OF_SALES,
    DEPRECIATION,
    ENERGY,
    FREIGHT,
    INPUT_TAX,
    INTEREST,
    IT_COSTS,
    LOAN,
    MACHINERY,
    MARKETING_COSTS,
    OUTPUT_TAX,
    PAYROLL_LIABILITIES,
    RENT,
    RETAINED_EARNINGS,
    TRAVEL,
)
from pipelines.demo.finance.chart_of_accounts import COMPANY_CURRENCY, TAX_PERCENT
from pipelines.demo.finance.manual_postings import Line, ManualPostings
from pipelines.demo.finance.opening import LOAN_SCHEMA, MACHINERY_SCHEMA
from pipelines.demo.people.organisation import FINANCE, MARKETING, cost_center
from pipelines.demo.world import World

ACCRUED = PAYROLL_LIABILITIES
"""The account of accruals; the chart has none of their own, and this one holds liabilities that are settled next month too."""
FREIGHT_OF_COST = 0.031  # of the cost of the goods issued
LIFE = 120  # months of machinery
YEARLY_PURCHASE = 0.11  # of the machinery that was there at first
PURCHASE_MONTHS = {1000: 3, 2000: 5, 3000: 9}
YEARLY_INTEREST = 0.048
REPAYMENT_QUARTERS = 40
DIVIDEND_MONTH, DIVIDEND_SHARE = 5, 0.6  # of the parent company; of last year's result
LEAST_BANK, WANTED_BANK = 0.03, 0.10  # of a year's revenue; below the first a loan fills up to the second
ACCRUAL_SCHEMA = pl.Schema(
    {"company": pl.Int32, "account": pl.Int64, "cost_center": pl.String, "accrued": pl.Int64, "invoiced": pl.Int64}
)
"""State ``accrual``: costs of the month before, as estimated at its end, and as the invoice of this month will say."""

# account: text, the day of the month (0 first) that it is paid on, the spread of its amount
_PAID = {
    RENT: ("Rent", 1, 0.0), IT_COSTS: ("Software and hosting", 6, 0.06), TRAVEL: ("Travel expenses", 23, 0.12),
    CONSULTING: ("Consulting fees", 26, 0.45),
}  # fmt: skip
_TAXED = {RENT, ENERGY, FREIGHT, MARKETING_COSTS, IT_COSTS, CONSULTING}
_FREIGHT_DAYS = (10, 20, 27)
POSTED_TWICE_SHARE = 0.02  # of the overhead invoices, with the mess of 1


def found(world: World) -> None:
    """Make the state accrual: nothing is accrued before the history."""
    world.state["accrual"] = pl.DataFrame(schema=ACCRUAL_SCHEMA)


def live(world: World) -> None:
    """Post a month of overhead, paid directly from the bank, and settle last month's tax. Runs after all goods have moved."""
    rng = world.rng("overhead")
    journal = ManualPostings()
    expected = costs.expected(world, world.month, is_planned=False)
    expected = expected.with_columns(noise=pl.Series(rng.normal(0, 1, expected.height)))
    _pay_costs(world, journal, expected)
    _accrue(world, journal, expected)
    _pay_freight(world, journal, expected, rng.normal(0, 0.05, len(COMPANY_CURRENCY)))
    _pay_campaigns(world, journal)
    _keep_machinery(world, journal, rng.uniform(0.7, 1.3, len(COMPANY_CURRENCY)))
    _serve_loans(world, journal)
    _settle_tax(world, journal)
    journal.post(world)
    _balance_bank(world)


def _day(month: Month, place: int) -> int:
    """A business day about ``place`` days after the first of the month, still in it."""
    day = int(business_day(np.array([month.first + place]))[0])
    return day if day <= month.last else _day(month, place - 1)


def _paid(company: int, account: int, amounts: list[tuple[int, str]]) -> list[Line]:
    """The lines of a cost paid from the bank: (net amount, cost centre) each, the tax, and the bank."""
    net = sum(amount for amount, _ in amounts)
    tax = (2 * net * TAX_PERCENT[company] + 100) // 200 if account in _TAXED else 0
    return [
        *((account, amount, center) for amount, center in amounts),
        (INPUT_TAX, tax, None),
        (BANK, -net - tax, None),
    ]


def _minor(amount: float) -> int:
    return int(np.floor(max(amount, 0.0) + 0.5))


def _pay_costs(world: World, journal: ManualPostings, expected: pl.DataFrame) -> None:
    costs_of: dict[tuple[int, int], list[tuple[float, float, str]]] = {}
    columns = ("company", "account", "amount", "noise", "cost_center")
    for company, account, *cost in expected.select(columns).iter_rows():
        costs_of.setdefault((company, account), []).append((cost[0], cost[1], cost[2]))
    by_mistake = (
        world.rng("double_postings").random((len(_PAID), len(COMPANY_CURRENCY))) < POSTED_TWICE_SHARE * world.mess
    )
    for row, (account, (text, place, spread)) in enumerate(_PAID.items()):
        for column, company in enumerate(COMPANY_CURRENCY):
            amounts = [
                (_minor(amount * np.exp(spread * noise - spread * spread / 2)), center)
                for amount, noise, center in costs_of.get((company, account), [])
            ]
            lines = _paid(company, account, amounts)
            day, reference = _day(world.month, place), _reference(text, world.month)
            journal.add(company, "SA", day, text, reference, lines)
            if by_mistake[row, column] and amounts:
                again = _day(world.month, place + 2)
                journal.add(company, "SA", again, text, reference, lines)
                _record_double_posting(world, company, account, reference, (day, again), -lines[-1][1])


def _record_double_posting(
    world: World, company: int, account: int, reference: str, days: tuple[int, int], paid: int
) -> None:
    """Record in the truth that one invoice was posted and paid twice, on both ``days``: the books close, and are wrong."""
    names = {"company": company, "account": account, "reference": reference, "posted": days[0], "posted_again": days[1]}
    world.record("double_posting", pl.DataFrame({name: [value] for name, value in (names | {"paid": paid}).items()}))


def _accrue(world: World, journal: ManualPostings, expected: pl.DataFrame) -> None:
    """Energy is invoiced in the next month: accrue an estimate on the last day, take back the last one on the first."""
    month = world.month
    before = world.state["accrual"]
    now = expected.filter(pl.col("account") == ENERGY).select(
        "company",
        "account",
        "cost_center",
        accrued=(pl.col("amount") + 0.5).floor().cast(pl.Int64),
        invoiced=(pl.col("amount") * (0.06 * pl.col("noise")).exp() + 0.5).floor().cast(pl.Int64),
    )
    for company in COMPANY_CURRENCY:
        for frame, kind, day, sign, text in (
            (before, "AB", month.first, -1, "Reversal of accrual, energy"),
            (now, "SA", month.last, 1, "Accrual, energy"),
        ):
            rows = frame.filter(pl.col("company") == company)
            lines: list[Line] = [
                (ENERGY, sign * amount, center) for amount, center in rows.select("accrued", "cost_center").iter_rows()
            ]
            lines.append((ACCRUED, -sign * int(rows["accrued"].sum()), None))
            of = month if sign > 0 else Month(month.index - 1)
            journal.add(company, kind, day, text, _reference("ACCRUAL", of), lines)
        invoiced = before.filter(pl.col("company") == company).select("invoiced", "cost_center").rows()
        if invoiced:
            reference = _reference("ENERGY", Month(month.index - 1))
            journal.add(company, "SA", _day(month, 12), "Energy", reference, _paid(company, ENERGY, invoiced))
    world.state["accrual"] = now.cast(ACCRUAL_SCHEMA)


def _pay_freight(world: World, journal: ManualPostings, expected: pl.DataFrame, noise: np.ndarray) -> None:
    """Carriers invoice three times a month, by the goods issued; by expected revenue while the ledger has no cost of sales."""
    month = world.month
    issued = dict(
        world.state["balance"]
        .filter(
            pl.col("account").is_in(list(COST_OF_SALES.values()))
            & (pl.col("year") == month.year)
            & (pl.col("period") == month.number)
        )
        .group_by("company", maintain_order=True)
        .agg((pl.col("debit") - pl.col("credit")).sum())
        .iter_rows()
    )
    rise = costs.INFLATION ** ((month.index - 14) / 12)
    freight = expected.filter(pl.col("account") == FREIGHT)
    for company, amount, center in freight.select("company", "amount", "cost_center").iter_rows():
        cost = issued.get(company, 0)
        whole = _minor(
            (FREIGHT_OF_COST * cost * rise if cost > 0 else amount)
            * np.exp(noise[list(COMPANY_CURRENCY).index(company)])
        )
        parts = (whole * 3 // 10, whole * 3 // 10, whole - 2 * (whole * 3 // 10))
        for turn, (part, place) in enumerate(zip(parts, _FREIGHT_DAYS, strict=True), start=1):
            reference = f"{_reference('FREIGHT', month)}-{turn}"
            journal.add(
                company, "SA", _day(month, place), "Freight out", reference, _paid(company, FREIGHT, [(part, center)])
            )


def _pay_campaigns(world: World, journal: ManualPostings) -> None:
    """Marketing pays what the state ``campaign_cost`` (company, posted, amount, campaign_id) says of this month."""
    spent = world.state.get("campaign_cost")
    if spent is None:
        return
    rows = spent.filter(pl.col("posted").is_between(world.month.first, world.month.last) & (pl.col("amount") > 0))
    for company, posted, amount, campaign in rows.select("company", "posted", "amount", "campaign_id").iter_rows():
        lines = _paid(int(company), MARKETING_COSTS, [(int(amount), cost_center(int(company), MARKETING))])
        journal.add(int(company), "SA", int(posted), "Campaign", str(campaign), lines)


def depreciation(machinery: pl.DataFrame, month: Month) -> pl.DataFrame:
    """``machinery`` with ``amount``, what it loses in ``month``, straight over LIFE months; they sum to its cost."""
    age = month.index - pl.col("bought")
    amount = pl.col("cost") * (age + 1) // LIFE - pl.col("cost") * age // LIFE
    return machinery.with_columns(amount=pl.when(age.is_between(0, LIFE - 1)).then(amount).otherwise(0))


def _keep_machinery(world: World, journal: ManualPostings, sizes: np.ndarray) -> None:
    """Depreciate machinery on the last day of the month, and buy more once a year; it loses value from the next month on."""
    month, machinery = world.month, world.state["machinery"]
    bought = []
    for place, (company, at) in enumerate(PURCHASE_MONTHS.items()):
        rows = depreciation(machinery.filter(pl.col("company") == company), month)
        lines: list[Line] = [
            (DEPRECIATION, amount, center) for amount, center in rows.select("amount", "cost_center").iter_rows()
        ]
        lines.append((ACCUMULATED_DEPRECIATION, -int(rows["amount"].sum()), None))
        journal.add(company, "AF", month.last, "Depreciation", _reference("DEPRECIATION", month), lines)
        if month.number == at:
            price = _minor(rows["cost"][0] * YEARLY_PURCHASE * sizes[place] / 10_000) * 10_000
            tax = price * TAX_PERCENT[company] // 100
            buy: list[Line] = [(MACHINERY, price, None), (INPUT_TAX, tax, None), (BANK, -price - tax, None)]
            journal.add(company, "SA", _day(month, 16), "Machinery", _reference("MACHINERY", month), buy)
            bought.append((company, rows["cost_center"][0], month.index + 1, price))
    world.state["machinery"] = pl.concat([machinery, pl.DataFrame(bought, schema=MACHINERY_SCHEMA, orient="row")])


def _serve_loans(world: World, journal: ManualPostings) -> None:
    """Pay interest every month and a part of the loan every quarter, on the last business day."""
    month = world.month
    day = _day(month, len(month.days) - 1)
    loans = []
    for company, principal, outstanding in world.state["loan"].iter_rows():
        interest = _minor(outstanding * YEARLY_INTEREST / 12)
        lines: list[Line] = [(INTEREST, interest, cost_center(company, FINANCE)), (BANK, -interest, None)]
        journal.add(company, "SA", day, "Interest on loan", _reference("INTEREST", month), lines)
        repaid = min(outstanding, principal // REPAYMENT_QUARTERS) if month.number % 3 == 0 else 0
        pay: list[Line] = [(LOAN, repaid, None), (BANK, -repaid, None)]
        journal.add(company, "SA", day, "Repayment of loan", _reference("REPAYMENT", month), pay)
        loans.append((company, principal, outstanding - repaid))
    world.state["loan"] = pl.DataFrame(loans, schema=LOAN_SCHEMA, orient="row")


def _settle_tax(world: World, journal: ManualPostings) -> None:
    """Settle what the tax accounts held at the end of the month before."""
    month = world.month
    is_due = pl.col("account").is_in((OUTPUT_TAX, INPUT_TAX)) & (
        (pl.col("year") * 12 + pl.col("period")) < month.year * 12 + month.number
    )
    sums = _net(world.state["balance"].filter(is_due), "company", "account")
    for company in COMPANY_CURRENCY:
        due = {account: sums.get((company, account), 0) for account in (OUTPUT_TAX, INPUT_TAX)}
        lines: list[Line] = [(account, -amount, None) for account, amount in due.items()]
        lines.append((BANK, sum(due.values()), None))
        reference = _reference("VAT", Month(month.index - 1))
        journal.add(company, "SA", _day(month, 9), "Advance return of value added tax", reference, lines)


def _net(balance: pl.DataFrame, *by: str) -> dict[tuple[int, ...], int]:
    """Debit minus credit in each group, minor units of the company's currency."""
    sums = balance.group_by(by).agg((pl.col("debit") - pl.col("credit")).sum())
    return {key: int(net) for *names, net in sums.iter_rows() for key in [tuple(names)]}


def _balance_bank(world: World) -> None:
    """Pay a dividend in May if last year was good, and take a loan before the bank runs dry."""
    month = world.month
    day = _day(month, len(month.days) - 1)
    yearly = costs.yearly_revenue(world)
    journal = ManualPostings()
    loans = []
    balance = world.state["balance"]
    banks = _net(balance.filter(pl.col("account") == BANK), "company")
    for company, principal, outstanding in world.state["loan"].iter_rows():
        bank = banks.get((company,), 0)
        if month.number == DIVIDEND_MONTH and company == 1000:
            last_year = (pl.col("account") >= 500000) & (pl.col("year") == month.year - 1)
            profit = -_net(balance.filter(last_year), "company").get((company,), 0)
            share = max(0, min(int(profit * DIVIDEND_SHARE), bank // 2)) // 100_000 * 100_000
            lines: list[Line] = [(RETAINED_EARNINGS, share, None), (BANK, -share, None)]
            journal.add(company, "SA", day, "Dividend", _reference("DIVIDEND", month), lines)
            bank -= share
        lacks = int(WANTED_BANK * yearly[company]) - bank if bank < LEAST_BANK * yearly[company] else 0
        borrowed = -(-lacks // 100_000) * 100_000
        draw: list[Line] = [(BANK, borrowed, None), (LOAN, -borrowed, None)]
        journal.add(company, "SA", day, "Loan paid out", _reference("LOAN", month), draw)
        loans.append((company, principal + borrowed, outstanding + borrowed))
    world.state["loan"] = pl.DataFrame(loans, schema=LOAN_SCHEMA, orient="row")
    journal.post(world)


def _reference(what: str, month: Month) -> str:
    return f"{what.upper().split(maxsplit=1)[0]} {month.year}-{month.number:02d}"
