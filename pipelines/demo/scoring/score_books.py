"""Balances, open items and the stock that people read from the published version, beside the truth."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.calendar import as_date
from pipelines.demo.scoring.score_marts import has_mart
from pipelines.demo.scoring.score_truth import NotJudged, share, skip, truth_table
from pipelines.home import Home
from pipelines.warehouse import ask

_MANY = 10_000_000


@dataclass(frozen=True)
class _Book:
    """A table of the truth with a value by year and period, and the query that says the same of the warehouse.

    ``key`` names the columns that both have beside ``year`` and ``period``; amounts of the warehouse are in the company's
    currency.
    """

    truth: str
    mart: tuple[str, str]
    what: str
    key: tuple[str, ...]
    value: str
    query: str


_BOOKS = {
    "balance": _Book(
        "balance",
        ("finance", "trial_balance"),
        "Balances of accounts at the end of periods",
        ("company", "account"),
        "closing",
        "select company_code as company, account_number as account, year(period_end_date) as year, "
        "month(period_end_date) as period, sum(closing_amount_company) as value from finance.trial_balance group by all",
    ),
    "open_item_balance": _Book(
        "open_item_balance",
        ("finance", "ar_ageing"),
        "What customers owe at the end of periods",
        ("company",),
        "local",
        "select company_code as company, year(snapshot_date) as year, month(snapshot_date) as period, "
        "sum(open_amount_company) as value from finance.ar_ageing where is_month_end group by all",
    ),
    "stock_balance": _Book(
        "stock_balance",
        ("inventory", "stock_month"),
        "Value of the stock at the end of periods",
        ("company", "site"),
        "value",
        "select company_code as company, warehouse_code as site, year(stock_month) as year, month(stock_month) as period, "
        "sum(stock_value_company) as value from inventory.stock_month group by all",
    ),
}


def judge_books(home: Home, truth: Path, as_of: int | None, skipped: NotJudged) -> dict[str, dict[str, Any] | None]:
    """Compare balances month by month; only months that are over count. ``difference_cents`` adds up what each is off."""
    return {name: _judge(home, truth, as_of, book, skipped) for name, book in _BOOKS.items()}


def _judge(home: Home, truth: Path, as_of: int | None, book: _Book, skipped: NotJudged) -> dict[str, Any] | None:
    known = truth_table(truth, book.truth)
    schema, mart = book.mart
    if known is None or not has_mart(home, schema, mart):
        missing = f"the truth has no {book.truth}" if known is None else f"the version has no {schema}.{mart}"
        skip(skipped, f"books.{book.truth}", missing)
        return None
    if "ledger" in known.columns:
        known = known.filter(pl.col("ledger") == "customer")
    by = [*book.key, "year", "period"]
    texts = [pl.col(name).cast(pl.String).str.strip_chars_start("0") for name in book.key]
    known = known.with_columns(texts).group_by(by).agg(pl.col(book.value).sum().alias("truth"))
    known = known.with_columns(pl.col("year", "period").cast(pl.Int64))
    rows = [(*row[:-3], row[-3], row[-2], round(row[-1] * 100)) for row in ask(home, book.query, limit=_MANY).rows]
    types = dict.fromkeys(book.key, pl.String) | {"year": pl.Int64, "period": pl.Int64, "said": pl.Int64}
    said = pl.DataFrame(rows, schema=types, orient="row").with_columns(texts)
    both = known.join(said, on=by, how="full", coalesce=True).with_columns(pl.col("truth", "said").fill_null(0))
    if as_of is not None:
        last = as_date(as_of)
        both = both.filter(pl.col("year") * 12 + pl.col("period") <= last.year * 12 + last.month)
    difference = (both["said"] - both["truth"]).abs()
    exact = int((difference == 0).sum())
    return {
        "what": book.what,
        "compared": both.height,
        "exact": exact,
        "exact_rate": share(exact, both.height),
        "difference_cents": int(difference.sum()),
    }
